// SPDX-License-Identifier: BSL-1.0
#pragma once
// The checks that the record types state their ranges with.

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace stride {

/// Goes through the fields of one record and keeps the first that is out of its range, as a sentence that names the
/// field, what was found and what is allowed. What is empty is in range.
///
/// Complexity: allocates only for a violation.
class first_violation {
 public:
  explicit first_violation(std::string_view table) : table_(table) {}

  /// The name of a record, this one's or another's: some text without control characters.
  first_violation& id(std::string_view field, const std::string& found);
  first_violation& id(std::string_view field, const std::optional<std::string>& found);

  /// Text that has to be there.
  first_violation& present(std::string_view field, const std::string& found);

  /// A day of the calendar, YYYY-MM-DD.
  first_violation& day(std::string_view field, const std::optional<std::string>& found);

  /// A day, or a time in ISO 8601.
  first_violation& date(std::string_view field, const std::optional<std::string>& found);

  /// A number from `least` to `most`.
  first_violation& range(std::string_view field, const std::optional<int>& found, int least, int most);
  first_violation& range(std::string_view field, const std::optional<double>& found, double least, double most);

  /// A number of 0 or more.
  first_violation& not_negative(std::string_view field, const std::optional<int>& found);
  first_violation& not_negative(std::string_view field, const std::optional<double>& found);

  /// A heart rate: 0 to 300 beats per minute.
  first_violation& heart_rate(std::string_view field, const std::optional<double>& found);

  /// One of a few words.
  first_violation& one_of(std::string_view field, const std::optional<std::string>& found,
                          std::initializer_list<std::string_view> words);

  /// The sentence, or an empty text. Ends the checks.
  std::string sentence() { return static_cast<std::string&&>(sentence_); }

 private:
  void report(std::string_view field, std::string_view found, std::string_view allowed);

  std::string_view table_;
  std::string sentence_{};
};

}  // namespace stride

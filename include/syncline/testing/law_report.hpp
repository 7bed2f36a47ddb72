// SPDX-License-Identifier: BSL-1.0
#pragma once
// Which laws do not hold, each with the smallest values found for which it does not.

#include <syncline/testing/shrink.hpp>
#include <syncline/wire/json_write.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <ostream>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace syncline {

/// What a law checker found. It is true if every law held, and printed it says which did not and for which values. So a
/// test in Catch2 is `CHECK(check_merge_laws<How, T>())`, and in RapidCheck `RC_ASSERT((check_merge_laws<How, T>()))`.
///
/// \see MERGE-10
struct law_report {
  std::vector<std::string> broken{};  ///< a sentence for each law that does not hold, which begins with the law
  std::size_t tried = 0;              ///< how many times a law was tried

  explicit operator bool() const noexcept { return broken.empty(); }

  /// Takes what the checkers call back.
  void operator()(bool holds, std::string_view sentence) {
    ++tried;
    if (!holds) broken.emplace_back(sentence);
  }

  friend std::ostream& operator<<(std::ostream& out, const law_report& report) {
    if (report) return out << "every law held, tried " << report.tried << " times in all";
    for (const std::string& sentence : report.broken) out << (&sentence == &report.broken[0] ? "" : "\n") << sentence;
    return out;
  }
};

namespace internal {

/// `pattern` with its "{}"s replaced by `texts`, one by one.
inline std::string filled(std::string_view pattern, const std::vector<std::string>& texts) {
  std::string made;
  for (const std::string& text : texts) {
    const std::size_t at = pattern.find("{}");
    made.append(pattern.substr(0, at)).append(text);
    pattern.remove_prefix(at + 2);
  }
  return made.append(pattern);
}

/// Tries laws and tells `expect`; a law that was found broken is not tried again.
template <class Expect>
class law_trial {
 public:
  explicit law_trial(Expect& expect) : expect_(expect) {}

  /// Tries whether the two values that `sides(values...)` gives are the same.
  /// \param where  how `values` are shown, with a {} for each: "x = {}, e = diff({}, {})"
  template <class T, std::size_t N, class Sides>
  void operator()(const char* law, const char* where, const std::array<T, N>& values, Sides sides) {
    if (broken_.count(law) != 0) return;
    std::pair<T, T> differing;
    const auto is_broken = [&](const std::array<T, N>& at) {
      std::pair<T, T> both = std::apply(sides, at);
      if (is_same_value(both.first, both.second)) return false;
      differing = std::move(both);
      return true;
    };
    if (!is_broken(values)) return expect_(true, law);
    broken_.insert(law);
    std::vector<std::string> texts;
    for (const T& value : shrunk(values, is_broken)) texts.push_back(json_text(value));
    const std::string sentence = std::string(law) + " does not hold for " + filled(where, texts) + ": " +
                                 json_text(differing.first) + " is not " + json_text(differing.second);
    expect_(false, sentence.c_str());
  }

 private:
  Expect& expect_;
  std::set<std::string_view> broken_{};
};

/// Gives `base` three edits in every order, by `give(value, edit)`: what the first order makes, and the first other thing
/// that one makes of it, or the same.
template <class T, class Edit, class Give>
std::pair<T, T> first_difference(const T& base, const std::array<Edit, 3>& edits, Give give) {
  std::array<std::size_t, 3> order{0, 1, 2};
  const auto made = [&] {
    T value = base;
    for (const std::size_t i : order) give(value, edits[i]);
    return value;
  };
  const T first = made();
  while (std::next_permutation(order.begin(), order.end())) {
    if (T other = made(); !is_same_value(first, other)) return {first, std::move(other)};
  }
  return {first, first};
}

}  // namespace internal

}  // namespace syncline

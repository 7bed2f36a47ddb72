// SPDX-License-Identifier: BSL-1.0
#pragma once
// Reads rides out of FIT files.

#include <syncline/core/result.hpp>

#include "domain/ride.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace stride {

/// Whether these first bytes are those of a FIT file. Fewer than 12 bytes are not.
bool looks_like_fit(std::span<const std::uint8_t> first_bytes) noexcept;

/// What could be had of a FIT file, and what was wrong with it if anything was.
struct fit_salvage {
  std::vector<ride> rides{};
  std::optional<syncline::error> broken{};
};

/// Builds rides from a FIT file that comes in chunks.
///
/// One ride per session, in the order of their starts; a file without a session but with records is one ride. Chained
/// files are read as one: records, laps and sessions of a file that has sessions stay with these, those of a file
/// without go to the sessions of the others. A record belongs to the last session that began at or before it, and to
/// the first session if it is earlier than all; a record without a time follows the one before it. So every record is
/// in exactly one ride, in the file's order.
///
/// Altitude and speed are the enhanced ones where given. Heart rate that a chest strap recorded under water (`hr`
/// messages) is merged into the records as the FIT SDK does. `cadence_rpm` has whole revolutions, as devices show it.
/// Developer fields become `ride::extras`; those that stand in for a field of the profile do not replace it.
///
/// Complexity: O(bytes) time; memory for the result and one message.
class fit_reader {
 public:
  fit_reader();
  fit_reader(fit_reader&&) noexcept;
  fit_reader& operator=(fit_reader&&) noexcept;
  ~fit_reader();

  /// Reads on. Errors are kept until the end; feeding more after one does nothing.
  void feed(std::span<const std::uint8_t> bytes);

  /// Ends the file. \return its rides; or why it is broken, or that it holds no activity
  syncline::result<std::vector<ride>> finish() &&;

  /// Ends the file. \return what was decoded before the first error, together with it; a wrong checksum does not keep
  /// the chained files behind it from being read
  fit_salvage salvage() &&;

 private:
  struct state;
  std::unique_ptr<state> state_;
};

/// Reads a whole FIT file.
/// On failure: one sentence with the byte's offset, what was found and what was expected.
syncline::result<std::vector<ride>> read_fit(std::span<const std::uint8_t> bytes);
syncline::result<std::vector<ride>> read_fit(std::string_view bytes);

/// Reads as much of a FIT file as can be had.
fit_salvage salvage_fit(std::span<const std::uint8_t> bytes);
fit_salvage salvage_fit(std::string_view bytes);

}  // namespace stride

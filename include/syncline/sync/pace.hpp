// SPDX-License-Identifier: BSL-1.0
#pragma once
// How fast something goes, and so how long the rest of it takes.

#include <syncline/record/value_kind.hpp>

#include <chrono>
#include <cmath>
#include <cstdint>
#include <optional>

namespace syncline {

/// The pace of something that is counted while it is done. What was done ten seconds ago counts half as much as what is done
/// now, what was done twenty seconds ago a quarter, and so on: so the pace follows a link that becomes faster or slower, and
/// one message that took long does not throw it.
///
/// Guarantee: at a steady pace `time_for` is right, whenever and how often it was told. A clock that steps back only loses
/// what was done meanwhile.
class pace {
 public:
  /// At `now`, `done` of it are done.
  void note(timestamp now, std::uint64_t done) noexcept {
    if (last_ && now > last_->at && done >= last_->done) {
      const double seconds = std::chrono::duration<double>(now - last_->at).count();
      const double kept = std::exp2(-seconds / half_life_s);
      work_ = work_ * kept + static_cast<double>(done - last_->done);
      seconds_ = seconds_ * kept + seconds;
    } else if (last_ && now == last_->at) {
      return;  // what was done at one time counts in the time that follows
    }
    last_ = {now, done};
  }

  /// How long `left` more take; nothing while there is no telling.
  std::optional<std::chrono::milliseconds> time_for(std::uint64_t left) const noexcept {
    if (left == 0) return std::chrono::milliseconds{0};
    if (work_ <= 0) return std::nullopt;
    const double ms = static_cast<double>(left) * seconds_ / work_ * 1000;
    if (ms > longest_ms) return std::nullopt;
    return std::chrono::milliseconds{std::llround(ms)};
  }

 private:
  static constexpr double half_life_s = 10, longest_ms = 365.0 * 24 * 3600 * 1000;

  struct reading {
    timestamp at{};
    std::uint64_t done{};
  };

  std::optional<reading> last_{};
  double work_ = 0, seconds_ = 0;  // of late
};

}  // namespace syncline

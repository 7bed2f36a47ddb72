// SPDX-License-Identifier: BSL-1.0
#pragma once
// When and where a field was written: a hybrid logical time, and the device.

#include <syncline/core/chrono.hpp>
#include <syncline/record/value_kind.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

namespace syncline {

/// A time of a hybrid logical clock: milliseconds since 1970 in the upper 48 bits, a counter in the lower 16.
///
/// Later writes of one device, and writes that had seen it, have greater times, whatever the wall clock did.
/// Source: Kulkarni et al., "Logical Physical Clocks", 2014.
struct hybrid_time {
  std::uint64_t ticks = 0;

  /// The first time of that millisecond; what lies before 1970 or after the year 10889 is moved to its nearer end.
  static constexpr hybrid_time at(timestamp wall) noexcept {
    constexpr std::int64_t last_ms = (std::int64_t{1} << 48) - 1;
    return {static_cast<std::uint64_t>(std::clamp<std::int64_t>(wall.time_since_epoch().count(), 0, last_ms)) << 16};
  }
  /// The next time; the end of time has none, and stays.
  constexpr hybrid_time after() const noexcept { return {ticks + (ticks != ~std::uint64_t{0})}; }
  /// The time so many ticks before, but none before the first; an unset one stays unset.
  constexpr hybrid_time before(std::uint64_t by) const noexcept {
    return {ticks > by ? ticks - by : std::uint64_t{is_set()}};
  }
  constexpr timestamp wall() const noexcept {
    return timestamp{std::chrono::milliseconds{static_cast<std::int64_t>(ticks >> 16)}};
  }
  constexpr bool is_set() const noexcept { return ticks != 0; }

  friend constexpr auto operator<=>(const hybrid_time&, const hybrid_time&) = default;
};

/// The id of a device that people see: up to 24 bytes of text without zeros, ordered as text.
class device_id {
 public:
  static constexpr std::size_t max_size = 24;

  constexpr device_id() = default;
  /// \pre text.size() <= max_size; what is longer is cut.
  constexpr explicit device_id(std::string_view text) noexcept {
    std::copy_n(text.begin(), std::min(text.size(), max_size), text_.begin());
  }

  constexpr std::string_view view() const noexcept {
    return {text_.data(), static_cast<std::size_t>(std::find(text_.begin(), text_.end(), '\0') - text_.begin())};
  }
  constexpr bool empty() const noexcept { return text_[0] == '\0'; }

  friend constexpr bool operator==(const device_id&, const device_id&) = default;
  // The zeros that follow a text order it as its end does.
  friend constexpr auto operator<=>(const device_id& a, const device_id& b) noexcept {
    return a.padded() <=> b.padded();
  }

 private:
  constexpr std::string_view padded() const noexcept { return {text_.data(), max_size}; }

  std::array<char, max_size> text_{};
};

/// When and where a field was written. A total order: time, then device.
struct stamp {
  hybrid_time time{};
  device_id device{};

  friend constexpr bool operator==(const stamp&, const stamp&) = default;
  friend constexpr auto operator<=>(const stamp&, const stamp&) = default;
};

/// One stamp per field of `R`; fields that no policy stamps keep an empty one.
template <class R>
using stamps = std::array<stamp, field_count<R>>;

/// A hybrid logical clock: times that never go back and that follow every time it was shown.
///
/// The caller reads the wall clock. Complexity: O(1). \see MERGE-3
class hybrid_clock {
 public:
  constexpr hybrid_clock() = default;
  constexpr explicit hybrid_clock(hybrid_time last) noexcept : last_(last) {}

  /// A time for a write that happens now: greater than every time returned or observed before, up to the end of time.
  constexpr hybrid_time next(timestamp wall) noexcept {
    return last_ = std::max(last_.after(), hybrid_time::at(wall));
  }
  /// Makes later times greater than `seen`, a time that came from somewhere else.
  constexpr void observe(hybrid_time seen) noexcept { last_ = std::max(last_, seen); }

  constexpr hybrid_time last() const noexcept { return last_; }

 private:
  hybrid_time last_{};
};

}  // namespace syncline

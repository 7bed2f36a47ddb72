// SPDX-License-Identifier: BSL-1.0
#pragma once
// A rate limiter: how many calls may go out, or come in, within a time.

#include <syncline/record/value_kind.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace syncline {

/// `calls` within each `period`, as many of them at once: `rate_limit{200, 15min}`. With 0 calls nothing goes.
struct rate_limit {
  std::uint32_t calls{};
  std::chrono::milliseconds period{};

  friend bool operator==(const rate_limit&, const rate_limit&) = default;
};

/// Holds calls to a rate: a token bucket, kept as the one time at which it will be full again, so that it is eight bytes,
/// can be stored, and costs nothing while nobody calls.
///
/// Guarantee: of the calls that `take` lets through, no stretch of `period` holds more than twice `calls`, and none of n
/// periods more than n + 1 times as many; a caller who waits as long as he is told is let through. A clock that was set back
/// makes nobody wait for longer than `period`. Complexity: constant.
///
/// \snippet examples/limits.cpp a-rate-limit
/// \see QUEUE-5; ITU-T I.371, the generic cell rate algorithm
struct rate_limiter {
  std::chrono::sys_time<std::chrono::microseconds> full_at{};

  /// Takes one call. \return zero if it may go; else how long to wait for it, and then nothing was taken
  constexpr std::chrono::milliseconds take(rate_limit limit, timestamp now) noexcept {
    using std::chrono::microseconds;
    if (limit.calls == 0) return limit.period;
    const microseconds each{(microseconds{limit.period}.count() + limit.calls - 1) / limit.calls};
    const auto latest = std::chrono::sys_time<microseconds>{now} + each * limit.calls;
    full_at = std::clamp<std::chrono::sys_time<microseconds>>(full_at, now, latest);
    if (full_at + each > latest) return std::chrono::ceil<std::chrono::milliseconds>(full_at + each - latest);
    full_at += each;
    return {};
  }

  friend bool operator==(const rate_limiter&, const rate_limiter&) = default;
};

}  // namespace syncline

// SPDX-License-Identifier: BSL-1.0
#pragma once
// When to try again, and when to stop: schedules as types, and what an error means for the next try.

#include <syncline/core/error.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>

namespace syncline {

/// How long to wait after a try that failed.
///
///   delay(n, random)         after the n-th failure in a row, counted from 1, when tries have no limit
///   delay_after(n, random)   the same, or nothing when n tries are all there are
///
/// Both are pure: `random` is the caller's, 64 bits that are new for each call; without jitter it plays no part.
/// Nothing sleeps.
template <class S>
concept retry_schedule = requires(std::uint32_t attempt, std::uint64_t random) {
  { S::delay(attempt, random) } -> std::same_as<std::chrono::milliseconds>;
  { S::delay_after(attempt, random) } -> std::same_as<std::optional<std::chrono::milliseconds>>;
};

namespace internal {

// Ten years, so that a delay added to a time stays a time.
inline constexpr std::int64_t longest_delay_s = 10LL * 366 * 24 * 60 * 60;

constexpr bool is_delay(std::int64_t seconds) { return seconds >= 0 && seconds <= longest_delay_s; }

}  // namespace internal

/// Waits the given seconds, one after the other, and the last of them from then on: `fixed_delays<1, 5, 15>`.
template <std::int64_t... Seconds>
struct fixed_delays {
  static_assert(sizeof...(Seconds) > 0, "[syncline] fixed_delays<> has no delay: write fixed_delays<1, 5, 15>");
  static_assert((internal::is_delay(Seconds) && ...), "[syncline] fixed_delays takes seconds from 0 to ten years");

  static constexpr std::chrono::milliseconds delay(std::uint32_t attempt, std::uint64_t = 0) noexcept {
    constexpr std::array<std::int64_t, sizeof...(Seconds)> all{Seconds...};
    if (attempt == 0) return {};
    return std::chrono::seconds{all[std::min<std::size_t>(attempt, all.size()) - 1]};
  }
  static constexpr std::optional<std::chrono::milliseconds> delay_after(std::uint32_t attempt,
                                                                        std::uint64_t random = 0) noexcept {
    return delay(attempt, random);
  }
};

/// Waits `First` seconds, then twice as long each time, and never longer than `Longest`: `exponential<1, 30>` waits
/// 1, 2, 4, 8, 16, 30, 30 s.
template <std::int64_t First, std::int64_t Longest>
struct exponential {
  static_assert(First > 0 && internal::is_delay(Longest) && First <= Longest,
                "[syncline] exponential<First, Longest> takes seconds with 0 < First <= Longest <= ten years");

  static constexpr std::chrono::milliseconds delay(std::uint32_t attempt, std::uint64_t = 0) noexcept {
    if (attempt == 0) return {};
    std::int64_t seconds = First;
    for (std::uint32_t i = 1; i < attempt && seconds < Longest; ++i) seconds *= 2;
    return std::chrono::seconds{std::min(seconds, Longest)};
  }
  static constexpr std::optional<std::chrono::milliseconds> delay_after(std::uint32_t attempt,
                                                                        std::uint64_t random = 0) noexcept {
    return delay(attempt, random);
  }
};

/// Shortens the delays of `Schedule` by up to `Percent`, evenly spread, so that devices that failed together do not
/// come back together. Never lengthens one: a schedule's longest delay stays its longest.
template <retry_schedule Schedule, unsigned Percent>
struct jittered {
  static_assert(Percent <= 100, "[syncline] jittered<Schedule, Percent> takes a percentage from 0 to 100");

  static constexpr std::chrono::milliseconds delay(std::uint32_t attempt, std::uint64_t random) noexcept {
    return shorten(Schedule::delay(attempt, random), random);
  }
  static constexpr std::optional<std::chrono::milliseconds> delay_after(std::uint32_t attempt,
                                                                        std::uint64_t random) noexcept {
    const auto whole = Schedule::delay_after(attempt, random);
    if (!whole) return std::nullopt;
    return shorten(*whole, random);
  }

 private:
  static constexpr std::chrono::milliseconds shorten(std::chrono::milliseconds whole, std::uint64_t random) noexcept {
    const auto most = static_cast<std::uint64_t>(whole.count()) * Percent / 100;
    return whole - std::chrono::milliseconds{static_cast<std::int64_t>(random % (most + 1))};
  }
};

/// Ends `Schedule` after `Attempts` tries.
template <std::uint32_t Attempts, retry_schedule Schedule>
struct at_most {
  static_assert(Attempts > 0, "[syncline] at_most<0, ...> never tries: write at_most<1, ...> or more");

  static constexpr std::chrono::milliseconds delay(std::uint32_t attempt, std::uint64_t random = 0) noexcept {
    return Schedule::delay(attempt, random);
  }
  static constexpr std::optional<std::chrono::milliseconds> delay_after(std::uint32_t attempt,
                                                                        std::uint64_t random = 0) noexcept {
    if (attempt >= Attempts) return std::nullopt;
    return Schedule::delay_after(attempt, random);
  }
};

/// What an outbox does unless it is told otherwise: 1 s, 5 s, 15 s, a little less by chance; three tries of an item.
using standard_retry = at_most<3, jittered<fixed_delays<1, 5, 15>, 20>>;

/// How often something was tried in vain. An interruption is a try that never came to an answer about the item itself:
/// the hub could not be reached or was too busy.
struct failed_tries {
  std::uint32_t attempts = 0;
  std::uint32_t interruptions = 0;  ///< in a row

  friend bool operator==(const failed_tries&, const failed_tries&) = default;
};

/// What comes after a failure: the tries so far, and how long to wait for the next one, or nothing: give up.
struct next_try {
  failed_tries tries{};
  std::optional<std::chrono::milliseconds> delay{};

  friend bool operator==(const next_try&, const next_try&) = default;
};

/// What comes after an error of class `severity`, on top of the tries that failed `before`.
///
/// A transient error uses up no attempt, however often it comes; a retryable one uses up one; a fatal one all of them.
/// \see QUEUE-4, QUEUE-8, PROTOCOL 5
template <retry_schedule Schedule = standard_retry>
constexpr next_try what_next(error_class severity, failed_tries before, std::uint64_t random) noexcept {
  const auto one_more = [](std::uint32_t n) { return n == std::numeric_limits<std::uint32_t>::max() ? n : n + 1; };
  if (severity == error_class::transient) {
    before.interruptions = one_more(before.interruptions);
    return {before, Schedule::delay(before.interruptions, random)};
  }
  before.attempts = one_more(before.attempts);
  before.interruptions = 0;
  if (severity != error_class::retryable) return {before, std::nullopt};
  return {before, Schedule::delay_after(before.attempts, random)};
}

}  // namespace syncline

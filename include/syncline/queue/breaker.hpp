// SPDX-License-Identifier: BSL-1.0
#pragma once
// A circuit breaker: who does not answer is left alone for a while, and then asked once.

#include <syncline/queue/machine.hpp>
#include <syncline/queue/retry.hpp>
#include <syncline/record/value_kind.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <string_view>

namespace syncline {

/// Whether calls go through.
enum class breaker_state : std::uint8_t {
  closed,     ///< they do
  open,       ///< none does until the peer has had time to recover
  half_open,  ///< one is on its way, and its outcome decides
};

/// What happens to a breaker.
enum class breaker_event : std::uint8_t {
  succeeded,  ///< a call was answered
  failed,     ///< a call was not, and more of that can be borne
  tripped,    ///< a call was not, and that was one too many
  tried,      ///< the time of the next try has come, and a call goes out
};

constexpr std::string_view to_string(breaker_state s) noexcept { return name_of(s); }

namespace internal {

struct breaker_table {
  using s = breaker_state;
  using e = breaker_event;

  static constexpr s initial = s::closed;
  static constexpr s resting = s::closed;
  static constexpr std::array failures{s::open};
  static constexpr transition<s, e> rows[]{
      {s::closed, e::succeeded, s::closed},  {s::closed, e::failed, s::closed},     {s::closed, e::tripped, s::open},
      {s::open, e::tried, s::half_open},     {s::open, e::succeeded, s::closed},    {s::open, e::tripped, s::open},
      {s::half_open, e::tried, s::half_open}, {s::half_open, e::succeeded, s::closed}, {s::half_open, e::tripped, s::open},
  };
};

}  // namespace internal

/// The life of a breaker.
using breaker_machine = machine<internal::breaker_table>;

/// A circuit breaker as a value: `Failures` calls in a row that fail open it, for the delays of `Cooling` one after the
/// other; then one call goes out, and its success closes it again. An answer that was not asked for closes it too.
///
/// It is made of plain members so that it can be stored: a breaker that forgot at each start would protect nobody. A try
/// whose outcome never came, since the program ended, does not hold it up: the next one may go out after one more delay.
/// Nor does a clock that was set back: no wait is longer than its delay.
///
/// \snippet examples/limits.cpp a-breaker
/// \see QUEUE-5; M. Nygard, Release It!, "Circuit Breaker"
template <std::uint32_t Failures = 5, retry_schedule Cooling = jittered<exponential<15, 900>, 20>>
struct breaker {
  static_assert(Failures > 0, "[syncline] breaker<0> is never closed: write breaker<1> or more");

  breaker_state state = breaker_state::closed;
  std::uint32_t failures = 0;  ///< in a row
  timestamp since{};           ///< when it was opened, or last tried
  timestamp until{};           ///< no call before this; meaningless while it is closed

  /// How long to wait before a call may go out; zero if it may now.
  constexpr std::chrono::milliseconds wait(timestamp now) const noexcept {
    if (state == breaker_state::closed || now >= until || now < since) return {};
    return until - now;
  }

  /// Whether a call may go out now. If so, it counts as gone: another one has to wait for its outcome.
  constexpr bool try_now(timestamp now, std::uint64_t random) noexcept {
    if (wait(now) > std::chrono::milliseconds{}) return false;
    if (state != breaker_state::closed) hold(now, Cooling::delay(failures - Failures + 1, random));
    happened(breaker_event::tried);
    return true;
  }

  /// A call was answered, whatever the answer said.
  constexpr void succeeded() noexcept {
    failures = 0;
    happened(breaker_event::succeeded);
  }

  /// A call was not answered. \return whether the breaker is open now
  constexpr bool failed(timestamp now, std::uint64_t random) noexcept {
    failures = std::max(failures, failures + 1);
    const bool trips = failures >= Failures;
    if (trips) hold(now, Cooling::delay(failures - Failures + 1, random));
    happened(trips ? breaker_event::tripped : breaker_event::failed);
    return trips;
  }

  /// The peer answered that it wants to be left alone for a while, such as by HTTP's Retry-After.
  constexpr void told_to_wait(timestamp now, std::chrono::milliseconds time) noexcept {
    failures = std::max(failures, Failures);
    hold(now, time);
    happened(breaker_event::tripped);
  }

  friend bool operator==(const breaker&, const breaker&) = default;

 private:
  constexpr void hold(timestamp now, std::chrono::milliseconds time) noexcept {
    since = now;
    until = now + time;
  }
  constexpr void happened(breaker_event event) noexcept { state = breaker_machine::next(state, event).value_or(state); }
};

}  // namespace syncline

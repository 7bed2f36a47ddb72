// SPDX-License-Identifier: BSL-1.0
// Being a good neighbour: a circuit breaker for who does not answer, a rate limiter for who allows so many calls.

#include "check.hpp"

#include <syncline/queue/breaker.hpp>
#include <syncline/queue/rate_limit.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>

using namespace std::chrono_literals;
using syncline::timestamp;

//! [a-breaker]
struct weather_service {
  syncline::breaker<3> breaker{};  // may be stored with what else is known of the service

  // The temperature, or nothing: then `breaker.wait(now)` says when to ask again.
  std::optional<double> ask(const std::function<std::optional<double>()>& call, timestamp now, std::uint64_t random) {
    if (!breaker.try_now(now, random)) return std::nullopt;
    const auto answer = call();
    answer ? breaker.succeeded() : static_cast<void>(breaker.failed(now, random));
    return answer;
  }
};
//! [a-breaker]

void use_breaker() {
  weather_service service;
  int calls = 0;
  const auto down = [&]() -> std::optional<double> { return ++calls, std::nullopt; };
  const auto up = [&]() -> std::optional<double> { return ++calls, 21.5; };
  timestamp now{};
  for (int i = 0; i < 100; ++i) service.ask(down, now, 0);
  check(calls == 3);
  check(service.breaker.wait(now) == 15s);
  now += 15s;
  check(service.ask(up, now, 0) == 21.5);
  check(service.breaker.state == syncline::breaker_state::closed);
}

//! [a-rate-limit]
void use_rate_limit() {
  constexpr syncline::rate_limit quarter_hour{100, 15min};
  syncline::rate_limiter limiter;
  const timestamp now{};
  for (int i = 0; i < 100; ++i) check(limiter.take(quarter_hour, now) == 0s);
  check(limiter.take(quarter_hour, now) == 9s);  // ask again then
  check(limiter.take(quarter_hour, now + 9s) == 0s);
}
//! [a-rate-limit]

int main() {
  use_breaker();
  use_rate_limit();
}

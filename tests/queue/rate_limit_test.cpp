// SPDX-License-Identifier: BSL-1.0
#include <syncline/queue/rate_limit.hpp>
#include <syncline/testing/random.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <chrono>
#include <vector>

namespace {

using namespace syncline;
using namespace std::chrono_literals;

constexpr timestamp at(std::chrono::milliseconds time) { return timestamp{24h * 20000 + time}; }

static_assert(sizeof(rate_limiter) == 8);

TEST_CASE("as many calls as the limit says go at once, and then one for each part of the period") {
  constexpr rate_limit limit{7, 1000ms};  // 142.857... ms each
  rate_limiter of;
  for (int i = 0; i < 7; ++i) CHECK(of.take(limit, at(0ms)) == 0ms);
  CHECK(of.take(limit, at(0ms)) == 143ms);
  CHECK(of.take(limit, at(100ms)) == 43ms);
  CHECK(of.take(limit, at(143ms)) == 0ms);
  CHECK(of.take(limit, at(143ms)) > 0ms);
}

TEST_CASE("limits that are none") {
  rate_limiter of;
  CHECK(of.take({0, 5s}, at(0s)) == 5s);
  for (int i = 0; i < 1000; ++i) CHECK(of.take({1, 0s}, at(0s)) == 0s);
}

TEST_CASE("a clock that was set back makes nobody wait for longer than the period") {
  rate_limiter of;
  for (int i = 0; i < 10; ++i) CHECK(of.take({10, 15min}, at(9h)) == 0s);
  CHECK(of.take({10, 15min}, at(0s)) == 90s);
  CHECK(of.take({10, 15min}, at(90s)) == 0s);
}

// Against the definition, counted call by call.
TEST_CASE("no n periods hold more than n + 1 times the calls, and who waits as told goes through") {
  random_source random(1);
  for (int round = 0; round < 200; ++round) {
    const rate_limit limit{1 + static_cast<std::uint32_t>(random.below(12)), std::chrono::milliseconds{1 + static_cast<int>(random.below(2000))}};
    rate_limiter of;
    std::vector<timestamp> gone;
    timestamp now = at(0s);
    for (int i = 0; i < 300; ++i) {
      now += std::chrono::milliseconds{static_cast<int>(random.below(4) == 0 ? random.below(1500) : random.below(20))};
      rate_limiter patient = of;
      const auto wait = of.take(limit, now);
      if (wait == 0ms) {
        gone.push_back(now);
      } else {
        CHECK(of == patient);
        CHECK(patient.take(limit, now + wait - 1ms) > 0ms);
        CHECK(patient.take(limit, now + wait) == 0ms);
      }
    }
    for (std::size_t from = 0; from < gone.size(); ++from) {
      for (int n = 1; n <= 5; ++n) {
        const auto end = std::lower_bound(gone.begin(), gone.end(), gone[from] + n * limit.period);
        CHECK(end - gone.begin() - static_cast<std::ptrdiff_t>(from) <= (n + 1) * static_cast<std::ptrdiff_t>(limit.calls));
      }
    }
  }
}

}  // namespace

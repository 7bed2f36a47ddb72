// SPDX-License-Identifier: BSL-1.0
#include <syncline/queue/breaker.hpp>
#include <syncline/testing/random.hpp>
#include <syncline/wire/decode.hpp>
#include <syncline/wire/encode.hpp>

#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>

namespace {

using namespace syncline;
using namespace std::chrono_literals;

using plain = breaker<3, exponential<10, 60>>;

constexpr timestamp at(std::chrono::milliseconds time) { return timestamp{24h * 20000 + time}; }

plain opened(timestamp now) {
  plain of;
  for (int i = 0; i < 3; ++i) of.failed(now, 0);
  return of;
}

TEST_CASE("a breaker opens with the third failure in a row, and one success in between counts from the start") {
  plain of;
  CHECK_FALSE(of.failed(at(0s), 0));
  CHECK_FALSE(of.failed(at(1s), 0));
  of.succeeded();
  CHECK_FALSE(of.failed(at(2s), 0));
  CHECK_FALSE(of.failed(at(3s), 0));
  CHECK(of.try_now(at(3s), 0));
  CHECK(of.failed(at(4s), 0));
  CHECK(of.state == breaker_state::open);
  CHECK(of.wait(at(4s)) == 10s);
  CHECK_FALSE(of.try_now(at(13s), 0));
}

TEST_CASE("after the delay one call goes, and only one, until its outcome is there") {
  plain of = opened(at(0s));
  CHECK(of.wait(at(10s)) == 0s);
  CHECK(of.try_now(at(10s), 0));
  CHECK(of.state == breaker_state::half_open);
  CHECK_FALSE(of.try_now(at(10s), 0));
  SECTION("success closes it") {
    of.succeeded();
    CHECK(of == plain{.since = of.since, .until = of.until});
    CHECK(of.try_now(at(10s), 0));
    CHECK(of.try_now(at(10s), 0));
  }
  SECTION("failure opens it for the next delay, up to the longest") {
    timestamp now = at(10s);
    for (const auto delay : {20s, 40s, 60s, 60s, 60s}) {
      CHECK(of.failed(now, 0));
      CHECK(of.state == breaker_state::open);
      CHECK(of.wait(now) == delay);
      now += delay;
      CHECK(of.try_now(now, 0));
    }
  }
  SECTION("an outcome that never comes holds it up for one more delay") {
    CHECK(of.wait(at(10s)) == 10s);
    CHECK(of.try_now(at(20s), 0));
  }
}

TEST_CASE("a success that nobody asked for closes a breaker that is open") {
  plain of = opened(at(0s));
  of.succeeded();
  CHECK(of.state == breaker_state::closed);
  CHECK(of.try_now(at(0s), 0));
}

TEST_CASE("who asks to be left alone is left alone, and then asked once") {
  plain of;
  of.told_to_wait(at(0s), 90s);
  CHECK(of.wait(at(0s)) == 90s);
  CHECK_FALSE(of.try_now(at(89s), 0));
  CHECK(of.try_now(at(90s), 0));
  CHECK_FALSE(of.try_now(at(90s), 0));
  of.succeeded();
  CHECK(of.failures == 0);
}

TEST_CASE("a clock that was set back makes no wait longer than its delay") {
  plain of = opened(at(5h));
  CHECK(of.wait(at(5h)) == 10s);
  CHECK(of.wait(at(0s)) == 0s);
  CHECK(of.try_now(at(0s), 0));
}

TEST_CASE("a breaker is kept as any record's value is") {
  const plain of = opened(at(7s));
  const auto read = decode<plain>(encode(of));
  REQUIRE(read.has_value());
  CHECK(*read == of);
}

TEST_CASE("failures without end do not count past the last number") {
  plain of = opened(at(0s));
  of.failures = std::numeric_limits<std::uint32_t>::max();
  CHECK(of.failed(at(0s), 0));
  CHECK(of.failures == std::numeric_limits<std::uint32_t>::max());
  CHECK(of.wait(at(0s)) == 60s);
}

// Whatever happens in whatever order: a breaker that is closed has seen fewer failures in a row than it bears, one that is
// not lets at most one call through in each delay, and none waits for longer than the longest delay.
TEST_CASE("random calls find a breaker that never gets stuck and never lets a crowd through") {
  random_source random(1);
  for (int round = 0; round < 300; ++round) {
    breaker<3, jittered<exponential<10, 60>, 20>> of;
    std::uint32_t in_a_row = 0;
    std::optional<timestamp> last_while_open;
    timestamp now = at(0s);
    for (int i = 0; i < 200; ++i) {
      now += std::chrono::seconds{static_cast<int>(random.below(9))};
      const bool was_closed = of.state == breaker_state::closed;
      CHECK(was_closed == (in_a_row < 3));
      CHECK(of.wait(now) <= 60s);
      if (!of.try_now(now, random())) continue;
      if (!was_closed) {
        if (last_while_open) CHECK(now - *last_while_open >= 8s);
        last_while_open = now;
      } else {
        last_while_open.reset();
      }
      switch (random.below(3)) {
        case 0: of.succeeded(), in_a_row = 0; break;
        case 1: of.failed(now, random()), ++in_a_row; break;
        default: break;  // the program ended
      }
    }
  }
}

}  // namespace

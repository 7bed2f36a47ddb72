// SPDX-License-Identifier: BSL-1.0
#include <syncline/queue/retry.hpp>
#include <syncline/testing/random.hpp>

#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

namespace {

using namespace syncline;
using namespace std::chrono_literals;
using std::chrono::milliseconds;

constexpr std::uint32_t many = std::numeric_limits<std::uint32_t>::max();

using listed = fixed_delays<1, 5, 15>;
static_assert(retry_schedule<listed>);
static_assert(listed::delay_after(1) == milliseconds{1000});
static_assert(listed::delay_after(2) == milliseconds{5000});
static_assert(listed::delay_after(3) == milliseconds{15000});
static_assert(listed::delay_after(4) == milliseconds{15000});
static_assert(listed::delay_after(many) == milliseconds{15000});
static_assert(listed::delay_after(0) == milliseconds{0});

using doubling = exponential<1, 30>;
static_assert(retry_schedule<doubling>);
static_assert(doubling::delay_after(0) == 0s);

using three = at_most<3, listed>;
static_assert(three::delay_after(1) == 1s && three::delay_after(2) == 5s && !three::delay_after(3));
static_assert(!three::delay_after(many) && three::delay(many) == 15s);
static_assert(!at_most<1, listed>::delay_after(1));

static_assert(retry_schedule<jittered<doubling, 20>> && retry_schedule<standard_retry>);
static_assert(retry_schedule<at_most<5, jittered<doubling, 50>>> && retry_schedule<jittered<at_most<5, doubling>, 50>>);

// Whether an error leads to another try is decided while compiling as well as while running.
static_assert(what_next<three>(error_class::retryable, {}, 0) == next_try{{1, 0}, 1000ms});
static_assert(what_next<three>(error_class::retryable, {1, 0}, 0) == next_try{{2, 0}, 5000ms});
static_assert(what_next<three>(error_class::retryable, {2, 0}, 0) == next_try{{3, 0}, std::nullopt});
static_assert(what_next<three>(error_class::fatal, {}, 0) == next_try{{1, 0}, std::nullopt});
static_assert(what_next<three>(error_class::transient, {2, 0}, 0) == next_try{{2, 1}, 1000ms});

}  // namespace

TEST_CASE("doubling waits 1, 2, 4, 8, 16 and then 30 seconds") {
  std::vector<std::int64_t> seconds;
  for (std::uint32_t attempt = 1; attempt <= 8; ++attempt) {
    seconds.push_back(std::chrono::duration_cast<std::chrono::seconds>(*doubling::delay_after(attempt)).count());
  }
  CHECK(seconds == std::vector<std::int64_t>{1, 2, 4, 8, 16, 30, 30, 30});
  CHECK(doubling::delay(many) == 30s);
  CHECK(exponential<3, 3>::delay(9) == 3s);
  CHECK(exponential<100000000, 316000000>::delay(many) == 316000000s);
}

TEST_CASE("jitter shortens by at most its percentage, never lengthens, and uses the whole range") {
  using spread = jittered<doubling, 20>;
  random_source random(7);
  for (std::uint32_t attempt = 1; attempt < 10; ++attempt) {
    const milliseconds whole = doubling::delay(attempt);
    milliseconds least = whole, most{0};
    for (int i = 0; i < 2000; ++i) {
      const milliseconds delay = *spread::delay_after(attempt, random());
      REQUIRE(delay <= whole);
      REQUIRE(delay >= whole * 8 / 10);
      least = std::min(least, delay);
      most = std::max(most, delay);
    }
    CHECK(least < whole * 81 / 100);
    CHECK(most > whole * 99 / 100);
  }
  CHECK(jittered<doubling, 0>::delay(3, 123456789) == 4s);
  CHECK(jittered<doubling, 100>::delay(3, 4000) == 0s);
  CHECK(*spread::delay_after(2, 42) == *spread::delay_after(2, 42));
}

TEST_CASE("jitter keeps the end of its schedule, on whichever side of it it stands") {
  for (std::uint64_t random : {std::uint64_t{0}, std::numeric_limits<std::uint64_t>::max()}) {
    CHECK_FALSE((jittered<at_most<2, doubling>, 50>::delay_after(2, random)));
    CHECK((jittered<at_most<2, doubling>, 50>::delay_after(1, random)));
    CHECK_FALSE((at_most<2, jittered<doubling, 50>>::delay_after(2, random)));
  }
}

TEST_CASE("an unreachable hub uses up no attempts, however long it lasts") {
  failed_tries tries{2, 0};
  for (int i = 0; i < 1000; ++i) {
    const next_try next = what_next<three>(error_class::transient, tries, 0);
    REQUIRE(next.delay);
    REQUIRE(next.tries.attempts == 2);
    tries = next.tries;
  }
  CHECK(tries.interruptions == 1000);
  CHECK(what_next<three>(error_class::transient, tries, 0).delay == 15000ms);
  CHECK_FALSE(what_next<three>(error_class::retryable, tries, 0).delay);
}

TEST_CASE("an answer about the item ends a row of interruptions") {
  const next_try next = what_next<three>(error_class::retryable, {0, 9}, 0);
  CHECK(next.tries == failed_tries{1, 0});
  CHECK(next.delay == 1000ms);
}

TEST_CASE("counts of tries do not overflow") {
  CHECK(what_next<listed>(error_class::transient, {many, many}, 0) == next_try{{many, many}, 15000ms});
  CHECK(what_next<listed>(error_class::retryable, {many, 0}, 0) == next_try{{many, 0}, 15000ms});
  CHECK_FALSE(what_next<three>(error_class::retryable, {many, 0}, 0).delay);
}

TEST_CASE("an error of no known class is fatal") {
  CHECK_FALSE(what_next<listed>(static_cast<error_class>(99), {}, 0).delay);
}

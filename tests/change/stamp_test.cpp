// SPDX-License-Identifier: BSL-1.0
// Hybrid logical time: it never goes back, it follows what it was shown, and devices are ordered as their names are.

#include <syncline/change/stamp.hpp>

#include <syncline/testing/random.hpp>

#include <catch2/catch_test_macros.hpp>

using namespace syncline;

namespace {

timestamp at_ms(std::int64_t ms) { return timestamp{std::chrono::milliseconds{ms}}; }

}  // namespace

TEST_CASE("a hybrid time has the milliseconds in its upper 48 bits") {
  CHECK(hybrid_time::at(at_ms(1'700'000'000'123)).ticks == 1'700'000'000'123ull * 65536);
  CHECK(hybrid_time::at(at_ms(1'700'000'000'123)).wall() == at_ms(1'700'000'000'123));
  CHECK(hybrid_time{hybrid_time::at(at_ms(5)).ticks + 65535}.wall() == at_ms(5));
  CHECK(hybrid_time::at(at_ms(-1)).ticks == 0);
  CHECK_FALSE(hybrid_time{}.is_set());
}

TEST_CASE("times that are shifted keep their order and distances, down to the first one") {
  const hybrid_time early{1000}, late{70'000};
  CHECK(late.before(500).ticks - early.before(500).ticks == late.ticks - early.ticks);
  CHECK(early.before(999).ticks == 1);
  CHECK(early.before(1000).ticks == 1);
  CHECK(early.before(5000) < late.before(5000));
  CHECK(early.before(~0ull).is_set());
  CHECK_FALSE(hybrid_time{}.before(5).is_set());
  CHECK(late.before(0) == late);
}

TEST_CASE("a clock gives the wall's time when the wall is ahead") {
  hybrid_clock clock;
  CHECK(clock.next(at_ms(1000)) == hybrid_time::at(at_ms(1000)));
  CHECK(clock.next(at_ms(2000)) == hybrid_time::at(at_ms(2000)));
}

TEST_CASE("a clock goes on when the wall stands still or steps back") {
  hybrid_clock clock;
  const hybrid_time first = clock.next(at_ms(1000));
  const hybrid_time second = clock.next(at_ms(1000));
  const hybrid_time third = clock.next(at_ms(10));
  CHECK(second.ticks == first.ticks + 1);
  CHECK(third.ticks == first.ticks + 2);
  CHECK(third.wall() == at_ms(1000));
}

TEST_CASE("a time after an observed one is greater, even if the wall is far behind it") {
  hybrid_clock clock;
  const hybrid_time seen = hybrid_time::at(at_ms(1'000'000));
  clock.observe(seen);
  CHECK(clock.next(at_ms(5)) > seen);
  clock.observe(hybrid_time::at(at_ms(3)));
  CHECK(clock.last() > seen);
}

TEST_CASE("a clock that is made again from its last time goes on after it") {
  hybrid_clock before;
  const hybrid_time last = before.next(at_ms(1000));
  hybrid_clock after(last);
  CHECK(after.next(at_ms(0)) > last);
}

TEST_CASE("whatever the walls do, each clock's times grow and follow every message") {
  random_source random(5);
  hybrid_clock clocks[3];
  std::int64_t walls[3]{1000, 50, 100'000};
  hybrid_time last[3]{};
  for (int step = 0; step < 20'000; ++step) {
    const auto here = static_cast<std::size_t>(random.below(3)), there = static_cast<std::size_t>(random.below(3));
    walls[here] += static_cast<std::int64_t>(random.below(40)) - 15;  // may step back
    if (random.chance(0.3)) clocks[here].observe(last[there]);
    const bool had_seen = clocks[here].last() >= last[there];
    const hybrid_time now = clocks[here].next(at_ms(walls[here]));
    REQUIRE(now > last[here]);
    if (had_seen) REQUIRE(now > last[there]);
    REQUIRE(now >= hybrid_time::at(at_ms(walls[here])));
    last[here] = now;
  }
}

TEST_CASE("devices are ordered as their names are, byte by byte") {
  CHECK(device_id("phone") < device_id("watch"));
  CHECK(device_id("phone") < device_id("phone2"));
  CHECK(device_id("") < device_id("a"));
  CHECK(device_id("z") < device_id("\xC3\xA9"));  // bytes are unsigned
  CHECK(device_id().empty());
  CHECK(device_id("abc").view() == "abc");
}

TEST_CASE("a device's name may use all of its 24 bytes, and what is longer is cut") {
  const std::string_view longest = "123456789012345678901234";
  CHECK(device_id(longest).view() == longest);
  CHECK(device_id("1234567890123456789012345") == device_id(longest));
}

TEST_CASE("stamps are ordered by time, then by device") {
  const stamp early{{1}, device_id("z")}, late{{2}, device_id("a")}, late_higher{{2}, device_id("b")};
  CHECK(early < late);
  CHECK(late < late_higher);
}

static_assert(hybrid_clock{}.next(timestamp{}).ticks == 1);

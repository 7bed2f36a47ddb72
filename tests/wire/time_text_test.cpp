// SPDX-License-Identifier: BSL-1.0
#include <syncline/wire/time_text.hpp>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include <chrono>
#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <string_view>

using namespace syncline;
using namespace std::chrono;
using namespace std::literals;
using Catch::Matchers::ContainsSubstring;

namespace {

using ms_time = sys_time<milliseconds>;

template <class Time = ms_time>
std::string error_of(std::string_view text) {
  const auto read = parse_time<Time>(text);
  return read ? "no error" : read.error().message;
}

}  // namespace

TEST_CASE("known instants have their known texts", "[time]") {
  // Seconds from `date -u -d ... +%s`.
  const std::pair<std::int64_t, const char*> known[]{
      {0, "1970-01-01T00:00:00Z"},
      {-1, "1969-12-31T23:59:59Z"},
      {951782400, "2000-02-29T00:00:00Z"},
      {951868799, "2000-02-29T23:59:59Z"},
      {1709164800, "2024-02-29T00:00:00Z"},
      {1709251200, "2024-03-01T00:00:00Z"},
      {4107542400, "2100-03-01T00:00:00Z"},
      {4107456000, "2100-02-28T00:00:00Z"},
      {1795248000, "2026-11-21T08:00:00Z"},
      {2147483647, "2038-01-19T03:14:07Z"},
      {253402300799, "9999-12-31T23:59:59Z"},
      {-2208988800, "1900-01-01T00:00:00Z"},
      {-62135596800, "0001-01-01T00:00:00Z"},
      {-62167219200, "0000-01-01T00:00:00Z"},
      {-62167219201, "-000001-12-31T23:59:59Z"},
      {253402300800, "+010000-01-01T00:00:00Z"},
      {8640000000000, "+275760-09-13T00:00:00Z"},  // ECMAScript's last instant
  };
  for (const auto& [count, text] : known) {
    CHECK(time_text(sys_seconds{std::chrono::seconds{count}}) == text);
    REQUIRE(parse_time<sys_seconds>(text).has_value());
    CHECK(parse_time<sys_seconds>(text)->time_since_epoch().count() == count);
    CHECK(*parse_time(text) == ms_time{std::chrono::seconds{count}});
  }
}

TEST_CASE("the texts agree with the standard library's calendar", "[time]") {
  std::mt19937_64 random(7);
  for (int i = 0; i < 20000; ++i) {
    const sys_days day{days{static_cast<int>(random() % 7000000) - 3500000}};
    const year_month_day on{day};
    if (int{on.year()} < 0 || int{on.year()} > 9999) continue;
    char expected[32];
    std::snprintf(expected, sizeof expected, "%04d-%02u-%02uT00:00:00Z", int{on.year()}, unsigned{on.month()},
                  unsigned{on.day()});
    REQUIRE(time_text(day) == expected);
    REQUIRE(*parse_time<sys_days>(expected) == day);
  }
}

TEST_CASE("fractions have all digits of the clock, or none", "[time]") {
  CHECK(time_text(ms_time{1795248000123ms}) == "2026-11-21T08:00:00.123Z");
  CHECK(time_text(ms_time{1795248000120ms}) == "2026-11-21T08:00:00.120Z");
  CHECK(time_text(ms_time{1795248000000ms}) == "2026-11-21T08:00:00Z");
  CHECK(time_text(ms_time{-1ms}) == "1969-12-31T23:59:59.999Z");
  CHECK(time_text(sys_time<nanoseconds>{1ns}) == "1970-01-01T00:00:00.000000001Z");
  CHECK(time_text(sys_time<microseconds>{-1us}) == "1969-12-31T23:59:59.999999Z");
  CHECK(time_text(sys_time<minutes>{1min}) == "1970-01-01T00:01:00Z");
}

TEST_CASE("what is finer than the clock is cut off towards the past", "[time]") {
  CHECK(*parse_time("1970-01-01T00:00:00.1239999Z") == ms_time{123ms});
  CHECK(*parse_time("1970-01-01T00:00:00.5Z") == ms_time{500ms});
  CHECK(*parse_time("1969-12-31T23:59:59.9999Z") == ms_time{-1ms});
  CHECK(*parse_time("1970-01-01T00:00:00.0000000000000000000000001Z") == ms_time{0ms});
  CHECK(*parse_time<sys_days>("1969-12-31T12:00:00Z") == sys_days{days{-1}});
}

TEST_CASE("offsets count from UTC", "[time]") {
  const ms_time at{1795248000000ms};
  for (const std::string_view text :
       {"2026-11-21T08:00:00Z", "2026-11-21T08:00:00z", "2026-11-21t08:00:00Z", "2026-11-21 08:00:00Z",
        "2026-11-21T08:00Z", "2026-11-21T09:00:00+01:00", "2026-11-21T13:45:00+05:45", "2026-11-20T22:30:00-0930",
        "2026-11-21T10:00:00+02", "2026-11-21T08:00:00-00:00", "2026-11-21T08:00:00.000+00:00"}) {
    CAPTURE(text);
    REQUIRE(parse_time(text).has_value());
    CHECK(*parse_time(text) == at);
  }
  CHECK(*parse_time("2026-11-21") == ms_time{1795219200000ms});
}

TEST_CASE("wrong dates and times are refused, with the part that is wrong", "[time]") {
  const std::pair<const char*, const char*> wrong[]{
      {"2023-02-29T00:00:00Z", "no such day"},
      {"1900-02-29T00:00:00Z", "no such day"},
      {"2100-02-29T00:00:00Z", "no such day"},
      {"2026-04-31T00:00:00Z", "no such day"},
      {"2026-00-01T00:00:00Z", "the month"},
      {"2026-13-01T00:00:00Z", "the month"},
      {"2026-01-00T00:00:00Z", "no such day"},
      {"2026-01-32T00:00:00Z", "no such day"},
      {"2026-01-01T24:00:00Z", "the hour"},
      {"2026-01-01T23:60:00Z", "the minute"},
      {"2026-12-31T23:59:60Z", "the second"},
      {"2026-01-01T00:00:00", "ends with Z"},
      {"2026-01-01T00:00:00+24:00", "offset"},
      {"2026-01-01T00:00:00+02:60", "offset"},
      {"2026-01-01T00:00:00Zx", "follows"},
      {"2026-01-01T00:00:00.Z", "after the point"},
      {"2026-1-1T00:00:00Z", "two digits"},
      {"26-01-01T00:00:00Z", "year"},
      {"12026-01-01T00:00:00Z", "year"},
      {"+2026-01-01T00:00:00Z", "year"},
      {"-000000-01-01T00:00:00Z", "year -0"},
      {"", "year"},
      {"2026-01-01T", "two digits"},
      {"2026-01-01X00:00:00Z", "a T"},
      {"2026/01/01", "is written"},
      {" 2026-01-01", "year"},
      {"2026-01-01T00:00:00+", "two digits"},
      {"2026-01-01T0:00:00Z", "two digits"},
      {"20260101T000000Z", "year"},
      {"2026-01", "is written"},
  };
  for (const auto& [text, reason] : wrong) {
    CAPTURE(text);
    CHECK_THAT(error_of(text), ContainsSubstring("'" + std::string(text) + "' is not a time such as"));
    CHECK_THAT(error_of(text), ContainsSubstring(reason));
  }
}

TEST_CASE("every prefix of a time is a date or refused", "[time]") {
  const std::string_view whole = "2026-11-21T08:00:00.123+01:00";
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const bool is_complete = size == 10 || size == 26;  // a date; an offset in hours
    CAPTURE(whole.substr(0, size));
    CHECK(parse_time(whole.substr(0, size)).has_value() == is_complete);
  }
}

TEST_CASE("what a clock cannot hold is refused, and its ends are not", "[time]") {
  using ns_time = sys_time<nanoseconds>;
  CHECK(time_text(ns_time::max()) == "2262-04-11T23:47:16.854775807Z");
  CHECK(*parse_time<ns_time>("2262-04-11T23:47:16.854775807Z") == ns_time::max());
  CHECK_THAT(error_of<ns_time>("2262-04-11T23:47:16.854775808Z"), ContainsSubstring("further away"));
  CHECK_FALSE(parse_time("+999999999999999999-01-01T00:00:00Z").has_value());
  CHECK_FALSE(parse_time("+9999999999999999999-01-01T00:00:00Z").has_value());
  for (const ms_time end : {ms_time::min(), ms_time::max()}) CHECK(*parse_time(time_text(end)) == end);
  for (const auto end : {sys_seconds::min(), sys_seconds::max()})
    CHECK(*parse_time<sys_seconds>(time_text(end)) == end);
  for (const auto end : {sys_time<hours>::min(), sys_time<hours>::max()}) {
    CHECK(*parse_time<sys_time<hours>>(time_text(end)) == end);
  }
}

TEST_CASE("every instant comes back from its text", "[time]") {
  std::mt19937_64 random(1);
  for (int i = 0; i < 20000; ++i) {
    const ms_time at{milliseconds{static_cast<std::int64_t>(random() >> (i % 64))}};
    REQUIRE(*parse_time(time_text(at)) == at);
  }
}

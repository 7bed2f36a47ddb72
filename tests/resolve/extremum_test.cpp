// SPDX-License-Identifier: BSL-1.0
// Least and greatest: of what was written, not of what was there.

#include <syncline/resolve/extremum.hpp>

#include "laws/expect.hpp"

#include <syncline/record/merge_function.hpp>
#include <syncline/testing/check_merge_laws.hpp>

#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

using namespace syncline;

static_assert(three_way_function<merge_min, int> && three_way_function<merge_max, std::optional<timestamp>>);
static_assert(merge_function<merge_max, std::string> && merge_function<merge_min, std::chrono::seconds>);
static_assert(!merge_function<merge_min, std::vector<int>>);
static_assert(!merge_function<merge_max, std::optional<std::vector<int>>>);
static_assert(is_commutative<merge_min> && is_idempotent<merge_max>);

static_assert(merge_min::merge(10, 7, 8) == 7 && merge_max::merge(10, 7, 8) == 8);
static_assert(merge_min::merge(10, 12, 10) == 12);  // raised by one side alone
static_assert(merge_max::merge(10, 10, 3) == 3);
static_assert(merge_max::merge(false, true, false));
static_assert(merge_min::merge(std::uint8_t{0}, std::uint8_t{200}, std::uint8_t{255}) == 200);

namespace {

enum class level : std::int8_t { low = -1, middle, high };

template <class How, class T>
void check_laws(std::uint64_t seed) {
  generator from(seed);
  check_merge_laws<How, T>(from, 2000, laws::expect());
  check_merge_converges<How, T>(from, 2000, laws::expect());
}

}  // namespace

TEMPLATE_TEST_CASE("least and greatest obey the laws of a three-way function, and any order gives the same", "",
                   std::int64_t, std::uint8_t, bool, double, float, std::string, level, timestamp,
                   std::optional<std::int16_t>, std::optional<double>) {
  check_laws<merge_min, TestType>(51);
  check_laws<merge_max, TestType>(52);
}

TEST_CASE("the least of all writes stands, as if they had been sorted") {
  generator from(53);
  for (int i = 0; i < 5000; ++i) {
    const auto base = from.value<std::int16_t>();
    std::vector<std::int16_t> written;
    for (int n = 0; n < 6; ++n) written.push_back(from.another(base));
    std::int16_t least = base, greatest = base;
    for (const std::int16_t w : written) {
      least = merge_min::merge(base, w, least);
      greatest = merge_max::merge(base, w, greatest);
    }
    std::sort(written.begin(), written.end());
    REQUIRE(least == written.front());
    REQUIRE(greatest == written.back());
  }
}

TEST_CASE("an absent value and a NaN stand against no other value") {
  using best = std::optional<int>;
  CHECK(merge_min::merge(best{5}, best{}, best{9}) == best{9});
  CHECK(merge_max::merge(best{5}, best{9}, best{}) == best{9});
  CHECK(merge_max::merge(best{5}, best{}, best{5}) == best{});  // one side alone may empty it
  CHECK(merge_min::merge(best{}, best{9}, best{4}) == best{4});

  const double nan = std::numeric_limits<double>::quiet_NaN(), infinity = std::numeric_limits<double>::infinity();
  CHECK(merge_min::merge(0.0, nan, 3.0) == 3.0);
  CHECK(merge_max::merge(0.0, -infinity, nan) == -infinity);
  CHECK(merge_max::merge(std::optional<double>{}, {nan}, {3.0}) == 3.0);
  CHECK(std::isnan(*merge_max::merge(std::optional<double>{1.0}, {nan}, {})));
  CHECK(std::signbit(merge_min::merge(1.0, 0.0, -0.0)));
  CHECK(!std::signbit(merge_max::merge(1.0, -0.0, 0.0)));
}

TEST_CASE("numbers are ordered by what they are worth, where the order of their bits is another") {
  generator from(54);
  for (int i = 0; i < 5000; ++i) {
    const double base = from.value<double>(), a = from.another(base), b = from.another(base);
    if (std::isnan(a) || std::isnan(b)) continue;
    REQUIRE(merge_min::merge(base, a, b) == std::fmin(a, b));
    REQUIRE(merge_max::merge(base, a, b) == std::fmax(a, b));
  }
  CHECK(merge_min::merge(0.0, -1.0, -2.0) == -2.0);
}

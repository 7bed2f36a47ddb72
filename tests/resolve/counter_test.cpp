// SPDX-License-Identifier: BSL-1.0
// Counters: every increment counts once, whoever made it and in whatever order.

#include <syncline/resolve/counter.hpp>

#include "laws/expect.hpp"

#include <syncline/record/merge_function.hpp>
#include <syncline/testing/check_edit_laws.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

using namespace syncline;

static_assert(edit_function<counter, int> && edit_function<counter, std::uint8_t> && edit_function<counter, std::int64_t>);
static_assert(!merge_function<counter, std::string> && !merge_function<counter, double> && !merge_function<counter, bool>);

static_assert(counter::diff(3, 5) == 2 && counter::diff(5, 3) == -2);
static_assert(counter::diff(std::uint8_t{5}, std::uint8_t{3}) == 254);
static_assert(counter::diff(std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max()) == -1);
static_assert(counter::invert(std::numeric_limits<std::int8_t>::min()) == std::numeric_limits<std::int8_t>::min());

TEST_CASE("a counter obeys the laws of an edit function, and its edits commute") {
  laws::expect expect;
  generator from(31);
  check_edit_laws<counter, std::int32_t>(from, 2000, expect);
  check_edit_laws<counter, std::int8_t>(from, 2000, expect);
  check_edit_laws<counter, std::uint16_t>(from, 2000, expect);
  check_edit_laws<counter, std::uint64_t>(from, 2000, expect);
  check_edits_commute<counter, std::int64_t>(from, 2000, expect);
  CHECK(expect.tried() >= 4 * 2000 * 6);
}

TEST_CASE("increments of several devices add up in any order") {
  std::vector<std::int32_t> added{5, -2, 100, 7};
  std::sort(added.begin(), added.end());
  do {
    std::int32_t value = 10;
    for (const std::int32_t a : added) counter::apply(value, a);
    REQUIRE(value == 120);
  } while (std::next_permutation(added.begin(), added.end()));
}

TEST_CASE("what several devices add is the sum of their differences, as it is counted in wide numbers") {
  generator from(32);
  for (int i = 0; i < 5000; ++i) {
    const auto base = from.value<std::int16_t>();
    std::int64_t sum = base;
    std::int16_t value = base;
    for (int device = 0; device < 5; ++device) {
      const auto seen = from.value<std::int16_t>(), made = from.another(seen);
      counter::apply(value, counter::diff(seen, made));
      sum += std::int64_t{made} - seen;
    }
    REQUIRE((value - sum) % 65536 == 0);
  }
}

// SPDX-License-Identifier: BSL-1.0
// Sets that never lose an element where two sides meet.

#include <syncline/resolve/set_union.hpp>

#include "laws/expect.hpp"

#include <syncline/record/merge_function.hpp>
#include <syncline/testing/check_merge_laws.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <vector>

using namespace syncline;
using tags = std::set<std::string>;

static_assert(three_way_function<set_union, tags> && three_way_function<set_union, std::set<int, std::greater<int>>>);
static_assert(!edit_function<set_union, tags> && !merge_function<set_union, std::vector<int>>);
static_assert(is_commutative<set_union> && !is_idempotent<set_union>);

TEST_CASE("set union obeys the laws of a three-way function, and its sides can be swapped") {
  laws::expect expect;
  generator from(71);
  check_merge_laws<set_union, tags>(from, 2000, expect);
  check_merge_laws<set_union, std::set<std::int16_t, std::greater<std::int16_t>>>(from, 2000, expect);
}

TEST_CASE("a removal counts where the other side changed nothing, and never under conflict") {
  const tags base{"easy", "hill"};
  CHECK(set_union::merge(base, {"easy"}, base) == tags{"easy"});
  CHECK(set_union::merge(base, base, {"hill"}) == tags{"hill"});
  CHECK(set_union::merge(base, {"easy"}, {"easy", "hill", "race"}) == tags{"easy", "hill", "race"});
  CHECK(set_union::merge(base, {"easy"}, {"hill"}) == base);
  CHECK(set_union::merge(base, {}, {}) == tags{});  // both did the same
}

TEST_CASE("an element is in the union if it is on a side, asked one by one") {
  generator from(72);
  for (int i = 0; i < 5000; ++i) {
    const auto base = from.value<std::set<std::uint8_t>>(), local = from.another(base), remote = from.another(base);
    std::set<std::uint8_t> expected;
    for (int element = 0; element < 256; ++element) {
      const auto is_in = [&](const auto& set) { return set.count(static_cast<std::uint8_t>(element)) == 1; };
      const bool is_expected = local == base    ? is_in(remote)
                               : remote == base ? is_in(local)
                                                : is_in(local) || is_in(remote);
      if (is_expected) expected.insert(static_cast<std::uint8_t>(element));
    }
    REQUIRE(set_union::merge(base, local, remote) == expected);
  }
}

TEST_CASE("sets that only grow converge in any order; with removals they need not") {
  generator from(73);
  const auto grown = [&](const tags& base) {
    tags more = from.value<tags>();
    more.insert(base.begin(), base.end());
    return more;
  };
  for (int i = 0; i < 2000; ++i) {
    const auto base = from.value<tags>(), a = grown(base), b = grown(base), c = grown(base);
    const tags ab = set_union::merge(base, a, b), bc = set_union::merge(base, b, c);
    REQUIRE(set_union::merge(base, a, bc) == set_union::merge(base, ab, c));
    REQUIRE(set_union::merge(base, a, ab) == ab);
  }
  // Why idempotence is not claimed: the union can be the base again, and then nobody seems to have changed it.
  const tags base{"x", "y"}, a{"x"}, b{"y"};
  REQUIRE(set_union::merge(base, a, b) == base);
  CHECK(set_union::merge(base, a, set_union::merge(base, a, b)) == a);
}

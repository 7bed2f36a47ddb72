// SPDX-License-Identifier: BSL-1.0
// Maps whose keys several sides write.

#include <syncline/resolve/map_edits.hpp>

#include "laws/expect.hpp"
#include "laws/records.hpp"

#include <syncline/record/merge_function.hpp>
#include <syncline/resolve/append_log.hpp>
#include <syncline/resolve/counter.hpp>
#include <syncline/resolve/extremum.hpp>
#include <syncline/resolve/set_edits.hpp>
#include <syncline/testing/check_edit_laws.hpp>
#include <syncline/testing/check_merge_laws.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

using namespace syncline;

using settings = std::map<std::string, std::string>;
using tally = std::map<std::string, int>;
using nested = std::map<std::string, std::map<std::uint8_t, std::set<std::string>>>;
using counters = map_edits_of<counter>;
using deep = map_edits_of<map_edits_of<set_edits>>;
using best = map_edits_of<merge_min>;
using notes = map_edits_of<laws::keep_longer>;

static_assert(edit_function<map_edits, settings>);
static_assert(edit_function<map_edits, std::map<int, laws::lap, std::greater<int>>>);
static_assert(edit_function<counters, tally> && edit_function<deep, nested>);
static_assert(!edit_function<best, tally> && three_way_function<best, tally>);
static_assert(!three_way_function<counters, tally> && !merge_function<counters, settings>);
static_assert(!merge_function<best, nested>);
static_assert(!merge_function<map_edits, std::string> && !merge_function<map_edits, std::set<int>>);
static_assert(is_idempotent<map_edits> && is_idempotent<deep> && is_idempotent<best>);
static_assert(!is_idempotent<counters> && !is_commutative<counters> && !is_commutative<map_edits>);

namespace {

template <class How, class Map>
Map combined(const Map& base, const Map& first, const Map& second) {
  Map value = base;
  How::apply(value, How::diff(base, first));
  How::apply(value, How::diff(base, second));
  return value;
}

}  // namespace

TEST_CASE("map edits obey the laws of an edit function") {
  laws::expect expect;
  generator from(91);
  check_edit_laws<map_edits, settings>(from, 2000, expect);
  check_edit_laws<map_edits, std::map<std::uint8_t, double, std::greater<std::uint8_t>>>(from, 2000, expect);
  check_edit_laws<map_edits, std::map<std::string, std::optional<laws::lap>>>(from, 500, expect);
  const auto few = [&] {  // few keys, so that removals, puts and changes of one key meet
    tally made;
    for (const char* key : {"a", "b", "c"}) {
      if (from.random.chance(0.5)) made[key] = static_cast<int>(from.random.below(3));
    }
    return made;
  };
  check_edit_laws<map_edits, tally>(few, 10'000, expect);
  check_edit_laws<counters, tally>(few, 10'000, expect);
}

TEST_CASE("maps whose values have edits of their own obey the laws of an edit function, as deep as they go") {
  laws::expect expect;
  generator from(92);
  check_edit_laws<counters, tally>(from, 2000, expect);
  check_edit_laws<map_edits_of<append_log>, std::map<std::uint8_t, std::vector<std::uint8_t>>>(from, 2000, expect);
  check_edit_laws<map_edits_of<set_edits>, std::map<std::string, std::set<std::string>>>(from, 2000, expect);
  check_edit_laws<deep, nested>(from, 1000, expect);
}

TEST_CASE("maps whose values need three values obey the laws of a three-way function") {
  laws::expect expect;
  generator from(93);
  check_merge_laws<best, std::map<std::uint8_t, std::optional<std::int16_t>>>(from, 3000, expect);
  check_merge_laws<notes, settings>(from, 3000, expect);
}

TEST_CASE("puts and removals of both sides count, key by key") {
  const settings base{{"unit", "km"}, {"theme", "light"}, {"voice", "on"}};
  const settings ana{{"unit", "mi"}, {"voice", "on"}};                                              // unit, no theme
  const settings ben{{"unit", "km"}, {"theme", "light"}, {"voice", "off"}, {"language", "de"}};  // voice, language
  const settings both{{"unit", "mi"}, {"voice", "off"}, {"language", "de"}};
  CHECK(combined<map_edits>(base, ana, ben) == both);
  CHECK(combined<map_edits>(base, ben, ana) == both);
}

TEST_CASE("where both wrote one key, the later edit decides, also between a put and a removal") {
  const settings base{{"unit", "km"}}, miles{{"unit", "mi"}}, yards{{"unit", "yd"}}, none;
  CHECK(combined<map_edits>(base, miles, yards) == yards);
  CHECK(combined<map_edits>(base, yards, miles) == miles);
  CHECK(combined<map_edits>(base, none, miles) == miles);
  CHECK(combined<map_edits>(base, miles, none) == none);
}

TEST_CASE("values of one key that both sides wrote are merged by the function that is nested") {
  CHECK(combined<counters>(tally{{"km", 10}}, tally{{"km", 15}}, tally{{"km", 12}}) == tally{{"km", 17}});
  CHECK(combined<counters>(tally{}, tally{{"km", 5}}, tally{{"km", 2}}) == tally{{"km", 7}});  // both put the key
  CHECK(combined<counters>(tally{{"km", 10}}, tally{}, tally{{"km", 12}}) == tally{{"km", 2}});  // removed: counts anew
  CHECK(combined<counters>(tally{{"km", 10}}, tally{{"km", 12}}, tally{}) == tally{});
  const nested old{{"a", {{1, {"x"}}}}}, more{{"a", {{1, {"x", "y"}}}}}, other{{"a", {{1, {}}, {2, {"z"}}}}};
  CHECK(combined<deep>(old, more, other) == nested{{"a", {{1, {"y"}}, {2, {"z"}}}}});

  CHECK(best::merge(tally{{"5k", 1500}}, tally{{"5k", 1400}}, tally{{"5k", 1300}, {"10k", 2900}}) ==
        tally{{"5k", 1300}, {"10k", 2900}});
  CHECK(best::merge(tally{{"5k", 1500}}, tally{{"5k", 1400}}, tally{}) == tally{{"5k", 1400}});
  CHECK(best::merge(tally{{"5k", 1500}}, tally{}, tally{{"5k", 1400}}) == tally{});
}

TEST_CASE("a key that was removed and put again starts over, whatever has become of it meanwhile") {
  auto edit = counters::diff(tally{{"km", 10}}, tally{});
  counters::compose(edit, counters::diff(tally{}, tally{{"km", 3}}));
  tally value{{"km", 500}};
  counters::apply(value, edit);
  CHECK(value == tally{{"km", 3}});
}

TEST_CASE("map edits say what a key by key look at all three maps says") {
  generator from(94);
  for (int i = 0; i < 5000; ++i) {
    const auto base = from.value<tally>(), first = from.another(base), second = from.another(base);
    std::set<std::string> keys;
    for (const auto* map : {&base, &first, &second}) {
      for (const auto& [key, value] : *map) keys.insert(key);
    }
    tally later, sums;
    for (const std::string& key : keys) {
      const auto in = [&](const tally& map) { return map.count(key) == 1 ? std::optional(map.at(key)) : std::nullopt; };
      const auto b = in(base), x = in(first), y = in(second);
      if (const auto last = y != b ? y : x) later[key] = *last;
      const auto added = [&](std::optional<int> from_value, std::optional<int> to) {
        return static_cast<std::uint32_t>(to.value_or(0)) - static_cast<std::uint32_t>(from_value.value_or(0));
      };
      if (y == b ? !x : !y) continue;
      sums[key] = y == b   ? *x
                  : x == b ? *y
                           : static_cast<int>(static_cast<std::uint32_t>(x.value_or(0)) + added(b, y));
    }
    REQUIRE(combined<map_edits>(base, first, second) == later);
    REQUIRE(combined<counters>(base, first, second) == sums);
  }
}

TEST_CASE("edits of different keys commute") {
  generator from(95);
  for (int i = 0; i < 2000; ++i) {
    const auto base = from.value<settings>(), x = from.value<settings>();
    auto left = base, right = base;  // one side writes keys that begin below "f", the other the rest
    for (const auto& [key, value] : from.value<settings>()) (key < "f" ? left : right)[key] = value;
    for (const auto& [key, value] : base) {
      if (from.random.chance(0.3)) (key < "f" ? left : right).erase(key);
    }
    const auto e = map_edits::diff(base, left), f = map_edits::diff(base, right);
    settings one = x, other = x;
    map_edits::apply(one, e), map_edits::apply(one, f);
    map_edits::apply(other, f), map_edits::apply(other, e);
    REQUIRE(one == other);
  }
}

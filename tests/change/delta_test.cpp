// SPDX-License-Identifier: BSL-1.0
// Differences between two versions of a record obey their laws, for records of every policy and every kind of value.

#include <syncline/change/delta.hpp>

#include "laws/delta_laws.hpp"
#include "laws/expect.hpp"
#include "laws/records.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace syncline;
using laws::workout;

TEST_CASE("diff, apply, compose and invert obey their laws for every policy") {
  laws::expect expect;
  laws::check_delta_laws<workout>(1, 3000, expect);
  CHECK(expect.tried() >= 3000 * 10);
}

TEST_CASE("diff, apply, compose and invert obey their laws for every kind of value") {
  laws::expect expect;
  laws::check_delta_laws<laws::everything>(2, 1000, expect);
}

TEST_CASE("diff, apply, compose and invert obey their laws for plain numbers") {
  laws::expect expect;
  laws::check_delta_laws<laws::tally>(3, 2000, expect);
}

TEST_CASE("diff gives the new value of a changed field and the edit of a merged one") {
  workout before;
  before.id = "w1";
  before.target = 40;
  before.laps = 3;
  before.tags = std::set<std::string>{"easy", "hill"};
  workout after = before;
  after.target = 50;
  after.laps = 5;
  after.tags = std::set<std::string>{"easy", "long"};

  const delta<workout> change = diff(before, after);
  CHECK(change.fields == field_set<workout>::of(the<&workout::target>, the<&workout::laps>, the<&workout::tags>));
  CHECK(*change.values.target == 50);
  CHECK(change.edit<the<&workout::laps>.index>() == 2);
  CHECK(change.edit<the<&workout::tags>.index>().added == std::set<std::string>{"long"});
  CHECK(change.edit<the<&workout::tags>.index>().removed == std::set<std::string>{"hill"});
}

TEST_CASE("two records with different keys and the same fields have no difference") {
  workout a, b;
  a.id = "a";
  b.id = "b";
  CHECK(diff(a, b).empty());
  CHECK(*apply(a, diff(workout{}, b)).id == "a");
}

TEST_CASE("a NaN that stays is no change, and a zero that changes its sign is one") {
  laws::tally before, after;
  before.rate = std::numeric_limits<double>::quiet_NaN();
  after.rate = before.rate;
  CHECK(diff(before, after).empty());
  before.rate = 0.0;
  after.rate = -0.0;
  CHECK(diff(before, after).fields == field_set<laws::tally>::of(the<&laws::tally::rate>));
}

TEST_CASE("a counter's edit applies to whatever is there, and wraps at the ends of its type") {
  laws::tally a, b, there;
  a.count = std::numeric_limits<std::int64_t>::max();
  b.count = std::numeric_limits<std::int64_t>::min();
  there.count = 10;
  CHECK(*apply(there, diff(a, b)).count == 11);  // max + 1 is min
}

namespace {

constexpr laws::tally with(std::int32_t goal, std::int64_t count) {
  laws::tally made;
  made.id = 7u;
  made.goal = goal;
  made.count = count;
  return made;
}
constexpr auto first = diff(with(1, 10), with(2, 10)), second = diff(with(2, 10), with(2, 14));
static_assert(first.fields.size() == 1 && second.fields.size() == 1);
static_assert(is_same_value(apply(with(1, 10), compose(first, second)), with(2, 14)));
static_assert(is_same_value(apply(with(2, 10), invert(first, with(1, 10))), with(1, 10)));
static_assert(diff(with(1, 1), with(1, 1)) == delta<laws::tally>{});

}  // namespace

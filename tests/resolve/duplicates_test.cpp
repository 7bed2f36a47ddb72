// SPDX-License-Identifier: BSL-1.0
// Duplicates: what matches, and that the order in which records are joined does not show. Held against a naive model that
// looks at all records of a group at once.

#include "resolve/duplicates_model.hpp"

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace duplicates_model;

static_assert(has_duplicates<ride>);

struct plain {
  static constexpr record_info sync{.table = "plain"};
  key<int> id{};
  lww<int> duplicates{};  // a field of that name declares nothing
};
static_assert(schema<plain>::size == 2 && !has_duplicates<plain>);

TEST_CASE("two records match that are of one kind and start at most ten minutes apart") {
  const ride a = made("a", "run", at(0));
  CHECK(matches(a, made("b", "run", at(0))));
  CHECK(matches(a, made("b", "run", at(10))));
  CHECK(matches(made("b", "run", at(10)), a));
  CHECK(matches(a, made("b", "run", at(-10))));
  CHECK_FALSE(matches(a, made("b", "run", at(10, 1))));
  CHECK_FALSE(matches(a, made("b", "swim", at(0))));
  CHECK_FALSE(matches(made("a", "run", timestamp{}), made("b", "run", timestamp{})));
  CHECK_FALSE(matches(made("a", "run", timestamp::min()), made("b", "run", timestamp::max())));
}

TEST_CASE("what was measured is of the better evidence, what was said of whoever has it") {
  ride hand = made("hand", "run", at(0)), file = made("file", "run", at(3));
  hand.distance_m = 10'000;
  hand.ascent_m = 80;
  hand.rpe = 7;
  hand.name = "With Eva";
  hand.tags = std::set<std::string>{"long"};
  hand.kudos = 2;
  file.source = "fit";
  file.distance_m = 10'123;
  file.name = "Morning run";
  file.tags = std::set<std::string>{"garmin"};
  file.kudos = 3;
  file.heart_rate.value.chunks.push_back({{{7}}, 5, 5, 5});
  stamps<ride> by_hand{}, by_file{};
  by_hand.fill({{1}, device_id("web")});
  by_file.fill({{2}, device_id("phone")});
  auto group = duplicate_group<ride>::of(hand);
  decisions<ride> how;
  ride both = hand;
  join_duplicates(both, by_hand, group, file, by_file, duplicate_group<ride>::of(file), how);
  CHECK(*both.id == "hand");
  CHECK(*both.distance_m == 10'123);
  CHECK(*both.ascent_m == 80);
  CHECK(*both.started_at == at(3));
  CHECK(*both.source == "fit");
  CHECK(*both.rpe == 7);
  CHECK(*both.name == "Morning run");
  CHECK(*both.tags == std::set<std::string>{"garmin", "long"});
  CHECK(*both.kudos == 5);
  CHECK(both.heart_rate.value == file.heart_rate.value);
  CHECK(how.dropped == field_set<ride>::of(the<&ride::distance_m>, the<&ride::started_at>, the<&ride::name>));
  CHECK(*how.lost.distance_m == 10'000);
  CHECK(*how.lost.name == "With Eva");
  CHECK(how.rules[the<&ride::distance_m>.index] == rule::duplicate);
  REQUIRE(group.members.size() == 2);
  CHECK(group.members[group.recording].key == "file");
}

struct joined {
  ride value{};
  stamps<ride> written{};
  duplicate_group<ride> group{};
};

joined of(const single& one) { return {one.value, one.written, duplicate_group<ride>::of(one.value)}; }

joined join(joined a, joined b) {
  if (b.group.members.front() < a.group.members.front()) std::swap(a, b);
  decisions<ride> how;
  join_duplicates(a.value, a.written, a.group, b.value, b.written, b.group, how);
  return a;
}

TEST_CASE("whatever the order in which records are joined, they become the same one") {
  std::mt19937 random(11);
  int groups = 0;
  for (int round = 0; round < 3000; ++round) {
    const std::vector<single> all = some_rides(random);
    members group;
    for (const single& each : all) group.push_back(&each);
    const ride wanted = expected(group);
    for (int order = 0; order < 4; ++order) {
      std::vector<joined> parts;
      for (const single& each : all) parts.push_back(of(each));
      while (parts.size() > 1) {  // any two, also two groups
        std::shuffle(parts.begin(), parts.end(), random);
        joined last = std::move(parts.back());
        parts.pop_back();
        parts.back() = join(std::move(parts.back()), std::move(last));
      }
      REQUIRE(changed_fields(parts.front().value, wanted).empty());
      REQUIRE(*parts.front().value.id == *wanted.id);
      REQUIRE(parts.front().group.members.size() == all.size());
    }
    ++groups;
  }
  CHECK(groups == 3000);
}

TEST_CASE("nothing is dropped that is not in the decisions") {
  std::mt19937 random(12);
  for (int round = 0; round < 3000; ++round) {
    const std::vector<single> all = some_rides(random);
    joined a = of(all[0]);
    const joined b = of(all[1]), before = a;
    decisions<ride> how;
    join_duplicates(a.value, a.written, a.group, b.value, b.written, b.group, how);
    for_each_field([&]<std::size_t I>(std::integral_constant<std::size_t, I>, const auto& x, const auto& y, const auto& z, const auto& lost) {
      if constexpr (I != schema<ride>::key_index && !internal::is_merged<ride, I>) {
        const auto unset = std::remove_cvref_t<decltype(value_of(x))>{};
        for (const auto* had : {&value_of(x), &value_of(y)}) {
          if (is_same_value(*had, unset) || is_same_value(*had, value_of(z))) continue;
          REQUIRE(how.dropped.contains(I));
          REQUIRE(is_same_value(value_of(lost), *had));
        }
      }
    }, before.value, b.value, a.value, how.lost);
  }
}

}  // namespace

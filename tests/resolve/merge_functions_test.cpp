// SPDX-License-Identifier: BSL-1.0
// The merge functions that come with the framework, as fields of a record: they compose, travel and meet.

#include <syncline/resolve.hpp>

#include "laws/codec_laws.hpp"
#include "laws/delta_laws.hpp"
#include "laws/expect.hpp"

#include <syncline/record.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

using namespace syncline;

namespace {

struct exercise {
  std::uint16_t id{};
  std::string name{};
  std::optional<std::int32_t> sets{};
};

struct journal {
  static constexpr record_info sync{.table = "journals"};

  key<std::string> id{};
  merge<std::int32_t, counter> visits{};
  merge<std::optional<std::int32_t>, merge_min> best_s{};
  merge<double, merge_max> highest_m{};
  merge<std::optional<std::string>, prefer_present> place{};
  merge<std::set<std::string>, set_union> seen{};
  merge<std::set<std::string>, set_edits> tags{};
  merge<std::vector<std::string>, append_log> entries{};
  merge<std::vector<exercise>, list_edits> plan{};
  merge<std::map<std::string, std::string>, map_edits> settings{};
  merge<std::map<std::string, std::int64_t>, map_edits_of<counter>> totals{};
  merge<std::map<std::uint8_t, std::string>, map_edits_of<text_merge<lines>>> notes{};
  merge<std::string, text_merge<words>> title{};
};

}  // namespace

TEST_CASE("fields of every merge function obey the laws of deltas, and their edits travel") {
  laws::expect expect;
  laws::check_delta_laws<journal>(131, 1000, expect);
  laws::check_change_codec_laws<journal>(132, 300, expect);
}

TEST_CASE("edits of three devices meet in every field") {
  const journal base{.id = {"j"},
                     .visits = {10},
                     .best_s = {1500},
                     .highest_m = {120.0},
                     .place = {},
                     .seen = {{"fox"}},
                     .tags = {{"easy", "flat"}},
                     .entries = {{"start"}},
                     .plan = {{{1, "squat", 3}, {2, "plank", 2}}},
                     .settings = {{{"unit", "km"}}},
                     .totals = {{{"run", 5}}},
                     .notes = {{{1, "fine\n"}}},
                     .title = {"a long run"}};
  journal ana = base, ben = base, cem = base;
  ana.visits.value += 2, ben.visits.value += 3, cem.visits.value -= 1;
  ana.best_s.value = 1400, ben.best_s.value = 1300, cem.best_s.value = {};
  ana.highest_m.value = 80.0, ben.highest_m.value = 150.0, cem.highest_m.value = 90.0;
  ana.place.value = "lake", cem.place.value = "forest";
  ana.seen.value = {"fox", "owl"}, ben.seen.value = {"deer"}, cem.seen.value = {"fox", "hare"};
  ana.tags.value = {"easy", "hill"}, ben.tags.value = {"flat"}, cem.tags.value = {"easy", "flat", "rain"};
  ana.entries.value.push_back("a"), ben.entries.value.push_back("b"), cem.entries.value.push_back("c");
  ana.plan.value = {{2, "plank", 2}, {1, "squat", 3}};
  ben.plan.value = {{1, "squat", 5}, {2, "plank", 2}};
  cem.plan.value = {{1, "squat", 3}, {3, "lunge", {}}, {2, "plank", 2}};
  ana.settings.value["theme"] = "dark", ben.settings.value["unit"] = "mi", cem.settings.value["voice"] = "off";
  ana.totals.value["run"] += 1, ben.totals.value["run"] += 10, cem.totals.value["ride"] += 7;
  ana.notes.value[1] += "windy\n", ben.notes.value[2] = "rest\n", cem.notes.value[1] += "cold\n";
  ana.title.value = "a very long run", ben.title.value = "a long run home", cem.title.value = "one long run";

  const std::array<delta<journal>, 3> made{diff(base, ana), diff(base, ben), diff(base, cem)};
  std::array<std::size_t, 3> order{0, 1, 2};
  do {
    journal hub = base;
    for (const std::size_t device : order) apply_to(hub, made[device]);
    CHECK(hub.visits.value == 14);
    CHECK(hub.best_s.value == 1300);
    CHECK(hub.highest_m.value == 150.0);
    CHECK(hub.place.value == "lake");
    CHECK(hub.seen.value == std::set<std::string>{"deer", "fox", "hare", "owl"});
    CHECK(hub.tags.value == std::set<std::string>{"hill", "rain"});
    CHECK(hub.entries.value.size() == 4);
    const std::vector<std::int32_t> ids = [&] {
      std::vector<std::int32_t> found;
      for (const exercise& e : hub.plan.value) found.push_back(e.id);
      return found;
    }();
    CHECK((ids == std::vector<std::int32_t>{2, 1, 3} || ids == std::vector<std::int32_t>{3, 2, 1}));
    CHECK(std::any_of(hub.plan.value.begin(), hub.plan.value.end(), [](const exercise& e) { return e.sets == 5; }));
    CHECK(hub.settings.value ==
          std::map<std::string, std::string>{{"theme", "dark"}, {"unit", "mi"}, {"voice", "off"}});
    CHECK(hub.totals.value == std::map<std::string, std::int64_t>{{"ride", 7}, {"run", 16}});
    CHECK(hub.notes.value == std::map<std::uint8_t, std::string>{{1, "fine\ncold\nwindy\n"}, {2, "rest\n"}});
    CHECK(hub.title.value == "one very long run home");
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST_CASE("a record of such fields is resolved as its functions say, whichever side is called local") {
  generator from(133);
  for (int i = 0; i < 500; ++i) {
    const journal base = from.record<journal>(), local = from.edited(base, 0.5), remote = from.edited(base, 0.5);
    const auto merged = resolve(base, local, {}, remote, {});
    const auto swapped = resolve(base, remote, {}, local, {});
    for_each_field(
        [&]<std::size_t I>(std::integral_constant<std::size_t, I>, const auto& one, const auto& other) {
          if constexpr (I != schema<journal>::key_index) {
            using how = typename schema<journal>::template policy_type<I>::how;
            if constexpr (is_commutative<how>) REQUIRE(is_same_value(value_of(one), value_of(other)));
          }
        },
        merged.value, swapped.value);
    REQUIRE(merged.how.dropped.empty());
  }
}

// SPDX-License-Identifier: BSL-1.0
// Fields whose conflicts a person settles.

#include <syncline/resolve/manual.hpp>

#include "laws/expect.hpp"

#include <syncline/change/delta.hpp>
#include <syncline/record/merge_function.hpp>
#include <syncline/resolve/resolve.hpp>
#include <syncline/testing/check_edit_laws.hpp>
#include <syncline/testing/generate.hpp>

#include <catch2/catch_test_macros.hpp>

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

using namespace syncline;

namespace {

using day = candidates<std::string>;
using day_edit = keep_candidates::edit<day>;

static_assert(edit_function<keep_candidates, day> && edit_function<keep_candidates, candidates<std::vector<int>>>);

struct plan {
  static constexpr record_info sync{.table = "plans"};

  key<std::string> id{};
  manual<std::string> day{};
};

day written(day seen, std::string_view value) {
  seen = std::string(value);
  return seen;
}
day_edit write_of(const day& seen, std::string_view value) { return keep_candidates::diff(seen, written(seen, value)); }

std::vector<std::string> values(const day& all) {
  std::vector<std::string> list;
  for (const auto& each : all.all()) list.push_back(each.value);
  return list;
}

using list = std::vector<std::string>;

TEST_CASE("a value nobody contests is a value") {
  plan p;
  p.day = "monday";
  CHECK(std::string(**p.day) == "monday");
  CHECK(!in_conflict(p));
  const plan before = p;
  p.day = "tuesday";
  CHECK(apply(before, diff(before, p)).day == p.day);
  CHECK(values(*p.day) == list{"tuesday"});
}

TEST_CASE("a write by somebody who had not seen the other's stands beside it, and the first to arrive stays visible", "[rule-20]") {
  const day base = written({}, "monday");
  day hub = base;
  keep_candidates::apply(hub, write_of(base, "tuesday"));
  keep_candidates::apply(hub, write_of(base, "friday"));
  CHECK(values(hub) == list{"tuesday", "friday"});
  CHECK(hub.in_conflict());
  CHECK(std::string(*hub) == "tuesday");
}

TEST_CASE("a write by somebody who had seen all candidates settles the conflict, one who had seen some leaves the others", "[rule-20]") {
  const day base = written({}, "monday");
  day hub = base;
  keep_candidates::apply(hub, write_of(base, "tuesday"));
  const day seen_one = hub;
  keep_candidates::apply(hub, write_of(base, "friday"));
  const day seen_both = hub;

  day settled = hub;
  keep_candidates::apply(settled, write_of(seen_both, "friday"));
  CHECK(values(settled) == list{"friday"});
  CHECK(!settled.in_conflict());

  keep_candidates::apply(hub, write_of(seen_one, "sunday"));
  CHECK(values(hub) == list{"friday", "sunday"});
}

TEST_CASE("of two decisions about one conflict the first to arrive counts, and the second does nothing", "[rule-21]") {
  const day base = written({}, "monday");
  day open = base;
  keep_candidates::apply(open, write_of(base, "tuesday"));
  keep_candidates::apply(open, write_of(base, "friday"));
  const day_edit one = write_of(open, "tuesday"), other = write_of(open, "sunday");
  day hub = open;
  keep_candidates::apply(hub, one);
  keep_candidates::apply(hub, other);
  CHECK(values(hub) == list{"tuesday"});
  SECTION("which is told, with what it was to be") {
    CHECK(keep_candidates::apply(hub, other) == merge_outcome::too_late);
    CHECK(values(keep_candidates::wanted(other)) == list{"sunday"});
    CHECK(keep_candidates::apply(hub, write_of(hub, "monday")) == merge_outcome::merged);
  }
  SECTION("but where both decided the same there is nothing to tell") {
    CHECK(keep_candidates::apply(hub, write_of(open, "tuesday")) == merge_outcome::merged);
    CHECK(values(hub) == list{"tuesday"});
  }
  SECTION("whoever resolves finds it among what was lost") {
    const plan base_plan{.id = {"p"}, .day = {open}}, theirs{.id = {"p"}, .day = {hub}}, mine{.id = {"p"}, .day = {written(open, "sunday")}};
    constexpr std::size_t at = the<&plan::day>.index;
    const auto merged = resolve(base_plan, mine, {}, theirs, {});
    CHECK((merged.how.rules[at] == rule::settled && merged.how.remote.contains(at) && merged.how.dropped.contains(at)));
    CHECK(values(*merged.value.day) == list{"tuesday"});
    CHECK(values(*merged.how.lost.day) == list{"sunday"});

    plan present = theirs;
    stamps<plan> when{};
    decisions<plan> how;
    resolve_change(change<plan>{.what = diff(base_plan, mine)}, device_id("phone"), role::client, field_set<plan>::all(), present, when, how);
    CHECK((how.rules[at] == rule::settled && how.remote.contains(at) && how.dropped.contains(at)));
    CHECK(values(*how.lost.day) == list{"sunday"});
  }

  SECTION("also where its writer went on writing before it heard of the first") {
    day_edit all = other;
    keep_candidates::compose(all, write_of(written(open, "sunday"), "saturday"));
    hub = open;
    keep_candidates::apply(hub, one);
    keep_candidates::apply(hub, all);
    CHECK(values(hub) == list{"tuesday", "saturday"});  // what it wrote then is no decision, and stands beside the first
  }
  SECTION("and where its writer went on after having heard") {
    day heard = hub;
    day_edit all = other;
    keep_candidates::compose(all, write_of(heard, "saturday"));
    keep_candidates::apply(hub, all);
    CHECK(values(hub) == list{"saturday"});
  }
}

TEST_CASE("equal writes upon equal candidates are one; an old value that comes again is a new one") {
  const day base = written({}, "monday");
  day hub = base;
  keep_candidates::apply(hub, write_of(base, "friday"));
  keep_candidates::apply(hub, write_of(base, "friday"));
  CHECK(values(hub) == list{"friday"});
  keep_candidates::apply(hub, write_of(hub, "monday"));
  keep_candidates::apply(hub, write_of(base, "sunday"));  // had seen the first monday, not this one
  CHECK(values(hub) == list{"monday", "sunday"});
}

TEST_CASE("an edit is signed once, by whoever made it") {
  day_edit made = write_of({}, "monday");
  keep_candidates::sign(made, "phone");
  keep_candidates::sign(made, "hub");
  REQUIRE(made.added.size() == 1);
  CHECK(made.added[0].by == "phone");
}

// Any edits of any histories obey the laws, but for decisions.
TEST_CASE("candidates obey the laws of an edit function") {
  laws::expect expect;
  generator from(61);
  day last;
  const auto make = [&] {
    last = {};
    for (std::uint64_t i = from.random.chance(0.2) ? 0 : 2 + from.random.below(3); i > 0; --i) {
      keep_candidates::apply(last, day_edit{{}, {{from.value<std::string>(), 1 + from.random.below(4), {}}}, false});
    }
    if (last.all().size() == 1) last = {};  // equal ones were one
    return last;
  };
  check_edit_laws<keep_candidates, day>(make, 5000, expect);
}

TEST_CASE("composing shows what was written, and whoever sees all candidates settles them, in whatever order edits come") {
  generator from(62);
  for (int round = 0; round < 300; ++round) {
    day hub;
    constexpr int devices = 3;
    struct device {
      day base{};
      day_edit pending{};
      bool dirty = false;
      day seen() const {
        day now = base;
        if (dirty) keep_candidates::apply(now, pending);
        return now;
      }
    };
    std::vector<device> all(devices);
    for (int step = 0; step < 40; ++step) {
      device& d = all[static_cast<std::size_t>(from.random.below(devices))];
      switch (from.random.below(3)) {
        case 0: {
          const day before = d.seen();
          const day_edit made = write_of(before, std::string(1, static_cast<char>('a' + from.random.below(5))));
          if (d.dirty) keep_candidates::compose(d.pending, made);
          else d.pending = made;
          d.dirty = true;
          day after = before;
          keep_candidates::apply(after, made);
          REQUIRE(is_same_value(d.seen(), after));  // composing shows what was written
          REQUIRE(!d.seen().in_conflict());
          break;
        }
        case 1:
          if (d.dirty) keep_candidates::apply(hub, d.pending);
          d.dirty = false;
          d.base = hub;
          break;
        default: d.base = hub;
      }
    }
    for (device& d : all) {
      if (d.dirty) keep_candidates::apply(hub, d.pending);
    }
    // A person who sees all of it settles it.
    keep_candidates::apply(hub, write_of(hub, "z"));
    REQUIRE(values(hub) == list{"z"});
  }
}

}  // namespace

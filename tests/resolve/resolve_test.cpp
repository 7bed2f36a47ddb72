// SPDX-License-Identifier: BSL-1.0
// The generated merge against a second one that was written from the table of policies, and by the laws that it states.

#include <syncline/resolve/resolve.hpp>

#include "laws/expect.hpp"
#include "resolve/cases.hpp"
#include "resolve/model.hpp"

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <map>
#include <string>

using namespace syncline;
using laws::workout;

namespace {

// What the merge says of field `name`, in the model's words.
model::outcome said(const model::record& value, const model::record& lost, const decisions<workout>& how,
                    const std::string& name) {
  const std::size_t i = schema<workout>::index_of(name);
  model::outcome outcome{value.at(name).v, "nobody", "", {}};
  if (how.local.contains(i)) outcome.who = "local";
  if (how.remote.contains(i)) outcome.who = how.rules[i] == rule::same_value ? "same" : "remote";
  if (how.both.contains(i)) outcome.who = "both";
  if (outcome.who != "nobody") outcome.why = std::string(to_string(how.rules[i]));
  if (how.dropped.contains(i)) outcome.lost = lost.at(name).v;
  return outcome;
}

void require_equal(const model::outcome& found, const model::outcome& expected, const std::string& name) {
  INFO("field " << name << ": expected " << expected.who << " by '" << expected.why << "', found " << found.who << " by '"
                << found.why << "'");
  REQUIRE((found.v == expected.v && found.who == expected.who && found.why == expected.why && found.lost == expected.lost));
}

// The stamp that a field must have in the end.
model::written stamp_after(const model::outcome& decided, const model::written& l, const model::written& r) {
  if (decided.who == "local") return l;
  if (decided.who == "remote") return r;
  return std::pair(l.time, l.device) < std::pair(r.time, r.device) ? r : l;
}


struct note {
  static constexpr record_info sync{.table = "notes"};
  key<std::string> id{};
  client<std::optional<int>> rpe{};
};

// The hub stores no stamp that is not greater than the one it replaces.
model::written stored_after(const model::outcome& decided, const model::written& l, const model::written& r) {
  if (decided.who != "local") return stamp_after(decided, l, r);
  return std::pair(l.time, l.device) > std::pair(r.time, r.device) ? l : model::written{r.time + 1, l.device};
}

bool is_decided_by_stamp(const std::string& policy) { return policy == "lww" || policy == "client"; }

}  // namespace

TEST_CASE("the merge of base, local and remote is what the table of policies says") {
  generator from(21);
  std::map<std::string, int> seen;  // that every row of the table was met
  for (int i = 0; i < 10'000; ++i) {
    const auto c = cases::random_conflict<workout>(from);
    const auto merged = resolve(c.base, c.local, c.local_stamps, c.remote, c.remote_stamps);
    REQUIRE(*merged.value.id == *c.base.id);
    const auto base = model::of(c.base), local = model::of(c.local), remote = model::of(c.remote);
    const auto value = model::of(merged.value), lost = model::of(merged.how.lost);
    const auto l = model::of(c.local_stamps), r = model::of(c.remote_stamps), stamps = model::of(merged.stamps);
    for (const auto& [name, cell] : base) {
      const auto expected = model::three_way(cell, local.at(name).v, l.at(name), remote.at(name).v, r.at(name));
      require_equal(said(value, lost, merged.how, name), expected, name);
      if (expected.who != "nobody" && is_decided_by_stamp(cell.policy)) {
        INFO(name);
        REQUIRE(stamps.at(name) == stamp_after(expected, l.at(name), r.at(name)));
      }
      if (!is_decided_by_stamp(cell.policy)) REQUIRE(stamps.at(name) == l.at(name));  // it has none that counts
      ++seen[cell.policy + ": " + expected.who + " by " + expected.why];
    }
  }
  for (const char* row :
       {"once: local by alone", "once: remote by first value", "once: same by same value", "server: remote by alone",
        "server: remote by server owned", "client: local by later write", "client: remote by higher device",
        "lww: local by greater value", "lww: remote by greater value", "add: both by merged", "elements: both by merged",
        "longer: both by merged", "lww: nobody by "}) {
    INFO(row);
    CHECK(seen[row] > 20);
  }
}

TEST_CASE("a change that arrives does what the table of policies says, whoever wrote it and whatever it had seen") {
  generator from(22);
  std::map<std::string, int> seen;
  for (int i = 0; i < 10'000; ++i) {
    const auto c = cases::random_conflict<workout>(from);
    const bool is_client = from.random.chance(0.8);
    const device_id by("phone");
    const field_set<workout> unseen{from.random() & field_set<workout>::all().bits()};
    change<workout> arriving{change_kind::updated, 1, diff(c.base, c.local), {}, {}};
    auto local_stamps = c.local_stamps;
    arriving.what.fields.for_each([&](std::size_t f) {
      arriving.times[f] = c.local_stamps[f].time;
      local_stamps[f].device = by;
    });

    workout present = c.remote;
    auto stamps = c.remote_stamps;
    decisions<workout> how;
    resolve_change(arriving, by, is_client ? role::client : role::server, unseen, present, stamps, how);

    const auto base = model::of(c.base), local = model::of(c.local), before = model::of(c.remote);
    const auto after = model::of(present), lost = model::of(how.lost);
    const auto l = model::of(local_stamps), r = model::of(c.remote_stamps), stamped = model::of(stamps);
    for (const auto& [name, cell] : before) {
      const std::size_t f = schema<workout>::index_of(name);
      model::outcome expected{cell.v, "nobody", "", {}};
      if (arriving.what.fields.contains(f)) {
        expected = model::arriving(cell, base.at(name).v, local.at(name).v, l.at(name), is_client, unseen.contains(f), r.at(name));
      }
      if (arriving.what.fields.contains(f) && (cell.policy == "longer")) {  // without the base, the edit itself is applied
        expected.v = model::merge("longer", base.at(name).v, local.at(name).v, cell.v);
      }
      require_equal(said(after, lost, how, name), expected, name);
      if (expected.who != "nobody" && is_decided_by_stamp(cell.policy)) {
        const bool refused = expected.why == "client owned" || (expected.who == "same" && !is_client && cell.policy == "client");
        INFO(name << " came out " << expected.who << " by " << expected.why);
        REQUIRE(stamped.at(name) == (refused ? r.at(name) : stored_after(expected, l.at(name), r.at(name))));
      }
      ++seen[cell.policy + ": " + expected.who + " by " + expected.why];
    }
    REQUIRE(*present.id == *c.remote.id);
  }
  for (const char* row : {"once: local by seen", "once: remote by first value", "server: remote by server owned",
                          "server: local by alone", "client: remote by client owned", "client: local by later write",
                          "lww: local by seen", "lww: same by same value", "add: both by merged", "add: local by alone"}) {
    INFO(row);
    CHECK(seen[row] > 20);
  }
}

TEST_CASE("the hub and a device resolve the same conflict alike") {
  generator from(23);
  for (int i = 0; i < 5000; ++i) {
    auto c = cases::random_conflict<workout>(from);
    const device_id by("phone");
    change<workout> arriving{change_kind::updated, 1, diff(c.base, c.local), {}, {}};
    arriving.what.fields.for_each([&](std::size_t f) {
      c.local_stamps[f].device = by;
      arriving.times[f] = c.local_stamps[f].time;
    });
    const auto on_device = resolve(c.base, c.local, c.local_stamps, c.remote, c.remote_stamps);
    workout at_hub = c.remote;
    auto stamps = c.remote_stamps;
    decisions<workout> how;
    resolve_change(arriving, by, role::client, changed_fields(c.base, c.remote), at_hub, stamps, how);
    REQUIRE(is_same_value(on_device.value, at_hub));
    REQUIRE(on_device.how.dropped == how.dropped);
    (stamped<workout> & (on_device.how.local | on_device.how.remote)).for_each([&](std::size_t f) {
      REQUIRE(stamps[f].device == on_device.stamps[f].device);
      const bool took_mine = on_device.how.local.contains(f);
      REQUIRE((took_mine ? stamps[f] > c.remote_stamps[f] : stamps[f] == on_device.stamps[f]));
    });
    how.dropped.for_each([&](std::size_t f) {
      bool same = false;
      for_each_field([&](auto index, const auto& a, const auto& b) { if (index == f) same = is_same_value(value_of(a), value_of(b)); },
                     on_device.how.lost, how.lost);
      REQUIRE(same);
    });
  }
}

TEST_CASE("where nothing is unseen, a client's change is applied, but for what a client may not write") {
  generator from(24);
  for (int i = 0; i < 3000; ++i) {
    const auto c = cases::random_conflict<workout>(from);
    change<workout> arriving{change_kind::updated, 1, diff(c.base, c.local), {}, {}};
    workout present = c.base;
    auto stamps = c.remote_stamps;
    decisions<workout> how;
    resolve_change(arriving, device_id("phone"), role::client, {}, present, stamps, how);
    workout expected = c.local;
    expected.distance_m = c.base.distance_m;
    if (!c.base.started_at->empty()) expected.started_at = c.base.started_at;
    REQUIRE(is_same_value(present, expected));
  }
}

TEST_CASE("last write wins and the client's word come out the same whichever side is called local") {
  generator from(25);
  for (int i = 0; i < 10'000; ++i) {
    const auto c = cases::random_conflict<workout>(from);
    const auto one = resolve(c.base, c.local, c.local_stamps, c.remote, c.remote_stamps);
    const auto other = resolve(c.base, c.remote, c.remote_stamps, c.local, c.local_stamps);
    REQUIRE(*one.value.feeling == *other.value.feeling);
    REQUIRE(*one.value.target == *other.value.target);
    REQUIRE(is_same_value(one.value.weight_kg, other.value.weight_kg));
    REQUIRE(*one.value.heart_rate == *other.value.heart_rate);
    REQUIRE(*one.value.laps == *other.value.laps);
    (stamped<workout> & changed_fields(c.base, c.local) & changed_fields(c.base, c.remote)).for_each([&](std::size_t f) {
      REQUIRE(one.stamps[f] == other.stamps[f]);
    });
  }
}

TEST_CASE("nothing is dropped in silence: a value that is gone is the base's or among the lost") {
  generator from(26);
  for (int i = 0; i < 10'000; ++i) {
    const auto c = cases::random_conflict<workout>(from);
    const auto merged = resolve(c.base, c.local, c.local_stamps, c.remote, c.remote_stamps);
    for_each_field(
        [&]<std::size_t I>(std::integral_constant<std::size_t, I>, const auto& local, const auto& remote, const auto& result,
                           const auto& lost) {
          if (policy::is_merge<schema<workout>::policy_type<I>>) return;
          const auto& base = value_of(get_field<I>(c.base));
          for (const auto* one : {&value_of(local), &value_of(remote)}) {
            const bool kept = is_same_value(*one, value_of(result)), old = is_same_value(*one, base);
            const bool logged = merged.how.dropped.contains(I) && is_same_value(*one, value_of(lost));
            REQUIRE((kept || old || logged));
          }
        },
        c.local, c.remote, merged.value, merged.how.lost);
  }
}

TEST_CASE("a side that changed nothing takes the other's record, and the other way round") {
  generator from(27);
  for (int i = 0; i < 2000; ++i) {
    const auto c = cases::random_conflict<workout>(from);
    REQUIRE(is_same_value(resolve(c.base, c.base, c.local_stamps, c.remote, c.remote_stamps).value, c.remote));
    workout expected = c.local;
    expected.distance_m = c.base.distance_m;
    if (!c.base.started_at->empty()) expected.started_at = c.base.started_at;
    REQUIRE(is_same_value(resolve(c.base, c.local, c.local_stamps, c.base, c.remote_stamps).value, expected));
  }
}

TEST_CASE("resolving in place overwrites the decisions of the record before") {
  generator from(28);
  decisions<workout> reused;
  for (int i = 0; i < 1000; ++i) {
    const auto c = cases::random_conflict<workout>(from);
    const auto fresh = resolve(c.base, c.local, c.local_stamps, c.remote, c.remote_stamps);
    workout local = c.local;
    auto stamps = c.local_stamps;
    resolve_onto(c.base, local, stamps, c.remote, c.remote_stamps, reused);
    REQUIRE(is_same_value(local, fresh.value));
    REQUIRE((reused.local == fresh.how.local && reused.remote == fresh.how.remote && reused.both == fresh.how.both &&
             reused.dropped == fresh.how.dropped));
    fresh.how.dropped.for_each([&](std::size_t f) { REQUIRE(reused.rules[f] == fresh.how.rules[f]); });
  }
}

TEST_CASE("a later deletion of an optional value wins as any other write does, and what it replaced is kept") {
  note base, local, remote;
  base.rpe = 5;
  local.rpe = std::nullopt;
  remote.rpe = 9;
  stamps<note> here{}, there{};
  here[1] = {{20}, device_id("phone")};
  there[1] = {{10}, device_id("watch")};
  const auto merged = resolve(base, local, here, remote, there);
  CHECK_FALSE(merged.value.rpe->has_value());
  CHECK(merged.how.local == field_set<note>::of(the<&note::rpe>));
  CHECK(merged.how.dropped == field_set<note>::of(the<&note::rpe>));
  CHECK(*merged.how.lost.rpe == 9);
  CHECK(merged.how.rules[1] == rule::later_write);
}

namespace {

using laws::tally;

constexpr tally made(std::int32_t goal, double rate, std::uint64_t rank, std::int64_t count) {
  tally t;
  t.id = 1u;
  t.goal = goal;
  t.rate = rate;
  t.rank = rank;
  t.count = count;
  return t;
}
constexpr stamps<tally> at(std::uint64_t ticks, const char* device) {
  stamps<tally> all{};
  all.fill({{ticks}, device_id(device)});
  return all;
}
constexpr auto merged_early =
    resolve(made(1, 0.5, 10, 100), made(2, 0.5, 11, 105), at(5, "b"), made(3, 1.5, 12, 90), at(5, "a"));
static_assert(*merged_early.value.goal == 2);  // equal times: the higher device
static_assert(*merged_early.value.rate == 1.5 && *merged_early.value.rank == 12 && *merged_early.value.count == 95);
static_assert(merged_early.how.rules[1] == rule::higher_device && *merged_early.how.lost.goal == 3);
static_assert(merged_early.how.rules[3] == rule::server_owned && *merged_early.how.lost.rank == 11);

}  // namespace

// SPDX-License-Identifier: BSL-1.0
// The record types against the contract's tables, which are written out here, and the sentences of their checks.

#include "domain/catalog.hpp"


#include <syncline/change/edit.hpp>
#include <syncline/sync/catalog.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <array>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace {

using namespace stride;
using syncline::schema;
using syncline::value_kind;
using lines = std::vector<std::string>;

template <class T>
std::string type_text() {
  switch (syncline::kind_of<T>) {
    case value_kind::text: return "text";
    case value_kind::integer: return "integer";
    case value_kind::number: return "number";
    case value_kind::time: return "time";
    case value_kind::list: return "list";
    case value_kind::set: return "set";
    case value_kind::structure: return "struct";
    case value_kind::optional:
      if constexpr (syncline::kind_of<T> == value_kind::optional)
        return type_text<syncline::element_of<T>>() + " or empty";
      break;
    default: break;
  }
  return "?";
}

template <class Policy>
std::string policy_text() {
  std::string text(Policy::name);
  if constexpr (syncline::policy::is_merge<Policy>) text.append(" ").append(syncline::type_name<typename Policy::how>);
  if constexpr (syncline::policy::is_chunked<Policy>) {
    text.append(" ").append(syncline::type_name<typename Policy::sample>);
    text.append(" by ").append(std::to_string(Policy::split::count));
  }
  return text;
}

// One line per field: its name, type and policy.
template <class R>
lines declared() {
  return []<std::size_t... I>(std::index_sequence<I...>) {
    return lines{std::string(schema<R>::names[I]) + ": " + type_text<typename schema<R>::template value_type<I>>() +
                 ", " + policy_text<typename schema<R>::template policy_type<I>>()...};
  }
  (std::make_index_sequence<schema<R>::size>{});
}

// Whether every field but the key has the policy.
template <class R, class Policy>
constexpr bool is_all = [] {
  return schema<R>::fields_where([]<class P>() { return std::is_same_v<P, Policy>; }) ==
         (std::uint64_t{1} << schema<R>::size) - 2;
}();

template <class R>
R sound() {
  R r{};
  r.id = "r1";
  if constexpr (std::is_same_v<R, activity>) r.type = "running";
  return r;
}

template <class... R>
struct tables {
  static lines names() { return {std::string(schema<R>::table)...}; }
  static constexpr std::size_t count = sizeof...(R);
  static constexpr bool is_keyed_by_id = ((schema<R>::names[0] == "id" && schema<R>::key_index == 0) && ...);
  static void accept_sound() {
    const auto accept = []<class Q>(std::type_identity<Q>) {
      INFO(schema<Q>::table);
      CHECK(syncline::violation_of(sound<Q>()).empty());
    };
    (accept(std::type_identity<R>{}), ...);
  }
  static void refuse_bad_ids() {
    const auto refuse = []<class Q>(std::type_identity<Q>) {
      if constexpr (!std::is_same_v<Q, syncline::conflict>) {  // the framework's own
        Q r = sound<Q>();
        r.id = "";
        const std::string table(schema<Q>::table);
        CHECK(violation(r) ==
              "field 'id' of table '" + table + "' is '': allowed is some text without control characters");
        r.id = "a\nb";
        CHECK(violation(r) ==
              "field 'id' of table '" + table + "' is 'a?b': allowed is some text without control characters");
      }
    };
    (refuse(std::type_identity<R>{}), ...);
  }
};
using all = with_tables<tables>;

TEST_CASE("the tables are those of APP-6, and the conflict log", "[domain]") {
  CHECK(all::names() == lines{"users", "activities", "training_plans", "scheduled_workouts", "daily_metrics", "goals",
                              "user_profiles", "workout_sessions", "social_posts", "xp_transactions",
                              "streak_schedules", "training_load", "recommendations", "alerts", "coach_notes",
                              "exercises", "zone_formulas", "articles", "conflicts"});
  STATIC_CHECK(all::is_keyed_by_id);
}

TEST_CASE("activities are declared as the contract says", "[domain]") {
  lines found = declared<activity>();
  const lines contract{"id: text, key",
                       "name: text or empty, client",
                       "notes: text or empty, client",
                       "rpe: integer or empty, client",
                       "feeling: integer or empty, client",
                       "tags: set, merge set_edits",
                       "type: text, server",
                       "started_at: time, once",
                       "total_time_s: number or empty, server",
                       "moving_time_s: number or empty, server",
                       "distance_m: number or empty, server",
                       "avg_speed_mps: number or empty, server",
                       "max_speed_mps: number or empty, server",
                       "avg_heart_rate_bpm: number or empty, server",
                       "max_heart_rate_bpm: number or empty, server",
                       "avg_power_w: number or empty, server",
                       "peak_power_w: number or empty, server",
                       "normalized_power_w: number or empty, server",
                       "intensity_factor: number or empty, server",
                       "tss: number or empty, server",
                       "avg_cadence_rpm: number or empty, server",
                       "max_cadence_rpm: number or empty, server",
                       "total_ascent_m: number or empty, server",
                       "total_descent_m: number or empty, server",
                       "snapshot_weight_kg: number or empty, server",
                       "snapshot_ftp_w: number or empty, server",
                       "snapshot_threshold_hr_bpm: number or empty, server",
                       "device_name: text or empty, server",
                       "source: text or empty, once",
                       "created_at: time, once"};
  REQUIRE(found.size() > contract.size());
  CHECK(lines(found.begin(), found.begin() + static_cast<std::ptrdiff_t>(contract.size())) == contract);
  found.erase(found.begin(), found.begin() + static_cast<std::ptrdiff_t>(contract.size()));
  CHECK(found == lines{"position_series: struct, chunked position_sample by 1000",
                       "altitude_series: struct, chunked scalar_sample by 1000",
                       "heart_rate_series: struct, chunked scalar_sample by 1000",
                       "cadence_series: struct, chunked scalar_sample by 1000",
                       "power_series: struct, chunked scalar_sample by 1000",
                       "speed_series: struct, chunked scalar_sample by 1000",
                       "distance_series: struct, chunked scalar_sample by 1000",
                       "temperature_series: struct, chunked scalar_sample by 1000", "laps: list, once",
                       "bare_points: list, once", "visibility: text or empty, client"});
}

TEST_CASE("every series of an activity has the contract's stream type", "[domain]") {
  lines found;
  std::uint64_t fields = 0;
  for (const auto& [field, name] : stream_types) {
    found.push_back(std::string(schema<activity>::names[field]) + " is " + std::string(name));
    fields |= std::uint64_t{1} << field;
  }
  CHECK(found == lines{"position_series is position", "altitude_series is altitude_m",
                       "heart_rate_series is heart_rate_bpm", "cadence_series is cadence_rpm",
                       "power_series is power_w", "speed_series is speed_mps", "distance_series is distance_m",
                       "temperature_series is temperature_c"});
  CHECK(fields == schema<activity>::fields_where([]<class P>() { return syncline::policy::is_chunked<P>; }));
  [&]<std::size_t... I>(std::index_sequence<I...>) {
    CHECK(((syncline::field_name<activity_series, I> == stream_types[I].name) && ...));
  }
  (std::make_index_sequence<syncline::field_count<activity_series>>{});
}

TEST_CASE("goals, daily metrics, plans, workouts and users are declared as the contract says", "[domain]") {
  CHECK(declared<goal>() == lines{"id: text, key", "title: text or empty, lww", "kind: text or empty, lww",
                                  "target_value: number or empty, lww", "target_date: text or empty, lww",
                                  "note: text or empty, lww"});
  CHECK(declared<daily_metric>() ==
        lines{"id: text, key", "day: text or empty, merge prefer_present",
              "resting_heart_rate_bpm: number or empty, merge prefer_present",
              "sleep_minutes: integer or empty, merge prefer_present",
              "soreness: integer or empty, merge prefer_present", "readiness: integer or empty, merge prefer_present",
              "weight_kg: number or empty, merge prefer_present", "note: text or empty, merge prefer_present"});
  const lines planned{"id: text, key",
                      "plan_id: text or empty, server",
                      "day: text or empty, server",
                      "kind: text or empty, server",
                      "title: text or empty, server",
                      "target_minutes: integer or empty, server",
                      "steps: list, server",
                      "superseded_request: text or empty, server",
                      "requested_day: text or empty, client"};
  CHECK(declared<training_plan>() == planned);
  CHECK(declared<scheduled_workout>() == planned);
  CHECK(declared<user>() == lines{"id: text, key", "display_name: text or empty, client",
                                  "max_heart_rate_bpm: number or empty, client", "ftp_w: number or empty, client",
                                  "weight_kg: number or empty, client", "zones: list, client",
                                  "race_date: text or empty, client"});
}

TEST_CASE("what the hub computes or shares is its own, and what is append-only is written once", "[domain]") {
  using namespace syncline::policy;
  STATIC_CHECK(is_all<training_load, server>);
  STATIC_CHECK(is_all<recommendation, server>);
  STATIC_CHECK(is_all<alert, server>);
  STATIC_CHECK(is_all<coach_note, server>);
  STATIC_CHECK(is_all<exercise, server>);
  STATIC_CHECK(is_all<zone_formula, server>);
  STATIC_CHECK(is_all<article, server>);
  STATIC_CHECK(is_all<xp_transaction, once>);
  STATIC_CHECK(is_all<goal, lww>);
  STATIC_CHECK_FALSE(is_all<scheduled_workout, server>);
  STATIC_CHECK(is_reference<exercise>);
  STATIC_CHECK_FALSE(is_reference<coach_note>);
}

TEST_CASE("a record of any table is sound when it has an id, and an activity its sport", "[domain]") {
  all::accept_sound();
  CHECK(violation(activity{.id = {"r1"}}) == "field 'type' of table 'activities' is empty: allowed is some text");
}

TEST_CASE("a record without a usable id is refused", "[domain]") { all::refuse_bad_ids(); }

template <class R, class Change>
std::string violation_after(Change change) {
  R r = sound<R>();
  change(r);
  return violation(r);
}

TEST_CASE("a value out of its range is named with what is allowed", "[domain]") {
  CHECK(violation_after<activity>([](auto& a) { a.rpe = 11; }) ==
        "field 'rpe' of table 'activities' is 11: allowed is 0 to 10");
  CHECK(violation_after<activity>([](auto& a) { a.rpe = -1; }) ==
        "field 'rpe' of table 'activities' is -1: allowed is 0 to 10");
  CHECK(violation_after<activity>([](auto& a) { a.feeling = 0; }) ==
        "field 'feeling' of table 'activities' is 0: allowed is 1 to 5");
  CHECK(violation_after<activity>([](auto& a) { a.distance_m = -0.5; }) ==
        "field 'distance_m' of table 'activities' is -0.5: allowed is 0 or more");
  CHECK(violation_after<activity>([](auto& a) { a.tss = std::numeric_limits<double>::quiet_NaN(); }) ==
        "field 'tss' of table 'activities' is nan: allowed is 0 or more");
  CHECK(violation_after<activity>([](auto& a) { a.max_heart_rate_bpm = 301; }) ==
        "field 'max_heart_rate_bpm' of table 'activities' is 301: allowed is 0 to 300");
  CHECK(violation_after<activity>([](auto& a) { a.visibility = "friends"; }) ==
        "field 'visibility' of table 'activities' is 'friends': allowed is private, followers, public");
  CHECK(violation_after<daily_metric>([](auto& d) { d.day = "2026-02-30"; }) ==
        "field 'day' of table 'daily_metrics' is '2026-02-30': allowed is a day such as 2026-11-21");
  CHECK(violation_after<scheduled_workout>([](auto& w) { w.requested_day = "2026-11-21T08:00:00Z"; }) ==
        "field 'requested_day' of table 'scheduled_workouts' is '2026-11-21T08:00:00Z': allowed is a day such as "
        "2026-11-21");
  CHECK(violation_after<daily_metric>([](auto& d) { d.readiness = 101; }) ==
        "field 'readiness' of table 'daily_metrics' is 101: allowed is 0 to 100");
  CHECK(violation_after<goal>([](auto& g) { g.target_date = "in spring"; }) ==
        "field 'target_date' of table 'goals' is 'in spring': allowed is a day such as 2026-11-21, or a time such as "
        "2026-11-21T08:00:00Z");
  CHECK(violation_after<user>([](auto& u) { u.zones = std::vector<zone>{{.kind = "power", .from = -1}}; }) ==
        "field 'zones.from' of table 'users' is -1: allowed is 0 or more");
  CHECK(violation_after<workout_session>([](auto& s) { s.activity_id = ""; }) ==
        "field 'activity_id' of table 'workout_sessions' is '': allowed is some text without control characters");
  CHECK(violation_after<social_post>([](auto& p) { p.kudos = -3; }) ==
        "field 'kudos' of table 'social_posts' is -3: allowed is 0 or more");
}

TEST_CASE("the ends of a range are allowed, and so is what is empty", "[domain]") {
  CHECK(violation_after<activity>([](auto& a) { a.rpe = 0, a.feeling = 1; }).empty());
  CHECK(violation_after<activity>([](auto& a) { a.rpe = 10, a.feeling = 5, a.max_heart_rate_bpm = 300; }).empty());
  CHECK(violation_after<activity>([](auto& a) { a.distance_m = 0, a.visibility = "public"; }).empty());
  CHECK(violation_after<daily_metric>([](auto& d) { d.day = "2024-02-29", d.soreness = 10; }).empty());
  CHECK(violation_after<goal>([](auto& g) { g.target_date = "2027-05-02"; }).empty());
  CHECK(violation_after<user>([](auto& u) { u.race_date = "2027-05-02T09:00:00Z"; }).empty());
}

TEST_CASE("a morning that two devices tell becomes one, in either order", "[domain]") {
  daily_metric night{};
  night.id = "2026-11-21";
  night.day = "2026-11-21";
  night.resting_heart_rate_bpm = 48;
  daily_metric on_scale = night, on_phone = night;
  on_scale.weight_kg = 71.5;
  on_scale.resting_heart_rate_bpm = std::nullopt;  // emptied here, measured anew there
  on_phone.soreness = 3;
  on_phone.resting_heart_rate_bpm = 51;

  const auto by_scale = syncline::diff(night, on_scale), by_phone = syncline::diff(night, on_phone);
  const daily_metric one = syncline::apply(syncline::apply(night, by_scale), by_phone);
  const daily_metric other = syncline::apply(syncline::apply(night, by_phone), by_scale);
  for (const daily_metric& merged : {one, other}) {
    CHECK(*merged.day == "2026-11-21");
    CHECK(*merged.weight_kg == 71.5);
    CHECK(*merged.soreness == 3);
    CHECK(*merged.resting_heart_rate_bpm == 51);
  }
}

TEST_CASE("two activities of one sport that began within ten minutes are one, and what a device recorded counts more", "[domain]") {
  using namespace std::chrono;
  activity ride{}, typed{};
  ride.type = typed.type = "cycling";
  ride.started_at = sys_days{2026y / November / 21} + 9h;
  typed.started_at = *ride.started_at + 10min;
  ride.source = "fit";
  CHECK(syncline::matches(ride, typed));
  CHECK(evidence(ride) > evidence(typed));
  typed.source = "manual";
  CHECK(evidence(ride) > evidence(typed));
  typed.started_at = *ride.started_at + 10min + 1ms;
  CHECK_FALSE(syncline::matches(ride, typed));
  typed.started_at = ride.started_at;
  typed.type = "running";
  CHECK_FALSE(syncline::matches(ride, typed));
  CHECK_FALSE(syncline::matches(activity{}, activity{}));  // no time is no match
}

}  // namespace

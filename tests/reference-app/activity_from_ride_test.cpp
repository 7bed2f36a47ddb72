// SPDX-License-Identifier: BSL-1.0
// Rides as activities and series, and back: of real devices, made up, and with every oddity of a clock.

#include "import/activity_from_ride.hpp"

#include "import/fit.hpp"
#include "import/generate_ride.hpp"

#include "json_value.hpp"

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <bit>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using namespace stride;
using stride_test::json_value;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

const syncline::timestamp now{std::chrono::sys_days{std::chrono::year{2026} / 11 / 21} + 8h};
const athlete rider{.weight_kg = 71.5, .ftp_w = 250, .threshold_hr_bpm = 168};

ride_time at_second(int s) { return ride_time{std::chrono::sys_days{std::chrono::year{2024} / 5 / 4} + 7h} + s * 1s; }

// The metrics that a record carries, or those that were computed: equal to the bit.
bool is_same_bits(const std::optional<double>& a, const std::optional<double>& b) {
  return a.has_value() == b.has_value() && (!a || std::bit_cast<std::uint64_t>(*a) == std::bit_cast<std::uint64_t>(*b));
}

void check_holds(const activity& a, const ride_metrics& m) {
  const std::pair<const std::optional<double>&, const std::optional<double>&> pairs[]{
      {a.total_time_s, m.total_time_s},
      {a.moving_time_s, m.moving_time_s},
      {a.distance_m, m.distance_m},
      {a.avg_speed_mps, m.avg_speed_mps},
      {a.max_speed_mps, m.max_speed_mps},
      {a.avg_heart_rate_bpm, m.avg_heart_rate_bpm},
      {a.max_heart_rate_bpm, m.max_heart_rate_bpm},
      {a.avg_power_w, m.avg_power_w},
      {a.peak_power_w, m.peak_power_w},
      {a.normalized_power_w, m.normalized_power_w},
      {a.intensity_factor, m.intensity_factor},
      {a.tss, m.tss},
      {a.avg_cadence_rpm, m.avg_cadence_rpm},
      {a.max_cadence_rpm, m.max_cadence_rpm},
      {a.total_ascent_m, m.total_ascent_m},
      {a.total_descent_m, m.total_descent_m},
  };
  for (std::size_t i = 0; i < std::size(pairs); ++i) {
    INFO("metric " << i << ": " << pairs[i].first.value_or(-1) << " and " << pairs[i].second.value_or(-1));
    if (pairs[i].second) CHECK(is_same_bits(pairs[i].first, pairs[i].second));
  }
}

// What the hub does with the record and the series that it got.
activity recomputed(const activity& stored, const activity_series& series) {
  syncline::editor<syncline::role::server, activity> edit{stored};
  put_metrics(edit, compute_metrics(points_of(series, *stored.bare_points), athlete_of(stored)));
  return edit.record();
}

imported_activity check_ride(const ride& r) {
  const imported_activity made = activity_from_ride(r, "a1", rider, now);
  CHECK(violation(made.record).empty());
  CHECK(points_of(made.series, *made.record.bare_points) == r.points);
  check_holds(made.record, compute_metrics(r.points, rider));
  CHECK(syncline::changed_fields(made.record, recomputed(made.record, made.series)).empty());
  return made;
}

ride ride_of(std::vector<ride_point> points) {
  ride r{};
  r.type = "cycling";
  r.points = std::move(points);
  return r;
}

TEST_CASE("a generated ride becomes an activity with its metrics and eight series", "[import]") {
  const ride r = generate_ride({.seed = 3, .duration = 1800s});
  const imported_activity made = check_ride(r);
  const activity& a = made.record;
  CHECK(*a.id == "a1");
  CHECK(*a.name == "Morning ride");  // 07:00 UTC at 8 degrees east
  CHECK(*a.type == "cycling");
  CHECK(*a.started_at == r.started_at);
  CHECK(*a.created_at == now);
  CHECK(*a.source == "generated");
  CHECK(*a.total_time_s == 1799);
  CHECK(*a.snapshot_weight_kg == 71.5);
  CHECK(*a.snapshot_ftp_w == 250);
  CHECK(*a.snapshot_threshold_hr_bpm == 168);
  CHECK(a.tss->has_value());
  CHECK_FALSE(a.rpe->has_value());
  CHECK(a.laps->size() == r.laps.size());
  CHECK(a.bare_points->empty());
  CHECK(made.series.position.size() == 1800);
  CHECK(made.series.temperature_c.size() == 1800);
  CHECK(made.series.power_w[7] == scalar_sample{7, r.points[7].t, *r.points[7].power_w});
}

TEST_CASE("points come back whatever the clock did", "[import]") {
  std::vector<ride_point> points(9);
  points[0].t = at_second(0);  // nothing but a time
  points[1] = {.t = at_second(5), .lat_deg = 47, .lon_deg = 8, .power_w = 200};
  points[2] = {.t = at_second(5), .heart_rate_bpm = 120};                          // the same moment again
  points[3] = {.t = at_second(2), .lat_deg = 47.1, .lon_deg = 8, .speed_mps = 4};  // back in time
  points[4] = {.heart_rate_bpm = 121};                                             // no time
  points[5] = {};                                                                  // nothing at all
  points[6] = {.lat_deg = 47.2, .lon_deg = 8};
  points[7] = {.t = at_second(7), .cadence_rpm = 0, .power_w = 0, .distance_m = 30};
  points[8].t = at_second(60);
  const imported_activity made = check_ride(ride_of(points));

  CHECK(made.series.position ==
        std::vector<position_sample>{{1, at_second(5), 47, 8}, {3, at_second(2), 47.1, 8}, {6, std::nullopt, 47.2, 8}});
  CHECK(made.series.heart_rate_bpm == std::vector<scalar_sample>{{2, at_second(5), 120}, {4, std::nullopt, 121}});
  CHECK(made.series.power_w == std::vector<scalar_sample>{{1, at_second(5), 200}, {7, at_second(7), 0}});
  CHECK(made.series.altitude_m.empty());
  CHECK(*made.record.bare_points == std::vector<bare_point>{{0, at_second(0)}, {5, std::nullopt}, {8, at_second(60)}});
  CHECK(*made.record.total_time_s == 60);
}

TEST_CASE("series that no ride gave still come to no more points than they have samples", "[import]") {
  activity_series series{};
  series.power_w = {{4'000'000'000, at_second(1), 200}, {3, at_second(2), 210}, {3, at_second(3), 220}};
  series.speed_mps = {{3, at_second(9), 5}};
  const auto points = points_of(series, {{3, at_second(9)}});
  REQUIRE(points.size() == 4);
  CHECK(points[0] == ride_point{.t = at_second(9), .speed_mps = 5});
  CHECK(points[1] == ride_point{.t = at_second(1), .power_w = 200});
  CHECK(points[2] == ride_point{.t = at_second(2), .power_w = 210});
  CHECK(points[3] == ride_point{.t = at_second(3), .power_w = 220});
}

TEST_CASE("a total that no point gives is the source's own, unless it is 0", "[import]") {
  ride r = ride_of({{.t = at_second(0), .power_w = 100}, {.t = at_second(10), .power_w = 110}});
  r.summary.distance_m = 1000;
  r.summary.avg_power_w = 333;
  r.summary.avg_heart_rate_bpm = 0;
  const activity a = check_ride(r).record;
  CHECK(*a.distance_m == 1000);
  CHECK(*a.avg_power_w == 105);
  CHECK_FALSE(a.avg_heart_rate_bpm->has_value());
  CHECK_FALSE(a.total_ascent_m->has_value());
}

TEST_CASE("an activity is named after its sport and the time of day where it began", "[import]") {
  const auto name = [](std::string type, ride_time start, std::optional<double> lon_deg) {
    ride r{};
    r.type = std::move(type);
    r.started_at = start;
    r.points.push_back({.t = start});
    if (lon_deg) r.points.push_back({.t = start, .lat_deg = 40, .lon_deg = lon_deg});
    return **activity_from_ride(r, "a", {}, now).record.name;
  };
  const ride_time seven = at_second(0);
  CHECK(name("running", seven, std::nullopt) == "Morning run");
  CHECK(name("running", seven, 139.7) == "Afternoon run");  // Tokyo, 16:00
  CHECK(name("running", seven, -122.4) == "Night run");     // San Francisco, 23:00
  CHECK(name("swimming", seven + 12h, 0.0) == "Evening swim");
  CHECK(name("cross_country_skiing", seven + 5h, 0.0) == "Midday cross country skiing");
  CHECK(name("cycling", ride_time{}, std::nullopt) == "Ride");
  CHECK(name("", ride_time{}, std::nullopt) == "Workout");
}

TEST_CASE("laps keep their start, length and heart rate", "[import]") {
  ride r = ride_of({});
  r.laps.resize(2);
  r.laps[0].started_at = at_second(0);
  r.laps[0].summary = {.total_time_s = 61.5, .distance_m = 200, .avg_heart_rate_bpm = 120, .max_heart_rate_bpm = 130};
  r.laps[1].started_at = at_second(62);
  r.laps[1].ended_at = at_second(92);
  const activity a = activity_from_ride(r, "a", {}, now).record;
  CHECK(*a.laps == std::vector<lap>{{at_second(0), 61.5, 200.0, 120.0, 130.0},
                                    {at_second(62), 30.0, std::nullopt, std::nullopt, std::nullopt}});
}

TEST_CASE("an imported id is the file's digest and the session's place", "[import]") {
  syncline::chunk_digest digest{};
  digest.bytes = {0x00, 0x1f, 0xa0, 0xff};
  CHECK(imported_id(digest, 1) == "001fa0ff000000000000000000000000-1");
  CHECK(imported_id(digest, 12) == "001fa0ff000000000000000000000000-12");
}

std::string read_all(const fs::path& file) {
  std::ifstream in{file, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

TEST_CASE("rides of real devices keep every value and every metric in their series", "[import]") {
  const fs::path folder = fs::path{SHARED_DATA_DIR} / "fit";
  if (!fs::exists(folder)) SKIP("no shared data at " << folder);
  std::size_t files = 0;
  for (const auto& entry : fs::directory_iterator{folder}) {
    if (entry.path().extension() != ".fit") continue;
    const auto rides = read_fit(read_all(entry.path()));
    if (!rides) continue;  // broken files are the reader's tests
    INFO(entry.path().filename());
    ++files;

    std::size_t counts[9]{}, laps = 0, points = 0;
    for (const ride& r : *rides) {
      const imported_activity made = check_ride(r);
      const activity_series& s = made.series;
      const std::size_t sizes[]{s.position.size(),       s.position.size(),    s.altitude_m.size(),
                                s.heart_rate_bpm.size(), s.cadence_rpm.size(), s.power_w.size(),
                                s.speed_mps.size(),      s.distance_m.size(),  s.temperature_c.size()};
      for (std::size_t i = 0; i < 9; ++i) counts[i] += sizes[i];
      laps += made.record.laps->size();
      points += points_of(s, *made.record.bare_points).size();
    }

    const auto expected =
        stride_test::parse_json(read_all(folder / "expected" / entry.path().filename().replace_extension(".json")));
    REQUIRE(expected.has_value());
    CHECK(points == (*expected)["summary"]["record_count"].count());
    CHECK(laps == (*expected)["summary"]["lap_count"].count());
    constexpr std::string_view names[]{"lat_deg", "lon_deg",   "altitude_m", "heart_rate",   "cadence",
                                       "power",   "speed_mps", "distance_m", "temperature_c"};
    for (std::size_t i = 0; i < 9; ++i) {
      INFO(names[i]);
      const bool is_merged = names[i] == "heart_rate" && expected->has("heart_rate_after_hr_merge");
      const json_value& channel =
          is_merged ? (*expected)["heart_rate_after_hr_merge"] : (*expected)["channels"][names[i]];
      // The decoder behind these expected values leaves the packed speed and distance of this file alone.
      const bool is_packed = entry.path().filename() == "compressed-speed-distance.fit" &&
                             (names[i] == "speed_mps" || names[i] == "distance_m");
      CHECK(counts[i] == (is_packed ? 754 : channel["count"].count()));
    }
  }
  CHECK(files >= 25);
}

}  // namespace

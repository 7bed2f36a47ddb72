// SPDX-License-Identifier: BSL-1.0
// The made-up ride is the same every time, is one that a person could ride, and survives being written as FIT.

#include "import/generate_ride.hpp"

#include "domain/metrics.hpp"
#include "import/fit.hpp"
#include "import/fit_writer.hpp"

#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <cmath>
#include <string>
#include <vector>

namespace {

using namespace stride;
using std::chrono::seconds;

ride_wish wish_of(std::uint64_t seed, int duration_s) {
  ride_wish w{};
  w.seed = seed;
  w.duration = seconds{duration_s};
  return w;
}

double correlation(const std::vector<double>& x, const std::vector<double>& y) {
  const auto n = static_cast<double>(x.size());
  double sx = 0, sy = 0, sxx = 0, syy = 0, sxy = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    sx += x[i];
    sy += y[i];
    sxx += x[i] * x[i];
    syy += y[i] * y[i];
    sxy += x[i] * y[i];
  }
  return (n * sxy - sx * sy) / std::sqrt((n * sxx - sx * sx) * (n * syy - sy * sy));
}

TEST_CASE("the same seed gives the same ride, and another seed another", "[generate]") {
  CHECK(generate_ride(wish_of(7, 900)) == generate_ride(wish_of(7, 900)));
  CHECK(generate_ride(wish_of(7, 900)).points != generate_ride(wish_of(8, 900)).points);
}

TEST_CASE("a made-up ride is one that a person could ride", "[generate]") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    INFO("seed " << seed);
    const ride r = generate_ride(wish_of(seed, 5400));
    REQUIRE(r.points.size() == 5400);
    const auto m = compute_metrics(r.points);
    CHECK((*m.avg_speed_mps > 4 && *m.avg_speed_mps < 12));
    CHECK(*m.max_speed_mps < 25);
    CHECK((*m.avg_heart_rate_bpm > 110 && *m.max_heart_rate_bpm < 200));
    CHECK((*m.avg_power_w > 120 && *m.peak_power_w < 500));
    CHECK(*m.normalized_power_w >= *m.avg_power_w);
    CHECK(*m.total_ascent_m > 100);
    // It stops for a minute, and brakes before that.
    CHECK(*m.moving_time_s < *m.total_time_s - 55);
    std::vector<double> power, later_heart_rate;
    for (std::size_t i = 0; i + 30 < r.points.size(); ++i) {
      power.push_back(*r.points[i].power_w);
      later_heart_rate.push_back(*r.points[i + 30].heart_rate_bpm);
    }
    CHECK(correlation(power, later_heart_rate) > 0.5);
  }
}

TEST_CASE("positions, speeds and distances of a made-up ride tell one story", "[generate]") {
  const ride r = generate_ride(wish_of(3, 1800));
  double by_position = 0, by_speed = *r.points.front().speed_mps;
  for (std::size_t i = 1; i < r.points.size(); ++i) {
    const ride_point &a = r.points[i - 1], &b = r.points[i];
    by_position += haversine_m(*a.lat_deg, *a.lon_deg, *b.lat_deg, *b.lon_deg);
    by_speed += *b.speed_mps;
    CHECK(*b.distance_m >= *a.distance_m);
  }
  const double recorded = *r.points.back().distance_m;
  CHECK(std::abs(by_position - recorded) < 0.01 * recorded);
  CHECK(std::abs(by_speed - recorded) < 0.001 * recorded);
}

TEST_CASE("a ride written as FIT and read again is the same ride", "[generate][fit]") {
  for (const int duration_s : {0, 1, 59, 599, 4000}) {
    INFO(duration_s << " s");
    ride r = generate_ride(wish_of(11, duration_s));
    r.source = "fit";
    const auto again = read_fit(write_fit(r));
    REQUIRE(again.has_value());
    REQUIRE(again->size() == 1);
    CHECK(again->front() == r);
  }
}

TEST_CASE("absent values, lost times and extras survive being written as FIT", "[generate][fit]") {
  ride r = generate_ride(wish_of(12, 100));
  r.source = "fit";
  r.type = "running";
  r.device_name = "Gr\xC3\xBC\xC3\x9F dich";
  r.points[3] = {};
  r.points[4].t.reset();
  r.points[5].lat_deg.reset();
  r.points[5].lon_deg.reset();
  r.points[6].heart_rate_bpm = 0;
  r.points[7].temperature_c = -12;
  for (ride_point& p : r.points) p.cadence_rpm.reset();
  r.laps.push_back({});
  r.extras.push_back({"core_temperature", "C", {{0, 37.25}, {2, 37.5}, {99, -0.125}}});
  r.extras.push_back({"smoothness", "%", {{50, 1e300}}});
  const auto again = read_fit(write_fit(r));
  REQUIRE(again.has_value());
  CHECK(again->front() == r);
}

TEST_CASE("values that FIT cannot hold are absent after it", "[generate][fit]") {
  ride r = generate_ride(wish_of(12, 3));
  r.points[0].heart_rate_bpm = 255;  // FIT's mark for no value
  r.points[1].power_w = -1;
  r.points[2].power_w = 70000;
  const auto again = read_fit(write_fit(r));
  REQUIRE(again.has_value());
  CHECK_FALSE(again->front().points[0].heart_rate_bpm);
  CHECK_FALSE(again->front().points[1].power_w);
  CHECK_FALSE(again->front().points[2].power_w);
}

TEST_CASE("two FIT files one behind the other are two rides", "[generate][fit]") {
  ride first = generate_ride(wish_of(1, 300));
  ride_wish later = wish_of(2, 400);
  later.started_at += std::chrono::hours{2};
  ride second = generate_ride(later);
  first.source = second.source = "fit";
  first.extras.push_back({"mood", "", {{1, 3}}});
  second.extras.push_back({"mood", "", {{7, 4}, {8, 5}}});
  const auto both = read_fit(write_fit(second) + write_fit(first));
  REQUIRE(both.has_value());
  CHECK(*both == std::vector<ride>{first, second});
}

}  // namespace

// SPDX-License-Identifier: BSL-1.0
// Ride metrics against examples worked by hand, and against what bike computers wrote beside their own records.

#include "domain/metrics.hpp"

#include "import/fit.hpp"

#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace {

using namespace stride;

bool is_close(std::optional<double> found, double expected, double tolerance = 1e-9) {
  return found && std::abs(*found - expected) <= tolerance * std::max(1.0, std::abs(expected));
}

ride_time at(double s) { return ride_time{std::chrono::milliseconds{static_cast<long long>(1.7e12 + s * 1000)}}; }

// One point per second, made by a function of the second.
template <class Make>
std::vector<ride_point> every_second(int seconds, Make make) {
  std::vector<ride_point> points;
  for (int s = 0; s < seconds; ++s) {
    ride_point p{};
    p.t = at(s);
    make(p, s);
    points.push_back(p);
  }
  return points;
}

std::vector<ride_point> steady_power(int seconds, double watts) {
  return every_second(seconds, [&](ride_point& p, int) { p.power_w = watts; });
}

TEST_CASE("no points give no metrics", "[metrics]") { CHECK(compute_metrics({}) == ride_metrics{}); }

TEST_CASE("constant power is its own normalized power", "[metrics]") {
  const auto m = compute_metrics(steady_power(1200, 217));
  CHECK(is_close(m.normalized_power_w, 217));
  CHECK(is_close(m.avg_power_w, 217));
  CHECK(m.peak_power_w == 217);
  CHECK_FALSE(m.intensity_factor);
  CHECK_FALSE(m.tss);
}

TEST_CASE("an hour at threshold is a training stress score of 100", "[metrics]") {
  athlete who{};
  who.ftp_w = 250;
  const auto hour = compute_metrics(steady_power(3600, 250), who);
  CHECK(is_close(hour.intensity_factor, 1));
  CHECK(is_close(hour.tss, 100));
  // Half the power for two hours: 2 h * 0.5 * 0.5 * 100
  const auto easy = compute_metrics(steady_power(7200, 125), who);
  CHECK(is_close(easy.intensity_factor, 0.5));
  CHECK(is_close(easy.tss, 50));
}

TEST_CASE("hard and easy minutes weigh more than their mean", "[metrics]") {
  // 60 s of 100 W, then 60 s of 300 W. Full windows end at seconds 30 to 120: 31 of 100 W, 29 that hold k seconds of
  // 300 W for k = 1 to 29, that is 100 + 20 k / 3 W, and 31 of 300 W.
  auto points = steady_power(120, 100);
  for (std::size_t s = 60; s < 120; ++s) points[s].power_w = 300;
  double sum = 31 * std::pow(100.0, 4) + 31 * std::pow(300.0, 4);
  for (int k = 1; k <= 29; ++k) sum += std::pow(100 + 20.0 * k / 3, 4);
  const auto m = compute_metrics(points);
  CHECK(is_close(m.normalized_power_w, std::pow(sum / 91, 0.25)));
  CHECK(is_close(m.avg_power_w, 200));
}

TEST_CASE("less than half a minute of power has no normalized power", "[metrics]") {
  CHECK_FALSE(compute_metrics(steady_power(29, 200)).normalized_power_w);
  CHECK(is_close(compute_metrics(steady_power(30, 200)).normalized_power_w, 200));
}

TEST_CASE("a pause stops the clock of the training load", "[metrics]") {
  athlete who{};
  who.ftp_w = 200;
  auto points = steady_power(3600, 200);
  for (std::size_t s = 1800; s < 3600; ++s) points[s].t = at(static_cast<double>(s) + 7200);
  const auto m = compute_metrics(points, who);
  CHECK(is_close(m.tss, 100));
  CHECK(m.total_time_s == 3599 + 7200);
  // The step over the pause is none of the riding.
  CHECK(m.moving_time_s == 3598);
}

TEST_CASE("points that are seconds apart hold their power until the next", "[metrics]") {
  athlete who{};
  who.ftp_w = 200;
  std::vector<ride_point> points;
  for (const ride_point& p : steady_power(3600, 200)) {
    if (std::chrono::duration_cast<std::chrono::seconds>(p.t->time_since_epoch()).count() % 5 == 0) points.push_back(p);
  }
  const auto m = compute_metrics(points, who);
  CHECK(is_close(m.normalized_power_w, 200));
  // 720 points, the last of which stands for one second: 3596 s
  CHECK(is_close(m.tss, 3596 / 36.0));
}

TEST_CASE("distance is the recorded one, and else runs over the positions", "[metrics]") {
  const auto recorded = every_second(101, [](ride_point& p, int s) {
    p.distance_m = 10.0 * s;
    p.lat_deg = 47;
    p.lon_deg = 8;
  });
  auto m = compute_metrics(recorded);
  CHECK(m.distance_m == 1000);
  CHECK(m.moving_time_s == 100);
  CHECK(is_close(m.avg_speed_mps, 10));
  CHECK(is_close(m.max_speed_mps, 10));

  // A degree of the equator is 2 pi R / 360.
  const auto positions = every_second(11, [](ride_point& p, int s) {
    p.lat_deg = 0;
    p.lon_deg = s / 10.0;
  });
  m = compute_metrics(positions);
  CHECK(is_close(m.distance_m, 111195.08023353292));
}

TEST_CASE("a later session of one recording has only its own distance", "[metrics]") {
  const auto points = every_second(11, [](ride_point& p, int s) { p.distance_m = 42000 + 5.0 * s; });
  CHECK(compute_metrics(points).distance_m == 50);
}

TEST_CASE("a distance that starts again adds up, and one that trembles does not", "[metrics]") {
  const auto with_distances = [](std::vector<double> d) {
    return every_second(static_cast<int>(d.size()),
                        [&](ride_point& p, int s) { p.distance_m = d[static_cast<std::size_t>(s)]; });
  };
  CHECK(compute_metrics(with_distances({0, 500, 1000, 0, 300})).distance_m == 1300);
  CHECK(compute_metrics(with_distances({0, 500, 499, 501})).distance_m == 501);
}

TEST_CASE("standing is not moving", "[metrics]") {
  const auto points = every_second(101, [](ride_point& p, int s) { p.speed_mps = s > 20 && s <= 50 ? 0.0 : 5.0; });
  const auto m = compute_metrics(points);
  CHECK(m.total_time_s == 100);
  CHECK(m.moving_time_s == 70);
  CHECK(m.max_speed_mps == 5);
}

TEST_CASE("a trainer that tells no speed is moving while it is pedalled", "[metrics]") {
  const auto points = every_second(101, [](ride_point& p, int s) {
    p.speed_mps = 0;
    p.distance_m = 0;
    p.power_w = s <= 60 ? 150 : 0;
  });
  const auto m = compute_metrics(points);
  CHECK(m.moving_time_s == 60);
  CHECK(m.distance_m == 0);
}

TEST_CASE("a clock that jumps ahead once does not stretch the ride", "[metrics]") {
  auto points = every_second(101, [](ride_point& p, int) { p.speed_mps = 5; });
  points[40].t = at(7e7);
  const auto m = compute_metrics(points);
  CHECK(m.total_time_s == 100);
  // The steps to it and from it are lost.
  CHECK(m.moving_time_s == 98);
}

TEST_CASE("a heart rate of zero is no reading, and coasting no cadence, but a power of zero is a power", "[metrics]") {
  const auto points = every_second(4, [](ride_point& p, int s) {
    p.heart_rate_bpm = s < 2 ? 0 : 140 + s;
    p.cadence_rpm = s < 2 ? 0 : 90;
    p.power_w = s < 2 ? 0 : 200;
  });
  const auto m = compute_metrics(points);
  CHECK(m.avg_heart_rate_bpm == 142.5);
  CHECK(m.max_heart_rate_bpm == 143);
  CHECK(m.avg_cadence_rpm == 90);
  CHECK(m.max_cadence_rpm == 90);
  CHECK(m.avg_power_w == 100);
}

TEST_CASE("climbs count from turning point to turning point, and noise does not", "[metrics]") {
  const auto with_altitudes = [](std::vector<double> a) {
    return every_second(static_cast<int>(a.size()),
                        [&](ride_point& p, int s) { p.altitude_m = a[static_cast<std::size_t>(s)]; });
  };
  auto m = compute_metrics(with_altitudes({100, 101, 100, 102, 100, 101}));
  CHECK(m.total_ascent_m == 0);
  CHECK(m.total_descent_m == 0);
  m = compute_metrics(with_altitudes({100, 99, 110, 108.5, 120, 95, 97, 100}));
  CHECK(is_close(m.total_ascent_m, 21 + 5));
  CHECK(is_close(m.total_descent_m, 25));
  CHECK_FALSE(compute_metrics(steady_power(5, 1)).total_ascent_m);
}

TEST_CASE("times that no clock tells count as no time, however far apart they are", "[metrics]") {
  auto points = every_second(101, [](ride_point& p, int) {
    p.speed_mps = 5;
    p.power_w = 200;
  });
  auto without = points;
  for (const std::size_t i : {std::size_t{10}, std::size_t{11}, std::size_t{50}}) without[i].t.reset();
  points[10].t = ride_time::max();
  points[11].t = ride_time::min();
  points[50].t = ride_time{std::chrono::milliseconds{-1}};
  CHECK(compute_metrics(points) == compute_metrics(without));
  CHECK(compute_metrics(points).total_time_s == 100);
  CHECK(is_plausible(ride_time{}));
  CHECK(is_plausible(ride_time{std::chrono::milliseconds{253'402'300'799'999}}));  // the last of 9999
  CHECK(!is_plausible(ride_time{std::chrono::milliseconds{253'402'300'800'000}}));
}

TEST_CASE("a metric of nothing but absurd values is left out", "[metrics]") {
  const auto absurd = every_second(60, [](ride_point& p, int s) {
    p.heart_rate_bpm = s % 2 == 0 ? 1000 : -1;
    p.power_w = s % 2 == 0 ? 1e100 : -500;
    p.speed_mps = INFINITY;
    p.cadence_rpm = NAN;
    p.distance_m = -10.0 * s - 1;
    p.altitude_m = s % 2 == 0 ? 1e300 : -1e300;
    p.lat_deg = 1e9;
    p.lon_deg = s;
  });
  ride_metrics expected{};
  expected.total_time_s = expected.moving_time_s = 59;
  CHECK(compute_metrics(absurd) == expected);
}

TEST_CASE("one absurd value among good ones does not count", "[metrics]") {
  auto points = every_second(60, [](ride_point& p, int) {
    p.heart_rate_bpm = 140;
    p.speed_mps = 8;
  });
  points[30].heart_rate_bpm = 1000;
  points[31].speed_mps = 1e100;
  const auto m = compute_metrics(points);
  CHECK(m.avg_heart_rate_bpm == 140);
  CHECK(m.max_heart_rate_bpm == 140);
  CHECK(m.max_speed_mps == 8);
}

TEST_CASE("a threshold power of next to nothing gives no training load", "[metrics]") {
  athlete who{};
  who.ftp_w = 1e-300;
  const auto m = compute_metrics(steady_power(60, 200), who);
  CHECK(is_close(m.normalized_power_w, 200));
  CHECK_FALSE(m.intensity_factor);
  CHECK_FALSE(m.tss);
}

TEST_CASE("metrics agree with what the devices wrote into their own files", "[metrics]") {
  const auto folder = std::filesystem::path{SHARED_DATA_DIR} / "fit";
  if (!std::filesystem::exists(folder)) SKIP("no shared data at " << SHARED_DATA_DIR);
  for (const char* name : {"Edge810-Vector-2013-08-16-15-35-10", "Garmin1000_withFirstbeat",
                           "Weather_XDATA_2016_02_06_13_01_22", "hrv-activity", "sample-activity-indoor-trainer"}) {
    DYNAMIC_SECTION(name) {
      std::ifstream in{folder / (std::string{name} + ".fit"), std::ios::binary};
      const std::string bytes{std::istreambuf_iterator<char>{in}, {}};
      const auto rides = read_fit(bytes);
      REQUIRE(rides.has_value());
      const ride_summary& device = rides->front().summary;
      const auto m = compute_metrics(rides->front().points);
      // Devices round to whole numbers, and see what lies between the records.
      CHECK(is_close(m.normalized_power_w, *device.normalized_power_w, 0.005));
      CHECK(is_close(m.avg_power_w, *device.avg_power_w, 0.005));
      CHECK(is_close(m.peak_power_w, *device.peak_power_w));
      CHECK(is_close(m.avg_heart_rate_bpm, *device.avg_heart_rate_bpm, 0.01));
      CHECK(is_close(m.max_heart_rate_bpm, *device.max_heart_rate_bpm));
      CHECK(is_close(m.total_time_s, *device.total_time_s, 0.001));
      if (m.distance_m) CHECK(is_close(m.distance_m, *device.distance_m, 0.001));
    }
  }
}

}  // namespace

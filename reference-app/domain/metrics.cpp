// SPDX-License-Identifier: BSL-1.0
// One pass over the points for each metric; every sum runs in the points' order, so that it always rounds alike.

#include "domain/metrics.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>

namespace stride {
namespace {

constexpr double pause_s = 10, moving_mps = 0.3, restart_m = 50, climb_threshold_m = 3;
constexpr std::size_t power_window_s = 30;

double seconds_between(ride_time from, ride_time to) { return std::chrono::duration<double>(to - from).count(); }

// Empties what is not from `least` to `most`, or no number.
void keep_within(std::optional<double>& value, double least, double most) {
  if (value && !(*value >= least && *value <= most)) value.reset();
}

void forget_absurd(ride_point& p) {
  if (p.t && !is_plausible(*p.t)) p.t.reset();
  keep_within(p.lat_deg, -90, 90);
  keep_within(p.lon_deg, -180, 180);
  keep_within(p.altitude_m, -15'000, 150'000);
  keep_within(p.heart_rate_bpm, 0, 300);
  keep_within(p.cadence_rpm, 0, 1'000);
  keep_within(p.power_w, 0, 100'000);
  keep_within(p.speed_mps, 0, 1'000);
  keep_within(p.distance_m, 0, 1e9);
}

struct mean {
  double sum{};
  std::size_t count{};
  std::optional<double> max{};

  void add(double v) {
    sum += v;
    ++count;
    note(v);
  }
  void note(double v) {
    if (!max || v > *max) max = v;
  }
  std::optional<double> value() const {
    return count > 0 ? std::optional{sum / static_cast<double>(count)} : std::nullopt;
  }
};

std::optional<double> step_m(const ride_point& from, const ride_point& to) {
  if (from.distance_m && to.distance_m) return std::max(0.0, *to.distance_m - *from.distance_m);
  if (from.lat_deg && from.lon_deg && to.lat_deg && to.lon_deg) {
    return haversine_m(*from.lat_deg, *from.lon_deg, *to.lat_deg, *to.lon_deg);
  }
  return std::nullopt;
}

// A trainer without a sensor has a speed and a distance of 0 all the time, and that says nothing of whoever rides it.
bool tells_movement(const std::vector<ride_point>& points) {
  return std::ranges::any_of(points, [](const ride_point& p) {
    return p.speed_mps.value_or(0) > 0 || p.distance_m.value_or(0) > 0 || (p.lat_deg && p.lon_deg);
  });
}

bool is_moving(const ride_point& from, const ride_point& to, double step_s, bool is_movement_told) {
  const bool is_pause = step_s > pause_s;
  if (!is_pause && (to.power_w.value_or(0) > 0 || to.cadence_rpm.value_or(0) > 0)) return true;
  if (is_movement_told) {
    if (to.speed_mps && !is_pause) return *to.speed_mps > moving_mps;
    if (const auto m = step_m(from, to)) return *m / step_s > moving_mps;
  }
  return !is_pause && !to.power_w && !to.cadence_rpm;
}

void measure_time(const std::vector<ride_point>& points, ride_metrics& m) {
  const ride_point *first = nullptr, *last = nullptr;
  ride_time earliest = ride_time::max(), latest = ride_time::min();
  double moving_s = 0;
  const bool is_movement_told = tells_movement(points);
  for (const ride_point& p : points) {
    if (!p.t) continue;
    if (!first) first = &p;
    if (last) {
      const double step_s = seconds_between(*last->t, *p.t);
      if (step_s > 0 && is_moving(*last, p, step_s, is_movement_told)) moving_s += step_s;
    }
    last = &p;
    earliest = std::min(earliest, *p.t);
    latest = std::max(latest, *p.t);
  }
  if (!first) return;
  m.total_time_s = *last->t >= *first->t ? seconds_between(*first->t, *last->t) : seconds_between(earliest, latest);
  m.moving_time_s = moving_s;
}

std::optional<double> recorded_distance_m(const std::vector<ride_point>& points) {
  std::optional<double> from, highest;
  double before_m = 0;
  for (const ride_point& p : points) {
    if (!p.distance_m) continue;
    const double d = *p.distance_m;
    if (!from) {
      from = d <= restart_m ? 0 : d;
      highest = d;
    } else if (d<restart_m&& * highest - d> restart_m) {
      before_m += *highest - *from;
      from = 0;
      highest = d;
    } else {
      highest = std::max(*highest, d);
    }
  }
  return from ? std::optional{before_m + (*highest - *from)} : std::nullopt;
}

std::optional<double> positioned_distance_m(const std::vector<ride_point>& points) {
  const ride_point* last = nullptr;
  double sum = 0;
  for (const ride_point& p : points) {
    if (!p.lat_deg || !p.lon_deg) continue;
    if (last) sum += haversine_m(*last->lat_deg, *last->lon_deg, *p.lat_deg, *p.lon_deg);
    last = &p;
  }
  return last ? std::optional{sum} : std::nullopt;
}

std::optional<double> highest_step_speed(const std::vector<ride_point>& points) {
  const ride_point* last = nullptr;
  std::optional<double> highest;
  for (const ride_point& p : points) {
    if (!p.t) continue;
    if (last) {
      const double step_s = seconds_between(*last->t, *p.t);
      const auto m = step_m(*last, p);
      if (m && step_s > 0 && step_s <= pause_s) highest = std::max(highest.value_or(0), *m / step_s);
    }
    last = &p;
  }
  return highest;
}

struct load {
  double normalized_w;
  double seconds;
};

// Samples power every second of ridden time and folds the moving average's fourth powers as it goes.
class normalizer {
 public:
  void add(double power_w) {
    double& oldest = window_[seconds_ % power_window_s];
    oldest = power_w;
    ++seconds_;
    if (seconds_ < power_window_s) return;
    // Summed anew: a running sum would drift over a long ride, and not by the same amount for the same seconds.
    double sum = 0;
    for (const double w : window_) sum += w;
    const double average = sum / static_cast<double>(power_window_s);
    fourth_powers_ += average * average * average * average;
  }

  std::optional<load> result() const {
    if (seconds_ < power_window_s) return std::nullopt;
    const auto windows = static_cast<double>(seconds_ - power_window_s + 1);
    return load{std::sqrt(std::sqrt(fourth_powers_ / windows)), static_cast<double>(seconds_)};
  }

 private:
  std::array<double, power_window_s> window_{};
  std::size_t seconds_{};
  double fourth_powers_{};
};

std::optional<load> load_of(const std::vector<ride_point>& points) {
  normalizer n;
  const ride_point* last = nullptr;
  // Milliseconds ridden that no sample stands for yet: samples fall on whole seconds, points need not.
  std::int64_t due_ms = 0;
  const auto hold = [&](double power_w, std::int64_t ms) {
    for (due_ms += ms; due_ms >= 1000; due_ms -= 1000) n.add(power_w);
  };
  for (const ride_point& p : points) {
    if (!p.t || !p.power_w) continue;
    if (last) {
      const std::int64_t step_ms = (*p.t - *last->t).count();
      // A point at the same moment brings no time with it; the later value stands.
      if (step_ms != 0) {
        const bool is_gap = step_ms < 0 || static_cast<double>(step_ms) > pause_s * 1000;
        hold(*last->power_w, is_gap ? 1000 : step_ms);
      }
    }
    last = &p;
  }
  if (last) hold(*last->power_w, 1000);
  return n.result();
}

// Follows the altitude from turning point to turning point, where a turn has to be as high as the threshold to be one.
void measure_climbing(const std::vector<ride_point>& points, ride_metrics& m) {
  std::optional<double> lowest, highest;  // since the last turning point
  enum class leg { unknown, up, down } now = leg::unknown;
  double turned_at = 0, ascent = 0, descent = 0;
  for (const ride_point& p : points) {
    if (!p.altitude_m) continue;
    const double a = *p.altitude_m;
    lowest = std::min(lowest.value_or(a), a);
    highest = std::max(highest.value_or(a), a);
    if (now != leg::up && a - *lowest >= climb_threshold_m) {
      if (now == leg::down) descent += turned_at - *lowest;
      now = leg::up;
      turned_at = *lowest;
      highest = a;
    } else if (now != leg::down && *highest - a >= climb_threshold_m) {
      if (now == leg::up) ascent += *highest - turned_at;
      now = leg::down;
      turned_at = *highest;
      lowest = a;
    }
  }
  if (!lowest) return;
  if (now == leg::up) ascent += *highest - turned_at;
  if (now == leg::down) descent += turned_at - *lowest;
  m.total_ascent_m = ascent;
  m.total_descent_m = descent;
}

}  // namespace

double haversine_m(double lat1_deg, double lon1_deg, double lat2_deg, double lon2_deg) noexcept {
  constexpr double earth_radius_m = 6371008.8, radians = std::numbers::pi / 180;
  const double a = std::sin((lat2_deg - lat1_deg) * radians / 2), b = std::sin((lon2_deg - lon1_deg) * radians / 2);
  const double h = a * a + std::cos(lat1_deg * radians) * std::cos(lat2_deg * radians) * b * b;
  return 2 * earth_radius_m * std::asin(std::sqrt(std::min(1.0, h)));
}

bool is_plausible(ride_time t) noexcept {
  using namespace std::chrono;
  return t >= sys_days{1970y / 1 / 1} && t < sys_days{10000y / 1 / 1};
}

ride_metrics compute_metrics(std::vector<ride_point> points, const athlete& who) {
  for (ride_point& p : points) forget_absurd(p);
  ride_metrics m{};
  measure_time(points, m);
  m.distance_m = recorded_distance_m(points);
  if (!m.distance_m) m.distance_m = positioned_distance_m(points);
  if (m.distance_m && m.moving_time_s && *m.moving_time_s > 0) m.avg_speed_mps = *m.distance_m / *m.moving_time_s;

  mean heart_rate, power, cadence, speed;
  for (const ride_point& p : points) {
    if (p.heart_rate_bpm && *p.heart_rate_bpm > 0) heart_rate.add(*p.heart_rate_bpm);
    if (p.power_w) power.add(*p.power_w);
    if (p.cadence_rpm) *p.cadence_rpm > 0 ? cadence.add(*p.cadence_rpm) : cadence.note(*p.cadence_rpm);
    if (p.speed_mps) speed.note(*p.speed_mps);
  }
  m.max_speed_mps = speed.max ? speed.max : highest_step_speed(points);
  m.avg_heart_rate_bpm = heart_rate.value();
  m.max_heart_rate_bpm = heart_rate.max;
  m.avg_power_w = power.value();
  m.peak_power_w = power.max;
  m.avg_cadence_rpm = cadence.max && cadence.count == 0 ? std::optional{0.0} : cadence.value();
  m.max_cadence_rpm = cadence.max;

  if (const auto l = load_of(points)) {
    m.normalized_power_w = l->normalized_w;
    if (who.ftp_w && *who.ftp_w > 0) {
      m.intensity_factor = l->normalized_w / *who.ftp_w;
      m.tss = l->seconds / 3600 * l->normalized_w * *m.intensity_factor / *who.ftp_w * 100;
      if (!std::isfinite(*m.tss)) m.intensity_factor = m.tss = std::nullopt;  // by an FTP of next to nothing
    }
  }
  measure_climbing(points, m);
  return m;
}

}  // namespace stride

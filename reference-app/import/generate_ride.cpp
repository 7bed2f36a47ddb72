// SPDX-License-Identifier: BSL-1.0
// A rider of few rules on a road of sine waves, one step per second.

#include "import/generate_ride.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace stride {
namespace {

constexpr double gravity = 9.80665, rolling_resistance = 0.005, drag_area_m2 = 0.35, air_density = 1.2;
constexpr double bike_kg = 9, drivetrain_efficiency = 0.97;
constexpr double earth_radius_m = 6371008.8;
constexpr double semicircle_deg = 180.0 / 2147483648.0;
constexpr double lap_m = 5000;

// SplitMix64: the standard library's distributions differ between implementations, and the ride must not.
class random_numbers {
 public:
  explicit random_numbers(std::uint64_t seed) : state_{seed} {}

  double between(double low, double high) {
    state_ += 0x9E3779B97F4A7C15U;
    std::uint64_t z = state_;
    z = (z ^ z >> 30U) * 0xBF58476D1CE4E5B9U;
    z = (z ^ z >> 27U) * 0x94D049BB133111EBU;
    z ^= z >> 31U;
    return low + (high - low) * (static_cast<double>(z >> 11U) * 0x1.0p-53);
  }

 private:
  std::uint64_t state_;
};

struct wave {
  double height_m, length_m, phase;
};

double stored(double value, double steps_per_unit) { return std::round(value * steps_per_unit) / steps_per_unit; }

// What FIT gives back for an altitude: counted from 500 m below the sea.
double stored_altitude(double altitude_m) { return std::round((altitude_m + 500) * 5) / 5 - 500; }

double stored_degrees(double degrees) { return std::round(degrees / semicircle_deg) * semicircle_deg; }

struct totals {
  double seconds{}, heart_rate{}, cadence{}, power{}, max_heart_rate{}, max_cadence{}, peak_power{}, max_speed{};
  double start_distance_m{};

  void add(const ride_point& p) {
    seconds += 1;
    heart_rate += *p.heart_rate_bpm;
    cadence += *p.cadence_rpm;
    power += *p.power_w;
    max_heart_rate = std::max(max_heart_rate, *p.heart_rate_bpm);
    max_cadence = std::max(max_cadence, *p.cadence_rpm);
    peak_power = std::max(peak_power, *p.power_w);
    max_speed = std::max(max_speed, *p.speed_mps);
  }

  ride_summary summary(double distance_m) const {
    ride_summary s{};
    s.total_time_s = s.timer_time_s = seconds;
    s.distance_m = stored(distance_m - start_distance_m, 100);
    s.avg_speed_mps = stored(*s.distance_m / seconds, 1000);
    s.max_speed_mps = max_speed;
    s.avg_heart_rate_bpm = std::round(heart_rate / seconds);
    s.max_heart_rate_bpm = max_heart_rate;
    s.avg_cadence_rpm = std::round(cadence / seconds);
    s.max_cadence_rpm = max_cadence;
    s.avg_power_w = std::round(power / seconds);
    s.peak_power_w = peak_power;
    return s;
  }
};

}  // namespace

ride generate_ride(const ride_wish& wish) {
  random_numbers random{wish.seed};
  const auto phase = [&] { return random.between(0, 2 * std::numbers::pi); };
  const std::array hills{wave{random.between(30, 60), 9000, phase()}, wave{random.between(8, 18), 2300, phase()},
                         wave{random.between(1, 3), 420, phase()}};
  const std::array turns{wave{random.between(0.8, 1.6), 5200, phase()}, wave{random.between(0.4, 0.9), 1300, phase()}};
  const double base_altitude_m = random.between(350, 550), first_heading = phase();
  const double resting_bpm = std::round(random.between(52, 66)), threshold_bpm = std::round(random.between(160, 175));
  const double morning_c = random.between(9, 17);

  const auto altitude_at = [&](double d) {
    double a = base_altitude_m;
    for (const wave& w : hills) a += w.height_m * std::sin(2 * std::numbers::pi * d / w.length_m + w.phase);
    return a;
  };
  const auto slope_at = [&](double d) { return (altitude_at(d + 5) - altitude_at(d - 5)) / 10; };

  const auto seconds = std::max<std::int64_t>(0, wish.duration.count());
  const auto length_s = static_cast<double>(seconds);
  const double warm_up_s = std::min(600.0, length_s / 5);
  const std::int64_t stop_at = seconds >= 600 ? seconds * 2 / 5 : seconds;
  const std::int64_t go_at = seconds >= 600 ? stop_at + 60 : seconds;
  const double mass_kg = wish.weight_kg + bike_kg;

  ride r{};
  r.source = "generated";
  r.device_name = "Stride generator";
  r.type = "cycling";
  r.started_at = std::chrono::floor<std::chrono::seconds>(wish.started_at);
  r.points.reserve(static_cast<std::size_t>(seconds));

  double speed = 0, distance = 0, power = 0, heart_rate = resting_bpm + 20, temperature = morning_c;
  double lat = wish.start_lat_deg, lon = wish.start_lon_deg, unrest = 0;
  totals whole{}, lap{};
  ride_time lap_started_at = r.started_at;
  const auto end_lap = [&](ride_time at) {
    r.laps.push_back({lap_started_at, at, lap.summary(distance)});
    lap = {};
    lap.start_distance_m = stored(distance, 100);
    lap_started_at = at;
  };

  for (std::int64_t s = 0; s < seconds; ++s) {
    const double slope = slope_at(distance);
    const bool is_stopped = s >= stop_at && s < go_at;
    const bool is_braking = s >= stop_at - 15 && s < stop_at;
    const double warmth = std::min(1.0, static_cast<double>(s + 1) / warm_up_s);
    unrest = 0.9 * unrest + random.between(-0.05, 0.05);
    // Riders push uphill and let it roll where it is steep downhill.
    const double wanted = wish.ftp_w * (0.45 + 0.3 * warmth) * std::clamp(1 + 9 * slope, 0.0, 1.5) * (1 + unrest);
    const bool is_coasting = is_stopped || is_braking || wanted < 0.2 * wish.ftp_w;
    power = is_coasting ? 0 : power + 0.35 * (wanted - power);

    if (is_stopped) {
      speed = 0;
    } else if (is_braking) {
      speed = std::max(0.0, speed - 0.9);
    } else {
      const double drive_n = drivetrain_efficiency * power / std::max(speed, 2.0);
      const double against_n =
          mass_kg * gravity * (slope + rolling_resistance) + 0.5 * air_density * drag_area_m2 * speed * speed;
      speed = std::clamp(speed + (drive_n - against_n) / mass_kg, 0.8, 17.0);
    }
    distance += speed;

    double heading = first_heading;
    for (const wave& w : turns)
      heading += w.height_m * std::sin(2 * std::numbers::pi * distance / w.length_m + w.phase);
    const double degrees_per_m = 180 / (std::numbers::pi * earth_radius_m);
    lat += speed * std::cos(heading) * degrees_per_m;
    lon += speed * std::sin(heading) * degrees_per_m / std::cos(lat * std::numbers::pi / 180);

    const double settled = resting_bpm + (threshold_bpm - resting_bpm) * std::min(1.15, 0.3 + 0.7 * power / wish.ftp_w);
    heart_rate += (settled - heart_rate) / 30;
    temperature += (morning_c + 6 * std::sin(static_cast<double>(s) / 12000) - temperature) / 60;
    const double cadence = is_coasting ? 0 : std::clamp(88 - 250 * std::max(0.0, slope) + 60 * unrest, 55.0, 105.0);

    ride_point p{};
    p.t = r.started_at + std::chrono::seconds{s};
    p.lat_deg = stored_degrees(lat);
    p.lon_deg = stored_degrees(lon);
    p.altitude_m = stored_altitude(altitude_at(distance));
    p.heart_rate_bpm = std::round(heart_rate);
    p.cadence_rpm = std::round(cadence);
    p.power_w = std::round(power);
    p.speed_mps = stored(speed, 1000);
    p.distance_m = stored(distance, 100);
    p.temperature_c = std::round(temperature);
    r.points.push_back(p);
    whole.add(p);
    lap.add(p);
    if (distance - lap.start_distance_m >= lap_m) end_lap(r.started_at + std::chrono::seconds{s + 1});
  }
  if (lap.seconds > 0) end_lap(r.started_at + std::chrono::seconds{seconds});
  if (whole.seconds > 0) r.summary = whole.summary(distance);
  return r;
}

}  // namespace stride

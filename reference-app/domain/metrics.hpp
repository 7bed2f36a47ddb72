// SPDX-License-Identifier: BSL-1.0
#pragma once
// What a ride amounts to: times, distance, speeds, heart rate, power, training load, climbing.

#include "domain/ride.hpp"

#include <optional>
#include <vector>

namespace stride {

/// What a metric needs to know about whoever rode. What is absent makes the metrics that need it absent.
struct athlete {
  std::optional<double> weight_kg{};
  std::optional<double> ftp_w{};  ///< functional threshold power
  std::optional<double> threshold_hr_bpm{};
};

/// The metrics of one ride; absent where its points do not give them. Field names are those of the `activities` table.
struct ride_metrics {
  std::optional<double> total_time_s{};
  std::optional<double> moving_time_s{};
  std::optional<double> distance_m{};
  std::optional<double> avg_speed_mps{};
  std::optional<double> max_speed_mps{};
  std::optional<double> avg_heart_rate_bpm{};
  std::optional<double> max_heart_rate_bpm{};
  std::optional<double> avg_power_w{};
  std::optional<double> peak_power_w{};
  std::optional<double> normalized_power_w{};
  std::optional<double> intensity_factor{};
  std::optional<double> tss{};
  std::optional<double> avg_cadence_rpm{};
  std::optional<double> max_cadence_rpm{};
  std::optional<double> total_ascent_m{};
  std::optional<double> total_descent_m{};

  friend bool operator==(const ride_metrics&, const ride_metrics&) = default;
};

/// Computes the metrics of a ride from its points, in the order that the source gave them.
///
/// Time: `total_time_s` is last time minus first; if the clock went back over all, latest minus earliest. A step from
/// one timed point to the next is moving when there is power or cadence at its end, or when its speed is above 0.3 m/s:
/// the speed recorded at its end, else distance or haversine over time. Where the whole ride has no speed, distance or
/// position, steps without power and cadence fields are moving. A step of more than 10 s is a pause unless the distance
/// that it covers says otherwise. Steps of no time, or back in time, count nothing.
///
/// Distance: as recorded, up to the last value; a first value of 50 m or less was ridden since the start, a greater one
/// is where an earlier part of a longer recording ended. A fall to less than 50 m begins a new count, other falls are
/// passed over. Without recorded distance: haversine over consecutive positions, R = 6371008.8 m. `avg_speed_mps` is
/// distance over moving time; `max_speed_mps` is the highest recorded, else of steps of at most 10 s.
///
/// Heart rate, power, cadence: plain means and maxima over the points that have them. A heart rate of 0 is a strap
/// without contact, and a cadence of 0 is coasting; neither counts in the mean. A power of 0 does.
///
/// Normalized power: power as a step function sampled every second, where a value holds until the next point with time
/// and power; over a gap of more than 10 s it holds for one second, and the rest is left out as if the clock had stood.
/// The mean of the fourth powers of every full 30 s moving average, and its fourth root; absent below 30 s of power.
/// `intensity_factor` is that over FTP, and `tss` = hours * NP * IF / FTP * 100 over the same seconds.
///
/// Climbing: the altitude has to rise 3 m above the last turning point before the rise counts, and to fall likewise, so
/// that noise of less than that adds nothing.
///
/// What nobody can have measured counts as not measured: times that are not `is_plausible`, a heart rate above 300, a
/// power above 100 kW, a speed above 1 km/s, values that are negative where they cannot be, or not finite. A result that
/// is not finite is absent.
///
/// Guarantee: the same points and athlete give the same bits; `violation` of an activity refuses none of them.
/// Complexity: O(points), plus O(seconds ridden) where there is power.
/// \see Allen and Coggan, "Training and Racing with a Power Meter", for normalized power, intensity factor and TSS
ride_metrics compute_metrics(std::vector<ride_point> points, const athlete& who = {});

/// Whether a ride can have a point at this time: from 1970 to 9999.
bool is_plausible(ride_time t) noexcept;

/// The great-circle distance of two positions on a sphere of R = 6371008.8 m, the earth's mean radius (IUGG).
double haversine_m(double lat1_deg, double lon1_deg, double lat2_deg, double lon2_deg) noexcept;

}  // namespace stride

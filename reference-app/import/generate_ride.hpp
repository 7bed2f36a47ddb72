// SPDX-License-Identifier: BSL-1.0
#pragma once
// Makes up a plausible bike ride, for tests and demonstrations that have no recording.

#include "domain/ride.hpp"

#include <chrono>
#include <cstdint>

namespace stride {

/// What the made-up ride should look like.
struct ride_wish {
  std::uint64_t seed{1};
  std::chrono::seconds duration{3600};
  ride_time started_at{std::chrono::sys_days{std::chrono::year{2024} / 5 / 4} + std::chrono::hours{7}};
  double start_lat_deg{47.0};  ///< the ride never goes farther from it than it is long
  double start_lon_deg{8.0};
  double ftp_w{240};  ///< what the rider could just keep up for an hour
  double weight_kg{75};
};

/// Rides over made-up hills: a warm-up of up to ten minutes, then steady effort that rises on climbs and drops on
/// descents, and one stop of a minute two fifths into a ride of ten minutes or more.
///
/// One point per second, `duration` of them, each with all values. Speed follows from power, slope, air and rolling
/// resistance; heart rate follows power with a delay of half a minute. Values are ones that FIT can store, so that the
/// ride survives `write_fit` and `read_fit` unchanged. There is a lap for every begun 5 km, and a summary.
///
/// Guarantee: the same wish gives the same ride.
/// Complexity: O(duration).
/// \see Martin et al. 1998, "Validation of a Mathematical Model for Road Cycling Power", for the resistance model
ride generate_ride(const ride_wish& wish);

}  // namespace stride

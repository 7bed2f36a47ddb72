// SPDX-License-Identifier: BSL-1.0
#pragma once
// One session as a source told it: what every importer makes and the metrics are computed from.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace stride {

/// A moment in UTC, to the millisecond.
using ride_time = std::chrono::sys_time<std::chrono::milliseconds>;

/// What was measured at one moment. A value that the source did not give is absent, never zero.
///
/// A position has both coordinates or neither. A point without a time keeps its place among its neighbours.
struct ride_point {
  std::optional<ride_time> t{};
  std::optional<double> lat_deg{};
  std::optional<double> lon_deg{};
  std::optional<double> altitude_m{};
  std::optional<double> heart_rate_bpm{};
  std::optional<double> cadence_rpm{};
  std::optional<double> power_w{};
  std::optional<double> speed_mps{};
  std::optional<double> distance_m{};  ///< since the source's own start, which may lie before the ride's
  std::optional<double> temperature_c{};

  friend bool operator==(const ride_point&, const ride_point&) = default;
};

/// Totals as the source itself stated them, for a whole ride or for one lap of it.
struct ride_summary {
  std::optional<double> total_time_s{};  ///< from start to end, pauses included
  std::optional<double> timer_time_s{};  ///< while the device's timer ran
  std::optional<double> distance_m{};
  std::optional<double> energy_kcal{};
  std::optional<double> avg_speed_mps{};
  std::optional<double> max_speed_mps{};
  std::optional<double> avg_heart_rate_bpm{};
  std::optional<double> max_heart_rate_bpm{};
  std::optional<double> avg_cadence_rpm{};
  std::optional<double> max_cadence_rpm{};
  std::optional<double> avg_power_w{};
  std::optional<double> peak_power_w{};
  std::optional<double> normalized_power_w{};
  std::optional<double> total_ascent_m{};
  std::optional<double> total_descent_m{};

  friend bool operator==(const ride_summary&, const ride_summary&) = default;
};

/// One lap: when it began and ended, and its totals.
struct ride_lap {
  std::optional<ride_time> started_at{};
  std::optional<ride_time> ended_at{};
  ride_summary summary{};

  friend bool operator==(const ride_lap&, const ride_lap&) = default;
};

/// A series that the source named itself (FIT's developer fields), kept for the points that have it.
struct ride_extra {
  /// One value and the place of its point in `ride::points`.
  struct value {
    std::uint32_t point{};
    double number{};

    friend bool operator==(const value&, const value&) = default;
  };

  std::string name{};
  std::string unit{};
  std::vector<value> values{};

  friend bool operator==(const ride_extra&, const ride_extra&) = default;
};

/// One session of one sport: the result of an importer.
///
/// Points keep the source's order, also where its clock ran backwards.
struct ride {
  std::string source{};       ///< the kind of source: "fit", "gpx", "tcx", "nmea", "generated"
  std::string device_name{};  ///< empty where the source does not say
  std::string type{};         ///< the sport in lower snake case: "cycling", "running", ...
  ride_time started_at{};     ///< 1970-01-01 where the source tells no time at all
  ride_summary summary{};
  std::vector<ride_point> points{};
  std::vector<ride_lap> laps{};
  std::vector<ride_extra> extras{};

  friend bool operator==(const ride&, const ride&) = default;
};

}  // namespace stride

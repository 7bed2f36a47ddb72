// SPDX-License-Identifier: BSL-1.0
#pragma once
// The samples that the series of an activity are made of, and all series of one activity side by side.

#include <syncline/record/value_kind.hpp>

#include <cstdint>
#include <optional>
#include <vector>

namespace stride {

/// One value of a series.
///
/// `point` is the place of its moment in the recording: samples of several series with the same `point` were taken
/// together, also where the clock stood still, ran backwards or was not there. It rises within a series. A sample
/// without a time keeps its place and has no `t`. \see points_of
struct scalar_sample {
  std::uint32_t point{};
  std::optional<syncline::timestamp> t{};
  double value{};

  friend bool operator==(const scalar_sample&, const scalar_sample&) = default;
};

/// One position: `scalar_sample` with both coordinates, WGS 84.
struct position_sample {
  std::uint32_t point{};
  std::optional<syncline::timestamp> t{};
  double lat_deg{};
  double lon_deg{};

  friend bool operator==(const position_sample&, const position_sample&) = default;
};

/// A moment of a recording at which nothing was measured: it is in no series, and still tells that time passed.
struct bare_point {
  std::uint32_t point{};
  std::optional<syncline::timestamp> t{};

  friend bool operator==(const bare_point&, const bare_point&) = default;
};

/// The samples of all series of one activity; the members are named by their stream types. \see stream_types
struct activity_series {
  std::vector<position_sample> position{};
  std::vector<scalar_sample> altitude_m{};
  std::vector<scalar_sample> heart_rate_bpm{};
  std::vector<scalar_sample> cadence_rpm{};
  std::vector<scalar_sample> power_w{};
  std::vector<scalar_sample> speed_mps{};
  std::vector<scalar_sample> distance_m{};
  std::vector<scalar_sample> temperature_c{};

  friend bool operator==(const activity_series&, const activity_series&) = default;
};

}  // namespace stride

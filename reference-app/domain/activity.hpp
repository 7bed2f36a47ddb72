// SPDX-License-Identifier: BSL-1.0
#pragma once
// Table `activities`: one recorded session. The hub's word on what was measured, the athlete's on how it felt.

#include "domain/first_violation.hpp"
#include "domain/samples.hpp"

#include <syncline/record.hpp>
#include <syncline/resolve/duplicates.hpp>
#include <syncline/resolve/set_edits.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace stride {

/// One lap of an activity.
struct lap {
  std::optional<syncline::timestamp> start{};
  std::optional<double> elapsed_s{};
  std::optional<double> distance_m{};
  std::optional<double> avg_heart_rate_bpm{};
  std::optional<double> max_heart_rate_bpm{};

  friend bool operator==(const lap&, const lap&) = default;
};

/// Nearly every policy of the framework at work: each line says what becomes of two edits.
struct activity {
  static constexpr syncline::record_info sync{.table = "activities", .version = 1};

  template <class Sample>
  using series = syncline::chunked<Sample, syncline::points<1000>>;

  syncline::key<std::string> id{};

  // Subjective: the athlete's word.
  syncline::client<std::optional<std::string>> name{};
  syncline::client<std::optional<std::string>> notes{};
  syncline::client<std::optional<int>> rpe{};      ///< rate of perceived exertion, 0 to 10
  syncline::client<std::optional<int>> feeling{};  ///< 1 (awful) to 5 (great)
  syncline::merge<std::set<std::string>, syncline::set_edits> tags{};

  // Objective: the hub's word. A device proposes what it computed when it creates the record.
  syncline::server<std::string> type{};  ///< the sport: "cycling", "running", ...
  syncline::once<syncline::timestamp> started_at{};
  syncline::server<std::optional<double>> total_time_s{};
  syncline::server<std::optional<double>> moving_time_s{};
  syncline::server<std::optional<double>> distance_m{};
  syncline::server<std::optional<double>> avg_speed_mps{};
  syncline::server<std::optional<double>> max_speed_mps{};
  syncline::server<std::optional<double>> avg_heart_rate_bpm{};
  syncline::server<std::optional<double>> max_heart_rate_bpm{};
  syncline::server<std::optional<double>> avg_power_w{};
  syncline::server<std::optional<double>> peak_power_w{};
  syncline::server<std::optional<double>> normalized_power_w{};
  syncline::server<std::optional<double>> intensity_factor{};
  syncline::server<std::optional<double>> tss{};
  syncline::server<std::optional<double>> avg_cadence_rpm{};
  syncline::server<std::optional<double>> max_cadence_rpm{};
  syncline::server<std::optional<double>> total_ascent_m{};
  syncline::server<std::optional<double>> total_descent_m{};

  // The athlete as of that day: what the metrics above were computed with.
  syncline::server<std::optional<double>> snapshot_weight_kg{};
  syncline::server<std::optional<double>> snapshot_ftp_w{};
  syncline::server<std::optional<double>> snapshot_threshold_hr_bpm{};

  syncline::server<std::optional<std::string>> device_name{};
  syncline::once<std::optional<std::string>> source{};  ///< "fit", "gpx", "recorded", ...
  syncline::once<syncline::timestamp> created_at{};

  // The series: the record carries their manifests, the samples travel beside it. In the order of `stream_types`.
  series<position_sample> position_series{};
  series<scalar_sample> altitude_series{};
  series<scalar_sample> heart_rate_series{};
  series<scalar_sample> cadence_series{};
  series<scalar_sample> power_series{};
  series<scalar_sample> speed_series{};
  series<scalar_sample> distance_series{};
  series<scalar_sample> temperature_series{};

  syncline::once<std::vector<lap>> laps{};
  syncline::once<std::vector<bare_point>> bare_points{};      ///< the moments that are in no series
  syncline::client<std::optional<std::string>> visibility{};  ///< "private", "followers" or "public"; empty: private

  /// One session that two devices recorded, or that was imported and entered by hand: they become one record.
  static constexpr auto duplicates = syncline::within<&activity::started_at>(std::chrono::minutes{10}).and_same<&activity::type>();
};

/// A `chunked` field of `activity`, and what its series is called outside.
struct stream_type {
  std::size_t field;
  std::string_view name;
};

/// All series of an activity: the names that the command line and HTTP know them by, which are those of the members of
/// `activity_series`, in their order.
inline constexpr std::array<stream_type, 8> stream_types{{
    {syncline::the<&activity::position_series>.index, "position"},
    {syncline::the<&activity::altitude_series>.index, "altitude_m"},
    {syncline::the<&activity::heart_rate_series>.index, "heart_rate_bpm"},
    {syncline::the<&activity::cadence_series>.index, "cadence_rpm"},
    {syncline::the<&activity::power_series>.index, "power_w"},
    {syncline::the<&activity::speed_series>.index, "speed_mps"},
    {syncline::the<&activity::distance_series>.index, "distance_m"},
    {syncline::the<&activity::temperature_series>.index, "temperature_c"},
}};

/// What was measured counts more than what a person entered: of duplicates, the one with a source gives the objective
/// values.
inline int evidence(const activity& a) { return a.source.value && *a.source.value != "manual" ? 1 : 0; }

inline std::string violation(const activity& a) {
  first_violation found{activity::sync.table};
  found.id("id", *a.id)
      .range("rpe", a.rpe, 0, 10)
      .range("feeling", a.feeling, 1, 5)
      .present("type", *a.type)
      .not_negative("total_time_s", a.total_time_s)
      .not_negative("moving_time_s", a.moving_time_s)
      .not_negative("distance_m", a.distance_m)
      .not_negative("avg_speed_mps", a.avg_speed_mps)
      .not_negative("max_speed_mps", a.max_speed_mps)
      .heart_rate("avg_heart_rate_bpm", a.avg_heart_rate_bpm)
      .heart_rate("max_heart_rate_bpm", a.max_heart_rate_bpm)
      .not_negative("avg_power_w", a.avg_power_w)
      .not_negative("peak_power_w", a.peak_power_w)
      .not_negative("normalized_power_w", a.normalized_power_w)
      .not_negative("intensity_factor", a.intensity_factor)
      .not_negative("tss", a.tss)
      .not_negative("avg_cadence_rpm", a.avg_cadence_rpm)
      .not_negative("max_cadence_rpm", a.max_cadence_rpm)
      .not_negative("total_ascent_m", a.total_ascent_m)
      .not_negative("total_descent_m", a.total_descent_m)
      .range("snapshot_weight_kg", a.snapshot_weight_kg, 0.0, 1000.0)
      .not_negative("snapshot_ftp_w", a.snapshot_ftp_w)
      .heart_rate("snapshot_threshold_hr_bpm", a.snapshot_threshold_hr_bpm)
      .one_of("visibility", a.visibility, {"private", "followers", "public"});
  return found.sentence();
}

}  // namespace stride

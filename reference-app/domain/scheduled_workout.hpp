// SPDX-License-Identifier: BSL-1.0
#pragma once
// Table `scheduled_workouts`: one workout of a plan. Its day is the hub's; the athlete may ask for another.

#include "domain/first_violation.hpp"
#include "domain/workout_step.hpp"

#include <syncline/record.hpp>

#include <optional>
#include <string>
#include <vector>

namespace stride {

/// An athlete who wants another day writes `requested_day`, which no device can mistake for `day`. The hub answers by
/// moving `day`, or by saying in `superseded_request` which plan came first.
struct scheduled_workout {
  static constexpr syncline::record_info sync{.table = "scheduled_workouts", .version = 1};

  syncline::key<std::string> id{};
  syncline::server<std::optional<std::string>> plan_id{};
  syncline::server<std::optional<std::string>> day{};   ///< YYYY-MM-DD
  syncline::server<std::optional<std::string>> kind{};  ///< "easy", "tempo", "intervals", ...
  syncline::server<std::optional<std::string>> title{};
  syncline::server<std::optional<int>> target_minutes{};
  syncline::server<std::vector<workout_step>> steps{};
  syncline::server<std::optional<std::string>> superseded_request{};
  syncline::client<std::optional<std::string>> requested_day{};  ///< YYYY-MM-DD
};

inline std::string violation(const scheduled_workout& w) {
  return first_violation{scheduled_workout::sync.table}
      .id("id", *w.id)
      .id("plan_id", w.plan_id)
      .day("day", w.day)
      .not_negative("target_minutes", w.target_minutes)
      .day("requested_day", w.requested_day)
      .sentence();
}

}  // namespace stride

// SPDX-License-Identifier: BSL-1.0
#pragma once
// Table `scheduled_workouts`: one workout of a plan. Its day is the hub's; the athlete may ask for another.

#include "domain/first_violation.hpp"
#include "domain/reference.hpp"
#include "domain/workout_step.hpp"

#include <syncline/record.hpp>
#include <syncline/resolve/request.hpp>

#include <optional>
#include <string>
#include <vector>

namespace stride {

/// An athlete who wants another day writes `requested_day`, which no device can mistake for `day`. Where the server moves `day`
/// otherwise, or had done so, the hub moves the wish to `superseded_request`, and the conflict log says so.
struct scheduled_workout {
  static constexpr syncline::record_info sync{.table = "scheduled_workouts", .version = 1};

  syncline::key<std::string> id{};
  syncline::server<std::optional<std::string>> plan_id{};
  syncline::server<std::optional<std::string>> day{};   ///< YYYY-MM-DD
  syncline::server<std::optional<std::string>> kind{};  ///< "easy", "tempo", "intervals", ...
  syncline::server<std::optional<std::string>> title{};
  syncline::server<std::optional<int>> target_minutes{};
  syncline::server<std::vector<workout_step>> steps{};
  syncline::server<std::optional<std::string>> superseded_request{};  ///< a `requested_day` that the plan replaced
  syncline::client<std::optional<std::string>> requested_day{};  ///< YYYY-MM-DD

  static constexpr auto request = syncline::request_by<&scheduled_workout::requested_day, &scheduled_workout::day, &scheduled_workout::superseded_request>();
};

inline std::vector<syncline::record_reference> depends_on(const scheduled_workout& w) {
  std::vector<syncline::record_reference> first;
  add_reference(first, "training_plans", w.plan_id);
  return first;
}

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

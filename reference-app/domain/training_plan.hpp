// SPDX-License-Identifier: BSL-1.0
#pragma once
// Table `training_plans`: what the hub wants an athlete to do in the coming weeks.

#include "domain/first_violation.hpp"
#include "domain/workout_step.hpp"

#include <syncline/record.hpp>
#include <syncline/resolve/request.hpp>

#include <optional>
#include <string>
#include <vector>

namespace stride {

/// The hub's, but for one wish. A new version of a plan is a new record, whose `plan_id` names the one it follows.
struct training_plan {
  static constexpr syncline::record_info sync{.table = "training_plans", .version = 1};

  syncline::key<std::string> id{};
  syncline::server<std::optional<std::string>> plan_id{};  ///< the plan that this one replaces
  syncline::server<std::optional<std::string>> day{};      ///< its first, YYYY-MM-DD
  syncline::server<std::optional<std::string>> kind{};     ///< "marathon", "base", ...
  syncline::server<std::optional<std::string>> title{};
  syncline::server<std::optional<int>> target_minutes{};              ///< per week
  syncline::server<std::vector<workout_step>> steps{};                ///< its phases
  syncline::server<std::optional<std::string>> superseded_request{};  ///< what became of a `requested_day`
  syncline::client<std::optional<std::string>> requested_day{};       ///< when the athlete would rather begin

  static constexpr auto request = syncline::request_by<&training_plan::requested_day, &training_plan::day, &training_plan::superseded_request>();
};

inline std::string violation(const training_plan& p) {
  return first_violation{training_plan::sync.table}
      .id("id", *p.id)
      .id("plan_id", p.plan_id)
      .day("day", p.day)
      .not_negative("target_minutes", p.target_minutes)
      .day("requested_day", p.requested_day)
      .sentence();
}

}  // namespace stride

// SPDX-License-Identifier: BSL-1.0
#pragma once
// Table `workout_sessions`: a workout while it is under way. It belongs to the device that began it.

#include "domain/first_violation.hpp"
#include "domain/reference.hpp"

#include <syncline/record.hpp>

#include <optional>
#include <string>
#include <vector>

namespace stride {

/// Another device reads in `device` where the workout goes on. When it has ended, `activity_id` names what was
/// recorded.
struct workout_session {
  static constexpr syncline::record_info sync{.table = "workout_sessions", .version = 1};

  syncline::key<std::string> id{};
  syncline::once<syncline::timestamp> started_at{};
  syncline::once<std::optional<std::string>> device{};
  syncline::once<std::optional<std::string>> workout_id{};  ///< the scheduled workout, if it is one
  syncline::client<std::optional<std::string>> name{};
  syncline::client<std::optional<std::string>> state{};  ///< "in_progress", "paused", "finished" or "abandoned"
  syncline::client<std::optional<double>> duration_s{};
  syncline::once<std::optional<std::string>> activity_id{};
};

inline std::vector<syncline::record_reference> depends_on(const workout_session& s) {
  std::vector<syncline::record_reference> first;
  add_reference(first, "scheduled_workouts", s.workout_id);
  add_reference(first, "activities", s.activity_id);
  return first;
}

inline std::string violation(const workout_session& s) {
  return first_violation{workout_session::sync.table}
      .id("id", *s.id)
      .id("workout_id", s.workout_id)
      .one_of("state", s.state, {"in_progress", "paused", "finished", "abandoned"})
      .not_negative("duration_s", s.duration_s)
      .id("activity_id", s.activity_id)
      .sentence();
}

}  // namespace stride

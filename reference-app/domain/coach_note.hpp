// SPDX-License-Identifier: BSL-1.0
#pragma once
// Table `coach_notes`: what the coach says about a workout to come.

#include "domain/first_violation.hpp"

#include <syncline/record.hpp>

#include <optional>
#include <string>

namespace stride {

struct coach_note {
  static constexpr syncline::record_info sync{.table = "coach_notes", .version = 1};

  syncline::key<std::string> id{};
  syncline::server<std::optional<std::string>> workout_id{};  ///< the scheduled workout
  syncline::server<std::optional<std::string>> day{};         ///< YYYY-MM-DD
  syncline::server<std::optional<std::string>> title{};
  syncline::server<std::optional<std::string>> text{};
  syncline::server<syncline::timestamp> created_at{};
};

inline std::string violation(const coach_note& n) {
  return first_violation{coach_note::sync.table}
      .id("id", *n.id)
      .id("workout_id", n.workout_id)
      .day("day", n.day)
      .sentence();
}

}  // namespace stride

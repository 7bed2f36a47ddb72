// SPDX-License-Identifier: BSL-1.0
#pragma once
// Table `recommendations`: what the hub suggests to an athlete for a day.

#include "domain/first_violation.hpp"

#include <syncline/record.hpp>

#include <optional>
#include <string>

namespace stride {

struct recommendation {
  static constexpr syncline::record_info sync{.table = "recommendations", .version = 1, .priority = syncline::priority_class::recommendations};

  syncline::key<std::string> id{};
  syncline::server<std::optional<std::string>> day{};   ///< YYYY-MM-DD
  syncline::server<std::optional<std::string>> kind{};  ///< "rest", "easier", "harder", ...
  syncline::server<std::optional<std::string>> title{};
  syncline::server<std::optional<std::string>> text{};
  syncline::server<std::optional<std::string>> reason{};      ///< what it was concluded from
  syncline::server<std::optional<std::string>> workout_id{};  ///< the scheduled workout that it is about
  syncline::server<syncline::timestamp> created_at{};
};

inline std::string violation(const recommendation& r) {
  return first_violation{recommendation::sync.table}
      .id("id", *r.id)
      .day("day", r.day)
      .id("workout_id", r.workout_id)
      .sentence();
}

}  // namespace stride

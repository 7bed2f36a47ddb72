// SPDX-License-Identifier: BSL-1.0
#pragma once
// Table `streak_schedules`: on which days an athlete means to keep a streak going.

#include "domain/first_violation.hpp"

#include <syncline/record.hpp>
#include <syncline/resolve/set_edits.hpp>

#include <optional>
#include <set>
#include <string>

namespace stride {

struct streak_schedule {
  static constexpr syncline::record_info sync{.table = "streak_schedules", .version = 1};

  syncline::key<std::string> id{};
  syncline::lww<std::optional<std::string>> title{};
  syncline::merge<std::set<std::string>, syncline::set_edits> days{};  ///< "monday", ...
  syncline::lww<std::optional<int>> target_per_week{};                 ///< 0 to 7 days
  syncline::lww<std::optional<std::string>> start_day{};               ///< YYYY-MM-DD
  syncline::lww<std::optional<std::string>> paused_until_day{};        ///< YYYY-MM-DD
};

inline std::string violation(const streak_schedule& s) {
  return first_violation{streak_schedule::sync.table}
      .id("id", *s.id)
      .range("target_per_week", s.target_per_week, 0, 7)
      .day("start_day", s.start_day)
      .day("paused_until_day", s.paused_until_day)
      .sentence();
}

}  // namespace stride

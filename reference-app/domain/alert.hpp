// SPDX-License-Identifier: BSL-1.0
#pragma once
// Table `alerts`: what the hub warns an athlete of: a risk of injury, a week to recover in.

#include "domain/first_violation.hpp"

#include <syncline/record.hpp>

#include <optional>
#include <string>

namespace stride {

struct alert {
  static constexpr syncline::record_info sync{.table = "alerts", .version = 1, .priority = syncline::priority_class::recommendations};

  syncline::key<std::string> id{};
  syncline::server<std::optional<std::string>> day{};       ///< YYYY-MM-DD
  syncline::server<std::optional<std::string>> kind{};      ///< "injury_risk", "recovery_week", "illness", ...
  syncline::server<std::optional<std::string>> severity{};  ///< "info", "warning" or "critical"
  syncline::server<std::optional<std::string>> title{};
  syncline::server<std::optional<std::string>> text{};
  syncline::server<syncline::timestamp> created_at{};
};

inline std::string violation(const alert& a) {
  return first_violation{alert::sync.table}
      .id("id", *a.id)
      .day("day", a.day)
      .one_of("severity", a.severity, {"info", "warning", "critical"})
      .sentence();
}

}  // namespace stride

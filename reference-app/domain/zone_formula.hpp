// SPDX-License-Identifier: BSL-1.0
#pragma once
// Table `zone_formulas`: how zones follow from an athlete's thresholds. Reference data, shared and read-only.

#include "domain/first_violation.hpp"

#include <syncline/record.hpp>

#include <optional>
#include <string>

namespace stride {

struct zone_formula {
  static constexpr syncline::record_info sync{.table = "zone_formulas", .version = 1, .priority = syncline::priority_class::reference_data};

  syncline::key<std::string> id{};
  syncline::server<std::optional<std::string>> kind{};  ///< as of `zone`: "heart_rate", "power" or "pace"
  syncline::server<std::optional<std::string>> title{};
  syncline::server<std::optional<double>> from_fraction{};  ///< of the threshold
  syncline::server<std::optional<double>> to_fraction{};
};

inline std::string violation(const zone_formula& z) {
  return first_violation{zone_formula::sync.table}
      .id("id", *z.id)
      .not_negative("from_fraction", z.from_fraction)
      .not_negative("to_fraction", z.to_fraction)
      .sentence();
}

}  // namespace stride

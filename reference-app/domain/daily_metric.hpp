// SPDX-License-Identifier: BSL-1.0
#pragma once
// Table `daily_metrics`: how a day began. A scale, a watch and a person each know a part of it, so the parts are
// merged.

#include "domain/first_violation.hpp"

#include <syncline/record.hpp>
#include <syncline/resolve/prefer_present.hpp>

#include <optional>
#include <string>

namespace stride {

struct daily_metric {
  static constexpr syncline::record_info sync{.table = "daily_metrics", .version = 1};

  template <class T>
  using merged = syncline::merge<std::optional<T>, syncline::prefer_present>;

  syncline::key<std::string> id{};
  merged<std::string> day{};  ///< YYYY-MM-DD, where the athlete woke up
  merged<double> resting_heart_rate_bpm{};
  merged<int> sleep_minutes{};  ///< 0 to 1440
  merged<int> soreness{};       ///< 0 (none) to 10
  merged<int> readiness{};      ///< 0 to 100 (fully recovered)
  merged<double> weight_kg{};
  merged<std::string> note{};
};

inline std::string violation(const daily_metric& d) {
  return first_violation{daily_metric::sync.table}
      .id("id", *d.id)
      .day("day", d.day)
      .heart_rate("resting_heart_rate_bpm", d.resting_heart_rate_bpm)
      .range("sleep_minutes", d.sleep_minutes, 0, 1440)
      .range("soreness", d.soreness, 0, 10)
      .range("readiness", d.readiness, 0, 100)
      .range("weight_kg", d.weight_kg, 0.0, 1000.0)
      .sentence();
}

}  // namespace stride

// SPDX-License-Identifier: BSL-1.0
#pragma once
// Table `goals`: what an athlete aims for. A preference, so the later write stands, field by field.

#include "domain/first_violation.hpp"

#include <syncline/record.hpp>

#include <optional>
#include <string>

namespace stride {

struct goal {
  static constexpr syncline::record_info sync{.table = "goals", .version = 1};

  syncline::key<std::string> id{};
  syncline::lww<std::optional<std::string>> title{};
  syncline::lww<std::optional<std::string>> kind{};         ///< "distance", "race", "weight", ...
  syncline::lww<std::optional<double>> target_value{};      ///< in the unit of its kind
  syncline::lww<std::optional<std::string>> target_date{};  ///< YYYY-MM-DD, or a time
  syncline::lww<std::optional<std::string>> note{};
};

inline std::string violation(const goal& g) {
  return first_violation{goal::sync.table}.id("id", *g.id).date("target_date", g.target_date).sentence();
}

}  // namespace stride

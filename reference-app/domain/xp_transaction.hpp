// SPDX-License-Identifier: BSL-1.0
#pragma once
// Table `xp_transactions`: points earned and spent. Append-only: every field is written once, the balance is their sum.

#include "domain/first_violation.hpp"
#include "domain/reference.hpp"

#include <syncline/record.hpp>

#include <optional>
#include <string>
#include <vector>

namespace stride {

struct xp_transaction {
  static constexpr syncline::record_info sync{.table = "xp_transactions", .version = 1};

  syncline::key<std::string> id{};
  syncline::once<std::optional<int>> amount{};          ///< points; negative where they were spent
  syncline::once<std::optional<std::string>> reason{};  ///< "activity", "streak", "reward", ...
  syncline::once<std::optional<std::string>> activity_id{};
  syncline::once<syncline::timestamp> created_at{};
};

inline std::vector<syncline::record_reference> depends_on(const xp_transaction& x) {
  std::vector<syncline::record_reference> first;
  add_reference(first, "activities", x.activity_id);
  return first;
}

inline std::string violation(const xp_transaction& x) {
  return first_violation{xp_transaction::sync.table}.id("id", *x.id).id("activity_id", x.activity_id).sentence();
}

}  // namespace stride

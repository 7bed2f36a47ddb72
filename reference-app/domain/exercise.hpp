// SPDX-License-Identifier: BSL-1.0
#pragma once
// Table `exercises`: the library of exercises. Reference data: in a scope that all users share, and read-only there.

#include "domain/first_violation.hpp"

#include <syncline/record.hpp>

#include <optional>
#include <string>

namespace stride {

struct exercise {
  static constexpr syncline::record_info sync{.table = "exercises", .version = 1, .priority = syncline::priority_class::reference_data};

  syncline::key<std::string> id{};
  syncline::server<std::optional<std::string>> title{};
  syncline::server<std::optional<std::string>> kind{};  ///< "strength", "mobility", "drill", ...
  syncline::server<std::optional<std::string>> text{};
  syncline::server<std::optional<std::string>> media_key{};  ///< of a film, which is loaded when it is first asked for
};

inline std::string violation(const exercise& e) {
  return first_violation{exercise::sync.table}.id("id", *e.id).sentence();
}

}  // namespace stride

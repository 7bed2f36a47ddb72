// SPDX-License-Identifier: BSL-1.0
#pragma once
// Table `articles`: texts on training and nutrition. Reference data, shared and read-only.

#include "domain/first_violation.hpp"

#include <syncline/record.hpp>

#include <optional>
#include <string>

namespace stride {

struct article {
  static constexpr syncline::record_info sync{.table = "articles", .version = 1, .priority = syncline::priority_class::reference_data};

  syncline::key<std::string> id{};
  syncline::server<std::optional<std::string>> title{};
  syncline::server<std::optional<std::string>> kind{};  ///< "training", "nutrition", ...
  syncline::server<std::optional<std::string>> text{};
  syncline::server<std::optional<std::string>> media_key{};  ///< of a file, which is loaded when it is first asked for
};

inline std::string violation(const article& a) {
  return first_violation{article::sync.table}.id("id", *a.id).sentence();
}

}  // namespace stride

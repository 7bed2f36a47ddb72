// SPDX-License-Identifier: BSL-1.0
#pragma once
// Table `user_profiles`: how an athlete appears to others, and when they train.

#include "domain/first_violation.hpp"

#include <syncline/record.hpp>
#include <syncline/resolve/set_edits.hpp>

#include <optional>
#include <set>
#include <string>

namespace stride {

struct user_profile {
  static constexpr syncline::record_info sync{.table = "user_profiles", .version = 1};

  syncline::key<std::string> id{};
  syncline::client<std::optional<std::string>> display_name{};
  syncline::client<std::optional<std::string>> bio{};
  syncline::client<std::optional<std::string>> picture_key{};  ///< of an uploaded file, once it is there
  syncline::client<std::optional<double>> height_m{};
  syncline::client<std::optional<double>> threshold_hr_bpm{};
  syncline::merge<std::set<std::string>, syncline::set_edits> training_days{};  ///< "monday", ...
  syncline::client<std::optional<std::string>> visibility{};                    ///< as of `activity`, and its default
};

inline std::string violation(const user_profile& p) {
  return first_violation{user_profile::sync.table}
      .id("id", *p.id)
      .range("height_m", p.height_m, 0.0, 3.0)
      .heart_rate("threshold_hr_bpm", p.threshold_hr_bpm)
      .one_of("visibility", p.visibility, {"private", "followers", "public"})
      .sentence();
}

}  // namespace stride

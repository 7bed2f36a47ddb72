// SPDX-License-Identifier: BSL-1.0
#pragma once
// Table `training_load`: what the hub computes of an athlete's days. No device has a word in it.

#include "domain/first_violation.hpp"

#include <syncline/record.hpp>

#include <optional>
#include <string>

namespace stride {

struct training_load {
  static constexpr syncline::record_info sync{.table = "training_load", .version = 1, .priority = syncline::priority_class::recommendations};

  syncline::key<std::string> id{};
  syncline::server<std::optional<std::string>> day{};      ///< YYYY-MM-DD
  syncline::server<std::optional<double>> tss{};           ///< the sum of the day's activities
  syncline::server<std::optional<double>> acute_load{};    ///< TSS per day, over the last week
  syncline::server<std::optional<double>> chronic_load{};  ///< TSS per day, over the last weeks
  syncline::server<std::optional<double>> acwr{};          ///< acute over chronic workload
  syncline::server<std::optional<double>> tsb{};           ///< training stress balance: chronic less acute
};

inline std::string violation(const training_load& t) {
  return first_violation{training_load::sync.table}
      .id("id", *t.id)
      .day("day", t.day)
      .not_negative("tss", t.tss)
      .not_negative("acute_load", t.acute_load)
      .not_negative("chronic_load", t.chronic_load)
      .not_negative("acwr", t.acwr)
      .sentence();
}

}  // namespace stride

// SPDX-License-Identifier: BSL-1.0
#pragma once
// Table `users`: the settings that training depends on. The athlete's word, from whichever device.

#include "domain/first_violation.hpp"

#include <syncline/record.hpp>

#include <optional>
#include <string>
#include <vector>

namespace stride {

/// A band of effort: from `from` up to `to`, in the unit of its kind.
struct zone {
  std::string kind{};  ///< "heart_rate" (bpm), "power" (w) or "pace" (mps)
  std::optional<std::string> title{};
  std::optional<double> from{};
  std::optional<double> to{};

  friend bool operator==(const zone&, const zone&) = default;
};

struct user {
  static constexpr syncline::record_info sync{.table = "users", .version = 1};

  syncline::key<std::string> id{};
  syncline::client<std::optional<std::string>> display_name{};
  syncline::client<std::optional<double>> max_heart_rate_bpm{};
  syncline::client<std::optional<double>> ftp_w{};  ///< functional threshold power
  syncline::client<std::optional<double>> weight_kg{};
  syncline::client<std::vector<zone>> zones{};               ///< of each kind in rising order
  syncline::client<std::optional<std::string>> race_date{};  ///< YYYY-MM-DD, or a time
};

inline std::string violation(const user& u) {
  first_violation found{user::sync.table};
  found.id("id", *u.id)
      .heart_rate("max_heart_rate_bpm", u.max_heart_rate_bpm)
      .not_negative("ftp_w", u.ftp_w)
      .range("weight_kg", u.weight_kg, 0.0, 1000.0)
      .date("race_date", u.race_date);
  for (const zone& z : *u.zones) found.not_negative("zones.from", z.from).not_negative("zones.to", z.to);
  return found.sentence();
}

}  // namespace stride

// SPDX-License-Identifier: BSL-1.0
#pragma once
// One step of a planned workout, or one phase of a plan.

#include <optional>
#include <string>

namespace stride {

/// A step lasts for `minutes` or `distance_m`, whichever is given, and aims at whichever target is given.
struct workout_step {
  std::optional<std::string> kind{};  ///< "warmup", "work", "recovery", "cooldown", or a phase: "base", "taper"
  std::optional<std::string> title{};
  std::optional<double> minutes{};
  std::optional<double> distance_m{};
  std::optional<int> repeats{};
  std::optional<int> zone{};  ///< the place of a zone among the athlete's, from 1
  std::optional<double> target_power_w{};
  std::optional<double> target_heart_rate_bpm{};
  std::optional<double> target_speed_mps{};

  friend bool operator==(const workout_step&, const workout_step&) = default;
};

}  // namespace stride

// SPDX-License-Identifier: BSL-1.0
#pragma once
// What comes of a simulation, whatever its records are.

#include <syncline/testing/simulation_settings.hpp>
#include <syncline/testing/simulation_trace.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace syncline {

/// What came of a simulation.
struct simulation_outcome {
  std::uint64_t seed = 0;
  std::uint64_t operations = 0;
  std::uint64_t trace_hash = 0;
  std::size_t last_sessions = 0;  ///< rounds of sessions until all were equal
  std::uint64_t conflicts = 0;    ///< values that did not stand, each in a log
  std::uint64_t refusals = 0;     ///< changes that the hub did not take, each a dead letter at first
  std::uint64_t rebases = 0;      ///< changes of which the hub asked for the base \see PROTOCOL 17
  std::uint64_t collected = 0;    ///< tombstones that the hub forgot \see PROTOCOL 19
  std::uint64_t walks = 0;        ///< devices that had missed them, and walked all tables
  std::uint64_t differences = 0;  ///< values of which the hub told what changed \see DELTA-2
  std::size_t devices = 0;
  sim_fault_counts faults{};
  std::optional<sim_violation> broken{};
  std::string last_events{};  ///< if an invariant is broken

  bool holds() const noexcept { return !broken; }

  /// The seed, what is broken, and the events before, in words.
  std::string report() const {
    if (!broken) return "seed " + std::to_string(seed) + ": every invariant holds";
    std::string text = "seed " + std::to_string(seed) + ": broken: " + std::string(to_string(broken->invariant));
    if (!broken->record.empty()) text += "\n  record    " + broken->record;
    if (!broken->field.empty()) text += "\n  field     " + broken->field;
    return text + "\n  expected  " + broken->expected + "\n  found     " + broken->found + "\n" + last_events;
  }
};

/// A world that breaks, and how to see it again. \see smallest_world
struct broken_world {
  simulation_settings settings{};
  simulation_outcome outcome{};
  std::size_t tried = 0;  ///< worlds that were simulated on the way
};

}  // namespace syncline

// SPDX-License-Identifier: BSL-1.0
#pragma once
// The simulator on tables of Stride, compiled once.

#include <syncline/testing/simulation_outcome.hpp>

#include <cstdint>

namespace stride {

/// Runs the world of one seed: devices and a hub with the tables `goals`, `daily_metrics` and `workout_sessions`.
///
/// Every further table adds half a minute to a build, so these stand for the rest: fields of every policy that they have,
/// lists of structs, and rules that refuse. Not `activities`, where duplicates become one, nor
/// `scheduled_workouts`, whose requests the hub moves: the model knows neither.
syncline::simulation_outcome simulate_tables(std::uint64_t seed, const syncline::simulation_settings& settings);

/// The smallest world of a seed that breaks the invariant that it breaks. \pre it breaks
syncline::broken_world smallest_world_of_tables(std::uint64_t seed, const syncline::simulation_settings& settings);

}  // namespace stride

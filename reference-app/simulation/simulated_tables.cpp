// SPDX-License-Identifier: BSL-1.0

#include "simulation/simulated_tables.hpp"

#include "domain/daily_metric.hpp"
#include "domain/goal.hpp"
#include "domain/workout_session.hpp"

#include <syncline/testing/smallest_world.hpp>

namespace stride {

syncline::simulation_outcome simulate_tables(std::uint64_t seed, const syncline::simulation_settings& settings) {
  return syncline::simulate<goal, daily_metric, workout_session>(seed, settings);
}

syncline::broken_world smallest_world_of_tables(std::uint64_t seed, const syncline::simulation_settings& settings) {
  return syncline::smallest_world<goal, daily_metric, workout_session>(seed, settings, 200);
}

}  // namespace stride

// SPDX-License-Identifier: BSL-1.0
#pragma once
// What `stride simulate` prints.

#include "cli/render.hpp"
#include "simulation/run_simulation.hpp"

#include <string>

namespace stride {

std::string render(output as, const simulation_view& all);

/// How far a run has come, as one line without its end.
std::string progress(seed_range seeds, const simulation_view& all);

}  // namespace stride

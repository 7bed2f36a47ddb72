// SPDX-License-Identifier: BSL-1.0
#pragma once
// A ride's way from one device through a hub to another, told step by step.

#include "cli/render.hpp"

#include <string>

namespace stride {

/// Runs the story with real processes, sockets and files in a temporary folder. \return the exit status
/// \param file  a FIT file to import; empty: a ride is generated
/// \param as    text: the story as it goes on; json: what came of it, when it is over
int run_demo(const std::string& file, output as);

}  // namespace stride

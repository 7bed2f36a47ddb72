// SPDX-License-Identifier: BSL-1.0
#pragma once
// A ride's way from one device through a hub to another, told step by step.

#include <string>

namespace stride {

/// Runs the story with real processes, sockets and files in a temporary folder. \return the exit status
/// \param file  a FIT file to import; empty: a ride is generated
int run_demo(const std::string& file);

}  // namespace stride

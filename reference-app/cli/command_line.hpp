// SPDX-License-Identifier: BSL-1.0
#pragma once
// The program's commands.

namespace stride {

/// Runs the command that the arguments name. \return the exit status: 0 done, 1 failed, 2 called wrongly
int run_command_line(int argc, char** argv);

}  // namespace stride

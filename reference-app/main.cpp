// SPDX-License-Identifier: BSL-1.0
// The program `stride`.

#include "cli/command_line.hpp"

int main(int argc, char** argv) { return stride::run_command_line(argc, argv); }

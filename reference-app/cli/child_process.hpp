// SPDX-License-Identifier: BSL-1.0
#pragma once
// This program, run again as another process: how the demo makes devices and a hub that share nothing but sockets.

#include <sys/types.h>

#include <string>
#include <vector>

namespace stride {

/// What a finished process said.
struct process_outcome {
  int status = -1;     ///< its exit status; -1 if it could not be started or was killed
  std::string text{};  ///< what it wrote to its standard output
};

/// Runs this program with `arguments` to its end.
process_outcome run_self(const std::vector<std::string>& arguments);

/// This program with `arguments`, running; ended by SIGTERM when the object goes.
class background_self {
 public:
  explicit background_self(const std::vector<std::string>& arguments);
  background_self(const background_self&) = delete;
  background_self& operator=(const background_self&) = delete;
  ~background_self();

  /// The first line that it writes; empty if it ends without one.
  std::string first_line();

 private:
  int output_ = -1;  // before the process, which is started with it
  pid_t process_ = -1;
};

}  // namespace stride

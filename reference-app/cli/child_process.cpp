// SPDX-License-Identifier: BSL-1.0

#include "cli/child_process.hpp"

#include <csignal>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

namespace stride {

namespace {

// Starts this program with its standard output going into a pipe; the reading end is put into `output`.
pid_t start_self(const std::vector<std::string>& arguments, int& output) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return -1;
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  std::vector<char*> argv;
  std::string name = "stride";
  argv.push_back(name.data());
  for (const std::string& each : arguments) argv.push_back(const_cast<char*>(each.c_str()));
  argv.push_back(nullptr);
  pid_t process = -1;
  if (posix_spawn(&process, "/proc/self/exe", &actions, nullptr, argv.data(), environ) != 0) process = -1;
  posix_spawn_file_actions_destroy(&actions);
  close(ends[1]);
  output = ends[0];
  return process;
}

}  // namespace

process_outcome run_self(const std::vector<std::string>& arguments) {
  process_outcome outcome;
  int output = -1;
  const pid_t process = start_self(arguments, output);
  if (process < 0) return outcome;
  char room[4096];
  for (ssize_t got; (got = read(output, room, sizeof room)) > 0;) outcome.text.append(room, static_cast<std::size_t>(got));
  close(output);
  int status = 0;
  if (waitpid(process, &status, 0) == process && WIFEXITED(status)) outcome.status = WEXITSTATUS(status);
  return outcome;
}

background_self::background_self(const std::vector<std::string>& arguments) : process_(start_self(arguments, output_)) {}

background_self::~background_self() {
  if (process_ > 0) {
    kill(process_, SIGTERM);
    waitpid(process_, nullptr, 0);
  }
  if (output_ >= 0) close(output_);
}

std::string background_self::first_line() {
  std::string line;
  char c = 0;
  while (read(output_, &c, 1) == 1 && c != '\n') line += c;
  return line;
}

}  // namespace stride

// SPDX-License-Identifier: BSL-1.0
#pragma once
// The program as a process: started, waited for, killed; its output goes to files, so that no pipe can fill up.

#include "temporary_folder.hpp"

#include <catch2/catch_test_macros.hpp>

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace stride_test {

namespace fs = std::filesystem;

inline std::string read_bytes(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

inline void write_bytes(const fs::path& file, std::string_view bytes) {
  std::ofstream(file, std::ios::binary | std::ios::trunc) << bytes;
}

using test::temporary_folder;

/// Every file of a folder with its bytes: what must be the same after a refusal.
inline std::map<std::string, std::string> content_of(const fs::path& folder) {
  std::map<std::string, std::string> all;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) all[entry.path().string()] = read_bytes(entry.path());
  }
  return all;
}

/// What an ended process left.
struct finished {
  int status = -1;  ///< its exit status; minus the signal's number if one ended it
  std::string out{};
  std::string err{};
};

/// How a process is started.
struct process_settings {
  std::map<std::string, std::string> environment{};  ///< beside what the test itself has
  uid_t user = 0;                                    ///< who it runs as, where the test is root; 0: as the test
  std::optional<rlim_t> largest_file{};              ///< no file grows beyond so many bytes, as if the disk were full then
};

/// The program under test, running. It dies with the test, and at the latest with this object.
class process {
 public:
  explicit process(const std::vector<std::string>& arguments, const process_settings& settings = {}) {
    const std::string out_name = out_file().string(), err_name = err_file().string();
    std::vector<std::string> words{STRIDE_PROGRAM};
    words.insert(words.end(), arguments.begin(), arguments.end());
    std::vector<std::string> variables;
    for (char** each = environ; *each != nullptr; ++each) {
      const std::string_view variable(*each);
      if (!settings.environment.contains(std::string(variable.substr(0, variable.find('='))))) variables.emplace_back(variable);
    }
    for (const auto& [name, value] : settings.environment) variables.push_back(name + "=" + value);
    const auto pointers = [](std::vector<std::string>& texts) {
      std::vector<char*> all;
      for (std::string& each : texts) all.push_back(each.data());
      all.push_back(nullptr);
      return all;
    };
    const auto argv = pointers(words), envp = pointers(variables);
    const int out = ::open(out_name.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    const int err = ::open(err_name.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    const int none = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    id_ = ::fork();
    if (id_ == 0) {  // only what is safe between fork and exec
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
      ::dup2(none, 0);
      ::dup2(out, 1);
      ::dup2(err, 2);
      if (settings.largest_file) {
        const rlimit most{*settings.largest_file, *settings.largest_file};
        ::signal(SIGXFSZ, SIG_IGN);
        ::setrlimit(RLIMIT_FSIZE, &most);
      }
      if (settings.user != 0 && ::setuid(settings.user) != 0) ::_exit(126);
      ::execve(argv[0], argv.data(), envp.data());
      ::_exit(127);
    }
    ::close(out);
    ::close(err);
    ::close(none);
    if (id_ < 0) throw std::runtime_error("could not start a process");
  }
  process(process&& other) noexcept : place_(std::move(other.place_)), id_(std::exchange(other.id_, -1)) {}
  ~process() {
    if (id_ > 0) {
      ::kill(id_, SIGKILL);
      ::waitpid(id_, nullptr, 0);
    }
  }

  /// Waits until it ends.
  finished wait() {
    int status = 0;
    if (id_ <= 0 || ::waitpid(id_, &status, 0) != id_) throw std::runtime_error("there is no process to wait for");
    id_ = -1;
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status), out(), err()};
  }

  /// Nothing is signalled where it has ended: -1 would be every process there is.
  void signal(int number) const {
    if (id_ > 0) ::kill(id_, number);
  }

  finished kill() {
    signal(SIGKILL);
    return wait();
  }

  std::string out() const { return read_bytes(out_file()); }
  std::string err() const { return read_bytes(err_file()); }

  /// The first line that it writes, or nothing: it ended, or wrote none for ten seconds.
  std::string first_line() {
    for (int i = 0; i < 2000; ++i) {
      const std::string text = out();
      if (const auto end = text.find('\n'); end != text.npos) return text.substr(0, end);
      siginfo_t ended{};
      if (::waitid(P_PID, static_cast<id_t>(id_), &ended, WEXITED | WNOHANG | WNOWAIT) == 0 && ended.si_pid != 0) break;
      std::this_thread::sleep_for(std::chrono::milliseconds{5});
    }
    return {};
  }

 private:
  fs::path out_file() const { return place_->path() / "out"; }
  fs::path err_file() const { return place_->path() / "err"; }

  std::unique_ptr<temporary_folder> place_ = std::make_unique<temporary_folder>();
  pid_t id_ = -1;
};

/// Runs the program to its end.
inline finished run(const std::vector<std::string>& arguments, const process_settings& settings = {}) {
  return process(arguments, settings).wait();
}

/// Whether this is one sentence for a person, and nothing beside it.
inline bool is_one_sentence(std::string_view err) {
  return err.starts_with("stride: ") && err.size() > 20 && err.find('\n') == err.size() - 1;
}

/// Checks a refusal: the exit status, one sentence on the error stream that has `words` in it, and nothing else.
inline void check_refused(const finished& ended, int status, std::string_view words) {
  INFO("on the error stream: " << ended.err);
  INFO("on standard output: " << ended.out);
  CHECK(ended.status == status);
  CHECK(is_one_sentence(ended.err));
  CHECK(ended.err.find(words) != std::string::npos);
}

}  // namespace stride_test

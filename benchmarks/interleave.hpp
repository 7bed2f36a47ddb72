// SPDX-License-Identifier: BSL-1.0
#pragma once
// Times two ways of doing one thing against each other: batch by batch in turns, so that a slow phase of the machine
// hits both, and reports medians, spreads and their ratio.

#include <benchmark_commit.hpp>  // written by the build

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

namespace bench {

/// Makes the compiler believe that `value` is read, and that all memory may have changed.
template <class T>
inline void keep(T&& value) {
  asm volatile("" : : "g"(&value) : "memory");
}

/// Times of single batches, in ns per call.
class samples {
 public:
  void add(double ns) { times_.push_back(ns); }
  double quantile(double q) {
    if (times_.empty()) return 0;
    const auto at = times_.begin() + static_cast<std::ptrdiff_t>(q * static_cast<double>(times_.size() - 1));
    std::nth_element(times_.begin(), at, times_.end());
    return *at;
  }
  double median() { return quantile(0.5); }

 private:
  std::vector<double> times_;
};

template <class Call>
double time_batch(Call& call, std::size_t begin, std::size_t end) {
  const auto start = std::chrono::steady_clock::now();
  for (std::size_t i = begin; i < end; ++i) call(i);
  const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - start;
  return took.count() / static_cast<double>(end - begin);
}

/// One line of the table.
struct comparison {
  std::string what;
  samples ours, theirs;
  double restoring = 0;  ///< ns that both spend on putting the input back, taken off before they are compared
  std::size_t bytes = 0;
};

inline double net(double ns, const comparison& c) { return std::max(ns - c.restoring, 0.1); }

/// One record in cache: turns of 500 calls for record 0. `restore` puts the input back before each call of either side;
/// it is timed by itself too, in turn with them, and taken off.
template <class Ours, class Theirs, class Restore>
comparison hot(std::string what, Ours ours, Theirs theirs, Restore restore, std::size_t turns = 4000) {
  comparison made{std::move(what) + ", hot", {}, {}, 0, 0};
  samples restoring;
  auto a = [&](std::size_t) { restore(0), ours(0); };
  auto b = [&](std::size_t) { restore(0), theirs(0); };
  auto c = [&](std::size_t) { restore(0); };
  for (std::size_t turn = 0; turn < turns; ++turn) {
    if (turn % 2 == 0) made.ours.add(time_batch(a, 0, 500));
    made.theirs.add(time_batch(b, 0, 500));
    if (turn % 2 != 0) made.ours.add(time_batch(a, 0, 500));
    restoring.add(time_batch(c, 0, 500));
  }
  made.restoring = restoring.median();
  return made;
}

/// `count` records, each touched once per pass: the two take turns of 1000 records, and change places in the next
/// pass. `restore` puts all input back between passes and is not timed.
template <class Ours, class Theirs, class Restore>
comparison streaming(std::string what, std::size_t count, Ours ours, Theirs theirs, Restore restore,
                     std::size_t passes = 4) {
  comparison made{std::move(what) + ", streaming", {}, {}, 0, 0};
  for (std::size_t pass = 0; pass < passes; ++pass) {
    for (std::size_t i = 0; i < count; ++i) restore(i);
    for (std::size_t begin = 0, turn = pass; begin < count; begin += 1000, ++turn) {
      const std::size_t end = std::min(begin + 1000, count);
      if (turn % 2 == 0) made.ours.add(time_batch(ours, begin, end));
      else made.theirs.add(time_batch(theirs, begin, end));
    }
  }
  return made;
}

/// `count` records in cache: the two take turns of all of them. `restore` puts the input back before each turn and is
/// not timed; what reading the clock costs is taken off.
template <class Ours, class Theirs, class Restore>
comparison warm(std::string what, std::size_t count, Ours ours, Theirs theirs, Restore restore,
                std::size_t turns = 4000) {
  comparison made{std::move(what) + ", warm", {}, {}, 0, 0};
  samples clock;
  auto nothing = [](std::size_t i) { keep(i); };
  const auto time = [&](auto& call) {
    for (std::size_t i = 0; i < count; ++i) restore(i);
    return time_batch(call, 0, count);
  };
  for (std::size_t turn = 0; turn < turns; ++turn) {
    if (turn % 2 == 0) made.ours.add(time(ours));
    made.theirs.add(time(theirs));
    if (turn % 2 != 0) made.ours.add(time(ours));
    clock.add(time_batch(nothing, 0, count));
  }
  made.restoring = clock.median();
  return made;
}

#if defined(__clang__)
inline constexpr const char* compiler_name = "clang " __clang_version__;
#else
inline constexpr const char* compiler_name = "g++ " __VERSION__;
#endif

inline std::string cpu_name() {
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);) {
    if (line.starts_with("model name")) return line.substr(line.find(':') + 2);
  }
  return "unknown";
}

/// What a figure depends on besides the code.
inline void print_setting() {
  std::printf("%s, %s; %s; commit %s\n\n", compiler_name, flags, cpu_name().c_str(), commit);
}

inline void print_head(const char* ours, const char* theirs) {
  std::printf("%-46s %9s %13s %9s %13s %7s %6s\n", "median ns (10 % to 90 %)", ours, "", theirs, "", "ratio", "bytes");
}

inline void print(comparison& c) {
  const auto of = [&](samples& s, double q) { return net(s.quantile(q), c); };
  std::printf("%-46s %9.1f %6.1f-%6.1f %9.1f %6.1f-%6.1f %7.2f", c.what.c_str(), of(c.ours, 0.5), of(c.ours, 0.1),
              of(c.ours, 0.9), of(c.theirs, 0.5), of(c.theirs, 0.1), of(c.theirs, 0.9),
              of(c.ours, 0.5) / of(c.theirs, 0.5));
  if (c.bytes != 0) std::printf(" %6zu", c.bytes);
  std::printf("\n");
  std::fflush(stdout);
}

}  // namespace bench

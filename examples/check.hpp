// SPDX-License-Identifier: BSL-1.0
#pragma once
// What the examples say about themselves: claims that hold in every build, and results that have to be there.

#include <syncline/core/result.hpp>

#include <cstdlib>
#include <iostream>
#include <source_location>
#include <utility>

/// Ends the program with status 1 if a claim does not hold.
inline void check(bool holds, std::source_location where = std::source_location::current()) {
  if (holds) return;
  std::cerr << where.file_name() << ":" << where.line() << ": this does not hold\n";
  std::exit(EXIT_FAILURE);
}

/// The value of a result that has to be there; else ends the program with the error's sentence.
template <class T>
T must(syncline::result<T> outcome) {
  if (!outcome) {
    std::cerr << outcome.error().message << "\n";
    std::exit(EXIT_FAILURE);
  }
  if constexpr (!std::is_void_v<T>) return std::move(*outcome);
}

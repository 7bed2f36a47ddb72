// SPDX-License-Identifier: BSL-1.0
#pragma once
// Passes what a law checker finds to Catch2, without a thousand assertions per case.

#include <catch2/catch_test_macros.hpp>

#include <cstddef>

namespace laws {

/// Fails the test at the first law that does not hold, and counts what was tried: hand it in with std::ref to ask.
class expect {
 public:
  void operator()(bool holds, const char* law) {
    ++tried_;
    if (!holds) FAIL("a law is broken: " << law << " (the " << tried_ << "th check)");
  }
  std::size_t tried() const { return tried_; }

 private:
  std::size_t tried_ = 0;
};

}  // namespace laws

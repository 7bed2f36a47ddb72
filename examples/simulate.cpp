// SPDX-License-Identifier: BSL-1.0
// A shopping list on several phones: is anything ever lost? A simulation of its schema tells.
#include <syncline/testing/simulate.hpp>

#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <string>

//! [simulate]
struct item {
  static constexpr syncline::record_info sync{.table = "items"};

  syncline::key<std::string> name{};
  syncline::merge<std::int32_t, syncline::counter> wanted{};
  syncline::lww<bool> bought{};
  syncline::client<std::string> shop{};
};

int main() {
  std::uint64_t operations = 0;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    const syncline::simulation_outcome outcome = syncline::simulate<item>(seed);
    if (!outcome.holds()) {
      std::cout << outcome.report();
      return EXIT_FAILURE;
    }
    operations += outcome.operations;
  }
  std::cout << "200 worlds, " << operations << " operations: nothing was lost, and all devices agree\n";
}
//! [simulate]

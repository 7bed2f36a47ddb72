// SPDX-License-Identifier: BSL-1.0
// A shopping list on several phones: is anything ever lost? A simulation of its schema tells. And a recipe whose merge
// function is wrong: a simulation finds out, and shows how.
#include <syncline/testing/smallest_world.hpp>

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

bool shopping_is_safe() {
  std::uint64_t operations = 0;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    const syncline::simulation_outcome outcome = syncline::simulate<item>(seed);
    if (!outcome.holds()) {
      std::cout << outcome.report();
      return false;
    }
    operations += outcome.operations;
  }
  std::cout << "items: 200 worlds, " << operations << " operations: nothing was lost, and all devices agree\n\n";
  return true;
}
//! [simulate]

//! [bad-merge]
// Of two texts the longer one. Whoever shortens a recipe does so in vain: where only one side wrote, that side has to stand.
struct longer_text {
  static std::string merge(const std::string&, const std::string& mine, const std::string& theirs) {
    return mine.size() > theirs.size() ? mine : theirs;
  }
};

struct recipe {
  static constexpr syncline::record_info sync{.table = "recipes"};
  syncline::key<std::string> name{};
  syncline::lww<std::uint32_t> servings{};
  syncline::merge<std::string, longer_text> steps{};
};

// \return the report of the smallest world that breaks, or an empty text
std::string what_is_wrong_with_recipes() {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    if (syncline::simulate<recipe>(seed).holds()) continue;
    const syncline::broken_world smallest = syncline::smallest_world<recipe>(seed);
    return "after " + std::to_string(smallest.outcome.operations) + " operations " + smallest.outcome.report();
  }
  return {};
}
//! [bad-merge]

int main() {
  if (!shopping_is_safe()) return EXIT_FAILURE;
  const std::string found = what_is_wrong_with_recipes();
  std::cout << "recipes: " << found;
  return found.find("field     steps") != found.npos ? EXIT_SUCCESS : EXIT_FAILURE;
}

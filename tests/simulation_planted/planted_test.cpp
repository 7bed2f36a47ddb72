// SPDX-License-Identifier: BSL-1.0
// The grade of the simulator: flaws that are planted in the engines by name, each of which it has to find. This file is
// the only one of its program, since with the flaws the engines are other code.
#define SYNCLINE_PLANT_FLAWS

#include "simulation/world.hpp"

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

namespace {

using namespace syncline;

constexpr std::uint64_t most_seeds = 2000;  // rare ones take a link that breaks under chunks, or another process between two messages
constexpr std::uint64_t clean_seeds = 2000;

struct plant {
  explicit plant(flaw which) { planted_flaw = which; }
  plant(const plant&) = delete;
  plant& operator=(const plant&) = delete;
  ~plant() { planted_flaw = flaw::none; }
};

simulation_outcome simulate_one(std::uint64_t seed) { return simulate<simulated::workout, simulated::goal>(seed); }

TEST_CASE("every planted flaw is found, by the invariant that it breaks") {
  std::printf("%-32s %s\n", "planted flaw", "found by seed, because this does not hold");
  std::vector<std::uint64_t> seeds;
  for (int i = 1; i <= static_cast<int>(last_flaw); ++i) {
    const plant planted(static_cast<flaw>(i));
    const std::string name(flaw_names[i]);
    bool found = false;
    for (std::uint64_t seed = 1; seed <= most_seeds && !found; ++seed) {
      const simulation_outcome outcome = simulate_one(seed);
      if (outcome.holds()) continue;
      found = true;
      seeds.push_back(seed);
      std::printf("%-32s %13llu  %s\n", name.c_str(), static_cast<unsigned long long>(seed),
                  std::string(to_string(outcome.broken->invariant)).c_str());
      CHECK(!outcome.broken->expected.empty());
      CHECK(outcome.report().find("seed " + std::to_string(seed)) == 0);
      CHECK(!outcome.last_events.empty());
    }
    INFO("the flaw '" << name << "' has to be found within " << most_seeds << " seeds");
    CHECK(found);
  }
  REQUIRE(!seeds.empty());
  std::sort(seeds.begin(), seeds.end());
  std::printf("grade: %zu of %d flaws found, half of them by seed %llu, the last by seed %llu\n", seeds.size(), static_cast<int>(last_flaw),
              static_cast<unsigned long long>(seeds[seeds.size() / 2]), static_cast<unsigned long long>(seeds.back()));
}

TEST_CASE("without a flaw the same build finds nothing in the same seeds") {
  for (std::uint64_t seed = 1; seed <= clean_seeds; ++seed) {
    const simulation_outcome outcome = simulate_one(seed);
    INFO(outcome.report());
    REQUIRE(outcome.holds());
  }
}

}  // namespace

// SPDX-License-Identifier: BSL-1.0
// A merge function that is wrong is found, and the world that shows it is made small and can be seen again.
#include "seeds.hpp"

#include <syncline/testing/smallest_world.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <cstdint>
#include <string>

namespace {

using namespace syncline;

/// Whoever shortens a text does so in vain, though nobody else wrote.
struct longer_text {
  static std::string merge(const std::string&, const std::string& mine, const std::string& theirs) {
    return mine.size() > theirs.size() ? mine : theirs;
  }
};

struct recipe {
  static constexpr record_info sync{.table = "recipes"};

  key<std::string> name{};
  lww<std::uint32_t> servings{};
  merge<std::string, longer_text> steps{};
};

TEST_CASE("a merge that loses what one side alone wrote is found, and its world made small", "[REL-2]") {
  const simulation_outcome whole = simulate<recipe>(1);
  REQUIRE(!whole.holds());
  CHECK(whole.broken->field == "steps");

  const broken_world smallest = smallest_world<recipe>(1);
  INFO(smallest.outcome.report());
  REQUIRE(!smallest.outcome.holds());
  CHECK(smallest.outcome.broken->invariant == whole.broken->invariant);
  CHECK(smallest.outcome.broken->field == "steps");
  CHECK(smallest.outcome.operations >= 2);  // to make a record and to shorten its text
  CHECK(smallest.outcome.operations <= std::min<std::uint64_t>(whole.operations, 12));
  CHECK(smallest.tried <= 400);
  CHECK(smallest.outcome.last_events.find("created") != std::string::npos);

  const simulation_outcome again = simulate<recipe>(1, smallest.settings);
  CHECK(again.trace_hash == smallest.outcome.trace_hash);
  CHECK(again.report() == smallest.outcome.report());
}

struct note {
  static constexpr record_info sync{.table = "notes"};

  key<std::string> name{};
  lww<std::string> text{};
};

TEST_CASE("kinds of fault that are switched off do not happen, and a world may have many devices", "[REL-2]") {
  simulation_settings settings;
  for (const sim_fault each : {sim_fault::message_lost, sim_fault::answer_lost, sim_fault::device_killed, sim_fault::clock_skewed,
                               sim_fault::message_delayed, sim_fault::token_expired, sim_fault::hub_disk_full}) {
    settings.without.set(static_cast<std::size_t>(each));
  }
  for (std::uint64_t seed = 1; seed <= simulated::seeds(16); ++seed) {
    settings.devices = 2 + static_cast<std::size_t>(seed % 11);
    const simulation_outcome outcome = simulate<note>(seed, settings);
    INFO(outcome.report());
    CHECK(outcome.holds());
    CHECK(outcome.devices == settings.devices);
    for (std::size_t i = 0; i < sim_fault_count; ++i) CHECK((!settings.without[i] || outcome.faults[i] == 0));
  }
}

}  // namespace

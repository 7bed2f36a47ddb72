// SPDX-License-Identifier: BSL-1.0
#pragma once
// Many worlds of the simulator, on all cores: each seed is a world of its own, in one thread.

#include <syncline/core/result.hpp>
#include <syncline/testing/simulation_outcome.hpp>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace stride {

/// Seeds, both ends included.
struct seed_range {
  std::uint64_t first = 1;
  std::uint64_t last = 1;

  std::uint64_t count() const noexcept { return last - first + 1; }
};

/// Reads `A..B`, or one seed. \return a sentence where the text is neither
syncline::result<seed_range> parse_seeds(std::string_view text);

/// A kind of fault by its name, as `message_lost`. \return a sentence that lists them all where there is none
syncline::result<syncline::sim_fault> parse_fault(std::string_view name);

/// A fault's name in JSON and on the command line.
std::string name_of(syncline::sim_fault which);

/// A seed whose world broke, and the smallest world of it that does.
struct violation_view {
  std::uint64_t seed{};
  syncline::sim_violation broken{};
  std::uint64_t operations{};  ///< in the smallest world
  std::string replay{};        ///< the command that shows it again
  std::string trace{};         ///< its events, one in a line
};

struct simulation_view {
  std::uint64_t seeds{};       ///< worlds that were run
  std::uint64_t operations{};  ///< edits and delivered messages; those of a second run are not counted
  bool twice{};                ///< each was run twice, and its events were the same
  double seconds{};
  syncline::sim_fault_counts faults{};
  std::vector<violation_view> violations{};  ///< by seed; after the tenth no further world is begun
};

/// Runs the worlds of all seeds.
///
/// \param twice  runs each a second time, and a world whose events are others then is a violation
/// \param tell   called now and then, with what there is so far
simulation_view run_simulation(seed_range seeds, const syncline::simulation_settings& settings, bool twice,
                               const std::function<void(const simulation_view&)>& tell = {});

}  // namespace stride

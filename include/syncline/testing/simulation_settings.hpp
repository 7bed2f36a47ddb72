// SPDX-License-Identifier: BSL-1.0
#pragma once
// How a simulation is run: how large its world is, and what may go wrong in it.

#include <syncline/testing/simulation_trace.hpp>

#include <bitset>
#include <cstddef>

namespace syncline {

/// How a simulation is run.
struct simulation_settings {
  std::size_t devices = 0;       ///< 2 to 12, or 0: the seed says
  std::size_t operations = 200;  ///< at least so many edits, creations, deletions and delivered messages
  std::size_t keys = 4;          ///< records of one type: few, so that writes meet
  bool faults = true;
  std::bitset<sim_fault_count> without{};  ///< kinds of fault that do not happen
  bool amends = false;           ///< what a record's own `violation` objects to is amended, mostly, before it is written
  std::size_t events = 60;       ///< how many of the last events a report tells

  bool may(sim_fault which) const { return faults && !without[static_cast<std::size_t>(which)]; }
};

}  // namespace syncline

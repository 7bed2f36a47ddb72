// SPDX-License-Identifier: BSL-1.0
#pragma once
// The smallest simulation of a seed that still breaks: fewer operations, fewer machines and records, fewer kinds of fault.

#include <syncline/testing/simulate.hpp>

#include <cstddef>
#include <cstdint>
#include <utility>

namespace syncline {

namespace internal {

template <class... Records>
class sim_shrinker {
 public:
  sim_shrinker(std::uint64_t seed, broken_world from, std::size_t most) : seed_(seed), best_(std::move(from)), most_(most) {}

  broken_world run() {
    for (std::size_t before = most_ + 1; before != best_.tried && best_.tried < most_;) {
      before = best_.tried;
      fewer_operations();
      fewer_of(&simulation_settings::devices, best_.outcome.devices, 2);
      fewer_of(&simulation_settings::keys, best_.settings.keys, 1);
      if (!fewer_faults()) break;
    }
    return std::move(best_);
  }

 private:
  // Any world with this invariant broken will do: the same flaw mostly shows in the same way.
  bool still_breaks(simulation_settings settings) {
    if (best_.tried >= most_) return false;
    ++best_.tried;
    simulation_outcome outcome = simulate<Records...>(seed_, settings);
    if (outcome.holds() || outcome.broken->invariant != best_.outcome.broken->invariant) return false;
    best_.settings = settings;
    best_.outcome = std::move(outcome);
    return true;
  }

  void fewer_operations() {
    simulation_settings settings = best_.settings;
    if (best_.outcome.operations < settings.operations) {
      settings.operations = static_cast<std::size_t>(best_.outcome.operations);
      still_breaks(settings);
    }
    for (std::size_t less = best_.settings.operations / 2; less > 0; less /= 2) {
      settings = best_.settings;
      if (less >= settings.operations) continue;
      settings.operations -= less;
      if (still_breaks(settings)) less *= 2;
    }
  }

  void fewer_of(std::size_t simulation_settings::*what, std::size_t now, std::size_t least) {
    for (std::size_t count = least; count < now; ++count) {
      simulation_settings settings = best_.settings;
      settings.*what = count;
      if (still_breaks(settings)) return;
    }
  }

  // One kind at a time; the other draws of the world stay as they are.
  bool fewer_faults() {
    bool any = false;
    for (std::size_t i = 0; i < sim_fault_count; ++i) {
      if (best_.outcome.faults[i] == 0) continue;
      simulation_settings settings = best_.settings;
      settings.without.set(i);
      any = still_breaks(settings) || any;
    }
    return any;
  }

  std::uint64_t seed_;
  broken_world best_;
  std::size_t most_;
};

}  // namespace internal

/// Makes the world of a seed that breaks as small as it gets while the same invariant breaks. Its outcome tells every event.
///
/// \param most  so many worlds are tried
/// \pre the world of `seed` with `settings` breaks
/// \snippet examples/simulate.cpp bad-merge
template <class... Records>
broken_world smallest_world(std::uint64_t seed, simulation_settings settings = {}, std::size_t most = 400) {
  settings.events = 2000;
  broken_world first{settings, simulate<Records...>(seed, settings), 1};
  if (first.outcome.holds()) return first;
  return internal::sim_shrinker<Records...>(seed, std::move(first), most).run();
}

}  // namespace syncline

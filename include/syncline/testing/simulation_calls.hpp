// SPDX-License-Identifier: BSL-1.0
#pragma once
// How a simulation calls the engines, in its own time and on disks that may fail.

#include <syncline/testing/generate.hpp>
#include <syncline/testing/random.hpp>
#include <syncline/testing/simulation_check.hpp>
#include <syncline/testing/simulation_settings.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace syncline::internal {

/// A world with its time. Every call of an engine goes through `on` or `on_hub`, which count the faults that it met.
template <class... Records>
class sim_calls {
 public:
  using world = sim_world<Records...>;
  using device = typename world::device_type;

  static constexpr std::string_view scope = world::scope;

 protected:
  sim_calls(std::uint64_t seed, simulation_settings settings) : settings_(settings), random_(seed), from_(random_.fork()) {}

  bool chance(sim_fault which, double probability) {
    const bool strikes = settings_.faults && random_.chance(probability);
    return strikes && settings_.may(which);
  }

  timestamp now() const { return timestamp{std::chrono::milliseconds{now_ms_}}; }
  timestamp now(const device& d) const {
    return timestamp{std::chrono::milliseconds{d.frozen_at_ms.value_or(now_ms_ + d.skew_ms)}};
  }
  timestamp hub_now() const { return timestamp{std::chrono::milliseconds{now_ms_ + hub_skew_ms_}}; }

  void open(device& d) {
    d.disk->restart();
    for (auto* engine : {&d.engine, &d.other.engine}) {
      engine->reset();
      auto opened = world::device_type::replica_type::open(d.disk->store, std::string(scope), d.name, random_(), d.settings);
      if (!opened) {
        w_.violate(sim_invariant::engine_answers, d.name, {}, "the replica opens", opened.error().message);
        return;
      }
      engine->emplace(std::move(*opened));
    }
    d.in_session = d.waits = d.other.in_session = d.other.waits = false;
  }

  // Calls a device's engine, restarts it if it died, and finds out what it committed.
  template <class Call>
  auto on(device& d, Call&& call) {
    auto outcome = d.disk->run([&] { return call(*d.engine); });
    d_failed_ = d.disk->failed();
    if (d_failed_) {
      w_.count(d.disk->full() ? sim_fault::device_disk_full
               : !d.disk->dead() ? sim_fault::device_store_failed
               : d.disk->died_after_commit() ? sim_fault::device_killed_after_commit : sim_fault::device_killed);
    }
    if (d.disk->dead()) open(d);
    return outcome;
  }
  template <class Call>
  auto on_hub(Call&& call) {
    auto outcome = w_.hub_disk.run([&] { return call(w_.the_hub); });
    hub_failed_ = w_.hub_disk.failed();
    hub_died_ = w_.hub_disk.dead();
    if (hub_failed_) {
      w_.count(w_.hub_disk.full() ? sim_fault::hub_disk_full
               : !hub_died_ ? sim_fault::hub_store_failed
               : w_.hub_disk.died_after_commit() ? sim_fault::hub_killed_after_commit : sim_fault::hub_killed);
    }
    if (hub_died_) w_.hub_disk.restart();
    return outcome;
  }

  simulation_settings settings_;
  random_source random_;
  generator from_;
  world w_{};
  std::int64_t now_ms_ = 1'700'000'000'000, hub_skew_ms_ = 0;
  std::uint64_t operations_ = 0;
  bool d_failed_ = false, hub_failed_ = false, hub_died_ = false;
};

}  // namespace syncline::internal

// SPDX-License-Identifier: BSL-1.0
#pragma once
// What goes wrong in a simulation around its engines: disks, clocks, links, and the server in front of the hub.

#include <syncline/testing/simulation_writes.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

namespace syncline::internal {

/// A world whose machines and links fail, each in its own way and for some time.
template <class... Records>
class sim_weather : protected sim_people<Records...> {
  using people = sim_people<Records...>;

 public:
  using typename people::world, typename people::device;

 protected:
  using people::chance, people::now;
  using people::settings_, people::random_, people::w_, people::now_ms_, people::hub_skew_ms_;

  sim_weather(std::uint64_t seed, simulation_settings settings) : people(seed, settings) {}

  void plan_fault(device& d) {
    switch (random_.below(22)) {
      case 0: return plan(sim_fault::device_killed, [&] { d.disk->kill_in(random_.below(25)); });
      case 1: return plan(sim_fault::device_killed_after_commit, [&] { d.disk->kill_after_commit_in(random_.below(3)); });
      case 2: return plan(sim_fault::device_store_failed, [&] { d.disk->fail_once_in(random_.below(25)); });
      case 3: return plan(sim_fault::hub_killed, [&] { w_.hub_disk.kill_in(random_.below(40)); });
      case 4: return plan(sim_fault::hub_killed_after_commit, [&] { w_.hub_disk.kill_after_commit_in(random_.below(2)); });
      case 5: return plan(sim_fault::hub_store_failed, [&] { w_.hub_disk.fail_once_in(random_.below(40)); });
      case 6: return plan(sim_fault::device_disk_full, [&] { d.disk->full_for(1 + random_.below(8)); });
      case 7: return plan(sim_fault::hub_disk_full, [&] { w_.hub_disk.full_for(1 + random_.below(8)); });
      case 8: return turn(sim_fault::clock_stepped_back, [&] { d.skew_ms -= below_ms(3'600'000); });
      case 9: return turn(sim_fault::hub_clock_stepped_back, [&] { hub_skew_ms_ -= below_ms(600'000); });
      case 10: return turn(sim_fault::clock_hours_ahead, [&] { d.skew_ms += 3'600'000 * (1 + below_ms(48)); });
      case 11: return turn(sim_fault::clock_hours_behind, [&] { d.skew_ms -= 3'600'000 * (1 + below_ms(48)); });
      case 12: return turn(sim_fault::clock_frozen, [&] { d.frozen_at_ms = now(d).time_since_epoch().count(); });
      case 13:
        if (d.skew_ms == 0 && !d.frozen_at_ms) return;
        return turn(sim_fault::clock_repaired, [&] {
          d.skew_ms = 0;
          d.frozen_at_ms.reset();
        });
      case 14: return plan(sim_fault::link_cut_to_hub, [&] { d.cut_to_hub_until_ms = soon(); });
      case 15: return plan(sim_fault::link_cut_to_device, [&] { d.cut_to_device_until_ms = soon(); });
      case 16: return plan(sim_fault::link_flapped, [&] { d.flaps_until_ms = soon(); });
      case 17: return plan(sim_fault::message_delayed, [&] { d.slow_until_ms = soon(); });
      case 18: return plan(sim_fault::device_paused, [&] { d.paused_until_ms = soon(); });
      case 19: return plan(sim_fault::token_expired, [&] { d.no_token_until_ms = soon(); });
      case 20:
        return random_.chance(0.5) ? plan(sim_fault::hub_busy, [&] { busy_until_ms_ = soon(); })
                                   : plan(sim_fault::hub_unavailable, [&] { unavailable_until_ms_ = soon(); });
      default:
        if (random_.chance(0.3)) turn(sim_fault::days_passed, [&] { now_ms_ += 8LL * 24 * 3600 * 1000; });
    }
  }

  // It sleeps, or another app has the processor: nothing on it goes on, and what is sent to it waits.
  bool is_paused(device& d) {
    if (now_ms_ >= d.paused_until_ms) return false;
    if (!std::exchange(d.slept, true)) w_.count(sim_fault::device_paused);
    return true;
  }
  bool is_due(const sim_packet& p) const {
    return now_ms_ >= p.not_before_ms && (p.to_hub || now_ms_ >= w_.devices[p.device]->paused_until_ms);
  }

  // On a slow link a message takes its time, once.
  bool is_held_up(sim_packet& p) {
    if (!is_due(p)) return true;
    if (now_ms_ >= w_.devices[p.device]->slow_until_ms || p.not_before_ms != 0) return false;
    p.not_before_ms = now_ms_ + 1 + below_ms(30'000);
    w_.count(sim_fault::message_delayed);
    return true;
  }

  // The link of its device is down, in its direction.
  bool is_stopped(const sim_packet& p) {
    const device& d = *w_.devices[p.device];
    const bool cut = now_ms_ < (p.to_hub ? d.cut_to_hub_until_ms : d.cut_to_device_until_ms);
    const bool flaps = now_ms_ < d.flaps_until_ms && now_ms_ / 4000 % 2 == 0;
    if (!cut && !flaps) return false;
    w_.count(!cut ? sim_fault::link_flapped : p.to_hub ? sim_fault::link_cut_to_hub : sim_fault::link_cut_to_device);
    return true;
  }

  // Damages a message, perhaps, so that it cannot be taken for one.
  bool damage(sim_packet& p) {
    if (!settings_.faults || !random_.chance(0.03)) return false;
    const std::uint64_t how = random_.below(40);
    const bool cut = how < 19;
    const sim_fault which = how == 38 ? sim_fault::other_protocol
                            : how == 39 ? sim_fault::message_oversized
                            : p.to_hub ? (cut ? sim_fault::message_cut : sim_fault::message_flipped)
                                       : (cut ? sim_fault::answer_cut : sim_fault::answer_flipped);
    if (!settings_.may(which)) return false;
    w_.count(which);
    if (how == 39) {
      p.bytes.resize(max_message_size + 1);
    } else if (how == 38 && p.bytes.size() > 4) {
      p.bytes[1] = static_cast<char>(p.bytes[1] ^ 1);  // the version, after the kind; the checksum is of what follows
    } else {
      p.bytes = damaged(std::move(p.bytes), cut, random_);
    }
    return true;
  }

  // What stands in front of the hub sends a message back: it is overloaded (and says until when), it is broken, or the
  // device's token has expired. Nothing of that reaches the hub, and the session ends.
  bool refuse(device& d, const sim_packet& p) {
    const bool busy = now_ms_ < busy_until_ms_, unavailable = now_ms_ < unavailable_until_ms_;
    if (!busy && !unavailable && now_ms_ >= d.no_token_until_ms) return false;
    w_.count(busy ? sim_fault::hub_busy : unavailable ? sim_fault::hub_unavailable : sim_fault::token_expired);
    if (!d.waits || p.request != d.request) return true;
    if (busy) d.not_before_ms = busy_until_ms_;
    d.engine->interrupted();
    d.in_session = d.waits = false;
    return true;
  }

 private:
  // A fault that is counted where it strikes.
  template <class Plan>
  void plan(sim_fault which, Plan&& plan) {
    if (settings_.may(which)) plan();
  }
  // One that strikes at once.
  template <class Turn>
  void turn(sim_fault which, Turn&& turn) {
    if (!settings_.may(which)) return;
    turn();
    w_.count(which);
  }

  std::int64_t below_ms(std::uint64_t most) { return static_cast<std::int64_t>(random_.below(most)); }
  std::int64_t soon() { return now_ms_ + 3'000 + below_ms(40'000); }

  std::int64_t busy_until_ms_ = 0, unavailable_until_ms_ = 0;
};

}  // namespace syncline::internal

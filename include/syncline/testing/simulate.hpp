// SPDX-License-Identifier: BSL-1.0
#pragma once
// A deterministic world for any schema: devices, a hub, a network, disks and clocks with faults, and a naive model that
// tells whether anything was lost.

#include <syncline/testing/simulation_end.hpp>
#include <syncline/testing/simulation_outcome.hpp>
#include <syncline/testing/simulation_rot.hpp>
#include <syncline/testing/simulation_weather.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace syncline {

/// One world with the record types `Records`: devices and a hub, in one thread and simulated time.
///
/// Devices and hub are the engines themselves. Writes go through their doors; messages, disks, processes and clocks have
/// faults. After every step the engines are held against a naive model that keeps every operation; at the end faults
/// stop, and after a few sessions of every device everything has to be everywhere. Equal seeds give equal worlds.
///
/// \snippet examples/simulate.cpp simulate
/// \see PROTOCOL 1 to 19, 26, 27
template <class... Records>
class simulation : private internal::sim_weather<Records...> {
  using base = internal::sim_weather<Records...>;
  using world = typename base::world;
  using device = typename base::device;
  using packet = internal::sim_packet;

 public:
  explicit simulation(std::uint64_t seed, simulation_settings settings = {})
      : base(seed, settings), seed_(seed) {
    w_.trace.keep(settings.events);
    w_.has_faults = settings.faults;
  }

  /// Runs the world to its end, or to the first invariant that does not hold.
  simulation_outcome run() {
    begin();
    while (operations_ < settings_.operations && !w_.broken && ++steps_ < settings_.operations * 20) step();
    if (!w_.broken) finish();
    simulation_outcome outcome{seed_, operations_, w_.trace.hash(), rounds_, w_.conflicts, w_.refusals, w_.rebases, w_.collected,
                               w_.walks, differences_, w_.devices.size(), w_.faults, w_.broken, {}};
    if (w_.broken) outcome.last_events = w_.trace.last();
    return outcome;
  }

 private:
  using base::scope, base::chance, base::now, base::hub_now, base::open, base::on, base::on_hub, base::any_record, base::do_jobs;
  using base::plan_fault, base::is_paused, base::is_due, base::is_held_up, base::refuse;
  using base::settings_, base::from_, base::random_, base::w_, base::operations_, base::now_ms_, base::hub_skew_ms_;
  using base::d_failed_, base::hub_failed_, base::hub_died_;

  void begin() {
    // The longest that a stamp can keep are among them.
    static constexpr std::string_view names[]{"a", "phone", "phone of the athlete 24b", "b3c1e5f0-7a44-4c0e-9e57-"};
    const std::size_t count = settings_.devices != 0 ? std::clamp<std::size_t>(settings_.devices, 2, 12) : how_many();
    const std::size_t first = static_cast<std::size_t>(random_.below(4));
    for (std::size_t i = 0; i < count; ++i) {
      auto made = std::make_unique<device>();
      made->name = std::string(names[(first + i) % 4]).substr(0, i < 4 ? 24 : 20) + (i < 4 ? "" : std::to_string(i));
      made->settings.batch = static_cast<std::size_t>(1 + random_.below(5));
      made->settings.page = random_.chance(0.5) ? 500 : static_cast<std::uint32_t>(1 + random_.below(3));
      if (chance(sim_fault::clock_skewed, 0.3)) {
        made->skew_ms = static_cast<std::int64_t>(random_.below(600'000)) - 300'000;
        w_.count(sim_fault::clock_skewed);
      }
      w_.devices.push_back(std::move(made));
      open(*w_.devices.back());
    }
  }

  // Mostly so few that writes meet often.
  std::size_t how_many() { return static_cast<std::size_t>(random_.chance(0.06) ? 5 + random_.below(8) : 2 + random_.below(3)); }

  void step() {
    now_ms_ += static_cast<std::int64_t>(random_.below(2000));
    device& d = *w_.devices[static_cast<std::size_t>(random_.below(w_.devices.size()))];
    if (chance(sim_fault::process_switched, 0.1)) {
      d.switch_process();
      w_.count(sim_fault::process_switched);
    }
    if (is_paused(d)) return;
    const std::uint64_t what = random_.below(100);
    const bool people_rest = steps_ % 120 >= 80;  // else a record is always due, and sessions never come to their chunks
    if (what < 26 && people_rest) {
      go_on(d);
    } else if (what < 26) {
      any_record([&]<class R>(std::type_identity<R>) { this->template write<R>(d); });
    } else if (what < 31) {
      any_record([&]<class R>(std::type_identity<R>) { this->template write_at_hub<R>(); });
    } else if (what < 34) {
      do_jobs();
    } else if (what < 36) {
      collect();
    } else if (what < 62) {
      go_on(d);
    } else if (what < 93) {
      deliver();
    } else if (settings_.faults) {
      plan_fault(d);
    }
  }

  // Before devices that are behind come back, as often as not.
  void collect() {
    const auto outcome = on_hub([&](auto& engine) { return engine.collect(scope, hub_now()); });
    const std::uint64_t number = w_.hub_state().collected;
    w_.trace.add("hub", "collected tombstones", {}, number);
    w_.forget(number);
    if (outcome) {
      w_.collected += *outcome;
    } else if (!hub_failed_) {
      w_.violate(sim_invariant::engine_answers, "the hub", {}, "tombstones are collected", outcome.error().message);
    }
  }

  // ---- sessions and messages

  void go_on(device& d) {
    if (d.engine->chunks_in_flight() > 0) {
      if (random_.chance(0.4)) return send_further_chunk(d);
      if (chance(sim_fault::chunk_link_cut, 0.1)) {
        w_.count(sim_fault::chunk_link_cut);
        d.engine->chunks_lost();
      }
    }
    if (d.waits) {
      if (chance(sim_fault::session_given_up, 0.08)) {
        w_.count(sim_fault::session_given_up);
        if (random_.chance(0.5)) d.engine->interrupted();
        d.in_session = d.waits = false;
      } else if (settings_.faults && random_.chance(0.05)) {
        ask(d);  // again: the same message
      }
      return;
    }
    if (!d.in_session) {
      if (!random_.chance(0.6) || now_ms_ < d.not_before_ms) return;
      if (++d.sessions % 11 == 7 && seed_ % 4 == 1) {  // it would make whole what other worlds have to find
        w_.trace.add(d.name, "asked for a full resync", {});
        static_cast<void>(on(d, [](auto& engine) { return engine.resync(); }));
      }
      const comparing what = d.sessions % 4 == 0 ? comparing::repair : comparing::nothing;
      const table_choice tables = d.sessions % 6 == 2 && seed_ % 4 == 2 ? table_choice{{catalog<Records...>::declarations().front().table}} : table_choice{};
      d.engine->begin_session(what, budget_of({.network = d.sessions % 5 == 3 ? network_kind::metered : network_kind::unmetered}), tables);
      d.in_session = true;
    }
    ask(d);
  }

  void ask(device& d) {
    auto message = on(d, [&](auto& engine) { return engine.next_message(now(d)); });
    w_.catch_up(d);
    if (!message) {
      if (!d_failed_) w_.violate(sim_invariant::engine_answers, d.name, {}, "a message", message.error().message);
      d.in_session = d.waits = false;
      return;
    }
    if (!*message) {
      w_.trace.add(d.name, "ended its session", {});
      d.in_session = d.waits = false;
      return;
    }
    d.waits = true;
    d.request = ++requests_;
    w_.trace.add(d.name, "sent a message of kind", std::to_string(int((*message)->front())), d.request);
    w_.trace.add_bytes(**message);
    check_frozen(d, **message);
    under_way_.push_back({index_of(d), true, false, d.request, std::move(**message)});
  }

  // \see PROTOCOL 27
  void send_further_chunk(device& d) {
    auto message = on(d, [&](auto& engine) { return engine.next_chunk(now(d)); });
    w_.catch_up(d);
    if (!message && !d_failed_) w_.violate(sim_invariant::engine_answers, d.name, {}, "a chunk's message", message.error().message);
    if (!message || !*message) return;
    const auto kind = static_cast<message_kind>((*message)->front());
    if (kind != message_kind::chunk && kind != message_kind::want_chunk && kind != message_kind::has_chunk) {
      return w_.violate(sim_invariant::engine_answers, d.name, {}, "a chunk's message", "another one");
    }
    d.chunk_requests.insert(++requests_);
    w_.trace.add(d.name, "sent a further chunk", {}, requests_);
    w_.trace.add_bytes(**message);
    under_way_.push_back({index_of(d), true, false, requests_, std::move(**message)});
  }

  // \see PROTOCOL 2
  void check_frozen(device& d, std::string_view message) {
    if (static_cast<message_kind>(message.front()) != message_kind::upload) return;
    if (message != d.frozen) w_.violate(sim_invariant::sent_bytes_frozen, d.name, "envelope " + std::to_string(d.envelope), "the bytes that were sent first", "other bytes");
  }

  std::size_t index_of(const device& d) const {
    std::size_t at = 0;
    while (w_.devices[at].get() != &d) ++at;
    return at;
  }

  void deliver() {
    if (!archive_.empty() && settings_.faults && random_.chance(0.04)) {
      packet old = archive_[static_cast<std::size_t>(random_.below(archive_.size()))];
      const sim_fault replayed = old.to_hub ? sim_fault::old_message_replayed : sim_fault::old_answer_replayed;
      if (!settings_.may(replayed)) return;
      w_.count(replayed);
      return arrive(std::move(old));
    }
    std::size_t at = 0;
    while (at < under_way_.size() && !is_due(under_way_[at])) ++at;
    if (at == under_way_.size()) return;
    if (chance(sim_fault::message_overtaken, 0.15)) at = static_cast<std::size_t>(random_.below(under_way_.size()));
    if (is_held_up(under_way_[at])) return;
    packet taken = under_way_[at];
    if (this->is_stopped(taken)) {
      under_way_.erase(under_way_.begin() + static_cast<std::ptrdiff_t>(at));
      return;
    }
    const bool repeats = chance(taken.to_hub ? sim_fault::message_repeated : sim_fault::answer_repeated, 0.04);
    if (!repeats) under_way_.erase(under_way_.begin() + static_cast<std::ptrdiff_t>(at));
    if (repeats) {
      w_.count(taken.to_hub ? sim_fault::message_repeated : sim_fault::answer_repeated);
      under_way_[at].is_copy = true;
    }
    const sim_fault lost = taken.to_hub ? sim_fault::message_lost : sim_fault::answer_lost;
    if (!repeats && chance(lost, 0.05)) return w_.count(lost);
    if (archive_.size() < 24) {
      archive_.push_back(taken);
    } else if (random_.chance(0.3)) {
      archive_[static_cast<std::size_t>(random_.below(archive_.size()))] = taken;
    }
    arrive(std::move(taken));
  }

  void arrive(packet p) {
    ++operations_;
    const bool is_damaged = this->damage(p);
    if (p.to_hub && !is_damaged && refuse(*w_.devices[p.device], p)) return;
    p.to_hub ? arrive_at_hub(p, is_damaged) : arrive_at_device(p, is_damaged);
  }

  void arrive_at_hub(const packet& p, bool is_damaged) {
    device& d = *w_.devices[p.device];
    if (p.request < d.delivered) w_.count(sim_fault::message_overtaken);
    d.delivered = std::max(d.delivered, p.request);
    const std::uint64_t before = w_.hub_state().number;
    std::string answer = on_hub([&](auto& engine) { return engine.handle(scope, d.name, p.bytes, hub_now()); });
    w_.trace.add("hub", "took a message from", d.name, p.request);
    w_.trace.add_bytes(answer);
    if (hub_died_) answer.clear();
    w_.hub_took(p.bytes, answer, before, is_damaged, hub_now());
    count_differences(answer);
    if (!answer.empty()) under_way_.push_back({p.device, false, false, p.request, std::move(answer)});
  }

  void count_differences(std::string_view answer) {
    const auto framed = unframe(answer);
    if (!framed) return;
    const auto count = [&](std::string_view table, const updated_record& updated) {
      catalog<Records...>::visit(table, [&]<class R>(std::type_identity<R>) {
        record_update<R> update;
        if (decode_into(updated.bytes.bytes, update)) differences_ += update.differences.size();
      });
    };
    if (const auto page = unpack<page_message>(*framed)) {
      for (const updated_record& each : page->records) count(page->ranges[each.table].table, each);
    } else if (const auto uploaded = unpack<uploaded_message>(*framed)) {
      const auto tables = catalog<Records...>::declarations();
      for (const updated_record& each : uploaded->records) count(tables[each.table].table, each);
    }
  }

  void arrive_at_device(const packet& p, bool is_damaged) {
    device& d = *w_.devices[p.device];
    const bool awaited = d.waits && p.request == d.request;
    if (!awaited && !d.chunk_requests.contains(p.request)) w_.count(sim_fault::answer_too_late);
    w_.trace.add(d.name, "took an answer", {}, p.request);
    const bool is_refusal = !p.bytes.empty() && static_cast<message_kind>(p.bytes.front()) == message_kind::refusal;
    const auto outcome = on(d, [&](auto& engine) { return engine.receive(p.bytes, now(d), random_()); });
    w_.catch_up(d);
    if (is_damaged && outcome) w_.violate(sim_invariant::damage_is_noticed, d.name, {}, "an error", "the answer was taken");
    if (!outcome && awaited && !is_damaged && !d_failed_ && !is_refusal) {
      w_.violate(sim_invariant::engine_answers, d.name, {}, "the answer is taken", outcome.error().message);
    }
    check_comparison(d);
    if (awaited) d.waits = false;
    if (!outcome) {
      w_.trace.add(d.name, "was told", outcome.error().message);
      if (awaited || is_refusal) {
        d.engine->interrupted();
        d.in_session = d.waits = false;
      }
    }
  }

  // Whatever happens to messages and processes, a base is the hub's: a comparison finds nothing.
  void check_comparison(device& d) {
    for (const table_comparison& each : d.engine->comparison()) {
      if (each.differed == 0) continue;
      w_.violate(sim_invariant::digests_agree, each.table + " on " + d.name, {}, "no difference", std::to_string(each.differed));
    }
  }

  // ---- the end

  void finish() {
    w_.trace.add("world", "faults stop", {});
    const bool rots = settings_.may(sim_fault::base_rotted) && seed_ % 2 == 0;
    settings_.faults = false;
    under_way_.clear();
    w_.hub_disk.heal();
    for (auto& d : w_.devices) {
      d->disk->heal();
      d->frozen_at_ms.reset();  // what is to be tried again waits for a time
      d->engine->interrupted();
    }
    std::uint64_t quiet_since = 0;
    for (rounds_ = 1; !w_.broken; ++rounds_) {
      now_ms_ += 3'600'000;
      if (rounds_ > 6) return w_.violate(sim_invariant::converges_in_bounds, "all", {}, "6 rounds of sessions", "more");
      bool moved = false;
      if (rounds_ <= 2) collect();
      for (auto& d : w_.devices) moved = last_session(*d) || moved;
      do_jobs();
      const std::uint64_t number = w_.hub_state().number;
      if (!moved && number == quiet_since) break;
      quiet_since = number;
    }
    for (auto& d : w_.devices) {
      if (!w_.broken) compare(*d, rots);
    }
    if (!w_.broken) internal::sim_end<Records...>(w_).check();
    if (!w_.broken) internal::sim_rot<Records...>(w_).check_digests();
  }

  // Some of what the device has rots, perhaps; a comparison finds it, and makes it whole.
  void compare(device& d, bool rots) {
    internal::sim_rot<Records...> rot(w_);
    std::vector<std::size_t> rotten(sizeof...(Records));
    if (rots) rotten = rot.rot(d, random_, from_);
    last_session(d, comparing::repair);
    if (!w_.broken) rot.check_found(d, rotten);
  }

  // A whole session; says whether anything came.
  bool last_session(device& d, comparing what = comparing::nothing) {
    d.engine->begin_session(what);
    for (int messages = 0; !w_.broken; ++messages) {
      if (messages > 400) {
        w_.violate(sim_invariant::converges_in_bounds, d.name, {}, "400 messages in a session", "more");
        break;
      }
      auto message = on(d, [&](auto& engine) { return engine.next_message(now(d)); });
      w_.catch_up(d);
      if (!message) {
        w_.violate(sim_invariant::engine_answers, d.name, {}, "a message", message.error().message);
        break;
      }
      if (!*message) break;
      ++operations_;
      w_.trace.add(d.name, "sent a message of kind", std::to_string(int((*message)->front())), ++requests_);
      check_frozen(d, **message);
      const std::uint64_t before = w_.hub_state().number;
      const std::string answer = on_hub([&](auto& engine) { return engine.handle(scope, d.name, **message, hub_now()); });
      w_.hub_took(**message, answer, before, false, hub_now());
      count_differences(answer);
      const auto taken = on(d, [&](auto& engine) { return engine.receive(answer, now(d), random_()); });
      w_.catch_up(d);
      if (!taken) {
        w_.violate(sim_invariant::engine_answers, d.name, {}, "the answer is taken", taken.error().message);
        break;
      }
    }
    return d.engine->report().pulled + d.engine->report().pushed != 0;
  }

  std::uint64_t seed_;
  std::vector<packet> under_way_{}, archive_{};
  std::uint64_t steps_ = 0, requests_ = 0, differences_ = 0;
  std::size_t rounds_ = 0;
};

/// Runs the world of one seed: see `simulation`.
template <class... Records>
simulation_outcome simulate(std::uint64_t seed, simulation_settings settings = {}) {
  return simulation<Records...>(seed, settings).run();
}

}  // namespace syncline

// SPDX-License-Identifier: BSL-1.0
#pragma once
// What has to hold at the end of a simulation, when faults have stopped and every device had its sessions.

#include <syncline/queue/life_cycle.hpp>
#include <syncline/testing/simulation_check.hpp>

#include <algorithm>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

namespace syncline::internal {

/// Everything is everywhere, and nothing waits.
template <class... Records>
class sim_end {
 public:
  using world = sim_world<Records...>;
  using device_type = typename world::device_type;
  using store_type = typename world::store_type;
  static constexpr std::string_view scope = world::scope;

  explicit sim_end(world& w) : w_(w) {}

  void check() {
    (check_records<Records>(), ...);
    gather_logs();
    (check_ledger<Records>(), ...);
    for (auto& d : w_.devices) check_rest(*d);
    auto tx = w_.hub_disk.store.begin(scope);
    if (auto jobs = tx->list("job", {}, 1); jobs && !jobs->empty()) {
      w_.violate(sim_invariant::jobs_done, jobs->front().name, {}, "no job waits", "a job");
    }
  }

 private:
  template <class R>
  void check_records() {
    for (const auto& [key, versions] : w_.template table<R>().records) {
      w_.template check_hub<R>(key);
      const naive::version<R>& last = versions.back();
      for (auto& d : w_.devices) {
        const std::string where = world::template title<R>(key) + " on " + d->name;
        const auto& record = w_.template record_of<R>(*d, key);
        if (const naive::local_record<R> known = w_.template local<R>(*d, key); known.refused) {
          if (record && record->state != record_state::sync_failed) {
            w_.violate(sim_invariant::nothing_stuck, where, "its state", "sync failed", std::string(to_string(record->state)));
          }
          continue;  // a dead letter: it is what the device wants, and not what the hub has
        }
        if (w_.is_buried(*d, record_name<R>(key))) continue;  // likewise
        const bool there = record && !record->seen_deleted();
        if (there == last.deleted()) {
          w_.violate(sim_invariant::replicas_equal_hub, where, {}, last.deleted() ? "deleted" : "there", there ? "there" : "deleted");
        } else if (there) {
          w_.same(sim_invariant::replicas_equal_hub, where, last.value, record->seen(), false);
          check_chunks<R>(d->disk->store, last.value, where);
        }
        const record_state rests = there && in_conflict(last.value) ? record_state::conflict : life_cycle<R>::resting;
        if (record && record->state != rests) {
          w_.violate(sim_invariant::nothing_stuck, where, "its state", std::string(to_string(rests)),
                  std::string(to_string(record->state)));
        }
      }
      if (last.deleted()) continue;
      check_chunks<R>(w_.hub_disk.store, last.value, world::template title<R>(key) + " at the hub");
      if constexpr (has_series<R>) {
        if (const std::string series = world::series_name(last.value); !series.empty() && !w_.computed.contains(series)) {
          w_.violate(sim_invariant::jobs_done, world::template title<R>(key), {}, "the hub computed the complete series", "it did not");
        }
      }
    }
  }

  template <class R>
  void check_chunks(store_type& store, const R& value, const std::string& where) {
    naive::for_fields<R>([&](auto at) {
      if constexpr (policy::is_chunked<naive::policy_at<R, at>>) {
        auto tx = store.begin(scope);
        for (const chunk_entry& chunk : get_field<at>(value).chunks) {
          auto bytes = tx->get("chunk", digest_name(chunk.digest));
          if (!bytes || !*bytes || digest_of(**bytes) != chunk.digest) {
            w_.violate(sim_invariant::chunks_arrive, where, std::string(schema<R>::names[at]), "every chunk", "one is missing");
          }
        }
      }
    });
  }

  void check_rest(device_type& d) {
    const auto stuck = [&](std::string what, std::string found) {
      w_.violate(sim_invariant::nothing_stuck, d.name, std::move(what), "nothing waits", std::move(found));
    };
    std::size_t expected_dead = 0;
    const auto waiting = [&]<class R>(std::type_identity<R>) {
      for (const auto& [key, known] : world::template dirty<R>(d)) {
        if ((known.refused && !known.sent) || w_.is_buried(d, record_name<R>(key))) {
          ++expected_dead;
          continue;
        }
        w_.violate(sim_invariant::no_lost_write, world::template title<R>(key) + " on " + d.name, {}, "every write arrived", "one never did");
      }
    };
    (waiting(std::type_identity<Records>{}), ...);
    if (w_.state_of(d).unanswered) stuck("its last envelope", "no answer");
    auto tx = d.disk->store.begin(scope);
    const auto dead = tx->list("dead", {}, 10'000);
    if (!dead || dead->size() != expected_dead) {
      w_.violate(sim_invariant::nothing_stuck, d.name, "dead letters", std::to_string(expected_dead), std::to_string(dead ? dead->size() : 0));
    }
    for (const std::string_view space : {"outbox", "sent", "chunk_out", "chunk_in", "wanted"}) {
      if (space == "chunk_in") continue;  // a record that is gone may have named chunks that nobody has
      if (auto left = tx->list(space, {}, 1); left && !left->empty()) stuck(std::string(space), "an entry");
    }
  }

  using noted_value = std::tuple<std::string, std::uint32_t, std::string>;  // the record, the field, the value that lost

  // Without the model: a value that was acknowledged has been the hub's, or is in a log, or its own device replaced it.
  template <class R>
  void check_ledger() {
    for (const auto& [name, writes] : w_.ledger) {
      if (!name.starts_with(record_name<R>({}).substr(0, schema<R>::table.size() + 1))) continue;
      const auto key = decode<typename schema<R>::key_type>(std::string_view(name).substr(schema<R>::table.size() + 1));
      std::set<std::pair<std::uint32_t, std::string>> hubs;
      if (const auto found = w_.template table<R>().records.find(*key); found != w_.template table<R>().records.end()) {
        for (const auto& version : found->second) {
          naive::for_fields<R>([&](auto at) { hubs.emplace(std::uint32_t{at}, encode(get_field<at>(version.value))); });
        }
      }
      for (std::size_t i = 0; i < writes.size(); ++i) {
        const sim_write& each = writes[i];
        if (each.deletes || hubs.contains({each.field, each.after}) || logs_.contains({name, each.field, each.after})) continue;
        const bool replaced = std::any_of(writes.begin() + static_cast<std::ptrdiff_t>(i) + 1, writes.end(), [&](const sim_write& later) {
          return later.device == each.device && (later.deletes || (later.field == each.field && later.before == each.after));
        });
        if (!replaced && !is_dead_letter<R>(each.device, *key)) {
          w_.violate(sim_invariant::no_lost_write, world::template title<R>(*key) + " from " + each.device,
                     std::string(schema<R>::names[each.field]), "the value has been at the hub, or is in a log", "it is nowhere");
        }
      }
    }
  }

  template <class R>
  bool is_dead_letter(const std::string& name, const typename schema<R>::key_type& key) {
    return std::any_of(w_.devices.begin(), w_.devices.end(),
                       [&](auto& d) {
                         return d->name == name && (w_.template local<R>(*d, key).refused || w_.is_buried(*d, record_name<R>(key)));
                       });
  }

  void gather_logs() {
    const auto tables = world::records::declarations();
    auto tx = w_.hub_disk.store.begin(scope);
    const auto dropped = tx->list("dropped", {}, 100'000);
    for (const entry& each : *dropped) {
      if (auto value = decode<dropped_value>(each.bytes)) {
        logs_.emplace(tables[value->table].table + '\0' + value->key.bytes, value->field, value->value.bytes);
      }
    }
    for (auto& d : w_.devices) {
      auto on_device = d->disk->store.begin(scope);
      const auto conflicts = on_device->list("conflict", {}, 100'000);
      for (const entry& each : *conflicts) {
        if (auto value = decode<conflict_entry>(each.bytes)) {
          logs_.emplace(value->table + '\0' + value->key.bytes, value->field, value->dropped.bytes);
        }
      }
    }
  }

  world& w_;
  std::set<noted_value> logs_{};
};

}  // namespace syncline::internal

// SPDX-License-Identifier: BSL-1.0
#pragma once
// The devices and the hub of a simulation, what they remember, and what was found out about them.

#include <syncline/testing/simulated_node.hpp>
#include <syncline/wire/json_write.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace syncline::internal {

/// The machines of a simulation. The first thing that is wrong stands in `broken`.
template <class... Records>
class sim_machines {
 public:
  using disk_type = sim_disk<Records...>;
  using device_type = sim_device<Records...>;
  using store_type = memory_store<Records...>;
  using hub_type = hub<store_type, Records...>;
  using kept = replica_store<transaction_of<store_type>, Records...>;
  using commit_type = hub_commit<transaction_of<store_type>>;
  using records = catalog<Records...>;

  static constexpr std::string_view scope = "one";

  std::vector<std::unique_ptr<device_type>> devices{};
  disk_type hub_disk{};
  hub_type the_hub{hub_disk.store, {.tombstone_horizon = std::chrono::minutes{2}}};
  sim_trace trace{};
  sim_fault_counts faults{};
  std::optional<sim_violation> broken{};
  std::uint64_t conflicts = 0, refusals = 0, rebases = 0, collected = 0, walks = 0;
  std::set<std::string> computed{};  // records whose series the hub computed, with the series
  std::map<std::string, std::vector<sim_write>> ledger{};  // of each record, every write that was acknowledged

  bool has_faults = true;  // else what happens in any world is not counted as one

  void count(sim_fault f) {
    ++faults[static_cast<std::size_t>(f)];
    trace.add("fault", to_string(f), {});
  }

  void violate(sim_invariant which, std::string record, std::string field, std::string expected, std::string found) {
    if (!broken) broken = {which, std::move(record), std::move(field), std::move(expected), std::move(found)};
  }

  template <class R>
  static auto& dirty(device_type& d) {
    constexpr std::size_t at = kept::template position_of<R>();
    return std::get<at>(d.dirty);
  }
  /// The keys of dirty records for which `is(key, what the model knows)` holds.
  template <class R, class Is>
  static std::vector<typename schema<R>::key_type> dirty_where(device_type& d, Is&& is) {
    std::vector<typename schema<R>::key_type> keys;
    for (const auto& [key, known] : dirty<R>(d)) {
      if (is(key, known)) keys.push_back(key);
    }
    return keys;
  }
  template <std::size_t N>
  static std::array<std::uint64_t, N> ticks_of(const std::array<stamp, N>& stamps) {
    std::array<std::uint64_t, N> ticks;
    std::transform(stamps.begin(), stamps.end(), ticks.begin(), [](const stamp& each) { return each.time.ticks; });
    return ticks;
  }

  /// A write of the record called `name` was committed that is to come after those in `after`.
  void note_dependencies(device_type& d, const std::string& name, const std::vector<record_reference>& after) {
    for (const record_reference& each : after) {
      records::visit(each.table, [&]<class R>(std::type_identity<R>) {
        const auto key = decode<typename schema<R>::key_type>(each.key.bytes);
        const auto found = dirty<R>(d).find(*key);
        if (found != dirty<R>(d).end()) d.depends.declare(name, record_name<R>(*key), found->second.pending.has_value());
      });
    }
  }
  /// A record and its series, so that it can be told which were computed; empty if it has no points.
  template <class R>
  static std::string series_name(const R& value) {
    std::string name = record_name<R>(key_of(value));
    bool any = false;
    naive::for_fields<R>([&](auto at) {
      if constexpr (policy::is_chunked<naive::policy_at<R, at>>) {
        any = any || !get_field<at>(value).empty();
        encode_to(name, get_field<at>(value));
      }
    });
    return any ? name : std::string();
  }

  /// The record called `name` leaves, and nothing that has to be at the hub before it waits. \see PROTOCOL 3
  void check_dependencies(device_type& d, const std::string& name, const std::string& where) {
    const std::string on = d.depends.first(name);
    if (!on.empty()) violate(sim_invariant::dependencies_first, where, {}, "first one of " + on.substr(0, on.find('\0')), "this one");
  }
  /// Whether a record waits for one that the hub did not take.
  bool is_buried(device_type& d, const std::string& name) {
    const auto is_refused = [&](const std::string& on) {
      bool refused = false;
      const auto zero = on.find('\0');
      records::visit(on.substr(0, zero), [&]<class R>(std::type_identity<R>) {
        const auto found = dirty<R>(d).find(*decode<typename schema<R>::key_type>(on.substr(zero + 1)));
        refused = found != dirty<R>(d).end() && found->second.refused;
      });
      return refused;
    };
    return d.depends.is_buried(name, is_refused);
  }

  template <class R>
  static std::string title(const typename schema<R>::key_type& key) {
    return std::string(schema<R>::table) + " " + json_text(key);
  }

  scope_state hub_state() {
    auto tx = hub_disk.store.begin(scope);
    auto state = commit_type::read_state(*tx);
    return state ? *state : scope_state{};
  }
  replica_state state_of(device_type& d) {
    auto tx = d.disk->store.begin(scope);
    auto state = kept::read_state(*tx);
    return state ? *state : replica_state{};
  }
  /// Good until the device's store is written to.
  template <class R>
  const std::optional<replica_record<R>>& record_of(device_type& d, const typename schema<R>::key_type& key) {
    auto& rows = std::get<kept::template position_of<R>()>(d.rows);
    if (rows.commits != d.disk->store.commits()) {
      rows.commits = d.disk->store.commits();
      rows.records.clear();
    }
    const auto [at, is_new] = rows.records.try_emplace(key);
    if (!is_new) return at->second;
    auto tx = d.disk->store.begin(scope);
    auto found = kept::template find<R>(*tx, key);
    if (!found) {
      violate(sim_invariant::engine_answers, title<R>(key), {}, "a row that can be read", found.error().message);
    } else {
      at->second = std::move(*found);
    }
    return at->second;
  }

  /// Keeps an acknowledged write for the end. Fields that are merged by a function have no value of their own.
  template <class R>
  void note_write(const device_type& d, const R& before, const R& after) {
    std::vector<sim_write>& all = ledger[record_name<R>(key_of(after))];
    naive::for_fields<R>([&](auto at) {
      if constexpr (!naive::is_merge<R, at>) {
        const auto &b = get_field<at>(before), &a = get_field<at>(after);
        if (!is_same_value(a, b)) all.push_back({d.name, at, encode(b), encode(a)});
      }
    });
  }

  /// Compares two values of a record; a difference is named by what the field's policy promises.
  template <class R>
  bool same(sim_invariant which, const std::string& where, const R& expected, const R& found, bool by_policy) {
    bool all = true;
    naive::for_fields<R>([&](auto at) {
      const auto& e = get_field<at>(expected);
      const auto& f = get_field<at>(found);
      if (!all || is_same_value(e, f)) return;
      all = false;
      using P = naive::policy_at<R, at>;
      sim_invariant named = which;
      if (by_policy && std::is_same_v<P, policy::merge<counter>>) named = sim_invariant::counters_add_up;
      if (by_policy && std::is_same_v<P, policy::merge<set_edits>>) named = sim_invariant::set_edits_explained;
      if (by_policy && std::is_same_v<P, policy::server>) named = sim_invariant::server_fields_kept;
      violate(named, where, std::string(schema<R>::names[at]), json_text(e), json_text(f));
    });
    return all;
  }
};

}  // namespace syncline::internal

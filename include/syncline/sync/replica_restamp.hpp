// SPDX-License-Identifier: BSL-1.0
#pragma once
// What a device's conflict log says of its own writes: when the hub stored them.

#include <syncline/change/edit.hpp>
#include <syncline/queue/outbox.hpp>
#include <syncline/resolve/conflict.hpp>
#include <syncline/sync/catalog.hpp>
#include <syncline/sync/replica_record.hpp>
#include <syncline/sync/replica_state.hpp>

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <vector>

namespace syncline {

/// A write of this device's as its log names it: table, key, field and time in ticks of a `hybrid_time`. The field of the
/// record as a whole is its key.
using own_write = std::tuple<std::string, std::string, std::size_t, std::uint64_t>;

/// Of own writes that are stored at another time than the log says: when.
using moved_writes = std::map<own_write, std::uint64_t>;

/// Keeps the log's entries true that name own writes: an undo asks whether what an entry names is what stands. The hub
/// stores a write at another time where it shifts an envelope, and where it came to be earlier than what it replaces; by
/// then the entry may have left, alone or in another envelope. So it is edited like any record. \see MERGE-9, PROTOCOL 16
template <class Catalog, class Tx>
class replica_restamp {
 public:
  /// Says of `moved` when they are stored. Writes and does not commit. Complexity: O(entries of the log).
  static result<void> restamp(Tx& tx, replica_state& state, const moved_writes& moved) {
    if (moved.empty()) return {};
    result<void> done = restamp_entries(tx, state, moved);
    Catalog::for_each([&]<class R>(std::type_identity<R>) {
      if constexpr (std::is_same_v<R, conflict>) done = done ? restamp_records(tx, state, moved) : done;
    });
    return done;
  }

  /// The hub took `sent`, and `record` is what it made of it: later, where it had replaced what was later.
  template <class R>
  static result<void> take_stored(Tx& tx, replica_state& state, const replica_record<R>& record, const change<R>& sent) {
    moved_writes moved;
    const auto note = [&](std::size_t field, hybrid_time written, hybrid_time stored) {
      if (stored <= written) return;
      moved[{std::string(schema<R>::table), encode(key_of(record.base)), field, written.ticks}] = stored.ticks;
    };
    hybrid_time last;
    (sent.what.fields & stamped<R>).for_each([&](std::size_t i) {
      if (record.base_stamps[i].device != device_id(state.device)) return;
      note(i, sent.times[i], record.base_stamps[i].time);
      last = std::max(last, record.base_stamps[i].time);
    });
    if (sent.kind == change_kind::created) note(schema<R>::key_index, sent.at, last);
    return restamp(tx, state, moved);
  }

 private:
  // Where a log is no record type.
  static result<void> restamp_entries(Tx& tx, const replica_state& state, const moved_writes& moved) {
    for (std::string after;;) {
      auto entries = tx.list("conflict", after, 100);
      if (!entries) return entries.error();
      if (entries->empty()) return {};
      after = entries->back().name;
      for (const entry& each : *entries) {
        auto logged = decode<conflict_entry>(each.bytes);
        if (!logged) return logged.error();
        const auto at = moved.find({logged->table, logged->key.bytes, logged->field, logged->kept_at});
        if (logged->kept_by != state.device || at == moved.end()) continue;
        logged->kept_at = at->second;
        if (auto put = tx.put("conflict", each.name, encode(*logged)); !put) return put;
      }
    }
  }

  static result<void> restamp_records(Tx& tx, replica_state& state, const moved_writes& moved) {
    for (std::optional<std::string> after;;) {
      auto rows = tx.template scan<conflict>(after, 100);
      if (!rows) return rows.error();
      if (rows->empty()) return {};
      after = *rows->back().value.id;
      for (const row<conflict>& each : *rows) {
        std::vector<superseded> values = each.value.values;
        if (each.deleted || !restamp_values(each.value, state.device, moved, values)) continue;
        if (auto put = edit_values(tx, state, each, values); !put) return put;
      }
    }
  }

  // Whether there is such a value among them.
  static bool restamp_values(const conflict& named, std::string_view me, const moved_writes& moved, std::vector<superseded>& values) {
    bool any = false;
    for (superseded& each : values) {
      if (each.kept_by != me) continue;
      std::size_t field = 0;
      Catalog::visit(*named.table, [&]<class R>(std::type_identity<R>) {
        field = each.field.empty() ? schema<R>::key_index : schema<R>::index_of(each.field);
      });
      const auto at = moved.find({*named.table, named.record->bytes, field, each.kept_at});
      if (at == moved.end()) continue;
      each.kept_at = at->second;
      any = true;
    }
    return any;
  }

  static result<void> edit_values(Tx& tx, replica_state& state, const row<conflict>& kept, const std::vector<superseded>& values) {
    auto record = from_row(kept);
    if (!record) return record.error();
    change<conflict> made{.base = record->number, .what = edit<role::client>(kept.value, [&](auto& e) { e[the<&conflict::values>] = values; })};
    state.clock = hybrid_time{state.clock}.after().ticks;
    stamp_fields(made, hybrid_time{state.clock});
    if (record->pending) {
      compose_into(*record->pending, made);
    } else {
      record->pending = std::move(made);
    }
    record->state = life_cycle<conflict>::next(record->state, record_event::edited).value_or(record->state);
    if (auto saved = tx.template save<conflict>(to_row(*record)); !saved) return saved.error();
    auto queued = outbox<Tx>(tx).enqueue(schema<conflict>::table, encode(*kept.value.id), record->pending->kind);
    return queued ? result<void>{} : result<void>{queued.error()};
  }
};

}  // namespace syncline

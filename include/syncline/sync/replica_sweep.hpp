// SPDX-License-Identifier: BSL-1.0
#pragma once
// What a device forgets: tombstones that the hub has no more, and records that a walk of all tables did not meet.

#include <syncline/core/planted.hpp>
#include <syncline/sync/replica_store.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>

namespace syncline {

/// How far a sweep has come.
struct sweep_position {
  std::uint64_t walk{};  ///< that it follows
  std::size_t table{};  ///< in order of the catalog
  std::optional<std::string> after{};  ///< the last key there, encoded
};

/// The sweep of a device's rows, inside a transaction. Functions write and never commit. \see DELTA-3, PROTOCOL 19
template <class Tx, class... Records>
class replica_sweep {
  using kept = replica_store<Tx, Records...>;

 public:
  /// Sweeps up to `batch` rows from `at` on; says whether there are more. Each row that the walk met bears a number from
  /// the walk's own on, so the rows of lower numbers are gone at the hub: they are deleted here, as by a tombstone.
  ///
  /// A tombstone stays while something waits on it, and as long as what was decided about it can be undone.
  static result<bool> some(Tx& tx, sweep_position& at, replica_state& state, session_report& report, timestamp now,
                           std::chrono::milliseconds undo_window) {
    std::size_t room = batch, table = 0;
    result<void> outcome;
    catalog<Records...>::for_each([&]<class R>(std::type_identity<R>) {
      if (outcome && room != 0 && table++ == at.table) outcome = sweep<R>(tx, at, room, state, report, now, undo_window);
    });
    if (!outcome) return outcome.error();
    if (at.table < sizeof...(Records)) return true;
    state.walk = 0;
    state.swept = state.collected;
    return false;
  }

 private:
  static constexpr std::size_t batch = 256;

  template <class R>
  static result<void> sweep(Tx& tx, sweep_position& at, std::size_t& room, replica_state& state, session_report& report,
                            timestamp now, std::chrono::milliseconds undo_window) {
    if (kept::cursor(state, schema<R>::table) < state.walk) {  // the hub does not have the table: it says nothing of it
      at = {at.walk, at.table + 1, {}};
      return {};
    }
    std::optional<typename schema<R>::key_type> after;
    if (at.after) {
      auto key = decode<typename schema<R>::key_type>(*at.after);
      if (!key) return key.error();
      after = std::move(*key);
    }
    auto rows = tx.template scan<R>(after, room);
    if (!rows) return rows.error();
    for (const row<R>& each : *rows) {
      auto record = from_row(each);
      if (!record) {
        if (auto anew = kept::template find_anew<R>(tx, key_of(each.value), state); !anew) return anew.error();
        continue;
      }
      if (record->number == 0) continue;
      const bool unmet = record->number < state.walk && !is_planted(flaw::walk_sweeps_nothing);
      if (!record->base_exists && !record->dirty()) {
        if (!(unmet || record->number <= state.collected) || can_be_undone(*record, state.corrected(now) - undo_window)) continue;
        if (auto erased = tx.template erase<R>(key_of(each.value)); !erased) return erased;
      } else if (unmet) {
        record_update<R> gone{.number = state.walk, .whole = true, .deleted = true};
        get_field<schema<R>::key_index>(gone.value) = key_of(each.value);
        if (auto taken = kept::take_in(tx, std::move(*record), gone, state, report, now); !taken) return taken;
      }
    }
    if (rows->size() == room) {
      at.after = encode(key_of(rows->back().value));
      room = 0;
    } else {
      room -= rows->size();
      at = {at.walk, at.table + 1, {}};
    }
    return {};
  }

  template <class R>
  static bool can_be_undone(const replica_record<R>& record, timestamp since) {
    return record.life.time.wall() > since || std::any_of(record.reasons.begin(), record.reasons.end(), [&](const field_reason& each) {
             return hybrid_time{each.decided_at}.wall() > since;
           });
  }
};

}  // namespace syncline

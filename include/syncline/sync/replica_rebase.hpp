// SPDX-License-Identifier: BSL-1.0
#pragma once
// What waits on a device when the hub's word comes: it is held against the new base, and what does not stand is logged.

#include <syncline/core/planted.hpp>
#include <syncline/sync/replica_chunks.hpp>
#include <syncline/sync/replica_conflicts.hpp>
#include <syncline/sync/replica_reasons.hpp>
#include <syncline/sync/replica_record.hpp>
#include <syncline/sync/replica_state.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace syncline {

/// The rebase of one record, inside a transaction. Functions write and never commit.
template <class Tx, class... Records>
class replica_rebase {
  using chunks = replica_chunks<Tx>;
  using conflicts = replica_conflicts<Tx, Records...>;

 public:
  /// Moves the record's base to what the hub says and resolves the pending change on it. \see PROTOCOL 13
  template <class R>
  static result<void> rebase(Tx& tx, replica_record<R>& record, const record_update<R>& update, const R& seen_by_pending,
                             bool knew_of_deletion, replica_state& state, session_report& report, timestamp now) {
    if (!is_planted(flaw::clock_ignores_the_hub)) stamped<R>.for_each([&](std::size_t i) { state.observe(update.stamps[i].time); });
    if (record.number == 0 || !is_planted(flaw::stay_at_the_base)) record.number = update.number;
    record.base_exists = !update.deleted;
    if (update.life.time.is_set()) record.life = update.life;
    note_update(record, update, seen_by_pending, state.device);
    if (is_planted(flaw::forget_wanted_chunks)) {
    } else if (auto wanted = chunks::want_chunks(tx, record.base); !wanted) {
      return wanted.error();
    }
    if (!record.pending) return {};
    if (is_planted(flaw::overwrite_pending)) {
      record.pending.reset();
      return {};
    }
    const field_set<R> unseen = changed_fields(seen_by_pending, record.base) & update.fields;
    if (update.deleted) {
      if (knew_of_deletion && record.pending->kind == change_kind::created) return {};  // made anew, knowing that
      if (keeps_updates<R> && record.pending->kind != change_kind::deleted) {
        return resolve_pending(tx, record, unseen, state, report, now);
      }
      if (record.pending->kind != change_kind::deleted) {
        if (auto logged = conflicts::log_pending(tx, record, state, report, now); !logged) return logged.error();
      }
      record.pending.reset();
      return {};
    }
    if (record.pending->kind != change_kind::deleted) return resolve_pending(tx, record, unseen, state, report, now);
    bool by_others = false;
    unseen.for_each([&](std::size_t i) { by_others = by_others || is_by_another_person(update.stamps[i], record.life, state.device); });
    if (!keeps_updates<R> || !by_others) return {};
    const hybrid_time written = record.pending->at;
    record.pending.reset();
    std::uint64_t last = 0;
    for (const stamp& each : record.base_stamps) last = std::max(last, each.time.ticks);
    return conflicts::template log<R>(
        tx, state, report,
        {{std::string(schema<R>::table), {encode(key_of(record.base))}, schema<R>::key_index, side::remote,
          rule_of_update<R>, hybrid_time::at(now).ticks, written.ticks, state.device, {}, {}, {}, last}});
  }

  /// Resolves the pending change of a record on its base, of which the device had not seen `unseen`.
  template <class R>
  static result<void> resolve_pending(Tx& tx, replica_record<R>& record, field_set<R> unseen, replica_state& state,
                                      session_report& report, timestamp now) {
    record.pending->kind = change_kind::updated;
    R merged_value = record.base;
    stamps<R> merged_stamps = record.base_stamps;
    decisions<R> how;
    const device_id me{state.device};
    resolve_change(*record.pending, me, role::client, unseen, merged_value, merged_stamps, how);
    std::vector<conflict_entry> lost_values;
    for_each_field(
        [&]<std::size_t I>(std::integral_constant<std::size_t, I>, const auto& lost, const auto& merged) {
          if (!(how.local | how.remote | how.both).contains(I)) return;
          const bool mine = how.local.contains(I) || how.both.contains(I);
          field_reason reason{static_cast<std::uint8_t>(I), how.both.contains(I) ? side::both : mine ? side::local : side::remote,
                              how.rules[I], mine ? record.pending->times[I].ticks : record.base_stamps[I].time.ticks,
                              mine ? state.device : std::string(record.base_stamps[I].device.view()), {},
                              hybrid_time::at(now).ticks};
          if (how.dropped.contains(I)) {
            reason.dropped = blob{encode(value_of(lost))};
            const stamp mine_at{record.pending->times[I], me}, theirs_at = record.base_stamps[I];
            const bool mine_lost = how.loser(I) == side::local;
            const stamp &kept_at = mine_lost ? theirs_at : mine_at, &lost_at = mine_lost ? mine_at : theirs_at;
            lost_values.push_back({std::string(schema<R>::table), {encode(key_of(record.base))},
                                   static_cast<std::uint32_t>(I), mine_lost ? side::remote : side::local, how.why_lost(I), hybrid_time::at(now).ticks,
                                   lost_at.time.ticks, std::string(lost_at.device.view()), *reason.dropped,
                                   {encode(value_of(merged))}, std::string(kept_at.device.view()), kept_at.time.ticks});
          }
          record.note(std::move(reason));
        },
        how.lost, merged_value);
    if (auto logged = conflicts::template log<R>(tx, state, report, std::move(lost_values)); !logged) return logged;
    withhold(record.pending->what, merged<R>, role::client);
    // An edit that carries the value it was made on now stands on the base: what people write next, they write on that.
    for_each_field(
        [&]<std::size_t I>(std::integral_constant<std::size_t, I>, const auto& before, const auto& after) {
          if constexpr (internal::is_merged<R, I>) {
            using traits = internal::merge_traits_of<R, I>;
            using value = std::remove_cvref_t<decltype(value_of(before))>;
            if constexpr (std::is_same_v<typename traits::edit, replaced<value>>) {
              if (how.both.contains(I)) record.pending->what.template edit<I>() = {value_of(before), value_of(after)};
            }
          }
        },
        record.base, merged_value);
    how.remote.for_each([&](std::size_t i) { record.pending->times[i] = {}; });
    keep_only(record.pending->what, record.pending->what.fields - how.remote);
    if (record.pending->what.empty()) record.pending.reset();
    return {};
  }

 private:
  // A field that nobody wrote was left empty by who made the record.
  static bool is_by_another_person(const stamp& written, const stamp& made, std::string_view device) {
    const std::string_view by = written.time.is_set() ? written.device.view() : made.device.view();
    return by != hub_name && by != device;
  }
};

}  // namespace syncline

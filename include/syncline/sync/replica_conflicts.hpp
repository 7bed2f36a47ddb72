// SPDX-License-Identifier: BSL-1.0
#pragma once
// A device's conflict log inside a transaction: as records that sync, if the app has them, else as entries of its own.

#include <syncline/change/edit.hpp>
#include <syncline/core/planted.hpp>
#include <syncline/resolve/conflict.hpp>
#include <syncline/sync/catalog.hpp>
#include <syncline/sync/replica_lineage.hpp>
#include <syncline/sync/replica_reasons.hpp>
#include <syncline/sync/replica_record.hpp>
#include <syncline/sync/replica_state.hpp>
#include <syncline/wire/checksum.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace syncline {

/// An answer that is being taken in, and what it changes.
struct answer_reader {
  const uploaded_message& message;
  replica_state& state;
  session_report& report;
  timestamp now;
  std::uint64_t random;
  written_as as{};  ///< how the record that is being settled was sent
  std::vector<outbox_item> settled{};  ///< what leaves the outbox once all are settled
  std::size_t next = 0;  ///< where the answer's record for the next one probably is: they come as they were sent
};

/// The conflict log of a replica. Functions write and never commit. \see MERGE-9
template <class Tx, class... Records>
class replica_conflicts {
 public:
  /// Logs what did not stand in one decision about one record of type `R`.
  template <class R>
  static result<void> log(Tx& tx, replica_state& state, session_report& report, std::vector<conflict_entry> lost) {
    if (lost.empty() || std::is_same_v<R, conflict>) return {};
    report.conflicts += lost.size();
    for (conflict_entry& each : lost) {
      each.decided_at = hybrid_time::at(state.corrected(hybrid_time{each.decided_at}.wall())).ticks;
    }
    if (is_planted(flaw::drop_the_loser)) {
      state.conflicts += lost.size();
      return {};
    }
    if constexpr (logs_conflicts<Records...>) {
      conflict made{.table = {lost.front().table},
                    .record = {lost.front().key},
                    .version = {schema<R>::info.version},
                    .decided_at = {hybrid_time{lost.front().decided_at}.wall()},
                    .decided_by = {state.device}};
      std::vector<superseded> values;
      for (conflict_entry& each : lost) {
        const bool deletion = each.field == schema<R>::key_index;
        values.push_back({deletion ? std::string() : std::string(schema<R>::names[each.field]), each.why,
                          std::move(each.kept), std::move(each.kept_by), each.kept_at, std::move(each.dropped),
                          std::move(each.by), each.written_at});
      }
      made.values = std::move(values);
      // Of its contents, too: a copy of the data folder counts and calls itself as this one does.
      made.id = state.device + "-" + hex_of(checksum(encode(made), ++state.conflicts));
      return put(tx, state, std::move(made));
    } else {
      for (conflict_entry& each : lost) {
        if (each.version == 0) each.version = schema<R>::info.version;
        if (auto put = tx.put("conflict", ordered_bytes(++state.conflicts), encode(each)); !put) return put;
      }
      return {};
    }
  }

  /// The record was deleted, and deletion wins over the edits that were waiting: each is told. \see MERGE-5
  template <class R>
  static result<void> log_pending(Tx& tx, replica_record<R>& record, replica_state& state, session_report& report,
                                  timestamp now) {
    if (is_planted(flaw::log_nothing_of_deletions)) return {};
    std::vector<conflict_entry> lost_values;
    const delta<R>& lost = record.pending->what;
    for_each_field(
        [&]<std::size_t I>(std::integral_constant<std::size_t, I>, const auto& field) {
          if (!lost.fields.contains(I)) return;
          blob dropped;
          if constexpr (internal::is_merged<R, I>) {
            encode_to(dropped.bytes, lost.template edit<I>());
          } else {
            encode_to(dropped.bytes, value_of(field));
          }
          record.note({static_cast<std::uint8_t>(I), side::remote, rule::deleted, record.life.time.ticks,
                       std::string(record.life.device.view()), dropped, hybrid_time::at(now).ticks});
          lost_values.push_back({std::string(schema<R>::table), {encode(key_of(record.base))}, static_cast<std::uint32_t>(I),
                                 side::remote, rule::deleted, hybrid_time::at(now).ticks, record.pending->times[I].ticks,
                                 state.device, std::move(dropped), {}, {}, 0});
        },
        lost.values);
    return log<R>(tx, state, report, std::move(lost_values));
  }

  /// A deletion did not stand against what the record is proposed with; nobody knows any more whose it was.
  template <class R>
  static result<void> log_undeletion(Tx& tx, const replica_record<R>& record, answer_reader& answer) {
    return log<R>(tx, answer.state, answer.report,
                  {{std::string(schema<R>::table), {encode(key_of(record.base))}, schema<R>::key_index, side::local, rule_of_update<R>,
                    hybrid_time::at(answer.now).ticks, 0, {}, {}, {}, answer.state.device, record.pending->at.ticks}});
  }

  /// Takes in what the hub says did not stand of what this device sent, or against it.
  template <class R>
  static result<void> note_dropped(Tx& tx, replica_record<R>& record, dropped_value dropped,
                                   const std::optional<change<R>>& sent, answer_reader& answer) {
    // The hub speaks of the arriving change as local, and this device sent it.
    std::uint32_t version = answer.as.version;
    if (replica_lineage<Tx>::template raise_dropped<R>(dropped, version)) {
      note_loss(record, dropped, dropped.winner, sent ? sent->times[dropped.field] : hybrid_time{}, answer.state.device,
                hybrid_time::at(answer.now).ticks);
    }
    if constexpr (logs_conflicts<Records...>) return ++answer.report.conflicts, result<void>{};  // the hub's entry will come
    return log<R>(tx, answer.state, answer.report,
                  {{std::string(schema<R>::table), dropped.key, dropped.field, dropped.winner, dropped.why,
                    hybrid_time::at(answer.now).ticks, dropped.at, dropped.by, dropped.value, {}, {}, 0, version}});
  }

  /// What stands at the name of a record in "wanted" if its tombstone is to be kept, too.
  static constexpr std::string_view for_undo = "undo";

  /// Asks for the record that `entry` says was deleted, if the device does not have it: to take that back its last values
  /// are needed. \see MERGE-9
  static result<void> ask_for_undo(Tx& tx, const conflict& entry) {
    if (entry.values->empty() || entry.values->front().why != rule::deleted) return {};
    result<void> asked;
    catalog<Records...>::visit(*entry.table, [&]<class R>(std::type_identity<R>) {
      auto key = decode<typename schema<R>::key_type>(entry.record->bytes);
      if (!key) return void(asked = key.error());
      auto found = tx.template load<R>(*key);
      if (!found) return void(asked = found.error());
      if (!*found) asked = tx.put("wanted", record_name<R>(*key), for_undo);
    });
    return asked;
  }

 private:
  // An entry is a record like any other: made here, it waits to be sent.
  static result<void> put(Tx& tx, replica_state& state, conflict made) {
    replica_record<conflict> record;
    record.base.id = *made.id;
    hybrid_clock clock{hybrid_time{state.clock}};
    change<conflict> creation{.kind = change_kind::created, .what = create<role::client>(made)};
    stamp_fields(creation, clock.next(*made.decided_at));
    state.clock = clock.last().ticks;
    record.pending = std::move(creation);
    if (auto saved = tx.template save<conflict>(to_row(record)); !saved) return saved.error();
    auto queued = outbox<Tx>(tx).enqueue(schema<conflict>::table, encode(*made.id), change_kind::created, 0);
    return queued ? result<void>{} : result<void>{queued.error()};
  }

  static std::string hex_of(std::uint64_t number) {
    std::string text;
    for (int shift = 60; shift >= 0; shift -= 4) text += "0123456789abcdef"[number >> shift & 15];
    return text;
  }
};

}  // namespace syncline

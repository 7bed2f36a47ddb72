// SPDX-License-Identifier: BSL-1.0
#pragma once
// How a device's rows of older versions become rows of its own version, with everything that waits in them.

#include <syncline/core/planted.hpp>
#include <syncline/sync/carry_update.hpp>
#include <syncline/sync/catalog.hpp>
#include <syncline/sync/replica_record.hpp>
#include <syncline/sync/replica_state.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace syncline {

/// `older`, a record on a device, in the next version: base, what was sent and what waits are each carried over, so
/// that the seen value is the seen one carried over, and every edit keeps its time. \see PROTOCOL 23
template <class R>
replica_record<R> carry_kept(const replica_record<previous_of<R>>& older) {
  using V = previous_of<R>;
  replica_record<R> record;
  record.number = older.number;
  record.base_exists = older.base_exists;
  record.carries_base = older.sent.has_value() || older.pending.has_value();  // the hub's values are of another version
  record.life = older.life;
  record.state = older.state;
  if (older.number == 0 && !older.base_exists) {  // it never left: there is no base yet
    get_field<schema<R>::key_index>(record.base) = key_of(older.base);
  } else {
    record.base = up<R>(older.base);
  }
  field_set<V> fields = field_set<V>::all();
  fields.erase(schema<V>::key_index);
  const auto from =
      origins<R>(fields, [&](std::size_t a, std::size_t b) { return older.base_stamps[a] < older.base_stamps[b]; });
  for (std::size_t i = 0; i < field_count<R>; ++i) {
    if (from[i] != field_count<V> && stamped<R>.contains(i)) record.base_stamps[i] = older.base_stamps[from[i]];
  }
  if (older.sent) record.sent = carry_change<R>(*older.sent, older.base);
  if (older.pending) record.pending = carry_change<R>(*older.pending, older.seen_by_pending());
  for (const field_reason& reason : older.reasons) {
    const std::string_view dropped = reason.dropped ? std::string_view(reason.dropped->bytes) : std::string_view();
    const auto at = internal::namesakes<V, R>[reason.field];
    if (at == schema<R>::size) continue;
    field_reason carried_over = reason;
    carried_over.field = static_cast<std::uint8_t>(at);
    carried_over.dropped.reset();
    if (reason.dropped) {
      if (auto as = carry_encoded<R, V>(reason.field, dropped)) carried_over.dropped = blob{std::move(as->bytes)};
    }
    record.note(std::move(carried_over));
  }
  return record;
}

/// A device's dealings with other versions of its records, inside a transaction. Functions write and never commit.
///
/// \see DECL-7, PROTOCOL 23
template <class Tx>
class replica_lineage {
 public:
  /// Brings some rows of older versions of `R` up to `R`; says how many. None are left when it says 0.
  ///
  /// A record that the hub has is asked for whole, before anything else is sent: the hub may have known fields of it
  /// for long that this device could not read. What was sent and has no answer stays sent, byte for byte.
  template <class R>
  static result<std::size_t> move_up(Tx& tx) {
    return move_some<R>(tx, [&](const auto& rows) -> result<void> {
      if (auto done = move_log<R>(tx); !done) return done;
      for (const auto& each : rows) {
        if (auto done = move_row<R>(tx, each); !done) return done;
      }
      return {};
    });
  }

  /// `move_up` for all `Records`, some rows in each transaction, until none are left: where one ends on the way rows of
  /// both versions are there, and the next call goes on.
  template <class... Records, class Store>
  static result<void> move_all(Store& store, std::string_view scope) {
    if constexpr ((has_previous<Records> || ...)) {
      for (std::size_t moved = 1; moved != 0;) {
        auto tx = store.begin(scope);
        if (!tx) return tx.error();
        moved = 0;
        result<void> outcome;
        catalog<Records...>::for_each([&]<class R>(std::type_identity<R>) {
          if (!outcome) return;
          auto some = move_up<R>(*tx);
          if (some)
            moved += *some;
          else
            outcome = some.error();
        });
        if (outcome && moved != 0) outcome = tx->commit();
        if (!outcome) return outcome;
      }
    }
    return {};
  }

  /// Whether `update` says more than what is known up to `number`; if it is whole, its record is wanted no more. One of
  /// that very number does where the record is wanted whole: it came from an older version, or is not what the hub has.
  template <class R>
  static result<bool> is_news(Tx& tx, const record_update<R>& update, std::uint64_t number) {
    const std::string name = record_name<R>(key_of(update.value));
    bool news = number < update.number;
    if (update.whole && number == update.number && (has_previous<R> || !is_planted(flaw::repair_is_no_news))) {
      auto wanted = tx.get("wanted", name);
      if (!wanted) return wanted.error();
      news = wanted->has_value();
    }
    if (update.whole) {
      if (auto removed = tx.remove("wanted", name); !removed) return removed.error();
    }
    return news;
  }

  /// Makes a value that did not stand, of a field of version `version`, one of `R`. False if it has no such field any
  /// more, and then all stays as it is.
  template <class R>
  static bool raise_dropped(dropped_value& dropped, std::uint32_t& version) {
    auto raised = raise_encoded<R>(version, dropped.field, dropped.value.bytes);
    if (!raised || raised->field >= field_count<R>) return false;
    version = schema<R>::info.version;
    dropped.field = static_cast<std::uint32_t>(raised->field);
    dropped.value.bytes = std::move(raised->bytes);
    return true;
  }

  /// An update that a hub wrote in version `version` of `R`.
  template <class R>
  static result<record_update<R>> read_update(std::string_view bytes, std::uint32_t version) {
    if constexpr (has_previous<R>) {
      if (version + 1 == schema<R>::info.version) {
        using V = previous_of<R>;
        record_update<V> update;
        if (auto done = decode_into(bytes, update); !done) return done.error();
        if (update.deleted && update.fields.empty() && !update.alias_of) {  // gone: nothing is said of its values
          record_update<R> gone{.number = update.number, .whole = true, .deleted = true};
          get_field<schema<R>::key_index>(gone.value) = key_of(update.value);
          return gone;
        }
        if (update.alias_of || (update.fields.size() + 1 == schema<V>::size && update.differences.empty())) return carry_update<R>(update);
        return make_error(error_code::malformed, phase::download,
                          "an update of an older version does not have all fields");
      }
    }
    if (version != schema<R>::info.version && version != 0) {
      return make_error(error_code::wrong_version, phase::download,
                        "the hub wrote version " + std::to_string(version) + " of table '" +
                            std::string(schema<R>::table) + "', which this app cannot read: update the app");
    }
    record_update<R> update;
    if (auto done = decode_into(bytes, update); !done) return done.error();
    return update;
  }

 private:
  template <class R, class V>
  static result<void> move_row(Tx& tx, const row<V>& kept) {
    auto older = from_row(kept);
    if (!older) return older.error();
    const replica_record<R> record = raised_to<R>(*older);
    if (auto saved = tx.template save<R>(to_row(record)); !saved) return saved;
    if (record.number != 0) {
      if (auto put = tx.put("wanted", record_name<R>(key_of(record.base)), {}); !put) return put;
    }
    return tx.template erase<V>(key_of(kept.value));
  }

  // The values in the conflict log that older versions of `R` lost. What `R` has no field for stays as it is.
  template <class R>
  static result<void> move_log(Tx& tx) {
    for (std::string after;;) {
      auto some = tx.list("conflict", after, 256);
      if (!some) return some.error();
      for (const entry& each : *some) {
        after = each.name;
        auto conflict = decode<conflict_entry>(each.bytes);
        if (!conflict) return conflict.error();
        if (conflict->table != schema<R>::table || conflict->version == schema<R>::info.version) continue;
        auto as = raise_encoded<R>(conflict->version, conflict->field, conflict->dropped.bytes);
        if (!as) continue;
        conflict->version = schema<R>::info.version;
        conflict->field = static_cast<std::uint32_t>(as->field);
        conflict->dropped.bytes = std::move(as->bytes);
        if (auto put = tx.put("conflict", each.name, encode(*conflict)); !put) return put;
      }
      if (some->size() < 256) return {};
    }
  }
};

}  // namespace syncline

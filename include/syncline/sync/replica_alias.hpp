// SPDX-License-Identifier: BSL-1.0
#pragma once
// Duplicates on a device: what becomes of a record when the hub says that another one stands for it.

#include <syncline/resolve/duplicates.hpp>
#include <syncline/sync/catalog.hpp>
#include <syncline/sync/replica_record.hpp>
#include <syncline/sync/replica_state.hpp>

#include <optional>
#include <string>
#include <utility>

namespace syncline {

/// The aliases of `R` on a device, inside a transaction of `Kept`, its `replica_store`. Functions write and never commit.
///
/// An alias is an entry of the space "alias" in place of its row: nobody sees it, and its key leads to the record that
/// stands for it, with or without the hub. \see MERGE-6, PROTOCOL 22
template <class R, class Kept, class Tx>
class replica_alias {
  using key_type = typename schema<R>::key_type;

 public:
  /// `key`, or that of the record that stands for it.
  static result<key_type> end_of(Tx& tx, key_type key) {
    for (;;) {  // ends, since no alias is put that would close a circle
      auto next = tx.get("alias", record_name<R>(key));
      if (!next) return next.error();
      if (!*next) return key;
      auto alias_of = decode<key_type>(**next);
      if (!alias_of) return alias_of;
      key = std::move(*alias_of);
    }
  }

  /// Takes in that the record of `update` is an alias. What waits here under its key waits on under that of the record
  /// which stands for it; but a deletion stays, since it was of this record only.
  static result<void> learn(Tx& tx, const record_update<R>& update, replica_state& state, session_report& report, timestamp now) {
    const key_type& key = key_of(update.value);
    auto found = Kept::template find<R>(tx, key);
    if (!found) return found.error();
    ++report.pulled;
    if (*found && (*found)->pending && (*found)->pending->kind == change_kind::deleted) {
      (*found)->number = update.number;
      return tx.template save<R>(to_row(**found));
    }
    if (auto opened = open_circle(tx, *update.alias_of, key); !opened) return opened;
    if (auto put = tx.put("alias", record_name<R>(key), encode(*update.alias_of)); !put) return put;
    if (!*found) return {};
    auto end = end_of(tx, *update.alias_of);
    if (!end) return end.error();
    auto target = Kept::template find<R>(tx, *end);
    if (!target) return target.error();
    if (!*target) {
      if (auto put = tx.put("wanted", record_name<R>(*end), {}); !put) return put;
    }
    if (*target || (*found)->pending) {
      replica_record<R> stands = *target ? std::move(**target) : Kept::template fresh<R>(*end);
      note_differences(stands, **found);
      if ((*found)->pending) {
        if (auto moved = move_pending(tx, stands, **found, state, report, now); !moved) return moved;
      }
      if (auto saved = tx.template save<R>(to_row(stands)); !saved) return saved;
    }
    if (auto forgotten = outbox<Tx>(tx).forget(schema<R>::table, encode(key)); !forgotten) return forgotten.error();
    return tx.template erase<R>(key);
  }

 private:
  // Forgets the alias that leads from `key` back to `vanishing`: it is older than the word that comes now.
  static result<void> open_circle(Tx& tx, key_type key, const key_type& vanishing) {
    for (;;) {
      auto next = tx.get("alias", record_name<R>(key));
      if (!next) return next.error();
      if (!*next) return {};
      auto alias_of = decode<key_type>(**next);
      if (!alias_of) return alias_of.error();
      if (*alias_of == vanishing) return tx.remove("alias", record_name<R>(key));
      key = std::move(*alias_of);
    }
  }

  // What people saw under the old key, and see no more, is told where they look now.
  static void note_differences(replica_record<R>& stands, const replica_record<R>& gone) {
    if (!stands.base_exists) return;
    for_each_field(
        [&]<std::size_t I>(std::integral_constant<std::size_t, I>, const auto& now, const auto& before) {
          using P = typename schema<R>::template policy_type<I>;
          if constexpr (!std::is_same_v<P, policy::key> && !policy::is_merge<P>) {
            if (is_same_value(value_of(now), value_of(before))) return;
            if (is_same_value(value_of(before), std::remove_cvref_t<decltype(value_of(before))>{})) return;
            const stamp& by = stands.base_stamps[I];
            stands.note({static_cast<std::uint8_t>(I), side::remote, rule::duplicate, by.time.ticks, std::string(by.device.view()),
                         blob{encode(value_of(before))}});
          }
        },
        stands.base, gone.base);
  }

  static result<void> move_pending(Tx& tx, replica_record<R>& stands, replica_record<R>& gone, replica_state& state,
                                   session_report& report, timestamp now) {
    std::optional<change<R>> own = std::move(stands.pending);
    stands.pending = std::move(gone.pending);
    stands.pending->kind = change_kind::updated;
    const bool is_deleted = (stands.number != 0 && !stands.base_exists) || (own && own->kind == change_kind::deleted);
    if (is_deleted) {  // deletion wins
      if (auto logged = Kept::conflicts::log_pending(tx, stands, state, report, now); !logged) return logged;
      stands.pending.reset();
    } else if (stands.base_exists) {  // its writer had seen nothing that was written to this record
      field_set<R> unseen = changed_fields(R{}, stands.base);
      for (std::size_t i = 0; i < field_count<R>; ++i) {
        if (stands.base_stamps[i].time.is_set()) unseen.insert(i);
      }
      if (auto resolved = Kept::rebasing::resolve_pending(tx, stands, unseen, state, report, now); !resolved) return resolved;
    }
    if (own && stands.pending) {
      if (auto both = combine(tx, *own, *stands.pending, key_of(stands.base), state, report, now); !both) return both;
    }
    if (own) stands.pending = std::move(own);
    if (!stands.pending) return {};
    auto item = outbox<Tx>(tx).find(schema<R>::table, encode(key_of(gone.base)));
    if (!item) return item.error();
    Kept::advance(stands, record_event::edited);
    queue_terms terms;
    if (*item) {
      terms.bytes = (*item)->item.bytes;
      for (const outbox_dependency& each : (*item)->item.depends_on) terms.after.push_back(each.on);
    }
    auto queued = outbox<Tx>(tx).enqueue(schema<R>::table, encode(key_of(stands.base)), stands.pending->kind,
                                         Kept::template priority_of<R>, terms);
    return queued ? result<void>{} : result<void>(queued.error());
  }

  // Makes `own` what it and `moved`, both of this device, come to: of two values of a field the later.
  static result<void> combine(Tx& tx, change<R>& own, change<R>& moved, const key_type& key, replica_state& state,
                              session_report& report, timestamp now) {
    std::vector<conflict_entry> lost_values;
    field_set<R> losing;
    for_each_field(
        [&]<std::size_t I>(std::integral_constant<std::size_t, I>, const auto& mine, const auto& theirs) {
          if (!own.what.fields.contains(I) || !moved.what.fields.contains(I)) return;
          if constexpr (internal::is_merged<R, I>) {
            using traits = internal::merge_traits_of<R, I>;
            auto& edit = moved.what.template edit<I>();
            using value = std::remove_cvref_t<decltype(value_of(mine))>;
            if constexpr (std::is_same_v<typename traits::edit, replaced<value>>) {
              value both = own.what.template edit<I>().after;
              traits::apply(both, edit);
              edit.after = std::move(both);
            }
          } else if (!is_same_value(value_of(mine), value_of(theirs))) {
            const bool mine_is_later = own.times[I] > moved.times[I];
            if (mine_is_later) losing.insert(I);
            const auto &lost = mine_is_later ? theirs : mine, &stands = mine_is_later ? mine : theirs;
            lost_values.push_back({std::string(schema<R>::table), {encode(key)}, static_cast<std::uint32_t>(I), side::local,
                                   rule::duplicate, hybrid_time::at(now).ticks, (mine_is_later ? moved : own).times[I].ticks,
                                   state.device, {encode(value_of(lost))}, {encode(value_of(stands))}, state.device,
                                   (mine_is_later ? own : moved).times[I].ticks});
          }
        },
        own.what.values, moved.what.values);
    if (auto logged = Kept::conflicts::template log<R>(tx, state, report, std::move(lost_values)); !logged) return logged;
    keep_only(moved.what, moved.what.fields - losing);
    compose_into(own, moved);
    return {};
  }
};

}  // namespace syncline

// SPDX-License-Identifier: BSL-1.0
#pragma once
// What a replica does inside a transaction: how its records meet answers and pages.

#include <syncline/core/planted.hpp>
#include <syncline/sync/catalog.hpp>
#include <syncline/sync/replica_alias.hpp>
#include <syncline/sync/replica_chunks.hpp>
#include <syncline/sync/replica_conflicts.hpp>
#include <syncline/sync/replica_lineage.hpp>
#include <syncline/sync/replica_rebase.hpp>
#include <syncline/sync/replica_reasons.hpp>
#include <syncline/sync/replica_restamp.hpp>
#include <syncline/sync/replica_state.hpp>
#include <syncline/sync/table_choice.hpp>
#include <syncline/sync/update_differences.hpp>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace syncline {

/// The replica's part of a transaction. Functions write and never commit.
template <class Tx, class... Records>
class replica_store : public replica_chunks<Tx> {
  using chunks = replica_chunks<Tx>;
  using conflicts = replica_conflicts<Tx, Records...>;
  using rebasing = replica_rebase<Tx, Records...>;
  using restamping = replica_restamp<catalog<Records...>, Tx>;
  template <class R, class, class>
  friend class replica_alias;

 public:
  template <class R>
  using alias = replica_alias<R, replica_store, Tx>;
  using chunks::priority_of;

  static result<replica_state> read_state(Tx& tx) { return read<replica_state>(tx, "replica", "state"); }
  static result<void> write_state(Tx& tx, const replica_state& state) { return tx.put("replica", "state", encode(state)); }

  static result<frozen_envelope> read_frozen(Tx& tx, std::uint64_t number) {
    return read<frozen_envelope>(tx, "sent", ordered_bytes(number));
  }
  static result<void> write_frozen(Tx& tx, std::uint64_t number, const frozen_envelope& frozen) {
    return tx.put("sent", ordered_bytes(number), encode(frozen));
  }
  static result<void> remove_frozen(Tx& tx, std::uint64_t number) { return tx.remove("sent", ordered_bytes(number)); }

  static std::uint64_t cursor(const replica_state& state, std::string_view table) {
    for (const table_cursor& cursor : state.cursors) {
      if (cursor.table == table) return cursor.after;
    }
    return 0;
  }
  static void move_cursor(replica_state& state, std::string_view table, std::uint64_t after) {
    for (table_cursor& cursor : state.cursors) {
      if (cursor.table == table) {
        cursor.after = after;
        return;
      }
    }
    state.cursors.push_back({std::string(table), after});
  }

  /// The position of `R` in the catalog, which is its name in messages.
  template <class R>
  static constexpr std::uint32_t position_of() {
    std::uint32_t at = 0, found = 0;
    ((std::is_same_v<R, Records> ? found = at++ : at++), ...);
    return found;
  }

  template <class R>
  static replica_record<R> fresh(const typename schema<R>::key_type& key) {
    replica_record<R> record;
    get_field<schema<R>::key_index>(record.base) = key;
    record.state = life_cycle<R>::initial;
    if constexpr (has_series<R>) {  // its points are there when it is made
      advance<R>(record, record_event::finished);
      advance<R>(record, record_event::processed);
    }
    return record;
  }

  template <class R>
  static void advance(replica_record<R>& record, record_event event) {
    record.state = life_cycle<R>::next(record.state, event).value_or(record.state);
  }

  /// Whether a person has to settle something decides between the state `conflict` and the others, but for a record
  /// that is on its way, or a dead letter.
  template <class R>
  static void note_conflict(replica_record<R>& record) {
    if constexpr (can_conflict<R>) {
      if (is_planted(flaw::forget_the_conflict)) return;
      if (record.sent || record.state == record_state::sync_failed) return;
      if (!record.seen_deleted() && in_conflict(record.seen())) return advance<R>(record, record_event::conflicted);
      if (record.state != record_state::conflict) return;
      advance<R>(record, record.pending ? record_event::settled : record_event::absorbed);
    }
  }

  template <class R>
  static result<std::optional<replica_record<R>>> find(Tx& tx, const typename schema<R>::key_type& key) {
    auto kept = tx.template load<R>(key);
    if (!kept) return kept.error();
    if (!*kept) return std::optional<replica_record<R>>{};
    auto record = from_row(**kept);
    if (!record) return record.error();
    return std::optional<replica_record<R>>{std::move(*record)};
  }

  /// `find`; but while everything is read anew, a row that cannot be read counts as one that is not there, if nothing of it
  /// waits to be sent.
  template <class R>
  static result<std::optional<replica_record<R>>> find_anew(Tx& tx, const typename schema<R>::key_type& key, const replica_state& state) {
    auto found = find<R>(tx, key);
    if (found || state.walk == 0 || found.error().phase == phase::store) return found;
    auto waits = outbox<Tx>(tx).find(schema<R>::table, encode(key));
    if (!waits) return waits.error();
    if (*waits) return found;
    if (auto erased = tx.template erase<R>(key); !erased) return erased.error();
    return std::optional<replica_record<R>>{};
  }

  /// Removes a record that was made and deleted here and never left; chunks that only it has need not leave either.
  /// \see PROTOCOL 12
  template <class R>
  static result<void> annihilate(Tx& tx, const R& gone) {
    if (auto forgotten = outbox<Tx>(tx).forget(schema<R>::table, encode(key_of(gone))); !forgotten) return forgotten.error();
    if (auto left = chunks::disown(tx, gone); !left) return left.error();
    return tx.template erase<R>(key_of(gone));
  }

  /// Up to `most` records of these tables that the device lacks and has to ask for; each names its table by position there.
  static result<std::vector<wanted_record>> wanted(Tx& tx, const std::vector<table_cursor>& tables, std::size_t most) {
    std::vector<wanted_record> all;
    for (std::uint32_t i = 0; i < tables.size() && all.size() < most; ++i) {
      const std::string prefix = tables[i].table + '\0';
      auto names = tx.list("wanted", prefix, most - all.size());
      if (!names) return names.error();
      for (const entry& each : *names) {
        if (!each.name.starts_with(prefix)) break;
        all.push_back({i, {each.name.substr(prefix.size())}});
      }
    }
    return all;
  }

  /// The cursors of the tables of `choice`, in order of the catalog.
  static std::vector<table_cursor> cursors(const replica_state& state, const table_choice& choice) {
    std::vector<table_cursor> all;
    catalog<Records...>::for_each([&]<class R>(std::type_identity<R>) {
      if (choice.has(schema<R>::table)) all.push_back({std::string(schema<R>::table), cursor(state, schema<R>::table)});
    });
    return all;
  }

  /// Whether the device lacks a record of a table of `choice`.
  static result<bool> lacks_some(Tx& tx, const replica_state& state, const table_choice& choice) {
    auto some = wanted(tx, cursors(state, choice), 1);
    if (!some) return some.error();
    return !some->empty();
  }

  /// Takes in what the answer says about the record of `item`, which was group `group` of the envelope.
  template <class R>
  static result<void> settle(Tx& tx, const outbox_item& item, std::size_t group, answer_reader& answer) {
    auto key = decode<typename schema<R>::key_type>(item.key.bytes);
    if (!key) return key.error();
    auto found = find<R>(tx, *key);
    if (!found) return found.error();
    if (!*found) return outbox<Tx>(tx).done(item);
    replica_record<R>& record = **found;
    const bool is_applied = answer.message.must_download || is_planted(flaw::take_refusal_for_applied);
    const group_verdict verdict = is_applied ? group_verdict::applied : answer.message.groups[group].verdict;
    if (verdict == group_verdict::rebase) {
      unsend(record);
      record.carries_base = !is_planted(flaw::rebase_for_ever);
      advance<R>(record, record_event::rebased);
      return tx.template save<R>(to_row(record));
    }
    if (verdict == group_verdict::gone) {
      unsend(record);
      record.number = std::max(record.number, answer.message.commit);
      advance<R>(record, record_event::rebased);
      if (propose_whole(record, answer.state.device)) {
        if (auto logged = conflicts::log_undeletion(tx, record, answer); !logged) return logged;
      }
      return tx.template save<R>(to_row(record));
    }
    if (verdict == group_verdict::refused) {
      if (auto put = take_refusal(tx, record, item, answer.message.groups[group], answer); !put) return put.error();
      return tx.template save<R>(to_row(record));
    }
    record.carries_base = false;
    const bool had_pending = record.pending.has_value();
    if (auto done = take_answer(tx, record, item, answer); !done) return done.error();
    advance<R>(record, record.pending ? record_event::confirmed_with_pending : record_event::confirmed);
    note_conflict<R>(record);
    if (record.pending && answer.as.version != schema<R>::info.version) {  // an older hub was told a part
      if (auto done = outbox<Tx>(tx).done(item); !done) return done.error();
      auto queued = outbox<Tx>(tx).enqueue(schema<R>::table, item.key.bytes, record.pending->kind, item.priority,
                                              {.after = {}, .bytes = item.bytes, .limits = {}});
      if (!queued) return queued.error();
    } else if (had_pending && !record.pending) {  // what was written meanwhile did not stand: nothing is left to send
      if (auto forgotten = outbox<Tx>(tx).forget(schema<R>::table, item.key.bytes); !forgotten) return forgotten.error();
    } else {
      answer.settled.push_back(item);
    }
    return tx.template save<R>(to_row(record));
  }

  /// `item` may have been a dead letter, and wait again now: then its record is tried anew.
  template <class R>
  static result<void> revived(Tx& tx, const outbox_item& item) {
    auto now = outbox<Tx>(tx).find(item.table, item.key.bytes);
    if (!now) return now.error();
    if (!*now || (*now)->is_dead) return {};
    auto key = decode<typename schema<R>::key_type>(item.key.bytes);
    if (!key) return key.error();
    auto found = find<R>(tx, *key);
    if (!found) return found.error();
    if (!*found || (*found)->state != record_state::sync_failed) return {};
    advance<R>(**found, record_event::revived);
    return tx.template save<R>(to_row(**found));
  }

  /// The hub never took the envelope: what it holds waits again.
  static result<void> take_back(Tx& tx, const frozen_envelope& frozen) {
    for (const outbox_item& item : frozen.items) {
      result<void> taken_back;
      catalog<Records...>::visit(item.table, [&]<class R>(std::type_identity<R>) { taken_back = take_back<R>(tx, item); });
      if (!taken_back) return taken_back;
    }
    return {};
  }

  /// Takes in one record of a page, which is written in version `version`.
  template <class R>
  static result<void> take_update(Tx& tx, std::string_view bytes, std::uint32_t version, replica_state& state,
                                  session_report& report, timestamp now) {
    auto read = replica_lineage<Tx>::template read_update<R>(bytes, version);
    if (!read) return read.error();
    record_update<R>& update = *read;
    const auto& key = key_of(update.value);
    auto found = find_anew<R>(tx, key, state);
    if (!found) return found.error();
    if (!update.whole && (!*found || (*found)->number == 0)) {  // the device lacks what this builds on
      return tx.put("wanted", record_name<R>(key), {});
    }
    if (!update.whole) {  // a part says nothing of what is missing before it
      auto wanted = tx.get("wanted", record_name<R>(key));
      if (!wanted) return wanted.error();
      if (*wanted) return {};
    }
    if constexpr (has_duplicates<R>) {
      if (update.alias_of) {
        if (auto removed = tx.remove("wanted", record_name<R>(key)); !removed) return removed.error();
        return alias<R>::learn(tx, update, state, report, now);
      }
      if (auto removed = tx.remove("alias", record_name<R>(key)); !removed) return removed.error();
    }
    auto asked_for = tx.get("wanted", record_name<R>(key));
    if (!asked_for) return asked_for.error();
    auto is_news = replica_lineage<Tx>::is_news(tx, update, *found ? (*found)->number : 0);
    if (!is_news) return is_news.error();
    if (!*is_news) return {};
    const bool is_for_undo = asked_for->has_value() && **asked_for == conflicts::for_undo && !update.fields.empty();
    if (!*found && update.deleted && !is_for_undo) return {};
    const bool is_of_here = *found && (*found)->is_of_here();
    if (is_of_here && update.deleted && update.fields.empty()) return {};  // gone: what was made here stands alone
    if (*found && !take_differences(update, (*found)->base, (*found)->number)) {
      return tx.put("wanted", record_name<R>(key), {});
    }
    if constexpr (std::is_same_v<R, conflict>) {
      if (auto asked = conflicts::ask_for_undo(tx, update.value); !asked) return asked;
    }
    replica_record<R> record = *found ? std::move(**found) : fresh<R>(key);
    if (!*found) record.state = life_cycle<R>::resting;
    return take_in(tx, std::move(record), update, state, report, now);
  }

  /// Takes in what the hub says of a record on the device.
  template <class R>
  static result<void> take_in(Tx& tx, replica_record<R> record, const record_update<R>& update, replica_state& state,
                              session_report& report, timestamp now) {
    const auto& key = key_of(update.value);
    const bool knew_of_deletion = record.knows_of_deletion();
    const R seen_by_pending = record.seen_by_pending();
    apply_update(record.base, record.base_stamps, update);
    if (is_planted(flaw::read_no_stamps)) record.base_stamps = {};
    if (auto done = rebasing::rebase(tx, record, update, seen_by_pending, knew_of_deletion, state, report, now); !done) {
      return done.error();
    }
    ++report.pulled;
    report.confirmed += record.drop_included();
    if (!record.dirty()) {
      if (auto forgotten = outbox<Tx>(tx).forget(schema<R>::table, encode(key)); !forgotten) return forgotten.error();
      advance<R>(record, record_event::absorbed);
    }
    advance<R>(record, record_event::downloaded);
    note_conflict<R>(record);
    return tx.template save<R>(to_row(record));
  }

 private:
  template <class R>
  static result<void> take_back(Tx& tx, const outbox_item& item) {
    auto key = decode<typename schema<R>::key_type>(item.key.bytes);
    if (!key) return key.error();
    auto found = find<R>(tx, *key);
    if (!found) return found.error();
    if (!*found || !(*found)->sent) return {};
    unsend(**found);
    advance<R>(**found, record_event::rebased);
    return tx.template save<R>(to_row(**found));
  }

  template <class T>
  static result<T> read(Tx& tx, std::string_view space, std::string_view name) {
    auto bytes = tx.get(space, name);
    if (!bytes) return bytes.error();
    if (!*bytes) return T{};
    return decode<T>(**bytes);
  }

  // What was sent waits again, together with what was written since.
  template <class R>
  static void unsend(replica_record<R>& record) {
    if (!record.sent) return;
    record.cover_foreign();
    if (!record.pending) {
      record.pending = std::move(record.sent);
    } else if (record.sent->kind == change_kind::deleted && record.pending->kind == change_kind::created && record.base_exists) {
      const R wanted = record.seen();  // made anew over a deletion that never left: an update
      change<R> made{.kind = change_kind::updated, .base = record.pending->base, .what = diff(record.base, wanted)};
      stamp_fields(made, record.pending->at);
      record.pending = std::move(made);
    } else {
      compose_into(*record.sent, *record.pending);
      record.pending = std::move(record.sent);
    }
    record.sent.reset();
  }

  // The hub took what was sent, but for what it returns: then that becomes the base.
  template <class R>
  static result<void> take_answer(Tx& tx, replica_record<R>& record, const outbox_item& item, answer_reader& answer) {
    const R as_sent = record.base_and_sent(), seen_by_pending = record.seen_by_pending();
    const bool knew_of_deletion = record.knows_of_deletion() || (record.sent && record.sent->kind == change_kind::deleted);
    const std::optional<change<R>> sent = std::move(record.sent);
    record.sent.reset();
    if (sent) ++answer.report.pushed, answer.state.observe(sent->at);
    const bool other_version = answer.as.version != schema<R>::info.version;
    if (sent && (answer.message.must_download || other_version)) {  // until the hub's word is read whole, it stands
      record.base = as_sent;
      record.base_exists = sent->kind != change_kind::deleted;
      if (auto put = tx.put("wanted", record_name<R>(key_of(record.base)), {}); !put) return put.error();
    }
    if (is_planted(flaw::clear_pending_on_answer)) record.pending.reset();
    const std::vector<updated_record>& told = answer.message.records;
    for (std::size_t i = 0; i < told.size(); ++i) {
      const std::size_t at = (answer.next + i) % told.size();
      const updated_record& updated = told[at];
      if (other_version || updated.table != answer.as.table || !updated.bytes.bytes.starts_with(item.key.bytes)) continue;
      answer.next = at + 1;
      record_update<R> update;
      if (auto done = decode_into(updated.bytes.bytes, update); !done) return done.error();
      if (record.number >= answer.message.commit) break;  // a page that came since has it all
      const bool is_known = take_differences(update, record.base, record.number);
      if (!is_known || update.alias_of) {  // a page with the whole record, or the one that stands for it, comes next
        record.base = as_sent;
        record.base_exists = !sent || sent->kind != change_kind::deleted;
        if (auto put = tx.put("wanted", record_name<R>(key_of(record.base)), {}); !put) return put;
        break;
      }
      if (sent && !update.deleted) {
        record.base = as_sent;
        if (sent->kind == change_kind::created) record.base_stamps = {};  // a field that it leaves empty, nobody wrote
        (sent->what.fields & stamped<R>).for_each([&](std::size_t i) {
          record.base_stamps[i] = {sent->times[i], device_id(answer.state.device)};
        });
      }
      apply_update(record.base, record.base_stamps, update);
      if (auto done = rebasing::rebase(tx, record, update, seen_by_pending, knew_of_deletion, answer.state, answer.report, answer.now);
          !done) {
        return done.error();
      }
      break;
    }
    answer.report.confirmed += record.drop_included();
    if (sent) {
      if (auto done = restamping::take_stored(tx, answer.state, record, *sent); !done) return done;
    }
    for (const dropped_value& dropped : answer.message.dropped) {
      if (dropped.table != answer.as.table || dropped.key != item.key) continue;
      if (auto noted = conflicts::template note_dropped<R>(tx, record, dropped, sent, answer); !noted) return noted.error();
    }
    return {};
  }

  template <class R>
  static result<void> take_refusal(Tx& tx, replica_record<R>& record, const outbox_item& item, const group_answer& said,
                                   answer_reader& answer) {
    unsend(record);  // it stays what the device wants
    const error why{error_code::refused, error_class::fatal, phase::upload, said.reason};
    auto after = outbox<Tx>(tx).failed(item, why, answer.now, answer.random);
    if (!after) return after.error();
    if (after->what == fate::dead) {  // it waits for an edit or a person
      ++answer.report.refused;
      advance<R>(record, record_event::refused);
    } else {  // there is an edit since
      advance<R>(record, record_event::rebased);
    }
    return {};
  }
};

}  // namespace syncline

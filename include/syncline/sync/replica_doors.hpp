// SPDX-License-Identifier: BSL-1.0
#pragma once
// The local half of a replica: the doors through which an app makes, changes, deletes and reads records.

#include <syncline/change/edit.hpp>
#include <syncline/core/planted.hpp>
#include <syncline/sync/record_reference.hpp>
#include <syncline/sync/replica_store.hpp>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace syncline {

/// The doors of a replica. Every write is durable when its function returns: the record, its stamps, the dirty set and the
/// outbox changed in one transaction. It is sent after what waits of the records that it names in `depends_on`, and of those
/// that a door is told in `after`. \see DECL-6, QUEUE-3, PROTOCOL 14
template <class Store, class... Records>
  requires store_for<Store, Records...>
class replica_doors {
 protected:
  using tx_type = transaction_of<Store>;
  using kept = replica_store<tx_type, Records...>;

 public:
  using records = catalog<Records...>;

  /// As of the last transaction of this replica.
  const replica_state& state() const noexcept { return state_; }

  /// Makes a record as a client; values of `server` fields are proposals. `chunks` are the bytes of its series' chunks,
  /// but for those that the device has already.
  template <class R>
  result<R> create(const R& draft, timestamp now, const std::vector<std::string>& chunks = {},
                   std::vector<record_reference> after = {}) {
    return write<R>(key_of(draft), now, std::move(after), [&](replica_record<R>& record, bool exists, hybrid_time at, tx_type& tx) -> result<change<R>> {
      if (exists && !record.seen_deleted()) {
        return make_error(error_code::already_exists, phase::local,
                          "table '" + std::string(schema<R>::table) + "' already has a record with this key: edit it instead");
      }
      if (auto put = kept::put_own_chunks(tx, key_of(record.base), R{}, draft, chunks); !put) return put.error();
      change<R> made{.kind = change_kind::created};
      const bool deletion_sent = (record.sent && record.sent->kind == change_kind::deleted) || (!record.pending && !record.foreign.empty());
      if ((record.base_exists || record.sent) && !deletion_sent) {  // its deletion has not left yet
        made.kind = change_kind::updated;
        made.what = diff(record.seen_by_pending(), draft);
      } else {
        made.what = syncline::create<role::client>(draft);
      }
      stamp_fields(made, at);
      return made;
    });
  }

  /// Changes a record as a client: `make_changes(editor)` may write the fields that a client owns or shares.
  /// Where a series is among them, because points were appended, `chunks` are its new chunks' bytes.
  template <class R, class MakeChanges>
  result<R> edit(const typename schema<R>::key_type& key, timestamp now, MakeChanges&& make_changes,
                 const std::vector<std::string>& chunks = {}, std::vector<record_reference> after = {}) {
    return write<R>(key, now, std::move(after), [&](replica_record<R>& record, bool exists, hybrid_time at, tx_type& tx) -> result<change<R>> {
      if (!exists || record.seen_deleted()) return no_such_record<R>();
      const R seen = record.seen();
      change<R> made{.what = syncline::edit<role::client>(seen, make_changes)};
      if (auto keeps = keeps_once(seen, made.what); !keeps) return keeps.error();
      if (!chunks.empty() || !(made.what.fields & series_fields<R>).empty()) {
        if (auto put = kept::put_own_chunks(tx, key_of(seen), seen, apply(seen, made.what), chunks); !put) return put.error();
      }
      stamp_fields(made, at);
      return made;
    });
  }

  /// Deletes a record. One that was made here and never left is gone without a trace. \see PROTOCOL 12
  template <class R>
  result<R> remove(const typename schema<R>::key_type& key, timestamp now, std::vector<record_reference> after = {}) {
    return write<R>(key, now, std::move(after), [&](replica_record<R>& record, bool exists, hybrid_time at, tx_type&) -> result<change<R>> {
      if (!exists || record.seen_deleted()) return no_such_record<R>();
      change<R> made{.kind = change_kind::deleted};
      made.at = at;
      return made;
    });
  }

  /// Tries dead letters again, with what they depend on and what died with them: those for which `wanted(item)` holds.
  /// \return how many dead letters there are fewer. \see QUEUE-9
  template <class Wanted>
  result<std::size_t> retry(Wanted wanted) {
    auto tx = begin();
    if (!tx) return tx.error();
    auto items = outbox(*tx).all();
    if (!items) return items.error();
    auto before = outbox(*tx).dead_size();
    if (!before) return before.error();
    if (auto revived = outbox(*tx).revive_if(wanted); !revived) return revived.error();
    for (const outbox_item& each : *items) {
      result<void> outcome;
      records::visit(each.table, [&]<class R>(std::type_identity<R>) { outcome = kept::template revived<R>(*tx, each); });
      if (!outcome) return outcome.error();
    }
    auto after = outbox(*tx).dead_size();
    if (!after) return after.error();
    if (auto done = commit(*tx, state_); !done) return done.error();
    return *before - *after;
  }

  /// Sends the chunks again that the hub refused: after it was mended. \return how many
  result<std::size_t> retry_chunks() {
    auto tx = begin();
    if (!tx) return tx.error();
    auto many = kept::revive_chunks(*tx);
    if (!many) return many;
    if (auto done = commit(*tx, state_); !done) return done.error();
    return many;
  }

  /// The record with this key, or the one that stands for it, unless it is deleted. Edits and deletions, too, reach the
  /// record that stands for the one they name. \see MERGE-6
  template <class R>
  result<std::optional<R>> find(const typename schema<R>::key_type& key) {
    auto record = find_record<R>(key);
    if (!record) return record.error();
    if (!*record || (*record)->seen_deleted()) return std::optional<R>{};
    return std::optional<R>{(*record)->seen()};
  }

  /// The record with all that the device remembers of it, deleted or not.
  template <class R>
  result<std::optional<replica_record<R>>> find_record(const typename schema<R>::key_type& key) {
    auto tx = store_->begin(scope_);
    if (!tx) return tx.error();
    auto end = end_of<R>(*tx, key);
    if (!end) return end.error();
    return kept::template find<R>(*tx, *end);
  }

  /// Up to `limit` live records in order of key, from the first one after `after`.
  template <class R>
  result<std::vector<R>> list(std::optional<typename schema<R>::key_type> after = {}, std::size_t limit = 1000) {
    auto tx = store_->begin(scope_);
    if (!tx) return tx.error();
    std::vector<R> found;
    while (found.size() < limit) {
      auto rows = tx->template scan<R>(after, limit);
      if (!rows) return rows.error();
      if (rows->empty()) break;
      for (row<R>& each : *rows) {
        after = key_of(each.value);
        if (!each.deleted && found.size() < limit) found.push_back(std::move(each.value));
      }
    }
    return found;
  }

  /// A chunk's bytes, if the device has them.
  result<std::optional<std::string>> find_chunk(const chunk_digest& digest) {
    auto tx = store_->begin(scope_);
    if (!tx) return tx.error();
    return tx->get("chunk", digest_name(digest));
  }

  /// Reads from the replica's own part of the store: `use(transaction)`, which must not write.
  template <class Use>
  auto read(Use&& use) -> decltype(use(std::declval<tx_type&>())) {
    auto tx = store_->begin(scope_);
    if (!tx) return tx.error();
    return use(*tx);
  }

 protected:
  void give_up_what_waits() {  // a planted flaw, see flaw::silence_uses_attempts
    auto tx = begin();
    if (!tx) return;
    const auto waits = outbox(*tx).take_batch(timestamp::max(), 1);
    const error why{error_code::unreachable, error_class::fatal, phase::transport, "no answer came"};
    if (!waits || waits->empty() || !outbox(*tx).failed(waits->front(), why, {}, 0)) return;
    static_cast<void>(tx->commit());
  }

  replica_doors(Store& store, std::string scope, replica_state state, replica_settings settings)
      : store_(&store), scope_(std::move(scope)), state_(std::move(state)), settings_(settings) {}

  /// Begins a transaction, and reads the state in it: another process over the same store may have gone on since.
  result<tx_type> begin() {
    auto tx = store_->begin(scope_);
    if (!tx) return tx;
    auto state = kept::read_state(*tx);
    if (!state) return state.error();
    state_ = std::move(*state);
    return tx;
  }

  template <class R>
  static error no_such_record() {
    return make_error(error_code::not_found, phase::local,
                      "table '" + std::string(schema<R>::table) + "' has no record with this key");
  }

  static auto outbox(tx_type& tx) { return syncline::outbox<tx_type>(tx); }

  result<void> commit(tx_type& tx, replica_state state) {
    if (auto put = kept::write_state(tx, state); !put) return put.error();
    if (auto done = tx.commit(); !done) return done.error();
    state_ = std::move(state);
    return {};
  }

  /// The key of the record that stands for the one called `key`: mostly itself.
  template <class R>
  static result<typename schema<R>::key_type> end_of(tx_type& tx, const typename schema<R>::key_type& key) {
    if constexpr (has_duplicates<R>) {
      return kept::template alias<R>::end_of(tx, key);
    } else {
      return key;
    }
  }

  /// A local write inside a transaction: the record, the stamps, the dirty set and the outbox change together.
  /// `make(record, exists, at, tx)` says what is done; `changed` becomes false where that is nothing. \see PROTOCOL 14
  template <class R, class Make>
  result<R> write_in(tx_type& tx, replica_state& state, const typename schema<R>::key_type& named, timestamp now,
                     Make&& make, bool& changed, std::vector<record_reference> after = {}) {
    const auto end = end_of<R>(tx, named);
    if (!end) return end.error();
    const typename schema<R>::key_type& key = *end;
    auto found = kept::template find<R>(tx, key);
    if (!found) return found.error();
    const bool exists = found->has_value();
    replica_record<R> record = exists ? std::move(**found) : kept::template fresh<R>(key);
    const hybrid_time at = state.next_time(now);
    auto made = make(record, exists, at, tx);
    if (!made) return made.error();
    if (made->kind == change_kind::updated && made->what.empty() && !record.seen_deleted()) {
      changed = false;
      return record.seen();
    }
    state.clock = at.ticks;
    sign(made->what, state.device);
    made->base = record.number;
    const bool never_left =
        record.number == 0 && record.foreign.empty() && (is_planted(flaw::annihilate_what_left) ||
                               (record.pending && record.pending->kind == change_kind::created && !record.sent));
    if (made->kind == change_kind::deleted && never_left) {
      R gone = record.seen();
      if (auto erased = kept::annihilate(tx, gone); !erased) return erased.error();
      return gone;
    }
    note_write(record, *made, {at, device_id(state.device)});
    for (foreign_change<R>& each : record.foreign) each.is_depended_on = true;
    if (record.pending && !is_planted(flaw::keep_the_last_edit_only)) {
      compose_into(*record.pending, *made);
    } else {
      record.pending = std::move(*made);
    }
    kept::template advance<R>(record, record_event::edited);
    kept::template note_conflict<R>(record);
    R seen = record.seen();
    if (!record.seen_deleted()) {
      if (std::string problem = violation_of(seen); !problem.empty()) {
        return make_error(error_code::invalid_value, phase::validate, std::move(problem));
      }
      for (record_reference& each : references_of(seen)) after.push_back(std::move(each));
    }
    const row<R> kept_as = to_row(record);
    if (auto saved = tx.template save<R>(kept_as); !saved) return saved.error();
    if (is_planted(flaw::outbox_outside)) return seen;
    auto queued = outbox(tx).enqueue(schema<R>::table, encode(key), record.pending->kind, kept::template priority_of<R>,
                                     {std::move(after), kept_as.sync.size(), settings_.waiting});
    if (!queued) return queued.error();
    return seen;
  }

  Store* store_;
  std::string scope_;
  replica_state state_;
  replica_settings settings_;

 private:
  template <class R, class Make>
  result<R> write(const typename schema<R>::key_type& key, timestamp now, std::vector<record_reference> after, Make&& make) {
    auto tx = begin();
    if (!tx) return tx.error();
    replica_state state = state_;
    bool changed = true;
    auto seen = write_in<R>(*tx, state, key, now, make, changed, std::move(after));
    if (!seen || !changed) return seen;
    if (is_planted(flaw::outbox_outside)) {
      if (auto done = commit(*tx, state); !done) return done.error();
      auto later = store_->begin(scope_);
      if (!later) return later.error();
      auto queued = outbox(*later).enqueue(schema<R>::table, encode(key), change_kind::updated, kept::template priority_of<R>);
      if (!queued) return queued.error();
      if (auto done = commit(*later, std::move(state)); !done) return done.error();
      return seen;
    }
    if (auto done = commit(*tx, std::move(state)); !done) return done.error();
    return seen;
  }
};

}  // namespace syncline

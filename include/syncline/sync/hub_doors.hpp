// SPDX-License-Identifier: BSL-1.0
#pragma once
// The server's own half of a hub: the doors through which it makes, changes, deletes and reads records.

#include <syncline/change/edit.hpp>
#include <syncline/port/store.hpp>
#include <syncline/sync/catalog.hpp>
#include <syncline/sync/hub_commit.hpp>
#include <syncline/sync/hub_conflicts.hpp>
#include <syncline/sync/hub_lineage.hpp>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace syncline {

/// The doors of a hub. Every write is one commit of its scope, durable when its function returns. \see DECL-6
template <class Store, class... Records>
  requires store_for<Store, Records...>
class hub_doors {
 public:
  using commit_type = hub_commit<transaction_of<Store>>;

  /// Makes a record as the server. \return its number, or why not: it exists, or sets what only a client may set
  template <class R>
  result<std::uint64_t> create(std::string_view scope, const R& draft, timestamp now) {
    delta<R> made = syncline::create<role::server>(draft);
    sign(made, hub_name);
    if (const auto refused = made.fields - creatable<R, role::server>; !refused.empty()) {
      return not_allowed<R>(refused, "the server cannot set it: leave it empty");
    }
    if (const auto refused = withhold(made, made.fields, role::server); !refused.empty()) {
      return not_allowed<R>(refused, "the server cannot set what the clients own in it: leave that empty");
    }
    return write<R>(scope, key_of(draft), now, [&](commit_type& commit, hub_record<R>& present, bool exists) -> result<void> {
      if (exists && !present.deleted()) {
        return make_error(error_code::already_exists, phase::local,
                          "table '" + std::string(schema<R>::table) + "' already has a record with this key: edit it instead");
      }
      commit.template make<R>(present, made);
      return {};
    });
  }

  /// Changes a record as the server: `make_changes(editor)` may write the fields that the server owns or shares.
  template <class R, class MakeChanges>
  result<std::uint64_t> edit(std::string_view scope, const typename schema<R>::key_type& key, timestamp now,
                             MakeChanges&& make_changes) {
    return write<R>(scope, key, now, [&](commit_type& commit, hub_record<R>& present, bool exists) -> result<void> {
      if (!exists || present.deleted()) return no_such_record<R>();
      delta<R> changes = syncline::edit<role::server>(present.value, make_changes);
      sign(changes, hub_name);
      if (auto kept = keeps_once(present.value, changes); !kept) return kept;
      commit.template change_as_server<R>(present, changes);
      return {};
    });
  }

  /// Deletes a record as the server.
  template <class R>
  result<std::uint64_t> remove(std::string_view scope, const typename schema<R>::key_type& key, timestamp now) {
    return write<R>(scope, key, now, [&](commit_type& commit, hub_record<R>& present, bool exists) -> result<void> {
      if (!exists || present.deleted()) return no_such_record<R>();
      commit.template remove<R>(present);
      return {};
    });
  }

  /// The record with this key, or the one that stands for it, unless it is deleted.
  template <class R>
  result<std::optional<R>> find(std::string_view scope, const typename schema<R>::key_type& key) {
    auto tx = open(scope);
    if (!tx) return tx.error();
    auto kept = tx->template load<R>(key);
    if (!kept) return kept.error();
    if (*kept && !(*kept)->deleted) return std::optional<R>{std::move((*kept)->value)};
    if constexpr (has_duplicates<R>) {
      auto reading = commit_type::begin(*tx, {});
      if (!reading) return reading.error();
      auto end = load_end<R>(*reading, key);
      if (!end) return end.error();
      if (end->exists && !end->record.deleted()) return std::optional<R>{std::move(end->record.value)};
    }
    return std::optional<R>{};
  }

  /// Up to `limit` live records in order of key, from the first one after `after`.
  template <class R>
  result<std::vector<R>> list(std::string_view scope, std::optional<typename schema<R>::key_type> after, std::size_t limit) {
    auto tx = open(scope);
    if (!tx) return tx.error();
    std::vector<R> found;
    while (found.size() < limit) {
      auto rows = tx->template scan<R>(after, limit);
      if (!rows) return rows.error();
      if (rows->empty()) break;
      for (row<R>& kept : *rows) {
        after = key_of(kept.value);
        if (!kept.deleted && found.size() < limit) found.push_back(std::move(kept.value));
      }
    }
    return found;
  }

  /// The values that did not stand in `scope`, latest last: up to `limit` from the first one after `after`.
  result<std::vector<std::pair<std::string, dropped_value>>> dropped(std::string_view scope, std::string_view after,
                                                                     std::size_t limit) {
    auto tx = open(scope);
    if (!tx) return tx.error();
    auto entries = tx->list("dropped", after, limit);
    if (!entries) return entries.error();
    std::vector<std::pair<std::string, dropped_value>> found;
    for (entry& kept : *entries) {
      auto value = decode<dropped_value>(kept.bytes);
      if (!value) return value.error();
      found.emplace_back(std::move(kept.name), std::move(*value));
    }
    return found;
  }

 protected:
  /// Nothing, or why the server may not make `after` of `before` by `changes`.
  template <class R>
  static result<void> check_change(const R& before, const delta<R>& changes, const R& after) {
    if (auto kept = keeps_once(before, changes); !kept) return kept;
    if (std::string problem = violation_of(after); !problem.empty()) {
      return make_error(error_code::invalid_value, phase::validate, std::move(problem));
    }
    return {};
  }

  /// Saves what the server made of a record, and makes one record of it and its duplicates.
  template <class R>
  static result<void> save(commit_type& commit, typename commit_type::template loaded<R>& present) {
    std::uint32_t table = 0, at = 0;
    ((std::is_same_v<R, Records> ? table = at++ : at++), ...);
    std::vector<dropped_value> dropped;
    if constexpr (has_request<R>) {
      const bool is_written = present.record.numbers[internal::request_of<R>::field] == commit.number();
      if (is_written && !present.record.deleted()) supersede_request(commit, present.record, table, dropped);
    }
    if (auto settled = commit.template settle_duplicates<R>(present, table, dropped); !settled) return settled;
    for (dropped_value& each : dropped) each.version = schema<R>::info.version;
    if (auto logged = commit.log_dropped(dropped); !logged) return logged;
    if (auto saved = commit.template save<R>(present); !saved) return saved;
    if constexpr (logs_conflicts<Records...> && (has_duplicates<R> || has_request<R>)) {
      return publish_conflicts<catalog<Records...>>(commit, dropped, commit.now());
    } else {
      return {};
    }
  }

  explicit hub_doors(Store& store) : store_(&store) {}

  /// Begins a transaction. Rows that an older version left in the scope are brought up before, some at a time, so that one
  /// that ends on the way leaves rows of both, and the next one goes on. \see DECL-7
  result<transaction_of<Store>> open(std::string_view scope) {
    for (;;) {
      auto tx = store_->begin(scope);
      if constexpr ((has_previous<Records> || ...)) {
        if (!tx) return tx;
        std::size_t moved = 0;
        result<void> outcome;
        catalog<Records...>::for_each([&]<class R>(std::type_identity<R>) {
          if (!outcome) return;
          auto some = hub_lineage<transaction_of<Store>>::template move_up<R>(*tx);
          if (some) moved += *some;
          else outcome = some.error();
        });
        if (!outcome) return outcome.error();
        if (moved != 0) {
          if (auto done = tx->commit(); !done) return done.error();
          continue;
        }
      }
      return tx;
    }
  }

  /// The record with this key, or the one that stands for it.
  template <class R>
  static result<typename commit_type::template loaded<R>> load_end(commit_type& commit, const typename schema<R>::key_type& key) {
    auto found = commit.template load<R>(key);
    if (!found) return found;
    return commit.template end_of<R>(std::move(*found));
  }

 private:
  Store* store_;

  template <class R>
  static error not_allowed(field_set<R> fields, std::string_view what) {
    return make_error(error_code::not_allowed, phase::local,
                      "field '" + std::string(schema<R>::names[fields.first()]) + "' of table '" + std::string(schema<R>::table) + "': " + std::string(what));
  }

  template <class R>
  static error no_such_record() {
    return make_error(error_code::not_found, phase::local,
                      "table '" + std::string(schema<R>::table) + "' has no record with this key");
  }

  template <class R, class Write>
  result<std::uint64_t> write(std::string_view scope, const typename schema<R>::key_type& key, timestamp now, Write&& write) {
    auto tx = open(scope);
    if (!tx) return tx.error();
    auto commit = commit_type::begin(*tx, now);
    if (!commit) return commit.error();
    auto present = load_end<R>(*commit, key);
    if (!present) return present.error();
    if (auto done = write(*commit, present->record, present->exists); !done) return done.error();
    if (std::string problem = present->record.deleted() ? std::string{} : violation_of(present->record.value); !problem.empty()) {
      return make_error(error_code::invalid_value, phase::validate, std::move(problem));
    }
    if (auto saved = save<R>(*commit, *present); !saved) return saved.error();
    if (auto closed = commit->finish(); !closed) return closed.error();
    return commit->number();
  }
};

}  // namespace syncline

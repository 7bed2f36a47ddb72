// SPDX-License-Identifier: BSL-1.0
#pragma once
// The server's doors of the conflict log: it answers those who ask it to take a decision back, and forgets what is old.

#include <syncline/resolve/conflict.hpp>
#include <syncline/sync/carry_update.hpp>
#include <syncline/sync/hub_apart.hpp>
#include <syncline/sync/hub_conflicts.hpp>
#include <syncline/sync/hub_doors.hpp>
#include <syncline/sync/server_parts.hpp>

#include <algorithm>
#include <iterator>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace syncline {

/// A value of the server's that did not stand is not taken back by an undo: the undo asks for it, in the entry itself.
/// \see MERGE-9, PROTOCOL 21
template <class Store, class... Records>
class hub_log : public hub_doors<Store, Records...> {
  using doors = hub_doors<Store, Records...>;
  using typename doors::commit_type;
  using entry_type = typename commit_type::template loaded<conflict>;

 public:
  /// The entries of `scope` in which somebody asked, and has no answer.
  result<std::vector<conflict>> requests(std::string_view scope)
    requires logs_conflicts<Records...>
  {
    std::vector<conflict> open;
    for (std::optional<std::string> after;;) {
      auto some = this->template list<conflict>(scope, after, 1000);
      if (!some) return some;
      if (some->empty()) return open;
      after = *some->back().id;
      std::copy_if(some->begin(), some->end(), std::back_inserter(open), is_requested);
    }
  }

  /// Does what was asked for in entry `id`: the server's fields have the values again that had not stood, but those that
  /// were written since. That is an entry of its own, called `granted_of(id)`.
  /// \return what was done; or why nothing was: nobody asked, it was answered, or all was changed since
  result<undo_report> grant(std::string_view scope, const std::string& id, timestamp now)
    requires logs_conflicts<Records...>
  {
    undo_report report;
    auto done = answer(scope, id, now, true, [&](commit_type& commit, const conflict& asked) {
      result<void> outcome = make_error(error_code::wrong_version, phase::local,
                                        "entry '" + id + "' is of a table that this program does not know: update it");
      catalog<Records...>::visit(*asked.table, [&]<class R>(std::type_identity<R>) {
        if constexpr (!std::is_same_v<R, conflict>) outcome = take_back<R>(commit, asked, now, report);
      });
      return outcome;
    });
    if (!done) return done.error();
    return report;
  }

  /// Says that what was asked for in entry `id` is not done.
  result<void> decline(std::string_view scope, const std::string& id, timestamp now)
    requires logs_conflicts<Records...>
  {
    return answer(scope, id, now, false, [](commit_type&, const conflict&) { return result<void>{}; });
  }

  /// Deletes, in one commit, up to `limit` entries that were decided before `before` and wait for nobody.
  /// \return how many; fewer than `limit` if there are no more
  result<std::size_t> forget_conflicts(std::string_view scope, timestamp before, timestamp now, std::size_t limit = 256)
    requires logs_conflicts<Records...>
  {
    auto tx = this->open(scope);
    if (!tx) return tx.error();
    auto commit = commit_type::begin(*tx, now);
    if (!commit) return commit.error();
    std::vector<std::string> old;
    for (std::optional<std::string> after; old.size() < limit;) {
      auto rows = tx->template scan<conflict>(after, 256);
      if (!rows) return rows.error();
      if (rows->empty()) break;
      after = *rows->back().value.id;
      for (const row<conflict>& each : *rows) {
        if (each.deleted || *each.value.decided_at >= before || is_requested(each.value)) continue;
        if (is_open(each.value)) {
          auto undo = commit->template load<conflict>(undo_of(*each.value.id));
          if (!undo) return undo.error();
          if (!undo->exists || undo->record.deleted()) continue;
        }
        if (old.size() < limit) old.push_back(*each.value.id);
      }
    }
    if (old.empty()) return old.size();
    for (const std::string& id : old) {
      auto entry = commit->template load<conflict>(id);
      if (!entry) return entry.error();
      commit->template remove<conflict>(entry->record);
      if (auto saved = commit->template save<conflict>(*entry); !saved) return saved.error();
    }
    if (auto done = commit->finish(); !done) return done.error();
    return old.size();
  }

  /// Deletes up to `limit` values of the hub's own log, `dropped`, the oldest first, that were decided before `before`: no page
  /// tells of them any more. \return how many; fewer than `limit` if there are no more
  result<std::size_t> forget_dropped(std::string_view scope, timestamp before, std::size_t limit = 256) {
    auto tx = this->open(scope);
    if (!tx) return tx.error();
    auto oldest = tx->list("dropped", {}, limit);
    if (!oldest) return oldest.error();
    std::size_t forgotten = 0;
    for (const entry& each : *oldest) {
      auto logged = decode<dropped_value>(each.bytes);
      if (!logged) return logged.error();
      if (logged->decided_at >= before) break;
      if (auto removed = tx->remove("dropped", each.name); !removed) return removed.error();
      ++forgotten;
    }
    if (auto done = tx->commit(); !done) return done.error();
    return forgotten;
  }

 protected:
  using doors::doors;

  /// Logs what did not stand in an envelope: `told`, by the tables of `message`, in which `touched` are the records that it changed.
  static result<void> log_decisions(commit_type& commit, const upload_message& message,
                                    const std::set<std::pair<std::uint32_t, std::string>>& touched, const std::vector<dropped_value>& told) {
    std::vector<dropped_value> dropped = told;
    for (dropped_value& each : dropped) each.table = catalog<Records...>::position_of(message.tables[each.table].table);
    if constexpr (logs_conflicts<Records...>) {
      if (auto answered = answer_aliases(commit, message, touched, dropped); !answered) return answered;
      if (auto made = publish_conflicts<catalog<Records...>>(commit, dropped, commit.now()); !made) return made;
    }
    return commit.log_dropped(dropped);
  }

 private:
  // Does what a device asked for, in the entries among `touched`, where that is to take an alias back, or to have it again: no
  // value of the server's depends on it, so nobody has to grant it. \see PROTOCOL 22
  static result<void> answer_aliases(commit_type& commit, const upload_message& message,
                                     const std::set<std::pair<std::uint32_t, std::string>>& touched, std::vector<dropped_value>& dropped) {
    for (const auto& [written_to, name] : touched) {
      if (message.tables[written_to].table != schema<conflict>::table) continue;
      auto id = decode<std::string>(name);
      if (!id) return id.error();
      auto entry = commit.template load<conflict>(*id);
      if (!entry) return entry.error();
      const conflict& asked = entry->record.value;
      if (!entry->exists || entry->record.deleted() || !is_requested(asked)) continue;
      std::optional<bool> done;
      result<void> outcome;
      std::uint32_t table = 0, at = 0;
      const auto answer_one = [&]<class R>(std::type_identity<R>) {
        if constexpr (has_duplicates<R>) {
          table = at;
          if (*asked.table != schema<R>::table || !is_about_alias<R>(asked) || !outcome) return;
          auto answered = answer_alias<R>(commit, asked, table, dropped);
          if (answered) done = *answered;
          else outcome = answered.error();
        }
      };
      ((answer_one(std::type_identity<Records>{}), ++at), ...);
      if (!outcome) return outcome;
      if (!done) continue;
      if (auto said = say(commit, *entry, *done); !said) return said;
    }
    return {};
  }

  static error refused(const std::string& id, const std::string& why) {
    return make_error(error_code::not_allowed, phase::local, "the request '" + id + "' " + why);
  }

  // One commit: what `act(commit, entry)` does, and the answer in the entry. \see PROTOCOL 21
  template <class Act>
  result<void> answer(std::string_view scope, const std::string& id, timestamp now, bool granted, Act&& act) {
    auto tx = this->open(scope);
    if (!tx) return tx.error();
    auto commit = commit_type::begin(*tx, now);
    if (!commit) return commit.error();
    auto entry = commit->template load<conflict>(id);
    if (!entry) return entry.error();
    const conflict asked = entry->record.value;
    if (!entry->exists || entry->record.deleted()) {
      return make_error(error_code::not_found, phase::local, "the conflict log has no entry '" + id + "'");
    }
    if (asked.requested_by->empty()) {
      return make_error(error_code::not_found, phase::local, "nobody asked to take the decision '" + id + "' back");
    }
    if (asked.granted->has_value()) return refused(id, **asked.granted ? "was granted already" : "was declined already");
    if (auto done = act(*commit, asked); !done) return done;
    if (auto said = say(*commit, *entry, granted); !said) return said;
    return commit->finish();
  }

  static result<void> say(commit_type& commit, entry_type& entry, bool granted) {
    const auto said = edit<role::server>(entry.record.value, [&](auto& e) { e[the<&conflict::granted>] = granted; });
    commit.template change_as_server<conflict>(entry.record, said);
    return commit.template save<conflict>(entry);
  }

  // Whether it could be done. That a record stands for itself again is an entry of its own, called `granted_of(id)`; that it
  // joined again is one like those of all that do.
  template <class R>
  static result<bool> answer_alias(commit_type& commit, const conflict& asked, std::uint32_t table,
                                   std::vector<dropped_value>& dropped) {
    using tx_type = transaction_of<Store>;
    using apart = hub_apart<R, commit_type, tx_type>;
    const superseded& said = asked.values->front();
    auto key = decode<typename schema<R>::key_type>(asked.record->bytes);
    if (!key) return false;
    if (said.why == rule::undone) {
      auto other = decode<typename schema<R>::key_type>(said.dropped.bytes);
      if (!other) return false;
      const std::size_t before = dropped.size();
      auto done = apart::bring_back(commit, commit.transaction(), *key, *other, table, dropped);
      for (std::size_t i = before; i < dropped.size(); ++i) dropped[i].version = schema<R>::info.version;
      return done;
    }
    auto taken = apart::take_out(commit, commit.transaction(), *key);
    if (!taken) return taken.error();
    if (!*taken) return false;
    std::vector<superseded> values{{said.field, rule::undone, asked.record, *asked.requested_by, commit.time().ticks,
                                    std::move((*taken)->survivor), said.kept_by, said.kept_at}};
    for (superseded& each : (*taken)->lost) values.push_back(std::move(each));
    auto published = publish_conflict(commit, {.id = {granted_of(*asked.id)},
                                               .table = asked.table,
                                               .record = asked.record,
                                               .version = {schema<R>::info.version},
                                               .decided_at = {commit.now()},
                                               .decided_by = {std::string(hub_name)},
                                               .values = {std::move(values)},
                                               .undoes = {*asked.id}});
    return published ? result<bool>(true) : published.error();
  }

  // The values that had not stood, where the ones that stand are still those of the decision.
  template <class R>
  static result<void> take_back(commit_type& commit, const conflict& asked, timestamp now, undo_report& report) {
    auto key = decode<typename schema<R>::key_type>(asked.record->bytes);
    if (!key) return key.error();
    auto present = doors::template load_end<R>(commit, *key);
    if (!present) return present.error();
    hub_record<R>& record = present->record;
    if (!present->exists || record.deleted()) return refused(*asked.id, "is about a record that was deleted since: decline it");
    if (*asked.version > schema<R>::info.version) return refused(*asked.id, "is of a newer version of its table: update the hub");
    const conflict entry = carry_conflict<R>(asked);
    const stamps<R> written = record.stamps();
    R after = record.value;
    std::vector<superseded> values;
    result<void> read;
    for (const superseded& each : *entry.values) {
      for_each_field(
          [&]<std::size_t I>(std::integral_constant<std::size_t, I>, auto& field) {
            if constexpr (std::is_same_v<typename schema<R>::template policy_type<I>, policy::server>) {
              if (schema<R>::names[I] != each.field || !read) return;
              if (written[I] != stamp{{each.kept_at}, device_id(each.kept_by)}) return report.changed_since.push_back(each.field);
              read = decode_into(each.dropped.bytes, value_of(field));
              report.restored.push_back(each.field);
              values.push_back({each.field, rule::undone, each.dropped, std::string(hub_name), 0, each.kept, each.kept_by, each.kept_at});
            } else if constexpr (is_about_server_parts<R, I>(rule::server_owned)) {
              if (schema<R>::names[I] != each.field || !is_about_server_parts<R, I>(each.why) || !read) return;
              const auto parts = server_parts<R, I>::read(each);
              if (!parts) return void(read = parts.error());
              auto& to = parts->stand_in(value_of(field)) ? report.restored : report.changed_since;
              for (std::string& part : parts->names()) to.push_back(std::move(part));
              if (&to == &report.changed_since) return;
              blob replaced{encode(value_of(field))};
              parts->bring_back(value_of(field));
              values.push_back({each.field, rule::undone, {encode(value_of(field))}, std::string(hub_name), 0, std::move(replaced),
                                each.kept_by, each.kept_at});
            }
          },
          after);
    }
    if (!read) return read;
    if (values.empty()) return refused(*asked.id, "is about values that were written again since: decline it");
    const delta<R> changes = diff(record.value, after);
    if (auto allowed = doors::check_change(record.value, changes, after); !allowed) return allowed;
    commit.template change_as_server<R>(record, changes, rule::undone);
    for (superseded& each : values) each.kept_at = commit.time().ticks;
    if (auto saved = doors::template save<R>(commit, *present); !saved) return saved;
    return publish_conflict(commit, {.id = {granted_of(*asked.id)},
                                     .table = asked.table,
                                     .record = asked.record,
                                     .version = {schema<R>::info.version},
                                     .decided_at = {now},
                                     .decided_by = {std::string(hub_name)},
                                     .values = {std::move(values)},
                                     .undoes = {*asked.id}});
  }
};

}  // namespace syncline

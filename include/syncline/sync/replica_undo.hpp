// SPDX-License-Identifier: BSL-1.0
#pragma once
// Taking back what was decided against somebody, on any device, as a change like any other.

#include <syncline/resolve/conflict.hpp>
#include <syncline/sync/carry_update.hpp>
#include <syncline/sync/replica_doors.hpp>
#include <syncline/sync/server_parts.hpp>

#include <algorithm>
#include <array>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace syncline {

/// The doors of the conflict log. \see MERGE-9, PROTOCOL 21
template <class Store, class... Records>
class replica_undo : public replica_doors<Store, Records...> {
  using doors = replica_doors<Store, Records...>;

 protected:
  using typename doors::kept;
  using typename doors::tx_type;
  using doors::settings_;
  using doors::state_;

 public:
  using typename doors::records;

  /// Takes back the decision of entry `id`: values that did not stand come back where nobody wrote since; a record that was
  /// deleted against edits comes back with them; one that stayed against a deletion goes. The undo is an entry of its own,
  /// called `undo_of(id)`, and can be undone.
  ///
  /// The value comes back as if it had been written right after the one that stands, so that against any later write, also
  /// one that this device has not heard of, it loses. Two devices that take back one decision do it once.
  /// \return what was done; or why nothing was: there is no such entry, it is too old, was undone, or all was changed since
  result<undo_report> undo(const std::string& id, timestamp now)
    requires logs_conflicts<Records...>
  {
    auto tx = this->begin();
    if (!tx) return tx.error();
    auto entry = find_entry(*tx, id);
    if (!entry) return entry.error();
    if (state_.corrected(now) > *entry->decided_at + settings_.undo_window) {
      return refused(id, "is older than " + std::to_string(std::chrono::duration_cast<std::chrono::hours>(settings_.undo_window).count()) +
                             " hours: write what you want instead");
    }
    auto undone = kept::template find<conflict>(*tx, undo_of(id));
    if (!undone) return undone.error();
    if (*undone && !(*undone)->seen_deleted()) {
      return refused(id, "was taken back already by '" + *(*undone)->seen().decided_by + "': undo that entry, '" + undo_of(id) + "', to have it again");
    }
    result<undo_report> report = make_error(error_code::wrong_version, phase::local,
                                            "entry '" + id + "' is of a table that this program does not know: update it");
    replica_state state = state_;
    records::visit(*entry->table, [&]<class R>(std::type_identity<R>) {
      if constexpr (!std::is_same_v<R, conflict>) report = take_back<R>(*tx, state, *entry, now);
    });
    if (!report) return report;
    if (auto done = this->commit(*tx, std::move(state)); !done) return done.error();
    return report;
  }

  /// Says that what was decided in entry `id` is right as it is.
  result<conflict> settle(const std::string& id, timestamp now)
    requires logs_conflicts<Records...>
  {
    const std::string me = state_.device;
    return this->template edit<conflict>(id, now, [&](auto& e) { e[the<&conflict::settled_by>] = me; });
  }

 protected:
  using doors::replica_doors;

 private:
  static error refused(const std::string& id, const std::string& why) {
    return make_error(error_code::not_allowed, phase::local, "the decision '" + id + "' " + why);
  }

  static std::string answer_to(const conflict& asked) {
    const std::string by = " asked the server to take it back";
    if (is_requested(asked)) return "waits for the server: '" + *asked.requested_by + "'" + by;
    return std::string("was ") + (**asked.granted ? "taken back" : "left as it is") + " by the server, after '" + *asked.requested_by + "'" + by;
  }

  static result<conflict> find_entry(tx_type& tx, const std::string& id) {
    auto found = kept::template find<conflict>(tx, id);
    if (!found) return found.error();
    if (!*found || (*found)->seen_deleted() || (*found)->seen().values->empty()) {
      return make_error(error_code::not_found, phase::local, "the conflict log has no entry '" + id + "'");
    }
    return (*found)->seen();
  }

  // Records that entries name are asked for; so one that is not there now has not come yet, or will not come.
  template <class R>
  static error no_record(tx_type& tx, const replica_state& state, const conflict& entry, const typename schema<R>::key_type& key) {
    auto wanted = tx.get("wanted", record_name<R>(key));
    if (!wanted) return wanted.error();
    if (*wanted || kept::cursor(state, schema<R>::table) < kept::cursor(state, schema<conflict>::table)) {
      return refused(*entry.id, "is about a record that this device does not have yet: sync first");
    }
    return refused(*entry.id, "is about a deleted record that the hub has forgotten" +
                                  (*entry.decided_by == hub_name ? std::string() : ": undo it on '" + *entry.decided_by + "', which decided"));
  }

  template <class R>
  result<undo_report> take_back(tx_type& tx, replica_state& state, const conflict& logged, timestamp now) {
    const conflict entry = carry_conflict<R>(logged);
    if (entry.values->empty()) return refused(*entry.id, "is about fields that there are no more");
    auto key = decode<typename schema<R>::key_type>(entry.record->bytes);
    if (!key) return key.error();
    undo_report report;
    if (is_about_alias<R>(entry)) {
      if (!entry.requested_by->empty()) return refused(*entry.id, answer_to(entry));
      report.asked = {entry.values->front().field};
      if (auto asked = ask(tx, state, *entry.id, now); !asked) return asked.error();
      return report;
    }
    std::vector<superseded> values;
    if (*entry.version > schema<R>::info.version) return refused(*entry.id, "is of a newer version of its table: update the app");
    bool changed = true;
    const rule why = entry.values->front().why;
    auto written = this->template write_in<R>(
        tx, state, *key, now,
        [&](replica_record<R>& record, bool exists, hybrid_time at, tx_type&) -> result<change<R>> {
          if (!exists) return no_record<R>(tx, state, entry, *key);
          if (why == rule::deleted) return revived(record, entry, at, state, report, values);
          if (record.seen_deleted()) return refused(*entry.id, "is about a record that was deleted since");
          if (why == rule::updated || why == rule::undecided) return gone(record, entry, at, state, report, values);
          return restored(record, entry, at, state, report, values);
        },
        changed);
    if (!written) return written.error();
    if (!report.asked.empty() && report.restored.empty() && !entry.requested_by->empty()) return refused(*entry.id, answer_to(entry));
    if (!report.asked.empty()) {
      if (auto asked = ask(tx, state, *entry.id, now); !asked) return asked.error();
    }
    if (values.empty()) return report;
    const conflict undone{.id = {undo_of(*entry.id)},
                          .table = entry.table,
                          .record = entry.record,
                          .version = entry.version,
                          .decided_at = {state.corrected(now)},
                          .decided_by = {state.device},
                          .values = {std::move(values)},
                          .undoes = {*entry.id}};
    std::uint64_t restored_at = 0;
    for (const superseded& each : *undone.values) restored_at = std::max(restored_at, each.kept_at);
    auto made = this->template write_in<conflict>(
        tx, state, *undone.id, now,
        [&](replica_record<conflict>&, bool, hybrid_time at, tx_type&) -> result<change<conflict>> {
          change<conflict> made{.kind = change_kind::created, .what = syncline::create<role::client>(undone)};
          stamp_fields(made, at);  // of two devices that do it, the one that is named is the one whose values stand
          made.times[the<&conflict::values>.index] = hybrid_time{restored_at};
          return made;
        },
        changed);
    if (!made) return made.error();
    return report;
  }

  // Asks the server, in the entry itself, to take it back.
  result<void> ask(tx_type& tx, replica_state& state, const std::string& id, timestamp now) {
    bool changed = true;
    auto asked = this->template write_in<conflict>(
        tx, state, id, now,
        [&](replica_record<conflict>& record, bool, hybrid_time at, tx_type&) -> result<change<conflict>> {
          change<conflict> made{.what = syncline::edit<role::client>(
                                    record.seen(), [&](auto& e) { e[the<&conflict::requested_by>] = state.device; })};
          stamp_fields(made, at);
          return made;
        },
        changed);
    return asked ? result<void>{} : result<void>(asked.error());
  }

  // The values that had not stood, where the ones that stand are still those of the decision.
  template <class R>
  static result<change<R>> restored(replica_record<R>& record, const conflict& entry, hybrid_time at,
                                    const replica_state& state, undo_report& report, std::vector<superseded>& values) {
    const R before = record.seen();
    R after = before;
    std::array<hybrid_time, field_count<R>> times{};
    result<void> read;
    for (const superseded& each : *entry.values) {
      for_each_field(
          [&]<std::size_t I>(std::integral_constant<std::size_t, I>, auto& field) {
            using P = typename schema<R>::template policy_type<I>;
            if (schema<R>::names[I] != each.field || !read) return;
            if constexpr (std::is_same_v<P, policy::server>) {
              report.asked.push_back(each.field);
            } else if constexpr (policy::is_stamped<P>) {
              if (record.seen_stamp(I, state.device) != stamp{{each.kept_at}, device_id(each.kept_by)}) {
                return report.changed_since.push_back(each.field);
              }
              read = decode_into(each.dropped.bytes, value_of(field));
              times[I] = hybrid_time{each.kept_at}.after();
              report.restored.push_back(each.field);
              values.push_back({each.field, rule::undone, each.dropped, state.device, times[I].ticks, each.kept, each.kept_by, each.kept_at});
            } else if constexpr (std::is_same_v<P, policy::manual>) {
              auto& now = value_of(field);
              auto wanted = now, decided = now;
              read = decode_into(each.kept.bytes, decided);
              if (read) read = decode_into(each.dropped.bytes, wanted);
              if (!read || !is_same_value(now, decided)) return report.changed_since.push_back(each.field);
              now = std::move(wanted.visible.value);
              now.visible.by = state.device;
              times[I] = at;
              report.restored.push_back(each.field);
              values.push_back({each.field, rule::undone, {encode(now)}, state.device, at.ticks, each.kept, each.kept_by, each.kept_at});
            } else if (is_about_server_parts<R, I>(each.why)) {
              if constexpr (is_about_server_parts<R, I>(rule::server_owned)) {
                const auto parts = server_parts<R, I>::read(each);
                if (!parts) return void(read = parts.error());
                for (std::string& part : parts->names()) report.asked.push_back(std::move(part));
              }
            } else {
              report.changed_since.push_back(each.field);
            }
          },
          after);
    }
    if (!read) return read.error();
    if (report.restored.empty() && report.asked.empty()) {
      return refused(*entry.id, "was followed by later changes of each of its fields, or they can be written only once: nothing was done");
    }
    change<R> made{.what = diff(before, after)};
    made.times = times;
    made.at = at;
    return made;
  }

  template <class R>
  static result<change<R>> revived(replica_record<R>& record, const conflict& entry, hybrid_time at,
                                   const replica_state& state, undo_report& report, std::vector<superseded>& values) {
    if (!record.seen_deleted()) return refused(*entry.id, "is about a record that is there again");
    R draft = record.base;
    result<void> read;
    for (const superseded& each : *entry.values) {
      for_each_field(
          [&]<std::size_t I>(std::integral_constant<std::size_t, I>, auto& field) {
            if (schema<R>::names[I] != each.field || !read) return;
            if constexpr (internal::is_merged<R, I>) {
              auto edit = decode<typename internal::merge_traits_of<R, I>::edit>(each.dropped.bytes);
              if (!edit) return void(read = edit.error());
              internal::merge_traits_of<R, I>::apply(value_of(field), *edit);
            } else {
              read = decode_into(each.dropped.bytes, value_of(field));
            }
            report.restored.push_back(each.field);
          },
          draft);
    }
    if (!read) return read.error();
    change<R> made{.kind = change_kind::created, .what = syncline::create<role::client>(draft)};
    stamp_fields(made, at);
    values.push_back({.why = rule::updated, .kept_by = state.device, .kept_at = at.ticks, .dropped_by = state.device, .dropped_at = at.ticks});
    return made;
  }

  template <class R>
  static result<change<R>> gone(replica_record<R>& record, const conflict& entry, hybrid_time at, const replica_state& state,
                                undo_report& report, std::vector<superseded>& values) {
    for (std::size_t i = 0; i < field_count<R>; ++i) {
      if (record.seen_stamp(i, state.device).time.ticks > entry.values->front().kept_at) {
        return refused(*entry.id, "was followed by later changes of the record: delete it, if it is to go");
      }
    }
    change<R> made{.kind = change_kind::deleted};
    made.at = at;
    report.restored.push_back("deletion");
    values.push_back({.why = rule::deleted, .kept_by = state.device, .kept_at = at.ticks});
    return made;
  }
};

}  // namespace syncline

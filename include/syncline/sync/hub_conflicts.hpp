// SPDX-License-Identifier: BSL-1.0
#pragma once
// The hub's part of a conflict log that is kept as records: it makes the entries of what it decided.

#include <syncline/change/edit.hpp>
#include <syncline/resolve/conflict.hpp>
#include <syncline/sync/catalog.hpp>
#include <syncline/sync/hub_commit.hpp>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace syncline {

namespace internal {

// One dropped value beside what stands in its place in `present`.
template <class R>
superseded beside(const hub_record<R>& present, bool exists, const dropped_value& lost) {
  superseded made{.why = lost.why, .dropped = lost.value, .dropped_by = lost.by, .dropped_at = lost.at};
  const stamps<R> all = present.stamps();
  if (lost.field == schema<R>::key_index) {  // a deletion, against the record as it was last written
    for (const stamp& each : all) made.kept_at = std::max(made.kept_at, each.time.ticks);
    return made;
  }
  for_each_field(
      [&]<std::size_t I>(std::integral_constant<std::size_t, I>, const auto& field) {
        if (I != lost.field) return;
        made.field = schema<R>::names[I];
        if (!exists || present.deleted()) return;
        made.kept = {encode(value_of(field))};
        made.kept_by = all[I].device.view();
        made.kept_at = all[I].time.ticks;
      },
      present.value);
  return made;
}

}  // namespace internal

/// Adds `made` to the log, in the commit.
template <class Commit>
result<void> publish_conflict(Commit& commit, const conflict& made) {
  auto entry = commit.template load<conflict>(*made.id);
  if (!entry) return entry.error();
  commit.make(entry->record, create<role::server>(made));
  return commit.template save<conflict>(*entry);
}

/// Makes one entry, in the commit, for each record of which something in `dropped` did not stand, and one for each that
/// became an alias. `dropped` names tables by their place in the catalog. \see MERGE-9
template <class Catalog, class Commit>
result<void> publish_conflicts(Commit& commit, const std::vector<dropped_value>& dropped, timestamp now) {
  const auto tables = Catalog::declarations();
  std::size_t entries = 0;
  const auto next_id = [&] { return std::string(hub_name) + "-" + std::to_string(commit.number()) + "-" + std::to_string(entries++); };
  for (auto first = dropped.begin(); first != dropped.end();) {
    const auto last = std::find_if(first, dropped.end(), [&](const dropped_value& each) {
      return each.table != first->table || each.key != first->key;
    });
    conflict made{.id = {next_id()},
                  .table = {tables[first->table].table},
                  .record = {first->key},
                  .decided_at = {now},
                  .decided_by = {std::string(hub_name)}};
    std::vector<superseded> values;
    result<void> outcome;
    Catalog::visit(tables[first->table].table, [&]<class R>(std::type_identity<R>) {
      if (std::is_same_v<R, conflict>) return;
      auto key = decode<typename schema<R>::key_type>(first->key.bytes);
      if (!key) return void(outcome = key.error());
      auto present = commit.template load<R>(*key);
      if (!present) return void(outcome = present.error());
      made.version = schema<R>::info.version;
      for (auto each = first; each != last; ++each) values.push_back(internal::beside(present->record, present->exists, *each));
    });
    if (!outcome) return outcome;
    first = last;
    if (values.empty()) continue;
    made.values = std::move(values);
    if (auto published = publish_conflict(commit, made); !published) return published;
  }
  for (const new_alias& each : commit.aliases()) {
    std::string key_name;
    Catalog::visit(each.table, [&]<class R>(std::type_identity<R>) { key_name = schema<R>::names[schema<R>::key_index]; });
    superseded vanished{key_name, rule::duplicate, each.alias_of, std::string(hub_name), commit.time().ticks, each.key,
                        std::string(each.life.device.view()), each.life.time.ticks};
    auto published = publish_conflict(commit, {.id = {next_id()},
                                               .table = {each.table},
                                               .record = {each.key},
                                               .version = {each.version},
                                               .decided_at = {now},
                                               .decided_by = {std::string(hub_name)},
                                               .values = {{std::move(vanished)}}});
    if (!published) return published;
  }
  return {};
}

}  // namespace syncline

// SPDX-License-Identifier: BSL-1.0
// An entry of the conflict log as people see it.

#include "device/conflict_view.hpp"

#include "device/device_types.hpp"
#include "device/named_tables.hpp"
#include "device/shown_values.hpp"

#include <syncline/sync/carry_update.hpp>

namespace stride {

namespace {

// A value of a field that is known by name, as JSON; `null` where there is none.
std::string value_json(const std::string& table, const std::string& field, const std::string& bytes) {
  std::string text = "null";
  tables::visit(table, [&]<class R>(std::type_identity<R>) {
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      ((syncline::schema<R>::names[I] == field && !bytes.empty() ? void(text = dropped_json<R, I>(bytes)) : void()), ...);
    }(std::make_index_sequence<syncline::schema<R>::size>{});
  });
  return text;
}

std::optional<syncline::timestamp> wall(std::uint64_t ticks) {
  if (ticks == 0) return {};
  return syncline::hybrid_time{ticks}.wall();
}

}  // namespace

conflict_view view_of_entry(const syncline::conflict& logged, bool is_undone) {
  syncline::conflict entry = logged;
  tables::visit(*logged.table, [&]<class R>(std::type_identity<R>) { entry = syncline::carry_conflict<R>(logged); });
  const auto key = syncline::decode<std::string>(entry.record->bytes);  // all of Stride's tables are keyed by text
  conflict_view view{.id = *entry.id,
                     .table = *entry.table,
                     .record = key ? *key : std::string(),
                     .decided_at = *entry.decided_at,
                     .decided_by = *entry.decided_by,
                     .open = syncline::is_open(entry) && !is_undone,
                     .undone = is_undone,
                     .undoes = *entry.undoes,
                     .settled_by = *entry.settled_by,
                     .requested_by = *entry.requested_by,
                     .granted = *entry.granted};
  for (const syncline::superseded& each : *entry.values) {
    view.values.push_back({each.field, std::string(to_string(each.why)), value_json(view.table, each.field, each.kept.bytes),
                           each.kept_by, wall(each.kept_at), value_json(view.table, each.field, each.dropped.bytes),
                           each.dropped_by, wall(each.dropped_at)});
  }
  return view;
}

}  // namespace stride

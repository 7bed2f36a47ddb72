// SPDX-License-Identifier: BSL-1.0
#pragma once
// Tables known by name only: what a device's doors and the hub's do alike.

#include "device/device_types.hpp"
#include "device/record_view.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace stride {

/// Calls `use(std::type_identity<R>{})`, which returns a result, for the table called `table`.
template <class Result, class Use>
Result with_table(std::string_view table, Use&& use) {
  std::optional<Result> outcome;
  tables::visit(table, [&]<class R>(std::type_identity<R> type) { outcome.emplace(use(type)); });
  if (outcome) return std::move(*outcome);
  std::string known;
  tables::for_each([&]<class R>(std::type_identity<R>) {
    known += (known.empty() ? "" : ", ") + std::string(syncline::schema<R>::table);
  });
  return make_error(syncline::error_code::not_found, syncline::phase::local,
                    "there is no table '" + std::string(table) + "'; there are " + known);
}

/// All records of a table, of which `next(after)` gives some in order of key.
template <class R, class Next>
syncline::result<std::vector<record_view>> view_all(Next&& next) {
  std::vector<record_view> all;
  for (std::optional<typename syncline::schema<R>::key_type> after;;) {
    syncline::result<std::vector<R>> some = next(after);
    if (!some) return some.error();
    if (some->empty()) return all;
    for (const R& record : *some) all.push_back(view_of(record));
    after = syncline::key_of(some->back());
  }
}

/// A record for `create`, with an id of its own and the time of its making where the texts give none.
template <syncline::role Who, class R>
syncline::result<R> draft_of(const std::vector<assignment>& fields) {
  R draft{};
  constexpr auto may_write = []<class Policy>() { return syncline::policy::may_create<Policy, Who>; };
  if (auto done = assign(draft, fields, may_write); !done) return done.error();
  auto& key = syncline::get_field<syncline::schema<R>::key_index>(draft);
  if (key.empty()) key = fresh_id();
  if constexpr (requires { draft.created_at; }) {
    if (draft.created_at == decltype(draft.created_at){}) draft.created_at = now();
  }
  return draft;
}

/// Calls `door(make_changes)`, an `edit`, with what the texts ask for. It is assigned in the door's own transaction, to
/// what the record is there: fields that the texts do not name stay as whoever wrote them last left them.
///
/// \return what the door returns; or, before it is called, why the texts cannot be assigned to any record
template <syncline::role Who, class R, class Door>
auto edit_through(Door&& door, const std::vector<assignment>& fields) {
  constexpr auto may_write = []<class Policy>() { return syncline::policy::may_edit<Policy, Who>; };
  const auto make_changes = [&](syncline::editor<Who, R>& open) {
    R changed = open.record();
    static_cast<void>(assign(changed, fields, may_write));  // tried below
    write_through(open, changed);
  };
  using outcome = decltype(door(make_changes));
  R scratch{};
  if (auto done = assign(scratch, fields, may_write); !done) return outcome(done.error());
  return door(make_changes);
}

}  // namespace stride

// SPDX-License-Identifier: BSL-1.0
// A device's local writes and reads, for tables known by name.

#include "device/device_parts.hpp"
#include "device/named_tables.hpp"

namespace stride {

namespace {

using syncline::result;
using syncline::role;

// What a door said, as a view, or its sentence; that of a missing record names it.
template <class R>
result<record_view> told(const result<R>& outcome, std::string_view id) {
  if (outcome) return view_of(*outcome);
  if (outcome.error().code != syncline::error_code::not_found) return outcome.error();
  const std::string table(syncline::schema<R>::table);
  return make_error(syncline::error_code::not_found, syncline::phase::local,
                    "table '" + table + "' has no record '" + std::string(id) + "'; see `stride list " + table + "`");
}

}  // namespace

result<std::vector<record_view>> device::list(std::string_view table) {
  return with_table<result<std::vector<record_view>>>(table, [&]<class R>(std::type_identity<R>) {
    return view_all<R>([&](const auto& after) { return parts_->replica->template list<R>(after, 1000); });
  });
}

result<record_view> device::put(std::string_view table, const std::vector<assignment>& fields) {
  return with_table<result<record_view>>(table, [&]<class R>(std::type_identity<R>) -> result<record_view> {
    const auto draft = draft_of<role::client, R>(fields);
    if (!draft) return draft.error();
    auto made = parts_->replica->create(*draft, now());
    if (!made) return made.error();
    return view_of(*made);
  });
}

result<record_view> device::edit(std::string_view table, std::string_view id, const std::vector<assignment>& fields) {
  return with_table<result<record_view>>(table, [&]<class R>(std::type_identity<R>) {
    const auto door = [&](const auto& make_changes) {
      return told<R>(parts_->replica->template edit<R>(std::string(id), now(), make_changes), id);
    };
    return edit_through<role::client, R>(door, fields);
  });
}

result<record_view> device::remove(std::string_view table, std::string_view id) {
  return with_table<result<record_view>>(table, [&]<class R>(std::type_identity<R>) {
    return told<R>(parts_->replica->template remove<R>(std::string(id), now()), id);
  });
}

}  // namespace stride

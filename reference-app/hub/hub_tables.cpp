// SPDX-License-Identifier: BSL-1.0
// Reads and writes as the server, for tables known by name.

#include "device/named_tables.hpp"
#include "hub/hub_parts.hpp"

namespace stride {

namespace {

using syncline::result;
using syncline::role;

// Calls use(std::type_identity<R>{}) for the user's table, alone.
template <class Result, class Use>
Result with_table_of(std::mutex& one_at_a_time, std::string_view user, std::string_view table, Use&& use) {
  if (user.empty()) return make_error(syncline::error_code::usage, syncline::phase::local, "whose data? Name the user with --user");
  const std::lock_guard lock(one_at_a_time);
  return with_table<Result>(table, use);
}

template <class R>
syncline::error no_such_record(std::string_view user, std::string_view id) {
  return make_error(syncline::error_code::not_found, syncline::phase::local,
                    "user '" + std::string(user) + "' has no record '" + std::string(id) + "' in table '" +
                        std::string(syncline::schema<R>::table) + "'");
}

}  // namespace

result<std::vector<record_view>> hub_service::list(std::string_view user, std::string_view table) {
  return with_table_of<result<std::vector<record_view>>>(parts_->one_at_a_time, user, table, [&]<class R>(std::type_identity<R>) {
    return view_all<R>([&](const auto& after) { return parts_->engine->template list<R>(user, after, 1000); });
  });
}

result<record_view> hub_service::put(std::string_view user, std::string_view table, const std::vector<assignment>& fields) {
  return with_table_of<result<record_view>>(parts_->one_at_a_time, user, table, [&]<class R>(std::type_identity<R>) -> result<record_view> {
    const auto draft = draft_of<role::server, R>(fields);
    if (!draft) return draft.error();
    if (auto made = parts_->engine->create(user, *draft, now()); !made) return made.error();
    return view_of(*draft);
  });
}

result<record_view> hub_service::edit(std::string_view user, std::string_view table, std::string_view id,
                                      const std::vector<assignment>& fields) {
  return with_table_of<result<record_view>>(parts_->one_at_a_time, user, table, [&]<class R>(std::type_identity<R>) {
    const auto door = [&](const auto& make_changes) -> result<record_view> {
      record_view written;
      const auto made = parts_->engine->template edit<R>(user, std::string(id), now(), [&](auto& open) {
        make_changes(open);
        written = view_of(open.record());
      });
      if (made) return written;
      return made.error().code == syncline::error_code::not_found ? no_such_record<R>(user, id) : made.error();
    };
    return edit_through<role::server, R>(door, fields);
  });
}

result<record_view> hub_service::remove(std::string_view user, std::string_view table, std::string_view id) {
  return with_table_of<result<record_view>>(parts_->one_at_a_time, user, table, [&]<class R>(std::type_identity<R>) -> result<record_view> {
    auto present = parts_->engine->template find<R>(user, std::string(id));
    if (!present) return present.error();
    if (!*present) return no_such_record<R>(user, id);
    if (auto gone = parts_->engine->template remove<R>(user, std::string(id), now()); !gone) return gone.error();
    return view_of(**present);
  });
}

}  // namespace stride

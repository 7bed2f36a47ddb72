// SPDX-License-Identifier: BSL-1.0
// Reads and writes as the server, for tables known by name.

#include "device/device_parts.hpp"
#include "hub/hub_parts.hpp"

namespace stride {

namespace {

using syncline::result;
using syncline::role;

constexpr auto server_may_create = []<class Policy>() { return syncline::policy::may_create<Policy, role::server>; };
constexpr auto server_may_edit = []<class Policy>() { return syncline::policy::may_edit<Policy, role::server>; };

template <class R>
result<R> find(hub_engine& engine, std::string_view user, const std::string& id) {
  auto found = engine.find<R>(user, id);
  if (!found) return found.error();
  if (!*found) {
    return make_error(syncline::error_code::not_found, syncline::phase::local,
                      "user '" + std::string(user) + "' has no record '" + id + "' in table '" +
                          std::string(syncline::schema<R>::table) + "'");
  }
  return std::move(**found);
}

}  // namespace

result<std::vector<record_view>> hub_service::list(std::string_view user, std::string_view table) {
  const std::lock_guard lock(parts_->one_at_a_time);
  return with_table<result<std::vector<record_view>>>(
      table, [&]<class R>(std::type_identity<R>) -> result<std::vector<record_view>> {
        std::vector<record_view> all;
        for (std::optional<typename syncline::schema<R>::key_type> after;;) {
          auto some = parts_->engine->template list<R>(user, after, 1000);
          if (!some) return some.error();
          if (some->empty()) return all;
          for (const R& record : *some) all.push_back(view_of(record));
          after = syncline::key_of(some->back());
        }
      });
}

result<record_view> hub_service::put(std::string_view user, std::string_view table, const std::vector<assignment>& fields) {
  const std::lock_guard lock(parts_->one_at_a_time);
  return with_table<result<record_view>>(table, [&]<class R>(std::type_identity<R>) -> result<record_view> {
    R draft{};
    for (const assignment& field : fields) {
      if (auto done = assign(draft, field, server_may_create); !done) return done.error();
    }
    auto& key = syncline::get_field<syncline::schema<R>::key_index>(draft);
    if (key.empty()) key = fresh_id();
    if constexpr (requires { draft.created_at; }) {
      if (draft.created_at == decltype(draft.created_at){}) draft.created_at = now();
    }
    if (auto made = parts_->engine->create(user, draft, now()); !made) return made.error();
    return view_of(draft);
  });
}

result<record_view> hub_service::edit(std::string_view user, std::string_view table, std::string_view id,
                                      const std::vector<assignment>& fields) {
  const std::lock_guard lock(parts_->one_at_a_time);
  return with_table<result<record_view>>(table, [&]<class R>(std::type_identity<R>) -> result<record_view> {
    auto present = find<R>(*parts_->engine, user, std::string(id));
    if (!present) return present.error();
    R changed = *present;
    for (const assignment& field : fields) {
      if (auto done = assign(changed, field, server_may_edit); !done) return done.error();
    }
    auto made = parts_->engine->template edit<R>(user, std::string(id), now(), [&](auto& open) { write_through(open, changed); });
    if (!made) return made.error();
    return view_of(changed);
  });
}

result<record_view> hub_service::remove(std::string_view user, std::string_view table, std::string_view id) {
  const std::lock_guard lock(parts_->one_at_a_time);
  return with_table<result<record_view>>(table, [&]<class R>(std::type_identity<R>) -> result<record_view> {
    auto present = find<R>(*parts_->engine, user, std::string(id));
    if (!present) return present.error();
    if (auto gone = parts_->engine->template remove<R>(user, std::string(id), now()); !gone) return gone.error();
    return view_of(*present);
  });
}

}  // namespace stride

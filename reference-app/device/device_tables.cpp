// SPDX-License-Identifier: BSL-1.0
// A device's local writes and reads, for tables known by name.

#include "device/device_parts.hpp"

namespace stride {

namespace {

using syncline::result;
using syncline::role;

constexpr auto client_may_create = []<class Policy>() { return syncline::policy::may_create<Policy, role::client>; };
constexpr auto client_may_edit = []<class Policy>() { return syncline::policy::may_edit<Policy, role::client>; };

}  // namespace

result<std::vector<record_view>> device::list(std::string_view table) {
  return with_table<result<std::vector<record_view>>>(
      table, [&]<class R>(std::type_identity<R>) -> result<std::vector<record_view>> {
        std::vector<record_view> all;
        for (std::optional<typename syncline::schema<R>::key_type> after;;) {
          auto some = parts_->replica->template list<R>(after, 1000);
          if (!some) return some.error();
          if (some->empty()) return all;
          for (const R& record : *some) all.push_back(view_of(record));
          after = syncline::key_of(some->back());
        }
      });
}

result<record_view> device::put(std::string_view table, const std::vector<assignment>& fields) {
  return with_table<result<record_view>>(table, [&]<class R>(std::type_identity<R>) -> result<record_view> {
    R draft{};
    for (const assignment& field : fields) {
      if (auto done = assign(draft, field, client_may_create); !done) return done.error();
    }
    auto& key = syncline::get_field<syncline::schema<R>::key_index>(draft);
    if (key.empty()) key = fresh_id();
    if constexpr (requires { draft.created_at; }) {
      if (draft.created_at == decltype(draft.created_at){}) draft.created_at = now();
    }
    auto made = parts_->replica->create(draft, now());
    if (!made) return made.error();
    return view_of(*made);
  });
}

result<record_view> device::edit(std::string_view table, std::string_view id, const std::vector<assignment>& fields) {
  return with_table<result<record_view>>(table, [&]<class R>(std::type_identity<R>) -> result<record_view> {
    const std::string key(id);
    auto present = parts_->replica->template find<R>(key);
    if (!present) return present.error();
    if (!*present) {
      return make_error(syncline::error_code::not_found, syncline::phase::local,
                        "table '" + std::string(table) + "' has no record '" + key + "'; see `stride list " +
                            std::string(table) + "`");
    }
    R changed = **present;
    for (const assignment& field : fields) {
      if (auto done = assign(changed, field, client_may_edit); !done) return done.error();
    }
    auto made = parts_->replica->template edit<R>(key, now(), [&](auto& open) { write_through(open, changed); });
    if (!made) return made.error();
    return view_of(*made);
  });
}

result<record_view> device::remove(std::string_view table, std::string_view id) {
  return with_table<result<record_view>>(table, [&]<class R>(std::type_identity<R>) -> result<record_view> {
    auto gone = parts_->replica->template remove<R>(std::string(id), now());
    if (!gone && gone.error().code == syncline::error_code::not_found) {
      return make_error(syncline::error_code::not_found, syncline::phase::local,
                        "table '" + std::string(table) + "' has no record '" + std::string(id) + "'");
    }
    if (!gone) return gone.error();
    return view_of(*gone);
  });
}

}  // namespace stride

// SPDX-License-Identifier: BSL-1.0
// The server's part of the conflict log: what devices ask it to take back, and what is too old to keep.

#include "hub/hub_parts.hpp"

#include <algorithm>

namespace stride {

using syncline::conflict;
using syncline::result;

result<std::vector<conflict_view>> hub_service::requests(std::string_view user) {
  const std::lock_guard lock(parts_->one_at_a_time);
  auto open = parts_->engine->requests(user);
  if (!open) return open.error();
  std::vector<conflict_view> views;
  for (const conflict& each : *open) views.push_back(view_of_entry(each, false));
  std::stable_sort(views.begin(), views.end(), [](const auto& a, const auto& b) { return a.decided_at > b.decided_at; });
  return views;
}

result<undo_view> hub_service::grant(std::string_view user, std::string_view entry) {
  const std::lock_guard lock(parts_->one_at_a_time);
  auto done = parts_->engine->grant(user, std::string(entry), now());
  if (!done) return done.error();
  return undo_view{std::string(entry), "granted", std::move(done->restored), std::move(done->changed_since), {}};
}

result<undo_view> hub_service::decline(std::string_view user, std::string_view entry) {
  const std::lock_guard lock(parts_->one_at_a_time);
  if (auto done = parts_->engine->decline(user, std::string(entry), now()); !done) return done.error();
  return undo_view{std::string(entry), "declined"};
}

}  // namespace stride

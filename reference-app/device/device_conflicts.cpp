// SPDX-License-Identifier: BSL-1.0
// A device's conflict log: what did not stand, and taking it back.

#include "device/device_parts.hpp"

#include <algorithm>

namespace stride {

namespace {

using syncline::conflict;
using syncline::error_code;
using syncline::phase;
using syncline::result;

}  // namespace

result<std::vector<conflict_view>> device::conflicts() {
  std::vector<conflict> all;
  for (std::optional<std::string> after;;) {
    auto some = parts_->replica->list<conflict>(after, 1000);
    if (!some) return some.error();
    if (some->empty()) break;
    after = *some->back().id;
    all.insert(all.end(), some->begin(), some->end());
  }
  std::vector<conflict_view> views;
  for (const conflict& each : all) {
    const bool is_undone = std::any_of(all.begin(), all.end(), [&](const conflict& other) { return *other.undoes == *each.id; });
    views.push_back(view_of_entry(each, is_undone));
  }
  std::stable_sort(views.begin(), views.end(), [](const auto& a, const auto& b) { return a.decided_at > b.decided_at; });
  return views;
}

result<undo_view> device::undo(std::string_view entry) {
  auto done = parts_->replica->undo(std::string(entry), now());
  if (!done) return done.error();
  return undo_view{std::string(entry), done->restored.empty() ? "asked" : "undone", std::move(done->restored), std::move(done->changed_since), std::move(done->asked)};
}

result<undo_view> device::resolve(std::string_view id, std::string_view use, const std::vector<assignment>& fields) {
  auto all = conflicts();
  if (!all) return all.error();
  const auto found = std::find_if(all->begin(), all->end(), [&](const conflict_view& each) {
    return each.id == id || (each.record == id && !each.undone && each.undoes.empty());
  });
  if (found == all->end()) {
    return make_error(error_code::not_found, phase::local,
                      "there is no decision to resolve for '" + std::string(id) + "'; see `stride conflicts`");
  }
  if (use == "skip") return undo_view{found->id, "skipped"};
  const std::string me = parts_->replica->state().device;
  const auto wrote = [&](auto by) {
    return std::any_of(found->values.begin(), found->values.end(), [&](const auto& each) { return each.*by == me; });
  };
  if (use == "merge") {
    if (fields.empty()) {
      return make_error(error_code::usage, phase::local, "--use merge needs what to write: field=value ...");
    }
    if (auto written = edit(found->table, found->record, fields); !written) return written.error();
  } else if (const bool is_mine_kept = wrote(&superseded_view::kept_by), is_mine_dropped = wrote(&superseded_view::dropped_by);
             is_mine_kept == is_mine_dropped) {
    return make_error(error_code::not_allowed, phase::local,
                      "neither value of decision '" + found->id + "', or each, is this device's: use `stride undo " + found->id +
                          "`, or --use merge with the value that you want");
  } else if ((use == "local") == is_mine_dropped) {
    return undo(found->id);
  }
  if (auto settled = parts_->replica->settle(found->id, now()); !settled) return settled.error();
  return undo_view{found->id, use == "merge" ? "merged" : "kept"};
}

}  // namespace stride

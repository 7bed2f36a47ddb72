// SPDX-License-Identifier: BSL-1.0
#pragma once
// A device in the naive model of a simulation: what it has read of a record, what is on its way and what waits.

#include <syncline/testing/simulation_model.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace syncline::naive {

/// A record on a device: where it stands with the hub, what is on its way and what waits. \see PROTOCOL 11, 12, 13
template <class R>
struct local_record {
  std::uint64_t number = 0;  ///< the hub's commit that the device has read
  std::optional<changes<R>> sent{};
  std::optional<changes<R>> pending{};
  bool refused = false;  ///< the hub did not take what was sent: it waits again, and is not tried before the next edit
  bool owes_base = false;  ///< the hub asked for the values that what waits was made on \see PROTOCOL 17
  std::optional<version<R>> last_read{};  ///< of a record that was gone without a tombstone, what was read of it before

  bool dirty() const { return sent || pending; }
};

/// What people see on a device, given the hub's version that it has read.
template <class R>
struct sight {
  R value{};
  bool deleted = false;
};

template <class R>
sight<R> seen_without_pending(const typename schema<R>::key_type& key, const version<R>* base, const local_record<R>& local) {
  sight<R> seen{base == nullptr ? empty_record<R>(key) : base->value, base == nullptr || base->deleted()};
  if (local.sent) {
    put_changes(seen.value, *local.sent);
    seen.deleted = local.sent->kind == change_kind::deleted;
  }
  return seen;
}

template <class R>
sight<R> seen(const typename schema<R>::key_type& key, const version<R>* base, const local_record<R>& local) {
  sight<R> seen = seen_without_pending(key, base, local);
  if (local.pending) {
    put_changes(seen.value, *local.pending);
    seen.deleted = local.pending->kind == change_kind::deleted;
  }
  return seen;
}

/// The hub did not take what was sent: it waits again, together with what was written meanwhile. \see PROTOCOL 3, 17
template <class R>
void take_back(local_record<R>& local, group_verdict why) {
  changes<R> all = std::move(*local.sent);
  local.sent.reset();
  all.by_difference = {};
  local.refused = why == group_verdict::refused && !local.pending;
  local.owes_base = local.owes_base || why == group_verdict::rebase;
  if (local.pending) {
    const changes<R>& then = *local.pending;
    if (then.kind == change_kind::deleted || all.kind == change_kind::deleted) {
      const std::uint64_t base = all.base;
      all = then;
      all.base = base;
    } else {
      for_fields<R>([&](auto at) {
        if (!then.fields.contains(at)) return;
        if (!all.fields.contains(at)) get_field<at>(all.before) = get_field<at>(then.before);
        get_field<at>(all.after) = get_field<at>(then.after);
        all.ticks[at] = then.ticks[at];
      });
      all.at = then.at;
      all.fields |= then.fields;
      all.steps.insert(all.steps.end(), then.steps.begin(), then.steps.end());
    }
  }
  local.pending = std::move(all);
}

/// Adds a person's write to what waits; `before` is what it is a change of.
template <class R>
void add_write(local_record<R>& local, change_kind kind, const R& before, const R& after, std::uint64_t ticks) {
  const field_set<R> fields = differing(before, after);
  local.refused = false;
  if (!local.pending || local.pending->kind == change_kind::deleted) {
    local.pending.emplace();
    local.pending->kind = kind;
    local.pending->before = before;
  }
  changes<R>& waits = *local.pending;
  for_fields<R>([&](auto at) {
    if (!fields.contains(at)) return;
    if (!waits.fields.contains(at)) get_field<at>(waits.before) = get_field<at>(before);
    get_field<at>(waits.after) = get_field<at>(after);
    waits.ticks[at] = ticks;
  });
  waits.fields |= fields;
  waits.at = ticks;
  if (!(fields & merged<R>).empty()) waits.steps.push_back({fields, before, after});
}

/// The hub has nothing of a record any more: an edit that waits becomes the record as a person sees it, and what `base` has
/// of it keeps its times. \see PROTOCOL 19
template <class R>
bool propose_whole(local_record<R>& local, const R& seen, const version<R>* base) {
  if (!local.pending || local.pending->kind != change_kind::updated) return false;
  const changes<R> edits = std::move(*local.pending);
  local.pending.reset();
  add_write(local, change_kind::created, empty_record<R>(key_of(seen)), seen, 0);
  changes<R>& whole = *local.pending;
  whole.fields |= edits.fields - merged<R>;  // also what a person emptied
  whole.at = edits.at;
  whole.fields.for_each([&](std::size_t i) {
    whole.ticks[i] = edits.fields.contains(i) ? edits.ticks[i] : base == nullptr ? 0 : base->marks[i].ticks;
    whole.at = std::max(whole.at, whole.ticks[i]);
  });
  return true;
}

/// The device has read the hub's version `base`, and before that the person saw `before`: what waits is held against it,
/// and what does not stand goes to `out`. \see PROTOCOL 13
template <class R>
void read_base(local_record<R>& local, const typename schema<R>::key_type& key, const R& before, bool knew_of_deletion,
               const version<R>* base, const std::string& device, losses& out) {
  if (!local.pending) return;
  changes<R>& waits = *local.pending;
  if (base == nullptr || base->deleted()) {
    if (knew_of_deletion && waits.kind == change_kind::created) return;
    if (base == nullptr || !keeps_updates_of<R> || waits.kind == change_kind::deleted) {
      if (waits.kind != change_kind::deleted) lose_all(key, waits, out);
      local.pending.reset();
      return;
    }
  }
  if (waits.kind == change_kind::deleted) {
    bool by_others = false;
    for_fields<R>([&](auto at) {
      const write_mark& mark = base->marks[at];
      by_others = by_others || (!is_same_value(get_field<at>(before), get_field<at>(base->value)) && mark.incarnation != 0 &&
                                mark.device != device);
    });
    if (!keeps_updates_of<R> || !by_others) return;
    out.push_back({std::string(schema<R>::table), encode(key), schema<R>::key_index, {}});
    local.pending.reset();
    return;
  }
  waits.kind = change_kind::updated;
  field_set<R> gone;
  for_fields<R>([&](auto at) {
    if (!waits.fields.contains(at)) return;
    const bool unseen = !is_same_value(get_field<at>(before), get_field<at>(base->value));
    if constexpr (is_merge<R, at>) {
      R merged = base->value;
      if (!put_allowed<at>(merged, waits, out)) return gone.insert(at);
    }
    if constexpr (needs_three<R, at>()) {
      if (!unseen) return;
      auto merged = get_field<at>(base->value);
      merge_step<typename policy_at<R, at>::how>(merged, get_field<at>(waits.before), get_field<at>(waits.after));
      get_field<at>(waits.before) = get_field<at>(base->value);
      get_field<at>(waits.after) = std::move(merged);
    } else if constexpr (is_merge<R, at>) {
      if (!unseen || !is_too_late<at>(base->value, waits)) return;
      out.push_back(lost<R, at>(key, waits.after));
      gone.insert(at);
    } else {
      const fate_of_field fate =
          decide<R, at>(waits.after, waits.ticks[at], device, unseen, base->value, base->marks[at]);
      if (fate == fate_of_field::kept) out.push_back(lost<R, at>(key, waits.after));
      if (fate == fate_of_field::taken_over) out.push_back(lost<R, at>(key, base->value));
      if (fate == fate_of_field::kept || fate == fate_of_field::same) gone.insert(at);
    }
  });
  waits.fields = waits.fields - gone;
  for (step<R>& each : waits.steps) each.fields = each.fields - gone;
  if (waits.fields.empty()) local.pending.reset();
}

}  // namespace syncline::naive

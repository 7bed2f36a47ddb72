// SPDX-License-Identifier: BSL-1.0
#pragma once
// The naive model that a simulation holds the engines against: every operation and every commit is kept, and folded field
// by field as the policy table says, without a line of the engines' own code.

#include <syncline/change/change.hpp>
#include <syncline/change/edit.hpp>
#include <syncline/sync/catalog.hpp>
#include <syncline/sync/protocol.hpp>
#include <syncline/testing/simulation_merge.hpp>
#include <syncline/wire/encode.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace syncline::naive {

/// A value that did not stand: a conflict log has to have it. A `merge` field's is an edit, which is not compared.
struct loss {
  std::string table{};
  std::string key{};
  std::uint32_t field{};
  std::optional<std::string> value{};
};
using losses = std::vector<loss>;

/// The last write of one field.
struct write_mark {
  std::uint64_t number = 0;  ///< the commit
  std::uint64_t ticks = 0;
  std::uint64_t incarnation = 0;  ///< 0: the hub
  std::string device{};
};

/// A record as one commit of the hub left it.
template <class R>
struct version {
  std::uint64_t number = 0, born = 0, died = 0;
  R value{};
  std::array<write_mark, field_count<R>> marks{};

  bool deleted() const { return died != 0; }
};

/// `last`, as what is left of a record that was gone without a tombstone.
template <class R>
version<R> ended(version<R> last) {
  if (!last.deleted()) last.died = last.number;
  return last;
}

/// One write of a person: the record that they saw, and what they made of it.
template <class R>
struct step {
  field_set<R> fields{};
  R before{};
  R after{};
};

/// What a device did to a record since the number `base`.
template <class R>
struct changes {
  change_kind kind = change_kind::updated;
  std::uint64_t base = 0;
  field_set<R> fields{};
  R before{};                    ///< of `merge` fields whose function needs three values
  R after{};                     ///< the last value written
  std::vector<step<R>> steps{};  ///< of the other `merge` fields: every write
  std::array<std::uint64_t, field_count<R>> ticks{};
  std::uint64_t at = 0;  ///< the latest write, or the deletion
  field_set<R> by_difference{};  ///< fields that left without the value that they were made on \see PROTOCOL 17
};

/// Whether an update stands against a deletion that had not seen it. \see MERGE-5
template <class R>
inline constexpr bool keeps_updates_of = schema<R>::info.deletes != delete_policy::delete_wins;

/// Puts field `I` of `what` into `value`.
template <std::size_t I, class R>
void put_field(R& value, const changes<R>& what) {
  if constexpr (needs_three<R, I>()) {
    merge_step<typename policy_at<R, I>::how>(get_field<I>(value), get_field<I>(what.before), get_field<I>(what.after));
  } else if constexpr (is_merge<R, I>) {
    for (const step<R>& each : what.steps) {
      if (each.fields.contains(I)) {
        merge_step<typename policy_at<R, I>::how>(get_field<I>(value), get_field<I>(each.before), get_field<I>(each.after));
      }
    }
  } else {
    get_field<I>(value) = get_field<I>(what.after);
  }
}

/// Whether field `I` ends in a decision that came too late for `value`. \see PROTOCOL 20
template <std::size_t I, class R>
bool is_too_late(R value, const changes<R>& what) {
  bool late = false;
  if constexpr (std::is_same_v<policy_at<R, I>, policy::manual>) {
    for (const step<R>& each : what.steps) {
      if (!each.fields.contains(I)) continue;
      late = is_late_decision(get_field<I>(value), get_field<I>(each.before), get_field<I>(each.after));
      merge_step<keep_candidates>(get_field<I>(value), get_field<I>(each.before), get_field<I>(each.after));
    }
  }
  return late;
}

template <class R>
void put_changes(R& value, const changes<R>& what) {
  if (what.kind == change_kind::created) value = empty_record<R>(key_of(value));
  for_fields<R>([&](auto at) {
    if (what.fields.contains(at)) put_field<at>(value, what);
  });
}

template <class R, std::size_t I>
loss lost(const typename schema<R>::key_type& key, const R& value) {
  loss made{std::string(schema<R>::table), encode(key), I, {}};
  if constexpr (!is_merge<R, I>) made.value = encode(get_field<I>(value));
  return made;
}

template <class R>
void lose_all(const typename schema<R>::key_type& key, const changes<R>& what, losses& out) {
  for_fields<R>([&](auto at) {
    if (what.fields.contains(at)) out.push_back(lost<R, at>(key, what.after));
  });
}

/// Puts of merged field `I` what a client may write into `value`; the rest is taken out of `what`, and what the field would
/// be with it goes to `out`. \return whether anything is left, or was all that there was. \see DECL-6
template <std::size_t I, class R>
bool put_allowed(R& value, changes<R>& what, losses& out) {
  using P = policy_at<R, I>;
  bool is_part = false, is_left = false;
  R whole = value;
  if constexpr (internal::is_merged_with_owners<P, value_at<R, I>>) {
    put_field<I>(whole, what);
    const auto keep = [&](const R& before, R& after) {
      const auto all = get_field<I>(after);
      restrict_to<role::client, P>(get_field<I>(before), get_field<I>(after));
      is_part = is_part || !is_same_value(all, get_field<I>(after));
      is_left = is_left || !is_same_value(get_field<I>(before), get_field<I>(after));
    };
    if constexpr (needs_three<R, I>()) keep(what.before, what.after);
    else for (step<R>& each : what.steps) each.fields.contains(I) ? keep(each.before, each.after) : void();
  }
  put_field<I>(value, what);
  if (is_part && !is_same_value(get_field<I>(whole), get_field<I>(value))) {
    out.push_back({std::string(schema<R>::table), encode(key_of(value)), I, encode(get_field<I>(whole))});
  }
  return is_left || !is_part;
}

/// What became of one field that a device wrote and others may have changed meanwhile.
enum class fate_of_field { taken, taken_over, kept, same };

/// Of two writes that had not seen each other, as DESIGN.md has it for last write wins, the later one stands, then that of
/// the higher device, then the greater value. \see PROTOCOL 15
template <class R, std::size_t I>
fate_of_field decide(const R& arriving, std::uint64_t ticks, std::string_view device, bool unseen, const R& present,
                     const write_mark& mark) {
  using P = policy_at<R, I>;
  const auto& mine = get_field<I>(arriving);
  const auto& theirs = get_field<I>(present);
  const bool same = is_same_value(mine, theirs);
  if constexpr (std::is_same_v<P, policy::server>) {
    return same ? fate_of_field::same : fate_of_field::kept;
  } else if constexpr (std::is_same_v<P, policy::once>) {
    if (!is_same_value(theirs, value_at<R, I>{})) return same ? fate_of_field::same : fate_of_field::kept;
    return same && unseen ? fate_of_field::same : fate_of_field::taken;
  } else {
    if (!unseen) return fate_of_field::taken;
    bool stands = ticks != mark.ticks ? ticks > mark.ticks : device > mark.device;
    if (same) return stands ? fate_of_field::taken : fate_of_field::same;
    if (ticks == mark.ticks && device == mark.device) stands = encode(mine) > encode(theirs);
    return stands ? fate_of_field::taken_over : fate_of_field::kept;
  }
}

/// The hub's records: for each key every version, oldest first.
template <class R>
struct hub_table {
  using key_type = typename schema<R>::key_type;

  std::map<key_type, std::vector<version<R>>> records{};
  std::uint64_t collected = 0;  ///< what was deleted up to this commit counts as never known \see PROTOCOL 19

  bool forgot(const version<R>* of) const { return of != nullptr && of->deleted() && of->died <= collected; }
  const version<R>* latest(const key_type& key) const {
    const auto found = records.find(key);
    return found == records.end() ? nullptr : &found->second.back();
  }
  /// As it was after commit `number`.
  const version<R>* at(const key_type& key, std::uint64_t number) const {
    const auto found = records.find(key);
    if (found == records.end()) return nullptr;
    const version<R>* last = nullptr;
    for (const version<R>& each : found->second) {
      if (each.number <= number) last = &each;
    }
    return last;
  }
  /// The last version up to commit `number` with such values, written at such times.
  const version<R>* last_like(const key_type& key, std::uint64_t number, const R& value,
                              const std::array<std::uint64_t, field_count<R>>& ticks) const {
    const auto found = records.find(key);
    if (found == records.end()) return nullptr;
    const auto is_like = [&](const version<R>& each) {
      bool like = each.number <= number && differing(each.value, value).empty();
      stamped<R>.for_each([&](std::size_t i) { like = like && each.marks[i].ticks == ticks[i]; });
      return like;
    };
    const auto like = std::find_if(found->second.rbegin(), found->second.rend(), is_like);
    return like == found->second.rend() ? nullptr : &*like;
  }

  /// A write by the hub's own hand: every field in `fields`, or all of them if it makes the record.
  void write(const R& after, field_set<R> fields, std::uint64_t number, std::uint64_t ticks, bool makes) {
    std::vector<version<R>>& all = records[key_of(after)];
    version<R> next = all.empty() ? version<R>{} : all.back();
    next.number = number;
    if (makes) {
      next.born = number;
      next.died = 0;
      fields = field_set<R>::all();
    }
    next.value = after;
    fields.for_each([&](std::size_t i) { next.marks[i] = {number, stamped<R>.contains(i) ? ticks : 0, 0, "hub"}; });
    all.push_back(std::move(next));
  }
  void remove(const key_type& key, std::uint64_t number) {
    std::vector<version<R>>& all = records[key];
    version<R> next = all.back();
    next.number = next.died = number;
    all.push_back(std::move(next));
  }

  /// A device's changes arrive as commit `number`. What does not stand goes to `out`.
  ///
  /// \return whether they are taken: what would leave a record that its own `violation` objects to is refused, and the
  /// base is asked for where the value that a difference was made from is no longer there; then nothing of it happens
  group_verdict arrive(const key_type& key, const changes<R>& what, std::uint64_t incarnation, const std::string& device,
                       std::uint64_t number, losses& out) {
    if (keeps_updates_of<R> && present(key) == nullptr && what.kind == change_kind::updated) return group_verdict::gone;
    if (lacks_base(key, what)) return group_verdict::rebase;
    const std::size_t lost_before = out.size();
    arrive_unchecked(key, what, incarnation, device, number, out);
    const auto found = records.find(key);
    if (found == records.end() || found->second.back().number != number) return group_verdict::applied;
    if (found->second.back().deleted() || violation_of(found->second.back().value).empty()) return group_verdict::applied;
    found->second.pop_back();
    if (found->second.empty()) records.erase(found);
    out.resize(lost_before);
    return group_verdict::refused;
  }

 private:
  const version<R>* present(const key_type& key) const {
    const version<R>* last = latest(key);
    return forgot(last) ? nullptr : last;
  }

  bool lacks_base(const key_type& key, const changes<R>& what) const {
    const R none = empty_record<R>(key);
    const version<R>*const now = present(key), *const then = at(key, what.base);
    bool lacks = false;
    for_fields<R>([&](auto field) {
      if (!what.by_difference.contains(field)) return;
      const R& was = needs_three<R, field>() ? what.before : then == nullptr ? none : then->value;
      const R& is = now == nullptr ? none : now->value;
      lacks = lacks || encode(get_field<field>(was)) != encode(get_field<field>(is));
    });
    return lacks;
  }

  void arrive_unchecked(const key_type& key, const changes<R>& what, std::uint64_t incarnation, const std::string& device,
                        std::uint64_t number, losses& out) {
    const version<R>* present = this->present(key);
    const bool makes = what.kind == change_kind::created && present == nullptr;
    const bool revives =
        present != nullptr && present->deleted() && what.kind == change_kind::created && what.base >= present->died;
    if (makes || revives) {
      version<R> next = present == nullptr ? version<R>{} : *present;
      next.value = empty_record<R>(key);
      put_changes(next.value, what);
      next.number = next.born = number;
      next.died = 0;
      for (std::size_t i = 0; i < next.marks.size(); ++i) {
        const write_mark was = next.marks[i];
        std::uint64_t ticks = what.fields.contains(i) && stamped<R>.contains(i) ? what.ticks[i] : 0;
        if (ticks != 0 && std::pair(ticks, device) <= std::pair(was.ticks, was.device)) ticks = was.ticks + 1;
        next.marks[i] = {number, ticks, incarnation, device};
      }
      records[key].push_back(std::move(next));
      return;
    }
    const bool comes_back = keeps_updates_of<R> && present != nullptr && present->deleted() && what.kind != change_kind::deleted;
    if (present == nullptr || (present->deleted() && !comes_back)) return lose_all(key, what, out);
    if (what.kind == change_kind::deleted) {
      if (!keeps_updates_of<R> || !updated_by_others(*present, what.base, incarnation)) return remove(key, number);
      out.push_back({std::string(schema<R>::table), encode(key), schema<R>::key_index, {}});
      records[key].push_back(*present);
      records[key].back().number = number;
      return;
    }
    version<R> next = *present;
    next.number = number;
    if (comes_back) {
      out.push_back({std::string(schema<R>::table), encode(key), schema<R>::key_index, {}});
      next.born = number;
      next.died = 0;
    }
    changes<R> rest = what;
    for_fields<R>([&](auto at) {
      if (!what.fields.contains(at)) return;
      write_mark& mark = next.marks[at];
      const bool unseen = mark.number > what.base && mark.incarnation != incarnation;  // a later envelope beats earlier ones
      if constexpr (is_merge<R, at>) {
        if (unseen && is_too_late<at>(next.value, what)) return out.push_back(lost<R, at>(key, what.after));
        if (put_allowed<at>(next.value, rest, out)) mark = {number, 0, incarnation, device};
      } else {
        const fate_of_field fate =
            decide<R, at>(what.after, what.ticks[at], device, unseen, next.value, mark);
        if (fate == fate_of_field::kept) out.push_back(lost<R, at>(key, what.after));
        if (fate == fate_of_field::taken_over) out.push_back(lost<R, at>(key, next.value));
        if (fate == fate_of_field::kept || fate == fate_of_field::same) return;
        get_field<at>(next.value) = get_field<at>(what.after);
        const bool later = std::pair(what.ticks[at], device) > std::pair(mark.ticks, mark.device);
        const std::uint64_t ticks = !stamped<R>.contains(at) ? 0 : later ? what.ticks[at] : mark.ticks + 1;
        mark = {number, ticks, incarnation, device};
      }
    });
    if (comes_back) {
      for (write_mark& mark : next.marks) mark.number = number;
    }
    records[key].push_back(std::move(next));
  }

  // Whether a person on another device changed it after commit `base`.
  static bool updated_by_others(const version<R>& present, std::uint64_t base, std::uint64_t incarnation) {
    bool any = false;
    for_fields<R>([&](auto at) {
      const write_mark& mark = present.marks[at];
      any = any || (mark.number > base && mark.incarnation != incarnation && mark.incarnation != 0);
    });
    return any;
  }
};

}  // namespace syncline::naive

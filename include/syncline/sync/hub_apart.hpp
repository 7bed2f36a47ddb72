// SPDX-License-Identifier: BSL-1.0
#pragma once
// Taking apart at the hub what became one record and is two, as a person says, and joining it again.

#include <syncline/resolve/conflict.hpp>
#include <syncline/sync/hub_alias.hpp>
#include <syncline/sync/hub_members.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace syncline {

/// What taking a record out of its group did.
struct taken_apart {
  blob survivor{};  ///< the key of the record that stood for it
  std::vector<superseded> lost{};  ///< what the survivor had, and neither has now
};

/// The undo of an alias of `R`, inside a hub's commit. Functions write and never commit.
///
/// The record comes back, and with it those that it stood for when it joined, all with the values that they have on their own;
/// what was written since is the survivor's. They bear a mark from then on, and are duplicates only of what bears the same:
/// so the outcome does not depend on what arrives when. What was connected through them only comes apart, too.
/// \see MERGE-9, PROTOCOL 22
template <class R, class Commit, class Tx>
class hub_apart {
  using loaded = typename Commit::template loaded<R>;
  using key_type = typename schema<R>::key_type;
  using member = duplicate_member<R>;
  using aliases = hub_alias<R, Commit, Tx>;
  using members = hub_members<R, Tx>;

 public:
  /// Takes the alias `key` out of its group.
  /// \return nothing, and nothing is done, if it is no alias any more, or it is not known what each of them was
  static result<std::optional<taken_apart>> take_out(Commit& commit, Tx& tx, const key_type& key) {
    const std::optional<taken_apart> nothing;
    auto gone = commit.template load<R>(key);
    if (!gone) return gone.error();
    if (!gone->exists || gone->record.died != 0 || !gone->record.is_alias()) return nothing;
    auto end = aliases::end_of(commit, *gone);
    if (!end) return end.error();
    if (end->record.deleted()) return nothing;
    const key_type survivor = key_of(end->record.value);
    auto group = aliases::group_of(tx, end->record);
    if (!group) return group.error();
    auto own = members::find(tx, key);
    if (!own) return own.error();
    auto was = members::join(tx, group->members);
    if (!was) return was.error();
    if (!*own || !*was) return nothing;
    const auto is_of_side = [&](const member& each) {
      return std::find((*own)->side.begin(), (*own)->side.end(), each.key) != (*own)->side.end();
    };
    std::vector<member> side, rest;
    for (const member& each : group->members) (is_of_side(each) ? side : rest).push_back(each);
    if (std::any_of(side.begin(), side.end(), [&](const member& each) { return each.key == survivor; })) return nothing;
    taken_apart done{{encode(survivor)}, {}};
    std::vector<part> parts;
    for (auto* half : {&rest, &side}) {
      for (std::vector<member>& connected : connected_parts(std::move(*half))) {
        auto restated = restate(commit, tx, std::move(connected), **was, *end, done.lost);
        if (!restated) return restated.error();
        if (!*restated) continue;
        if (!violation_of((*restated)->record.record.value).empty()) return nothing;
        parts.push_back(std::move(**restated));
      }
    }
    for (const member& each : group->members) {
      if (!is_of_side(each)) continue;
      if (auto marked = mark(commit, tx, each, encode(key)); !marked) return marked.error();
    }
    for (part& each : parts) {
      if (auto saved = save(commit, tx, each, survivor); !saved) return saved.error();
    }
    return std::optional<taken_apart>{std::move(done)};
  }

  /// Lets `key`, and those that it stands for, be duplicates again of what `other` can be one of, and joins them.
  /// \return whether there was anything to do. What does not stand goes to `dropped`
  static result<bool> bring_back(Commit& commit, Tx& tx, const key_type& key, const key_type& other, std::uint32_t table,
                                 std::vector<dropped_value>& dropped) {
    auto found = commit.template load<R>(key);
    if (!found) return found.error();
    auto end = aliases::end_of(commit, std::move(*found));
    if (!end) return end.error();
    auto from = members::mark_of(tx, key), to = members::mark_of(tx, other);
    if (!from) return from.error();
    if (!to) return to.error();
    if (!end->exists || end->record.deleted() || *from == *to) return false;
    auto group = aliases::group_of(tx, end->record);
    if (!group) return group.error();
    for (const member& each : group->members) {
      if (auto marked = mark(commit, tx, each, *to); !marked) return marked.error();
    }
    const std::vector<member> all = group->members;
    typename aliases::party mine{std::move(*end), std::move(*group)};
    if (auto met = aliases::meet(commit, tx, mine, all, table, dropped); !met) return met.error();
    if (auto saved = commit.template save<R>(mine.record); !saved) return saved.error();
    return true;
  }

 private:
  // Records that are one from here on, and the one that stands for them.
  struct part {
    loaded record{};
    duplicate_group<R> group{};
  };

  // What is connected among `all`, which are of one kind: no two that follow each other in time are further apart.
  static std::vector<std::vector<member>> connected_parts(std::vector<member> all) {
    std::sort(all.begin(), all.end());
    std::vector<std::vector<member>> parts;
    for (const member& each : all) {
      if (parts.empty() || static_cast<std::uint64_t>(each.start) - static_cast<std::uint64_t>(parts.back().back().start) > start_span<R>) {
        parts.emplace_back();
      }
      parts.back().push_back(each);
    }
    return parts;
  }

  // The record that stands for `connected`, with their values: the present survivor, if it is one of them, else the least
  // that lives; nothing if none does.
  static result<std::optional<part>> restate(Commit& commit, Tx& tx, std::vector<member> connected, const joined_record<R>& was,
                                             const loaded& survivor, std::vector<superseded>& lost) {
    const key_type& survives = key_of(survivor.record.value);
    const bool is_survivor = std::any_of(connected.begin(), connected.end(), [&](const member& each) { return each.key == survives; });
    std::optional<loaded> least;
    if (is_survivor) {
      least = survivor;
    } else {
      std::vector<member> living;
      for (const member& each : connected) {
        auto alias = commit.template load<R>(each.key);
        if (!alias) return alias.error();
        if (!alias->exists || alias->record.died != 0 || !alias->record.is_alias() || alias->record.alias_of != survives) continue;
        living.push_back(each);
        if (!least) least = std::move(*alias);
      }
      connected = std::move(living);
    }
    if (!least) return std::optional<part>{};
    auto joined = members::join(tx, connected);
    if (!joined) return joined.error();
    if (!*joined) return std::optional<part>{};
    R value = std::move((*joined)->value);
    stamps<R> written = (*joined)->written;
    hub_record<R>& record = least->record;
    get_field<schema<R>::key_index>(value) = key_of(record.value);
    if (is_survivor) {
      const member& recording = was.group.members[was.group.recording];
      const bool keeps_recording = std::any_of(connected.begin(), connected.end(), [&](const member& each) { return each.key == recording.key; });
      R present = record.value;
      if (!keeps_recording) tell_measured(present, was.value, value, record, lost);
      bring_edits(value, written, was.value, was.written, present, record.stamps());
    }
    const stamps<R> before = record.stamps();
    std::array<rule, field_count<R>> rules;
    rules.fill(rule::undone);
    field_set<R> changed = changed_fields(record.value, value);
    for (std::size_t i = 0; i < field_count<R>; ++i) {
      if (i != schema<R>::key_index && stamped<R>.contains(i) && before[i] != written[i]) changed.insert(i);
    }
    changed.for_each([&](std::size_t i) {  // by their devices, but of no incarnation: they did not see each other
      record.mark(field_set<R>{std::uint64_t{1} << i}, commit.number(), {0, written[i].device}, written, rules);
    });
    record.value = std::move(value);
    if (!is_survivor) {
      record.aliased = 0;
      record.alias_of = {};
      record.revive(commit.number());
    }
    return std::optional<part>{{std::move(*least), std::move((*joined)->group)}};
  }

  // What the server computed since of points that the survivor has no more goes with them.
  static void tell_measured(R& present, const R& was, const R& own, const hub_record<R>& record, std::vector<superseded>& lost) {
    const stamps<R> written = record.stamps();
    for_each_field(
        [&]<std::size_t I>(std::integral_constant<std::size_t, I>, auto& now, const auto& before, const auto& alone) {
          if constexpr (std::is_same_v<typename schema<R>::template policy_type<I>, policy::server>) {
            if (is_same_value(value_of(now), value_of(before))) return;
            lost.push_back({std::string(schema<R>::names[I]), rule::undone, {encode(value_of(alone))}, {}, 0, {encode(value_of(now))},
                            std::string(written[I].device.view()), written[I].time.ticks});
            value_of(now) = value_of(before);
          }
        },
        present, was, own);
  }

  // Lets a member bear `to`, also in the index.
  static result<void> mark(Commit& commit, Tx& tx, const member& each, const std::string& to) {
    auto from = members::mark_of(tx, each.key);
    if (!from) return from.error();
    auto found = commit.template load<R>(each.key);
    if (!found) return found.error();
    const auto name = [&](const std::string& mark) {
      return aliases::match_name(aliases::kind_of_match(mark, found->record.value), each.start, each.key);
    };
    if (auto removed = tx.remove("match", name(*from)); !removed) return removed;
    if (found->exists && found->record.died == 0 && each.start != 0) {
      if (auto put = tx.put("match", name(to), {}); !put) return put;
    }
    return members::set_mark(tx, each.key, to);
  }

  static result<void> save(Commit& commit, Tx& tx, part& each, const key_type& survivor) {
    const key_type key = key_of(each.record.record.value);
    if (auto saved = commit.template save<R>(each.record); !saved) return saved;
    if (each.group.members.size() == 1) {
      if (auto forgotten = members::forget(tx, key); !forgotten) return forgotten;
      return tx.remove("group", record_name<R>(key));
    }
    for (const member& other : each.group.members) {
      if (other.key == key) continue;
      auto alias = commit.template load<R>(other.key);
      if (!alias) return alias.error();
      if (!alias->exists || alias->record.died != 0 || !alias->record.is_alias() || alias->record.alias_of != survivor || key == survivor) continue;
      aliases::point(alias->record, key, commit.number());
      if (auto saved = commit.template save<R>(*alias); !saved) return saved;
    }
    return tx.put("group", record_name<R>(key), encode(each.group));
  }
};

}  // namespace syncline

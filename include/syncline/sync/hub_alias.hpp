// SPDX-License-Identifier: BSL-1.0
#pragma once
// Duplicates at the hub: how a record finds those that are the same thing, and becomes one with them.

#include <syncline/port/store.hpp>
#include <syncline/resolve/duplicates.hpp>
#include <syncline/sync/catalog.hpp>
#include <syncline/sync/hub_members.hpp>
#include <syncline/sync/hub_record.hpp>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace syncline {

/// The duplicates of `R`, inside a hub's commit. Functions write and never commit.
///
/// The group of a record is the connected component of its matches. Its least member, by time and key, survives and has
/// the values of all; the others are aliases of it. A later record can join two groups: then the lesser survivor stands
/// for both. Every member, alias or not, stays in the index "match" as it was when it joined, so that the group does not
/// depend on the order of arrival; "group" keeps who the members are, and which of them the measured values are of.
/// What a person took out of a group bears a mark, which is part of its name in "match" (`hub_apart`).
///
/// \see MERGE-6, PROTOCOL 22
template <class R, class Commit, class Tx>
class hub_alias {
  template <class, class, class>
  friend class hub_apart;

  using members = hub_members<R, Tx>;
  using loaded = typename Commit::template loaded<R>;
  using key_type = typename schema<R>::key_type;
  using group_type = duplicate_group<R>;
  static_assert(has_duplicates<R>);

 public:
  /// `found`, or the record that stands for it.
  static result<loaded> end_of(Commit& commit, loaded found) {
    while (found.record.is_alias()) {
      auto next = commit.template load<R>(found.record.alias_of);
      if (!next) return next.error();
      found = std::move(*next);
    }
    return found;
  }

  /// Looks for duplicates of `found`, if this commit gave it the values that they are found by, and makes one record of
  /// all: `found` may be an alias afterwards, or have others' values. What does not stand goes to `dropped`.
  ///
  /// Complexity: O(log n) in the table, besides the members of the groups that meet.
  static result<void> settle(Commit& commit, Tx& tx, loaded& found, std::uint32_t table, std::vector<dropped_value>& dropped) {
    if (found.record.deleted() || !is_new_to_match(found.record, commit.number())) return {};
    auto group = group_of(tx, found.record);
    if (!group) return group.error();
    if (found.record.born == commit.number()) *group = group_type::of(found.record.value);  // revived, too
    party mine{std::move(found), std::move(*group)};
    auto done = meet(commit, tx, mine, {mine.self()}, table, dropped);
    found = std::move(mine.record);
    return done;
  }

 private:
  struct party {
    loaded record{};
    group_type group{};

    const duplicate_member<R>& self() const { return group.members.front(); }
  };

  static bool is_new_to_match(const hub_record<R>& record, std::uint64_t number) {
    bool is = false;
    internal::duplicates_of<R>::all.for_each([&](std::size_t i) { is = is || record.numbers[i] == number; });
    return is;
  }

  // Joins `mine` with all that is next to `members_of_it`, of its group.
  static result<void> meet(Commit& commit, Tx& tx, party& mine, const std::vector<duplicate_member<R>>& members_of_it,
                           std::uint32_t table, std::vector<dropped_value>& dropped) {
    constexpr std::int64_t first = std::numeric_limits<std::int64_t>::min(), last = std::numeric_limits<std::int64_t>::max();
    const auto span = static_cast<std::int64_t>(start_span<R>);
    std::vector<party> others;
    std::vector<key_type> known{mine.self().key};
    for (const duplicate_member<R>& at : members_of_it) {
      const std::int64_t start = at.start;
      if (start == 0) continue;
      auto mark = members::mark_of(tx, at.key);
      if (!mark) return mark.error();
      const std::string kind = kind_of_match(*mark, mine.record.record.value);
      if (auto put = tx.put("match", match_name(kind, start, at.key), {}); !put) return put;
      // Two that start on the same side of it are duplicates of each other, and so one already.
      for (const bool before : {true, false}) {
        const std::int64_t from = before ? (start < first + span ? first : start - span) : start;
        const std::int64_t to = before ? start : (start > last - span ? last : start + span);
        auto next = next_to(commit, tx, kind, from, to, at.key, known);
        if (!next) return next.error();
        if (!*next) continue;
        known.push_back((*next)->self().key);
        others.push_back(std::move(**next));
      }
    }
    if (others.empty()) return {};
    std::vector<party*> parties{&mine};
    for (party& each : others) parties.push_back(&each);
    std::sort(parties.begin(), parties.end(), [](const party* a, const party* b) { return a->self() < b->self(); });
    for (std::size_t i = 1; i < parties.size(); ++i) {
      if (auto joined = join(commit, tx, *parties.front(), *parties[i], parties[i] == &mine, table, dropped); !joined) return joined;
    }
    for (const party* each : parties) {
      if (each == &mine) continue;
      if (auto saved = commit.template save<R>(each->record); !saved) return saved;
    }
    return tx.put("group", record_name<R>(parties.front()->self().key), encode(parties.front()->group));
  }

  // Makes `gone` an alias of `kept`, which takes in its values.
  static result<void> join(Commit& commit, Tx& tx, party& kept, party& gone, bool is_arriving, std::uint32_t table,
                           std::vector<dropped_value>& dropped) {
    hub_record<R>& record = kept.record.record;
    hub_record<R>& other = gone.record.record;
    R value = record.value;
    group_type group = kept.group;
    stamps<R> written = record.stamps();
    const stamps<R> written_before = written, written_there = other.stamps();
    decisions<R> how;
    join_duplicates(value, written, group, other.value, written_there, gone.group, how);
    if (!violation_of(value).empty()) return {};  // together they would be no record: they stay two
    for (const party* each : {&kept, &gone}) {
      if (auto own = members::keep(tx, each->record.record, each->group); !own) return own;
    }
    for_each_field(
        [&]<std::size_t I>(std::integral_constant<std::size_t, I>, const auto& lost) {
          if (!how.dropped.contains(I)) return;
          const bool kept_lost = how.local.contains(I);
          const stamp& by = (kept_lost ? written_before : written_there)[I];
          dropped.push_back({table, {encode(kept_lost ? kept.self().key : gone.self().key)}, static_cast<std::uint32_t>(I),
                             kept_lost == is_arriving ? side::local : side::remote, rule::duplicate, {encode(value_of(lost))},
                             std::string(by.device.view()), by.time.ticks});
        },
        how.lost);
    // By their devices, but of no incarnation: whoever wrote them did not see them here.
    (how.local | how.both).for_each([&](std::size_t i) {
      record.mark(field_set<R>{std::uint64_t{1} << i}, commit.number(), {0, written[i].device}, written, how.rules);
    });
    record.value = std::move(value);
    for (const duplicate_member<R>& member : gone.group.members) {
      if (member.key == gone.self().key) continue;
      auto alias = commit.template load<R>(member.key);
      if (!alias) return alias.error();
      if (!alias->record.is_alias() || alias->record.alias_of != gone.self().key) continue;
      point(alias->record, kept.self().key, commit.number());
      if (auto saved = commit.template save<R>(*alias); !saved) return saved;
    }
    kept.group = std::move(group);
    point(other, kept.self().key, commit.number());
    commit.note_alias({std::string(schema<R>::table), schema<R>::info.version, {encode(gone.self().key)}, {encode(kept.self().key)}, other.life});
    return tx.remove("group", record_name<R>(gone.self().key));
  }

  static void point(hub_record<R>& alias, const key_type& at, std::uint64_t number) {
    alias.alias_of = at;
    alias.aliased = number;
  }

  static result<group_type> group_of(Tx& tx, const hub_record<R>& record) {
    auto bytes = tx.get("group", record_name<R>(key_of(record.value)));
    if (!bytes) return bytes.error();
    if (!*bytes) return group_type::of(record.value);
    return decode<group_type>(**bytes);
  }

  // The survivor of the first group in the index from `from` to `to`, but for the record `self` and the groups of `known`.
  static result<std::optional<party>> next_to(Commit& commit, Tx& tx, const std::string& prefix, std::int64_t from, std::int64_t to,
                                              const key_type& self, const std::vector<key_type>& known) {
    for (std::string after = prefix + ordered_start(from);;) {
      auto some = tx.list("match", after, 4);
      if (!some) return some.error();
      if (some->empty()) return std::optional<party>{};
      for (const entry& each : *some) {
        if (!each.name.starts_with(prefix) || each.name.substr(prefix.size(), 8) > ordered_start(to)) return std::optional<party>{};
        after = each.name;
        auto key = decode<key_type>(std::string_view(each.name).substr(prefix.size() + 8));
        if (!key) return key.error();
        if (*key == self) continue;
        auto found = survivor_of(commit, tx, *key, each.name);
        if (!found) return found.error();
        if (!*found) {  // it was deleted, or is another thing by now
          if (auto removed = tx.remove("match", each.name); !removed) return removed.error();
        } else if (std::find(known.begin(), known.end(), (*found)->self().key) == known.end()) {
          return std::move(*found);
        }
      }
    }
  }

  // The record that stands for `key`, if it lives and `key` joined it under `name`.
  static result<std::optional<party>> survivor_of(Commit& commit, Tx& tx, const key_type& key, const std::string& name) {
    auto found = commit.template load<R>(key);
    if (!found) return found.error();
    if (!found->exists || found->record.died != 0) return std::optional<party>{};
    auto mark = members::mark_of(tx, key);
    if (!mark) return mark.error();
    const std::string kind = kind_of_match(*mark, found->record.value);
    auto end = end_of(commit, std::move(*found));
    if (!end) return end.error();
    if (end->record.deleted()) return std::optional<party>{};
    auto group = group_of(tx, end->record);
    if (!group) return group.error();
    for (const duplicate_member<R>& member : group->members) {
      if (member.key == key && match_name(kind, member.start, key) == name) return std::optional<party>{{std::move(*end), std::move(*group)}};
    }
    return std::optional<party>{};
  }

  static std::string ordered_start(std::int64_t start) {
    return ordered_bytes(static_cast<std::uint64_t>(start) ^ std::uint64_t{1} << 63);
  }
  // What the names in "match" of all that can be duplicates of each other begin with.
  static std::string kind_of_match(const std::string& mark, const R& value) {
    std::string kind = std::string(schema<R>::table) + (mark.empty() ? '\0' : '\1');
    if (!mark.empty()) encode_to(kind, mark);
    internal::duplicates_of<R>::for_each_same(value, [&](const auto& field) { encode_to(kind, field); });
    return kind;
  }
  static std::string match_name(const std::string& kind, std::int64_t start, const key_type& key) {
    std::string name = kind + ordered_start(start);
    encode_to(name, key);
    return name;
  }
};

}  // namespace syncline

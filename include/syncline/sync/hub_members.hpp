// SPDX-License-Identifier: BSL-1.0
#pragma once
// What the hub keeps of records that are one: what each is on its own, and which of them a person took out.

#include <syncline/resolve/duplicates.hpp>
#include <syncline/sync/catalog.hpp>
#include <syncline/sync/hub_record.hpp>
#include <syncline/sync/record_update.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace syncline {

/// A record that became an alias of another one in a commit.
struct new_alias {
  std::string table{};
  std::uint32_t version{};
  blob key{};
  blob alias_of{};
  stamp life{};  ///< when and where the alias was made
};

/// A record without what it has of those that joined it.
template <class R>
struct own_record {
  R value{};
  stamps<R> written{};
  std::vector<typename schema<R>::key_type> side{};  ///< itself, and those that it stood for when it joined last
};

/// What several records are together.
template <class R>
struct joined_record {
  R value{};
  stamps<R> written{};
  duplicate_group<R> group{};
};

/// Puts into `onto` what was written to `present` since it was `was`: values in place of others, and of `merge` fields the
/// edits. What the server wrote and what is written once have no stamps to tell by: there another value says so.
template <class R>
void bring_edits(R& onto, stamps<R>& onto_written, const R& was, const stamps<R>& was_written, const R& present,
                 const stamps<R>& present_written) {
  for_each_field(
      [&]<std::size_t I>(std::integral_constant<std::size_t, I>, auto& to, const auto& before, const auto& now) {
        using P = typename schema<R>::template policy_type<I>;
        const bool differs = !is_same_value(value_of(before), value_of(now));
        if constexpr (std::is_same_v<P, policy::key>) {
          return;
        } else if constexpr (policy::is_merge<P>) {
          if (!differs) return;
          using traits = internal::merge_traits_of<R, I>;
          traits::apply(value_of(to), traits::diff(value_of(before), value_of(now)));
          onto_written[I] = std::max(onto_written[I], present_written[I]);
        } else if (differs || (stamped<R>.contains(I) && was_written[I] != present_written[I])) {
          value_of(to) = value_of(now);
          onto_written[I] = present_written[I];
        }
      },
      onto, was, present);
}

/// The members of the groups of `R`, inside a hub's commit. Functions write and never commit.
///
/// The space "own" keeps of each what it was when its group last grew, with what was written to the record that stands for
/// it counted as that one's own. The space "apart" keeps of those that a person took out the mark that they bear: records are
/// duplicates of each other only if they bear the same, or none. \see PROTOCOL 22
template <class R, class Tx>
class hub_members {
  using key_type = typename schema<R>::key_type;
  using members_type = std::vector<duplicate_member<R>>;

 public:
  /// Keeps what `record` is on its own, before its group grows. What a hub of before kept nothing of stays so.
  static result<void> keep(Tx& tx, const hub_record<R>& record, const duplicate_group<R>& group) {
    own_record<R> own{record.value, record.stamps(), {}};
    for (const duplicate_member<R>& each : group.members) own.side.push_back(each.key);
    if (group.members.size() > 1) {
      auto before = find(tx, key_of(record.value));
      if (!before) return before.error();
      auto was = join(tx, group.members);
      if (!was) return was.error();
      if (!*before || !*was) return {};
      own.value = std::move((*before)->value);
      own.written = (*before)->written;
      bring_edits(own.value, own.written, (*was)->value, (*was)->written, record.value, record.stamps());
    }
    record_update<R> kept{.value = own.value, .fields = field_set<R>::all(), .stamps = own.written};
    kept.fields.erase(schema<R>::key_index);
    kept_bytes bytes{.version = schema<R>::info.version, .side = std::move(own.side)};
    encode_to(bytes.record.bytes, kept);
    return tx.put("own", record_name<R>(key_of(own.value)), encode(bytes));
  }

  /// What the record is on its own, if that was kept, by this version of the table.
  static result<std::optional<own_record<R>>> find(Tx& tx, const key_type& key) {
    auto bytes = tx.get("own", record_name<R>(key));
    if (!bytes) return bytes.error();
    if (!*bytes) return std::optional<own_record<R>>{};
    auto kept = decode<kept_bytes>(**bytes);
    if (!kept) return kept.error();
    if (kept->version != schema<R>::info.version) return std::optional<own_record<R>>{};
    record_update<R> update;
    if (auto read = decode_into(kept->record.bytes, update); !read) return read.error();
    return std::optional<own_record<R>>{{std::move(update.value), update.stamps, std::move(kept->side)}};
  }

  static result<void> forget(Tx& tx, const key_type& key) { return tx.remove("own", record_name<R>(key)); }

  /// What `members` are together, under the key of the least; nothing if it was not kept what each is on its own.
  static result<std::optional<joined_record<R>>> join(Tx& tx, members_type members) {
    std::sort(members.begin(), members.end());
    std::optional<joined_record<R>> all;
    std::vector<key_type> known;
    for (const duplicate_member<R>& each : members) {
      if (std::find(known.begin(), known.end(), each.key) != known.end()) continue;  // it was made anew, and joined again
      known.push_back(each.key);
      auto own = find(tx, each.key);
      if (!own) return own.error();
      if (!*own) return std::optional<joined_record<R>>{};
      duplicate_group<R> alone{{each}, {}, 0};
      if (!all) {
        all = joined_record<R>{std::move((*own)->value), (*own)->written, std::move(alone)};
      } else {
        decisions<R> how;
        join_duplicates(all->value, all->written, all->group, (*own)->value, (*own)->written, alone, how);
      }
    }
    return all;
  }

  /// The mark that a record bears; empty where nobody took it out.
  static result<std::string> mark_of(Tx& tx, const key_type& key) {
    auto bytes = tx.get("apart", record_name<R>(key));
    if (!bytes) return bytes.error();
    return *bytes ? std::move(**bytes) : std::string();
  }
  static result<void> set_mark(Tx& tx, const key_type& key, const std::string& mark) {
    return mark.empty() ? tx.remove("apart", record_name<R>(key)) : tx.put("apart", record_name<R>(key), mark);
  }

 private:
  struct kept_bytes {
    std::uint32_t version{};
    blob record{};  ///< values and stamps, as a `record_update`
    std::vector<key_type> side{};
  };
};

}  // namespace syncline

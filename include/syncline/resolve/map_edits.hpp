// SPDX-License-Identifier: BSL-1.0
#pragma once
// A map whose keys several sides write: edits are what was put and removed, key by key, or what was done to one value.

#include <syncline/record/merge_function.hpp>
#include <syncline/record/owners.hpp>
#include <syncline/record/value_kind.hpp>

#include <map>
#include <string_view>

namespace syncline {

/// What was done to the value of one key. An absent value counts as the empty one, `V{}`.
template <class How, class V>
struct entry_edit {
  bool was_there{};
  bool is_there{};
  bool starts_over{};  ///< it was removed and put again: whatever is there now is not built upon
  typename merge_traits<How, V>::edit change{};

  friend bool operator==(const entry_edit&, const entry_edit&) = default;
};

/// What was done to a map: the keys whose values changed.
template <class How, class Map>
struct map_edit {
  std::map<typename Map::key_type, entry_edit<How, typename Map::mapped_type>, typename Map::key_compare> entries{};

  friend bool operator==(const map_edit&, const map_edit&) = default;
};

namespace internal {

// A map whose keys are one key to its order if and only if they are the same value, which 0.0 and -0.0 are not.
template <class Map>
concept has_edit_keys = kind_of<Map> == value_kind::map && kind_of<typename Map::key_type> != value_kind::number;

template <class Map, class How>
concept map_merged_by_edits =
    has_edit_keys<Map> && edit_function<How, element_of<Map>> && !has_owners<How, element_of<Map>>;
template <class Map, class How>
concept map_merged_by_values = has_edit_keys<Map> && !edit_function<How, element_of<Map>> &&
                               three_way_function<How, element_of<Map>> && !has_owners<How, element_of<Map>>;

inline constexpr std::string_view says_no_map = "map_edits needs a std::map, and a merge function that serves its values",
                                  says_owned_in_map =
                                      "whoever removes a key of a map and puts it again writes all of its value, so no "
                                      "field in there can be `server` or `client`: declare it `lww`, `once` or `merge`, "
                                      "or move it out of the map",
                                  says_number_keys = "the keys are floating numbers, of which 0.0 and -0.0 are one key and "
                                                     "two values: use integers or text as keys";

template <class How, class Map>
inline constexpr std::string_view unmergeable_map = says_no_map;
template <class How, class Map>
  requires(kind_of<Map> == value_kind::map)
inline constexpr std::string_view unmergeable_map<How, Map> =
    !has_edit_keys<Map> ? says_number_keys : has_owners<How, element_of<Map>> ? says_owned_in_map : says_no_map;

// The value that is written later, whole.
struct later_value {
  static constexpr bool is_idempotent = true;

  template <class T>
  using edit = replaced<T>;

  template <class T>
  static constexpr edit<T> diff(const T& before, const T& after) {
    return {before, after};
  }
  template <class T>
  static constexpr void apply(T& value, const edit<T>& change) {
    value = change.after;
  }
  template <class T>
  static constexpr void compose(edit<T>& first, const edit<T>& then) {
    first.after = then.after;
  }
  template <class T>
  static constexpr edit<T> invert(const edit<T>& change) {
    return {change.after, change.before};
  }
};

// Calls use(key, before, after) for each key whose value differs; a pointer is null where the key is not there.
template <class Map, class Use>
void for_each_changed_key(const Map& before, const Map& after, Use&& use) {
  for (const auto& [key, value] : before) {
    const auto found = after.find(key);
    const element_of<Map>* const now = found == after.end() ? nullptr : &found->second;
    if (!now || !is_same_value(value, *now)) use(key, &value, now);
  }
  for (const auto& [key, value] : after) {
    if (before.find(key) == before.end()) use(key, static_cast<const element_of<Map>*>(nullptr), &value);
  }
}

}  // namespace internal

/// Merges maps key by key, and the values of one key that both sides wrote by `How`: `merge<std::map<std::string, int>,
/// map_edits_of<counter>>`. Where one side wrote a key that the other removed, the edit that reached the hub later
/// decides.
///
/// Two sides that put the same key both start from the empty value, `V{}`. A change that arrives after a removal is
/// made to `V{}` too; where `How` needs three values, the key comes back with the value that the change wrote.
/// A value has no owners: whoever may put a key writes all of its value.
///
/// Algebra: a product over the keys. An edit of a key is an edit of its value, or a reset to absence, after which it
/// starts over; so edits of different keys commute, and edits of one key are as `How` has them. An `edit_function`
/// where `How` is one for the values, else a `three_way_function`. Keys that the map's order holds equal are one key.
/// Where both sides' parts of one value were kept beside each other, the map says so as `How` does.
/// Complexity: O(n log n) in the keys, and what `How` costs. \see MERGE-4, docs/algebra.md
template <class How>
struct map_edits_of {
  static constexpr bool is_commutative = false;  // of one key, a removal and a change do not commute
  static constexpr bool is_idempotent = syncline::is_idempotent<How>;

  /// Why a field of type `Map` that it cannot serve is refused.
  template <class Map>
  static constexpr std::string_view refusal = internal::unmergeable_map<How, Map>;

  /// What a fingerprint has to know of the values' policies, where there is more than their edits' type.
  template <class Map, class Hash>
    requires requires(Hash& hash) { How::template describe<element_of<Map>>(hash); }
  static constexpr void describe(Hash& hash) {
    How::template describe<element_of<Map>>(hash);
  }

  template <internal::map_merged_by_edits<How> Map>
  using edit = map_edit<How, Map>;

  template <internal::map_merged_by_edits<How> Map>
  static map_edit<How, Map> diff(const Map& before, const Map& after) {
    const element_of<Map> empty{};
    map_edit<How, Map> change;
    internal::for_each_changed_key(before, after, [&](const auto& key, const auto* old, const auto* now) {
      change.entries[key] = {old != nullptr, now != nullptr, false, How::diff(old ? *old : empty, now ? *now : empty)};
    });
    return change;
  }
  template <class Map>
  static merge_outcome apply(Map& value, const map_edit<How, Map>& change) {
    merge_outcome outcome = merge_outcome::merged;
    for (const auto& [key, entry] : change.entries) {
      if (!entry.is_there || entry.starts_over) value.erase(key);
      if (!entry.is_there) continue;
      if (merge_traits<How, element_of<Map>>::apply(value[key], entry.change) != merge_outcome::merged) outcome = merge_outcome::overlapping;
    }
    return outcome;
  }
  template <class Map>
  static void compose(map_edit<How, Map>& first, const map_edit<How, Map>& then) {
    for (const auto& [key, entry] : then.entries) {
      const auto [at, is_new] = first.entries.try_emplace(key, entry);
      auto& whole = at->second;
      if (is_new) continue;
      if (!whole.is_there || entry.starts_over) {
        whole = {whole.was_there, entry.is_there, true, entry.change};
      } else {
        whole.is_there = entry.is_there;
        How::compose(whole.change, entry.change);
      }
    }
  }
  template <class Map>
  static map_edit<How, Map> invert(map_edit<How, Map> change) {
    for (auto& [key, entry] : change.entries) {
      entry = {entry.is_there, entry.was_there, false, How::template invert<element_of<Map>>(entry.change)};
    }
    return change;
  }

  template <internal::map_merged_by_values<How> Map>
  static Map merge(const Map& base, const Map& local, const Map& remote) {
    return merge_counted(base, local, remote).value;
  }
  template <internal::map_merged_by_values<How> Map>
  static counted_merge<Map> merge_counted(const Map& base, const Map& local, const Map& remote) {
    const element_of<Map> empty{};
    counted_merge<Map> merged{remote};
    internal::for_each_changed_key(base, local, [&](const auto& key, const auto* old, const auto* now) {
      if (!now) {
        merged.value.erase(key);
      } else if (const auto [at, is_new] = merged.value.try_emplace(key, *now); !is_new) {
        merged.overlaps += merge_traits<How, element_of<Map>>::apply(at->second, {old ? *old : empty, *now}) != merge_outcome::merged;
      }
    });
    return merged;
  }
};

/// Merges maps key by key: `merge<std::map<K, V>, map_edits>`. Both sides' puts and removals count; where both wrote
/// the same key, the edit that reached the hub later decides, and the other value of that key is dropped.
///
/// Algebra: per key, an edit is one of {keep, put v, remove}, and composition is "the later one that is not keep": a
/// product of idempotent monoids, whose edits of different keys commute.
using map_edits = map_edits_of<internal::later_value>;

}  // namespace syncline

// SPDX-License-Identifier: BSL-1.0
#pragma once
// A set that several sides add to and remove from: edits are what was added and what was removed.

#include <syncline/record/value_kind.hpp>

#include <compare>
#include <set>

namespace syncline {

/// What was added to a set and what was removed from it. Guarantee: what is in both was replaced, by an element that is
/// equivalent and not the same, as the two zeros of a floating number are.
template <class Set>
struct set_edit {
  Set added{};
  Set removed{};

  friend bool operator==(const set_edit&, const set_edit&) = default;
};

/// Merges sets element by element: `merge<std::set<T>, set_edits>`. Both sides' additions and removals count; where one
/// side added an element that the other removed, or an equivalent one, the edit that reached the hub later decides.
///
/// Algebra: per element and those that are equivalent, an edit is one of {keep, put, remove}; `compose` is "the later one that is not keep", a monoid
/// that is idempotent; edits of different elements commute.
/// Complexity: linear in the sets. \see MERGE-4, docs/algebra.md
struct set_edits {
 private:
  // Not so of floating numbers, whose zeros are equivalent.
  template <class T>
  static constexpr bool is_same_if_equivalent = kind_of<T> == value_kind::text || kind_of<T> == value_kind::integer ||
                                                kind_of<T> == value_kind::enumeration;

 public:
  static constexpr bool is_commutative = false;  // of one element, the later edit decides
  static constexpr bool is_idempotent = true;

  template <class Set>
  using edit = set_edit<Set>;

  template <class T, class C, class A>
  static edit<std::set<T, C, A>> diff(const std::set<T, C, A>& before, const std::set<T, C, A>& after) {
    return {minus(after, before), minus(before, after)};
  }
  template <class T, class C, class A>
  static void apply(std::set<T, C, A>& value, const edit<std::set<T, C, A>>& change) {
    for (const T& element : change.removed) value.erase(element);
    for (const T& element : change.added) put(value, element);
  }
  template <class T, class C, class A>
  static void compose(edit<std::set<T, C, A>>& first, const edit<std::set<T, C, A>>& then) {
    for (const T& element : then.removed) first.added.erase(element);
    for (const T& element : then.added) first.removed.erase(element);
    for (const T& element : then.added) put(first.added, element);
    first.removed.insert(then.removed.begin(), then.removed.end());
  }
  /// Without the sets that an edit would take: what the other side added and removed, added to and removed from `local`.
  template <class T, class A>
    requires is_same_if_equivalent<T>
  static void merge_in_place(const std::set<T, typename std::set<T>::key_compare, A>& base, std::set<T, typename std::set<T>::key_compare, A>& local,
                             const std::set<T, typename std::set<T>::key_compare, A>& remote) {
    auto before = base.begin();
    auto after = remote.begin();
    while (before != base.end() || after != remote.end()) {
      const auto order = before == base.end()   ? std::strong_ordering::greater
                         : after == remote.end() ? std::strong_ordering::less
                                                 : *before <=> *after;
      if (order < 0) {
        local.erase(*before++);
      } else if (order > 0) {
        local.insert(*after++);
      } else {
        ++before, ++after;
      }
    }
  }
  template <class Set>
  static edit<Set> invert(const edit<Set>& change) {
    return {change.removed, change.added};
  }

 private:
  template <class Set>
  static Set minus(const Set& whole, const Set& part) {
    const auto comes_before = whole.value_comp();
    Set rest;
    auto at = part.begin();
    for (const auto& element : whole) {
      while (at != part.end() && comes_before(*at, element)) ++at;
      const bool is_there = at != part.end() && !comes_before(element, *at) && is_same_value(element, *at);
      if (!is_there) rest.insert(rest.end(), element);
    }
    return rest;
  }
  template <class Set, class T>
  static void put(Set& set, const T& element) {
    const auto [at, is_new] = set.insert(element);
    if (!is_new && !is_same_value(*at, element)) set.insert(set.erase(at), element);
  }
};

}  // namespace syncline

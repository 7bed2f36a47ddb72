// SPDX-License-Identifier: BSL-1.0
#pragma once
// A set that several sides add to and remove from: edits are what was added and what was removed.

#include <syncline/record/value_kind.hpp>

#include <algorithm>
#include <compare>
#include <functional>
#include <iterator>
#include <set>

namespace syncline {

/// What was added to a set and what was removed from it. Guarantee: the two are disjoint.
template <class Set>
struct set_edit {
  Set added{};
  Set removed{};

  friend bool operator==(const set_edit&, const set_edit&) = default;
};

/// Merges sets element by element: `merge<std::set<T>, set_edits>`. Both sides' additions and removals count; where one
/// side added an element that the other removed, the edit that reached the hub later decides.
///
/// Algebra: per element, an edit is one of {keep, add, remove}; `compose` is "the later one that is not keep", a monoid
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
    value.insert(change.added.begin(), change.added.end());
  }
  template <class T, class C, class A>
  static void compose(edit<std::set<T, C, A>>& first, const edit<std::set<T, C, A>>& then) {
    for (const T& element : then.removed) first.added.erase(element);
    for (const T& element : then.added) first.removed.erase(element);
    first.added.insert(then.added.begin(), then.added.end());
    first.removed.insert(then.removed.begin(), then.removed.end());
  }
  /// Without the sets that an edit would take: what the other side added and removed, added to and removed from `local`.
  template <class T, class A>
    requires is_same_if_equivalent<T>
  static void merge_in_place(const std::set<T, std::less<T>, A>& base, std::set<T, std::less<T>, A>& local,
                             const std::set<T, std::less<T>, A>& remote) {
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
    Set rest;
    std::set_difference(whole.begin(), whole.end(), part.begin(), part.end(), std::inserter(rest, rest.end()),
                        whole.value_comp());
    return rest;
  }
};

}  // namespace syncline

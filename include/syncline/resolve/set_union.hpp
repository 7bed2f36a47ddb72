// SPDX-License-Identifier: BSL-1.0
#pragma once
// A set that only grows where two sides meet.

#include <syncline/record/value_kind.hpp>

#include <set>

namespace syncline {

/// Merges sets by union: `merge<std::set<T>, set_union>`. Never removes under conflict.
///
/// What only one side changed stands, removals too. Where both changed it, every element that is on either side stays:
/// a removal does not count against a side that changed anything. A set in which removals always count is `set_edits`.
///
/// Algebra: a join, but only where both changed; so commutative, and over sets that only grow associative and
/// idempotent. With removals it is neither: {1} and {2}, both made of {1, 2}, become {1, 2} again, which then looks
/// unchanged.
/// Complexity: linear in the sets, times a logarithm. \see MERGE-4, PROTOCOL 17, docs/algebra.md
struct set_union {
  static constexpr bool is_commutative = true;
  static constexpr bool is_idempotent = false;

  template <class T, class C, class A>
  static std::set<T, C, A> merge(const std::set<T, C, A>& base, const std::set<T, C, A>& local,
                                 std::set<T, C, A> remote) {
    if (is_same_value(base, remote)) return local;
    if (!is_same_value(base, local)) remote.insert(local.begin(), local.end());
    return remote;
  }
};

}  // namespace syncline

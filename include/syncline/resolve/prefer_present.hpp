// SPDX-License-Identifier: BSL-1.0
#pragma once
// A value that may be absent: what somebody filled in is not lost to somebody who left it empty.

#include <syncline/record/value_kind.hpp>
#include <syncline/resolve/decide.hpp>

namespace syncline {

/// Merges values that may be absent: `merge<std::optional<T>, prefer_present>`, or a `std::string`, where empty is
/// absent.
///
/// What only one side changed stands, also where it was emptied. Where both changed it, a value beats absence, and of
/// two values the greater stands, by `compare_values`; the lesser is dropped.
///
/// Algebra: over what was written, the maximum of a total order in which absence is the least: a semilattice, so
/// commutative, associative and idempotent. It asks for no stamps: who wants the later of two values declares `lww`.
/// Complexity: linear in the value. \see MERGE-4, docs/algebra.md
struct prefer_present {
  static constexpr bool is_commutative = true;
  static constexpr bool is_idempotent = true;
  static constexpr bool is_associative = true;

  template <codable T>
    requires(kind_of<T> == value_kind::optional || kind_of<T> == value_kind::text)
  static constexpr T merge(const T& base, const T& local, const T& remote) {
    if (is_same_value(base, local)) return remote;
    if (is_same_value(base, remote)) return local;
    return compare_values(local, remote) > 0 ? local : remote;  // nothing is less than something
  }
};

}  // namespace syncline

// SPDX-License-Identifier: BSL-1.0
#pragma once
// The least or the greatest of what several sides wrote: a personal best, a deadline, a high-water mark.

#include <syncline/record/value_kind.hpp>

#include <compare>
#include <optional>

namespace syncline {

namespace internal {

template <class T>
inline constexpr bool has_extremes =
    kind_of<T> == value_kind::boolean || kind_of<T> == value_kind::integer || kind_of<T> == value_kind::number ||
    kind_of<T> == value_kind::text || kind_of<T> == value_kind::enumeration || kind_of<T> == value_kind::duration ||
    kind_of<T> == value_kind::time;
template <class T>
inline constexpr bool has_extremes<std::optional<T>> = has_extremes<T> && kind_of<T> != value_kind::optional;

// A value that is there, and that is a number where its type says so.
template <class T>
constexpr bool can_be_extreme(const T& value) {
  if constexpr (kind_of<T> == value_kind::optional) {
    return value && can_be_extreme(*value);
  } else {
    return value == value;
  }
}

template <class T>
constexpr std::strong_ordering compare_extremes(const T& a, const T& b) {
  if constexpr (kind_of<T> == value_kind::optional) {
    return a && b ? compare_extremes(*a, *b) : a.has_value() <=> b.has_value();
  } else if constexpr (kind_of<T> == value_kind::number) {
    return std::strong_order(a, b);
  } else {
    return a <=> b;
  }
}

template <bool IsLess>
struct extremum {
  static constexpr bool is_commutative = true;
  static constexpr bool is_idempotent = true;
  static constexpr bool is_associative = true;

  template <class T>
    requires has_extremes<T>
  static constexpr T merge(const T& base, const T& local, const T& remote) {
    if (is_same_value(base, local)) return remote;
    if (is_same_value(base, remote)) return local;
    if (can_be_extreme(local) != can_be_extreme(remote)) return can_be_extreme(local) ? local : remote;
    return (compare_extremes(local, remote) < 0) == IsLess ? local : remote;
  }
};

}  // namespace internal

/// The lesser of what both sides wrote: `merge<std::optional<std::chrono::seconds>, merge_min>`.
///
/// A side that did not change the value does not count, so a value can be raised by one side alone; where both changed
/// it, the greater one is dropped. Serves numbers, booleans, enumerations, durations, times and texts (by bytes), and
/// optionals of such. An absent value or a NaN stands against no other; -0.0 is less than 0.0.
///
/// Algebra: over what was written, the minimum of a total order, in which absence and NaN come last: a semilattice, so
/// commutative, associative and idempotent.
/// Complexity: three comparisons. \see MERGE-4, docs/algebra.md
struct merge_min : internal::extremum<true> {};

/// The greater of what both sides wrote: as `merge_min`, the other way round.
struct merge_max : internal::extremum<false> {};

}  // namespace syncline

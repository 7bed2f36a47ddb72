// SPDX-License-Identifier: BSL-1.0
#pragma once
// A merge function of this app's own: what somebody measured is never lost to somebody who measured nothing.

#include <syncline/record/value_kind.hpp>

#include <optional>

namespace stride {

/// Merges values that may be absent: `merge<std::optional<T>, prefer_present>`.
///
/// What only one side changed stands, also where it was emptied. Where both changed it, a value wins over none; of two
/// values `local` wins, which is the edit that is applied later: on the hub, the one that was committed later.
///
/// Laws: those of a `three_way_function` (merge(a, a, b) == b, merge(a, b, a) == b, merge(a, b, b) == b), and
/// presence: where both sides changed the value, the result is absent only if both are. It is not commutative: that all
/// replicas agree comes from the hub's order of commits.
/// \see MERGE-4, MERGE-10, syncline/record/merge_function.hpp
struct prefer_present {
  template <syncline::codable T>
  static constexpr std::optional<T> merge(const std::optional<T>& base, const std::optional<T>& local,
                                          const std::optional<T>& remote) {
    if (syncline::is_same_value(base, local)) return remote;
    if (syncline::is_same_value(base, remote)) return local;
    return local ? local : remote;
  }
};

}  // namespace stride

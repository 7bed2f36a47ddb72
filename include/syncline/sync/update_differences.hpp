// SPDX-License-Identifier: BSL-1.0
#pragma once
// How a device makes of a large value the one that the hub has, by what changed in it since.

#include <syncline/core/planted.hpp>
#include <syncline/resolve/duplicates.hpp>
#include <syncline/sync/record_update.hpp>
#include <syncline/sync/sent_change.hpp>

#include <cstddef>
#include <cstdint>
#include <utility>

namespace syncline {

/// A value that takes at most about so many bytes is told whole: what changed in it is hardly less.
inline constexpr std::size_t small_update_size = 256;

/// The fields of `record` that are told by difference where that is known.
template <class R>
field_set<R> large_values(const R& record) {
  field_set<R> large;
  internal::for_each_large(field_set<R>::all(), [&]<std::size_t I>(std::integral_constant<std::size_t, I>) {
    if (internal::bound(get_field<I>(record)) > small_update_size) large.insert(I);
  });
  return large;
}

/// Makes whole what `update` tells by difference, where `base` is the record as of commit `known`.
///
/// \return whether it is what the hub has. If not, `base` is not what the hub takes it for: the update must not be used,
/// and the record be asked for whole
/// \see DELTA-2, PROTOCOL 8
template <class R>
bool take_differences(record_update<R>& update, const R& base, std::uint64_t known) {
  constexpr field_set<R> large = internal::find_large_fields<R>();
  bool is_whole = true;
  for (const field_difference& told : update.differences) {
    is_whole = is_whole && large.contains(told.field);
    internal::for_each_large(
        field_set<R>{std::uint64_t{1} << told.field}, [&]<std::size_t I>(std::integral_constant<std::size_t, I>) {
          const auto leads_there = [&](std::uint64_t from) {
            auto value = get_field<I>(base);
            bool is_same = checksum(encode(value)) == told.digest;
            for (const numbered_difference& each : told.changes) {
              if (is_same || each.number <= from) continue;
              auto next = apply_difference(std::move(value), each.bytes.bytes);
              if (!next) return false;
              value = std::move(*next);
            }
            is_same = is_same || checksum(encode(value)) == told.digest || is_planted(flaw::forget_a_difference);
            if (is_same) get_field<I>(update.value) = std::move(value);
            return is_same;
          };
          // The answer to an own change of a record with duplicates bears a number less than it tells (`hub_commit::apply`).
          is_whole = is_whole && (leads_there(known) || (has_duplicates<R> && leads_there(known + 1)));
        });
  }
  update.differences.clear();
  return is_whole;
}

}  // namespace syncline

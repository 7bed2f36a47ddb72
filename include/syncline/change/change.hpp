// SPDX-License-Identifier: BSL-1.0
#pragma once
// What happened to a record: created, updated or deleted, what changed, and when each field was written.

#include <syncline/change/delta.hpp>
#include <syncline/change/stamp.hpp>

#include <algorithm>
#include <array>
#include <cstdint>

namespace syncline {

/// \see DELTA-3
enum class change_kind : std::uint8_t { created, updated, deleted };

/// What one device did to one record since `base`, the hub's commit number that it had last read the record at (0:
/// never). A creation is an update of the empty record; a deletion carries no fields.
///
/// One device wrote all of it, so a field's stamp is its time here and the device of whoever carries the change.
template <class R>
struct change {
  change_kind kind = change_kind::updated;
  std::uint64_t base = 0;
  delta<R> what{};
  std::array<hybrid_time, field_count<R>> times{};  ///< of the fields in `what`; others are unset
  hybrid_time at{};                                 ///< of the creation or deletion, else of the latest edit

  friend bool operator==(const change&, const change&) = default;
};

/// Marks the fields of `made` as written at `now`.
template <class R>
constexpr void stamp_fields(change<R>& made, hybrid_time now) {
  made.what.fields.for_each([&](std::size_t index) { made.times[index] = now; });
  made.at = now;
}

/// Moves every time of `made` back by `ticks`, so that their order stays. \see PROTOCOL 16
template <class R>
constexpr void shift_back(change<R>& made, std::uint64_t ticks) {
  made.what.fields.for_each([&](std::size_t index) { made.times[index] = made.times[index].before(ticks); });
  made.at = made.at.before(ticks);
}

/// Makes `first` what `first` and then `then`, of the same device and record, did together.
///
/// A deletion swallows the edits before it. \see PROTOCOL 12
template <class R>
constexpr void compose_into(change<R>& first, const change<R>& then) {
  if (then.kind == change_kind::deleted) {
    const std::uint64_t base = first.base;
    first = then;
    first.base = base;
    return;
  }
  if (first.kind == change_kind::deleted) {  // made again under the same key
    const std::uint64_t base = first.base;
    first = then;
    first.base = base;
    return;
  }
  compose_into(first.what, then.what);
  then.what.fields.for_each([&](std::size_t index) { first.times[index] = then.times[index]; });
  first.at = std::max(first.at, then.at);
}

}  // namespace syncline

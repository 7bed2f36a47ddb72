// SPDX-License-Identifier: BSL-1.0
#pragma once
// What a device does when its clock is ahead of the hub's: it corrects it, and adopts the stamps that the hub stored.

#include <syncline/core/planted.hpp>
#include <syncline/sync/replica_record.hpp>
#include <syncline/sync/replica_restamp.hpp>
#include <syncline/sync/replica_state.hpp>
#include <syncline/sync/stamp_shift.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace syncline {

/// Notes by how much this device's clock is ahead, which the hub says at the beginning of each session: so that later
/// stamps are not, and come forward again when the clock is right again.
///
/// \return whether that is news
inline bool correct_clock(replica_state& state, const checked_message& said) noexcept {
  const auto ahead = said.asked - said.now > said.tolerance ? said.asked - said.now : std::chrono::milliseconds{};
  return std::exchange(state.ahead, ahead) != ahead;
}

namespace internal {

template <class R>
void shift_back(replica_record<R>& record, std::uint64_t ticks, std::string_view me, moved_writes& shifted) {
  const field_set<R> dirty = record.dirty_fields();
  for (field_reason& reason : record.reasons) {
    if (reason.by == me && dirty.contains(reason.field)) reason.at = hybrid_time{reason.at}.before(ticks).ticks;
  }
  for (auto* made : {&record.sent, &record.pending}) {
    if (!*made) continue;
    const auto note = [&](std::size_t field, hybrid_time at) {
      shifted[{std::string(schema<R>::table), encode(key_of(record.base)), field, at.ticks}] = at.before(ticks).ticks;
    };
    (*made)->what.fields.for_each([&](std::size_t i) { note(i, (*made)->times[i]); });
    note(schema<R>::key_index, (*made)->at);
    shift_back(**made, ticks);
  }
}

}  // namespace internal

/// The hub shifted the stamps of what was sent back by `ticks`: so is all that this device wrote and the hub does not have
/// yet, in the same order, and its clock, but not below what it has read. Writes and does not commit.
///
/// Complexity: O(records that wait, entries of the log). \see PROTOCOL 16
template <class Catalog, class Tx>
result<void> adopt_shift(Tx& tx, replica_state& state, std::uint64_t ticks) {
  if (ticks == 0 || is_planted(flaw::keep_own_stamps)) return {};
  state.clock = std::max(hybrid_time{state.clock}.before(ticks).ticks, state.observed);
  auto items = outbox<Tx>(tx).all();
  if (!items) return items.error();
  moved_writes shifted;
  for (const outbox_item& item : *items) {
    result<void> outcome;
    Catalog::visit(item.table, [&]<class R>(std::type_identity<R>) {
      outcome = [&]() -> result<void> {
        auto key = decode<typename schema<R>::key_type>(item.key.bytes);
        if (!key) return key.error();
        auto row = tx.template load<R>(*key);
        if (!row) return row.error();
        if (!*row) return {};
        auto record = from_row(**row);
        if (!record) return record.error();
        internal::shift_back(*record, ticks, state.device, shifted);
        return tx.template save<R>(to_row(*record));
      }();
    });
    if (!outcome) return outcome;
  }
  return replica_restamp<Catalog, Tx>::restamp(tx, state, shifted);
}

}  // namespace syncline

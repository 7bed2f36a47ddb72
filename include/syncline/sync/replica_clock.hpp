// SPDX-License-Identifier: BSL-1.0
#pragma once
// What a device does when its clock is ahead of the hub's: it corrects it, and adopts the stamps that the hub stored.

#include <syncline/core/planted.hpp>
#include <syncline/sync/replica_record.hpp>
#include <syncline/sync/replica_state.hpp>
#include <syncline/sync/stamp_shift.hpp>

#include <limits>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
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

using own_write = std::tuple<std::string, std::string, std::uint32_t, std::uint64_t>;  // table, key, field, stamp

template <class R>
void shift_back(replica_record<R>& record, std::uint64_t ticks, std::string_view me, std::set<own_write>& shifted) {
  const field_set<R> dirty = record.dirty_fields();
  for (field_reason& reason : record.reasons) {
    if (reason.by == me && dirty.contains(reason.field)) reason.at = hybrid_time{reason.at}.before(ticks).ticks;
  }
  for (auto* made : {&record.sent, &record.pending}) {
    if (!*made) continue;
    (*made)->what.fields.for_each([&](std::size_t i) {
      shifted.emplace(schema<R>::table, encode(key_of(record.base)), i, (*made)->times[i].ticks);
    });
    shift_back(**made, ticks, me);
  }
}

// Entries of a log that is not kept as records.
template <class Tx>
result<void> shift_log(Tx& tx, std::uint64_t ticks, std::string_view me, const std::set<own_write>& shifted) {
  for (std::string after;;) {
    auto entries = tx.list("conflict", after, 100);
    if (!entries) return entries.error();
    if (entries->empty()) return {};
    after = entries->back().name;
    for (const entry& each : *entries) {
      auto logged = decode<conflict_entry>(each.bytes);
      if (!logged) return logged.error();
      if (logged->kept_by != me || !shifted.contains({logged->table, logged->key.bytes, logged->field, logged->kept_at})) continue;
      logged->kept_at = hybrid_time{logged->kept_at}.before(ticks).ticks;
      if (auto put = tx.put("conflict", each.name, encode(*logged)); !put) return put;
    }
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
  constexpr auto all = std::numeric_limits<std::size_t>::max();
  auto waiting = outbox<Tx>(tx).take_batch(timestamp::max(), all);
  if (!waiting) return waiting.error();
  auto dead = outbox<Tx>(tx).dead_letters(0, all);
  if (!dead) return dead.error();
  waiting->insert(waiting->end(), dead->begin(), dead->end());
  std::set<internal::own_write> shifted;
  for (const outbox_item& item : *waiting) {
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
  return shifted.empty() ? result<void>{} : internal::shift_log(tx, ticks, state.device, shifted);
}

}  // namespace syncline

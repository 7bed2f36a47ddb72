// SPDX-License-Identifier: BSL-1.0
#pragma once
// What a device notes of how the fields of a record came to their values.

#include <syncline/sync/catalog.hpp>
#include <syncline/sync/replica_record.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace syncline {

/// Notes what the hub says of the fields of `update`, which is in the record's base.
///
/// \param before  what the device's people saw of it before, but for what is pending
/// \param me      the device
/// \see MERGE-8
template <class R>
void note_update(replica_record<R>& record, const record_update<R>& update, const R& before, std::string_view me) {
  for_each_field(
      [&]<std::size_t I>(std::integral_constant<std::size_t, I>, const auto& was, const auto& is) {
        if (!update.fields.contains(I)) return;
        const bool is_changed = !is_same_value(value_of(was), value_of(is));
        const bool is_written = update.stamps[I].time.is_set();
        if (!is_written && !is_changed) return;                // nobody wrote it
        const bool is_emptied = !is_written && update.whole;  // by whoever made the record anew
        const stamp& written = is_emptied ? update.life : update.stamps[I];
        const rule why = is_emptied ? rule::made_anew : update.rules[I];
        const side from = is_made_of_both(why) ? side::both : written.device.view() == me ? side::local : side::remote;
        field_reason reason{I, from, why, written.time.ticks, std::string(written.device.view()), {}};
        if (drops_a_value(why) && is_changed) reason.dropped = blob{encode(value_of(was))};
        record.note(std::move(reason));
      },
      before, record.base);
}

/// Notes that a local write left `written` in the fields of `made`; a creation also empties what it does not set.
template <class R>
void note_write(replica_record<R>& record, const change<R>& made, const stamp& written) {
  const bool is_creation = made.kind == change_kind::created;
  const auto reason = [&](std::uint8_t field, rule why) {
    return field_reason{field, side::local, why, written.time.ticks, std::string(written.device.view()), {}};
  };
  if (is_creation) {
    for (field_reason& old : record.reasons) old = reason(old.field, rule::made_anew);
  }
  made.what.fields.for_each([&](std::size_t i) {
    record.note(reason(static_cast<std::uint8_t>(i), is_creation ? rule::alone : rule::seen));
  });
}

/// Notes that a value lost at the hub against the one that the device has, or against the record's deletion.
///
/// \param mine        when the device wrote its value, where it is the device's value that stands
/// \param decided_at  when the device heard of it, or 0
template <class R>
void note_loss(replica_record<R>& record, const dropped_value& lost, side winner, hybrid_time mine, std::string_view me,
               std::uint64_t decided_at) {
  const stamp standing = lost.why == rule::deleted ? record.life
                         : winner == side::local   ? stamp{mine, device_id(me)}
                                                   : record.base_stamps[lost.field];
  record.note({static_cast<std::uint8_t>(lost.field), winner, lost.why, standing.time.ticks,
               std::string(standing.device.view()), lost.value, decided_at});
}

/// Notes what the hub decided while the device was not there, of a field that has changed for nobody since.
///
/// \return whether there is anything to note: not of a loss that this device was told of when it sent the value; but what it
/// asked for may have been superseded later
template <class R>
bool note_foreign_loss(replica_record<R>& record, const dropped_value& lost, std::string_view me) {
  if (lost.version != schema<R>::info.version || lost.field >= field_count<R> || record.dirty_fields().contains(lost.field)) return false;
  if (lost.by == me && lost.why != rule::superseded) return false;
  if (lost.why == rule::deleted) {
    if (record.base_exists) return false;
    note_loss(record, lost, record.life.device.view() == me ? side::local : side::remote, {}, me, 0);
    return true;
  }
  const auto known = std::find_if(record.reasons.begin(), record.reasons.end(), [&](const auto& r) { return r.field == lost.field; });
  if (known == record.reasons.end() || (known->why == lost.why && known->dropped == lost.value)) return false;
  known->why = lost.why;
  known->dropped = lost.value;
  known->decided_at = 0;
  return true;
}

namespace internal {

template <class R, class Tx>
result<void> note_foreign_loss_in(Tx& tx, const dropped_value& lost, std::string_view me) {
  auto key = decode<typename schema<R>::key_type>(lost.key.bytes);
  if (!key) return key.error();
  auto kept = tx.template load<R>(*key);
  if (!kept) return kept.error();
  if (!*kept) return {};
  auto record = from_row(**kept);
  if (!record) return record.error();
  return note_foreign_loss(*record, lost, me) ? tx.template save<R>(to_row(*record)) : result<void>{};
}

}  // namespace internal

/// Notes what a page says of values that lost at the hub against what the device has, after its records were taken in.
template <class Catalog, class Tx>
result<void> note_losses(Tx& tx, const page_message& page, std::string_view me) {
  for (const dropped_value& lost : page.dropped) {
    if (lost.table >= page.ranges.size()) continue;
    result<void> noted;
    Catalog::visit(page.ranges[lost.table].table, [&]<class R>(std::type_identity<R>) {
      noted = internal::note_foreign_loss_in<R>(tx, lost, me);
    });
    if (!noted) return noted;
  }
  return {};
}

}  // namespace syncline

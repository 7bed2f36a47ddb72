// SPDX-License-Identifier: BSL-1.0
#pragma once
// What the hub tells of values that lost against what others have: those were not there when it was decided.

#include <syncline/port/store.hpp>
#include <syncline/sync/catalog.hpp>
#include <syncline/sync/hub_record.hpp>
#include <syncline/sync/protocol.hpp>

#include <algorithm>
#include <string>
#include <utility>

namespace syncline {

namespace internal {

/// Whether the value, or the deletion, that `lost` met in commit `number` is what stands there now.
template <class R, class Tx>
result<bool> still_stands(Tx& tx, const dropped_value& lost, std::uint64_t number) {
  auto key = decode<typename schema<R>::key_type>(lost.key.bytes);
  if (!key) return key.error();
  auto kept = tx.template load<R>(*key);
  if (!kept) return kept.error();
  if (!*kept || lost.field >= field_count<R>) return false;
  hub_record<R> record;
  if (auto done = decode_bookkeeping((*kept)->sync, record); !done) return done.error();
  const std::uint64_t last = lost.why == rule::superseded ? number : number - 1;  // that it met may be of the same commit
  return record.deleted() == (lost.why == rule::deleted) && (record.deleted() || record.numbers[lost.field] <= last);
}

}  // namespace internal

/// Adds to `page` the values that lost in its ranges against what was there, as long as that still stands and there is room.
///
/// A device whose cursor is 0 has nothing yet that could need an explanation. Nothing depends on these: what has no room is
/// not told. Complexity: O(values that lost since the oldest cursor). \see MERGE-8
template <class Catalog, class Tx>
result<void> collect_losses(Tx& tx, page_message& page) {
  std::uint64_t first = ~std::uint64_t{0}, last = 0;
  for (const page_range& range : page.ranges) {
    if (range.after == 0 || range.up_to == range.after) continue;
    first = std::min(first, range.after + 1);
    last = std::max(last, range.up_to);
  }
  if (first > last) return {};
  const auto tables = Catalog::declarations();
  std::size_t bytes = growing_size().of(page);
  for (std::string after = ordered_bytes(first);;) {
    auto entries = tx.list("dropped", after, 1000);
    if (!entries) return entries.error();
    if (entries->empty()) return {};
    after = entries->back().name;
    for (const entry& logged : *entries) {
      const std::uint64_t number = number_in(logged.name);
      if (number > last) return {};
      auto lost = decode<dropped_value>(logged.bytes);
      if (!lost) return lost.error();
      if (lost->winner != side::remote || lost->table >= tables.size()) continue;
      const auto range = std::find_if(page.ranges.begin(), page.ranges.end(),
                                      [&](const page_range& r) { return r.table == tables[lost->table].table; });
      if (range == page.ranges.end() || range->after == 0 || number <= range->after || number > range->up_to) continue;
      result<bool> stands = false;
      Catalog::visit(range->table, [&]<class R>(std::type_identity<R>) { stands = internal::still_stands<R>(tx, *lost, number); });
      if (!stands) return stands.error();
      if (!*stands) continue;
      bytes += lost->value.bytes.size() + lost->key.bytes.size();
      if (bytes >= full_message_size) return {};
      lost->table = static_cast<std::uint32_t>(range - page.ranges.begin());
      page.dropped.push_back(std::move(*lost));
    }
  }
}

}  // namespace syncline

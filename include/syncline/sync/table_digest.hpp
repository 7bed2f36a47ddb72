// SPDX-License-Identifier: BSL-1.0
#pragma once
// What device and hub compare of a table: the digest of a record, and the rows of a range of keys.

#include <syncline/assure/digest.hpp>
#include <syncline/change/stamp.hpp>
#include <syncline/port/store.hpp>
#include <syncline/sync/protocol.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>

namespace syncline {

/// The most ranges, and the most records, that one `compare_message` asks about; what is more is not answered.
inline constexpr std::size_t max_compared = 32;

/// The digest of a live record: its key, its values, and the stamps of the fields that are decided by them. \see SYNC-8
template <class R>
set_digest digest_of_record(const R& value, const stamps<R>& written) {
  std::string bytes = encode(value);
  stamped<R>.for_each([&](std::size_t i) {
    char room[8 + max_varint_size];
    writer to(room);
    to.fixed(written[i].time.ticks);
    to.varint(written[i].device.view().size());
    bytes.append(room, to.position());
    bytes += written[i].device.view();
  });
  return digest_of_item(bytes);
}

/// Calls `use(row)` for each row of `R` in `range`, in order of key, until it fails.
template <class R, class Tx, class Use>
result<void> for_each_row(Tx& tx, const key_range<typename schema<R>::key_type>& range, Use&& use) {
  std::size_t some = 32;  // most ranges are short, and the first is the whole table
  for (auto after = range.after;; some = std::min<std::size_t>(some * 2, 512)) {
    auto rows = tx.template scan<R>(after, some);
    if (!rows) return rows.error();
    for (const row<R>& each : *rows) {
      if (range.ends_before(key_of(each.value))) return {};
      if (auto used = use(each); !used) return used;
    }
    if (rows->size() < some) return {};
    after = key_of(rows->back().value);
  }
}

/// A range as a message has it.
template <class R>
compared_range encode_range(std::uint32_t table, const key_range<typename schema<R>::key_type>& range) {
  return {table, {range.after ? encode(*range.after) : std::string()}, {range.up_to ? encode(*range.up_to) : std::string()}};
}

template <class R>
result<key_range<typename schema<R>::key_type>> decode_range(const compared_range& encoded) {
  key_range<typename schema<R>::key_type> range;
  for (auto [bytes, key] : {std::pair(&encoded.after, &range.after), std::pair(&encoded.up_to, &range.up_to)}) {
    if (bytes->bytes.empty()) continue;
    if (auto done = decode_into(bytes->bytes, key->emplace()); !done) return done.error();
  }
  return range;
}

}  // namespace syncline

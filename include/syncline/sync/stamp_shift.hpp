// SPDX-License-Identifier: BSL-1.0
#pragma once
// What keeps a clock that is ahead from winning: how far a stamp may be ahead of the hub's clock, and what is shifted.

#include <syncline/change/change.hpp>
#include <syncline/sync/protocol.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <type_traits>

namespace syncline {

/// By how many ticks an envelope is shifted whose latest stamp is `latest`.
constexpr std::uint64_t shift_of(hybrid_time latest, timestamp now, std::chrono::milliseconds tolerance) noexcept {
  return latest.wall() - now > tolerance ? latest.ticks - hybrid_time::at(now).ticks : 0;
}

/// The latest stamp of an envelope; changes that cannot be read, and are refused, have none.
template <class Catalog>
hybrid_time latest_stamp(const upload_message& message) {
  hybrid_time latest;
  for (const change_group& group : message.groups) {
    for (const record_change& sent : group.changes) {
      if (sent.table >= message.tables.size()) continue;
      Catalog::visit(message.tables[sent.table].table, [&]<class R>(std::type_identity<R>) {
        reader in(sent.bytes.bytes);  // as every version of the record begins: key, kind, base, latest stamp
        typename schema<R>::key_type key{};
        internal::take(in, key);
        in.byte();
        in.varint();
        const hybrid_time at{in.template fixed<std::uint64_t>()};
        if (!in.failed()) latest = std::max(latest, at);
      });
    }
  }
  return latest;
}

}  // namespace syncline

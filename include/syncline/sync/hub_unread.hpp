// SPDX-License-Identifier: BSL-1.0
#pragma once
// How much there is to come after a page, for devices that tell people how far they have come.

#include <syncline/core/result.hpp>
#include <syncline/port/store.hpp>
#include <syncline/sync/protocol.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <type_traits>

namespace syncline {

/// Says in `page`, if `asked` wants to know, how much of its tables it does not tell: log entries, of which a record has one
/// for each number that it bears, and records that are to be asked for by key.
/// Complexity: one read of each name; some names at a time in memory. So it is asked for once in a session. \see OBS-4
template <class Catalog, class Tx>
result<void> tell_unread(Tx& tx, const download_message& asked, page_message& page) {
  constexpr std::size_t batch = 1000;
  if (!asked.count) return {};
  page.unread = page.later.size();
  for (const page_range& range : page.ranges) {
    if (!Catalog::visit(range.table, [](auto) {})) continue;
    const std::string prefix = range.table + '\0';
    bool more = true;
    for (std::string after = prefix + ordered_bytes(range.up_to + 1); more;) {
      auto entries = tx.list("log", after, batch);
      if (!entries) return entries.error();
      more = entries->size() == batch;
      for (const entry& logged : *entries) {
        more = more && logged.name.starts_with(prefix);
        if (!logged.name.starts_with(prefix)) break;
        ++page.unread;
      }
      if (more) after = entries->back().name;
    }
  }
  return {};
}

}  // namespace syncline

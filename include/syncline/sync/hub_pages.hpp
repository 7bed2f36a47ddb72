// SPDX-License-Identifier: BSL-1.0
#pragma once
// What the hub tells a device that asks for news: the records that bear a number since its cursor, and those it lacks.

#include <syncline/core/planted.hpp>
#include <syncline/port/store.hpp>
#include <syncline/sync/hub_differences.hpp>
#include <syncline/sync/hub_record.hpp>
#include <syncline/sync/protocol.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace syncline {

/// The making of pages, inside a transaction. Functions read only. \see PROTOCOL 7, 8
template <class Tx>
class hub_pages {
 public:
  /// Adds to `page` the records of `R` that bear a number in (range.after, up_to], and sets range.up_to. \see PROTOCOL 8
  template <class R>
  static result<void> collect(Tx& tx, std::uint32_t table, page_message& page, page_range& range, std::size_t& room,
                              value_form form) {
    const std::string prefix = std::string(schema<R>::table) + '\0';
    std::set<std::string> keys;
    std::uint64_t reached = range.after;
    std::string after = prefix + ordered_bytes(range.after + 1);
    for (bool full = room == 0; !full;) {
      auto entries = tx.list("log", after, room + 1);
      if (!entries) return entries.error();
      const bool last = entries->size() <= room;
      for (const entry& logged : *entries) {
        if (!logged.name.starts_with(prefix)) {
          reached = page.snapshot;
          full = true;
          break;
        }
        const std::uint64_t number = number_in(std::string_view(logged.name).substr(prefix.size()));
        if (number != reached && keys.size() >= room) {  // a number is never cut in two
          full = true;
          break;
        }
        reached = number;
        keys.insert(logged.name.substr(prefix.size() + 8));
        after = logged.name;
      }
      if (!full && last) {
        reached = page.snapshot;
        break;
      }
    }
    growing_size size;
    for (const std::string& name : keys) {
      if (size.of(page) >= full_message_size) {  // asked for by name, later
        page.later.push_back({table, {name}});
        continue;
      }
      auto key = decode<typename schema<R>::key_type>(name);
      if (!key) return key.error();
      auto record = load<R>(tx, *key);
      if (!record) return record.error();
      if (*record && (*record)->deleted() && is_planted(flaw::hide_deletions)) continue;
      if (!*record || (*record)->is_damaged) continue;  // what other hands changed is not spread
      if (auto added = add_to_page<R>(tx, **record, table, range.after, page, form); !added) return added.error();
    }
    range.up_to = room == 0 ? range.after : reached;
    room -= std::min(room, keys.size());
    return {};
  }

  /// Adds the record that is asked for by its key; one that the hub does not have (any more) as one that was deleted.
  template <class R>
  static result<void> collect_whole(Tx& tx, const wanted_record& wanted, page_message& page) {
    if (growing_size().of(page) >= full_message_size) return {};
    auto key = decode<typename schema<R>::key_type>(wanted.key.bytes);
    if (!key) return key.error();
    auto record = load<R>(tx, *key);
    if (!record) return record.error();
    if (*record) return add_to_page<R>(tx, **record, wanted.table, 0, page, value_form::whole);
    record_update<R> gone{.number = page.snapshot, .whole = true, .deleted = true};
    get_field<schema<R>::key_index>(gone.value) = std::move(*key);
    page.records.push_back({wanted.table, {}});
    encode_to(page.records.back().bytes.bytes, gone);
    return {};
  }

 private:
  template <class R>
  static result<std::optional<hub_record<R>>> load(Tx& tx, const typename schema<R>::key_type& key) {
    auto kept = tx.template load<R>(key);
    if (!kept) return kept.error();
    if (!*kept) return std::optional<hub_record<R>>{};
    auto record = read_row(std::move(**kept));
    if (!record) return record.error();
    return std::optional<hub_record<R>>{std::move(*record)};
  }

  template <class R>
  static result<void> add_to_page(Tx& tx, const hub_record<R>& record, std::uint32_t table, std::uint64_t after,
                                  page_message& page, value_form form) {
    record_update<R> update = record.update_since(after, page.snapshot);
    if (form == value_form::by_difference) {
      if (auto told = hub_differences<Tx>::tell(tx, record, after, update); !told) return told;
    }
    page.records.push_back({table, {}});
    encode_to(page.records.back().bytes.bytes, update);
    return {};
  }
};

}  // namespace syncline

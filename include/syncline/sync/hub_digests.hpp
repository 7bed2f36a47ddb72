// SPDX-License-Identifier: BSL-1.0
#pragma once
// The hub's side of a comparison: digests of what it has in ranges of keys, and which of its rows are damaged or lost.

#include <syncline/core/planted.hpp>
#include <syncline/sync/catalog.hpp>
#include <syncline/sync/hub_record.hpp>
#include <syncline/sync/table_digest.hpp>

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace syncline {

/// The hub's answers to a device that compares, inside a transaction. Functions read only.
///
/// The digests are made from the rows as they are now, so damage shows. Live records count, and nothing else: a device
/// need not have heard of what is gone. \see SYNC-8
template <class Tx, class... Records>
class hub_digests {
  using records = catalog<Records...>;

 public:
  /// The answer to `message`, whose checksum is `asked`. Complexity: the rows in its ranges; a pass over a table's log if it
  /// asks for records that have no row.
  static result<compared_message> answer(Tx& tx, const compare_message& message, std::uint64_t asked) {
    compared_message said{.asked = asked, .tables = {}, .ranges = {}, .lost = {}};
    for (std::size_t i = 0; i < message.cursors.size(); ++i) {
      auto standing = standing_of(tx, message.cursors[i], i < message.versions.size() ? message.versions[i] : 0);
      if (!standing) return standing.error();
      said.tables.push_back(*standing);
    }
    for (const compared_range& range : message.ranges) {
      compared_runs runs;
      if (said.ranges.size() < max_compared && range.table < said.tables.size() &&
          said.tables[range.table] == table_standing::comparable) {
        result<void> outcome;
        records::visit(message.cursors[range.table].table,
                       [&]<class R>(std::type_identity<R>) { outcome = cut<R>(tx, range, runs); });
        if (!outcome) return outcome.error();
      }
      said.ranges.push_back(std::move(runs));
    }
    std::set<std::string> lost;
    for (std::size_t table = 0; table < message.cursors.size(); ++table) {
      if (auto looked = find_lost(tx, message, table, lost); !looked) return looked.error();
    }
    for (const wanted_record& each : message.unknown) {
      said.lost.push_back(each.table < message.cursors.size() && lost.contains(message.cursors[each.table].table + '\0' + each.key.bytes));
    }
    return said;
  }

 private:
  static result<table_standing> standing_of(Tx& tx, const table_cursor& cursor, std::uint32_t version) {
    bool is_same = false;
    records::visit(cursor.table, [&]<class R>(std::type_identity<R>) { is_same = version == schema<R>::info.version; });
    if (!is_same) return table_standing::other_version;
    const std::string prefix = cursor.table + '\0';
    auto later = tx.list("log", prefix + ordered_bytes(cursor.after + 1), 1);
    if (!later) return later.error();
    return !later->empty() && later->front().name.starts_with(prefix) ? table_standing::has_news : table_standing::comparable;
  }

  template <class R>
  static result<void> cut(Tx& tx, const compared_range& asked, compared_runs& runs) {
    using key_type = typename schema<R>::key_type;
    auto range = decode_range<R>(asked);
    if (!range) return range.error();
    run_cutter<key_type> cutter;
    std::set<key_type> damaged;
    auto read = for_each_row<R>(tx, *range, [&](const row<R>& each) -> result<void> {
      auto record = read_row(each);
      const bool is_damaged = !record || record->is_damaged;
      if (!is_damaged && record->deleted()) return {};
      set_digest item = is_damaged ? set_digest{1, ~std::uint64_t{}, each.sync.size()} : digest_of_record(record->value, record->stamps());
      if (is_damaged && damaged.size() < max_runs) damaged.insert(key_of(each.value));
      cutter.add(key_of(each.value), item);
      return {};
    });
    if (!read) return read;
    for (const key_run<key_type>& run : std::move(cutter).take()) {
      runs.runs.push_back({{encode(run.last)}, run.digest.count, run.digest.low, run.digest.high,
                           run.digest.count == 1 && damaged.contains(run.last)});
    }
    if (is_planted(flaw::digest_skips_a_range) && runs.runs.size() > 1) runs.runs.pop_back();
    return {};
  }

  // Those of the records asked for that have no row, and of which the log has an entry all the same.
  static result<void> find_lost(Tx& tx, const compare_message& message, std::size_t table, std::set<std::string>& lost) {
    std::set<std::string> absent;
    result<void> outcome;
    records::visit(message.cursors[table].table, [&]<class R>(std::type_identity<R>) {
      for (const wanted_record& each : message.unknown) {
        if (each.table != table || absent.size() == max_compared || !outcome) continue;
        auto key = decode<typename schema<R>::key_type>(each.key.bytes);
        auto kept = key ? tx.template load<R>(*key) : key.error();
        if (!kept) outcome = kept.error();
        if (kept && !*kept) absent.insert(each.key.bytes);
      }
    });
    if (!outcome || absent.empty()) return outcome;
    const std::string prefix = message.cursors[table].table + '\0';
    for (std::string after = prefix;;) {
      auto some = tx.list("log", after, 1000);
      if (!some) return some.error();
      for (const entry& each : *some) {
        after = each.name;
        if (!after.starts_with(prefix)) return {};
        if (const std::string key = after.substr(prefix.size() + 8); absent.contains(key)) lost.insert(prefix + key);
      }
      if (some->size() < 1000) return {};
    }
  }
};

}  // namespace syncline

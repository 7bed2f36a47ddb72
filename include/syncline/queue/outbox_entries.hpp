// SPDX-License-Identifier: BSL-1.0
#pragma once
// How an outbox lies in the ordered map: items by priority and sequence, dead letters by sequence, an index by record.

#include <syncline/core/result.hpp>
#include <syncline/port/store.hpp>
#include <syncline/queue/outbox_item.hpp>
#include <syncline/wire/decode.hpp>
#include <syncline/wire/encode.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace syncline {

/// The part of a transaction that an outbox writes to: the ordered map. \see transaction_for
template <class T>
concept entry_transaction = requires(T& t, std::string_view bytes, std::size_t limit) {
  { t.get(bytes, bytes) } -> std::same_as<result<std::optional<std::string>>>;
  { t.put(bytes, bytes, bytes) } -> std::same_as<result<void>>;
  { t.remove(bytes, bytes) } -> std::same_as<result<void>>;
  { t.list(bytes, bytes, limit) } -> std::same_as<result<std::vector<entry>>>;
};

/// Where a record's item is.
struct outbox_place {
  bool dead{};
  std::uint8_t priority{};
  std::uint64_t sequence{};
};

/// How much an outbox holds.
struct outbox_counts {
  std::uint64_t last_sequence{}, waiting{}, dead{}, bytes{};
};

/// The entries of one outbox, seen through an open transaction. What they mean is `outbox`'s.
template <entry_transaction Transaction>
class outbox_entries {
 protected:
  using place = outbox_place;
  using counts = outbox_counts;

  explicit outbox_entries(Transaction& open) noexcept : open_(open) {}

  static constexpr std::string_view space_of(bool dead) noexcept { return dead ? "dead" : "outbox"; }

  static std::string name_in_index(std::string_view table, std::string_view key) {
    std::string name;
    name.reserve(table.size() + 1 + key.size());
    return name.append(table).append(1, '\0').append(key);
  }

  result<std::optional<place>> place_of(std::string_view table, std::string_view key) const {
    auto bytes = open_.get(index_space, name_in_index(table, key));
    if (!bytes) return bytes.error();
    if (!*bytes) return std::optional<place>{};
    auto at = decode<place>(**bytes);
    if (!at) return at.error();
    return std::optional<place>{*at};
  }

  result<std::optional<outbox_item>> dead_letter(std::uint64_t sequence) const { return get(true, ordered_bytes(sequence)); }

  result<outbox_item> load(const place& at) const {
    auto item = get(at.dead, name_of(at.dead, at.priority, at.sequence));
    if (!item) return item.error();
    if (!*item) {
      return make_error(error_code::not_found, phase::store,
                        "cannot read item " + std::to_string(at.sequence) +
                            " of the outbox: its index entry is there and the item is not, so the store lost a write");
    }
    return std::move(**item);
  }

  result<void> save(const outbox_item& item, bool dead) {
    return open_.put(space_of(dead), name_of(dead, item.priority, item.sequence), encode(item));
  }

  result<void> add(const outbox_item& item, bool dead) {
    if (auto wrote = save(item, dead); !wrote) return wrote;
    return open_.put(index_space, name_in_index(item.table, item.key.bytes), encode(place{dead, item.priority, item.sequence}));
  }

  // From the waiting to the dead, or back.
  result<void> move(const outbox_item& item, bool to_dead, counts& count) {
    if (auto wrote = open_.remove(space_of(!to_dead), name_of(!to_dead, item.priority, item.sequence)); !wrote) return wrote;
    --(to_dead ? count.waiting : count.dead);
    ++(to_dead ? count.dead : count.waiting);
    return add(item, to_dead);
  }
  result<void> move(const outbox_item& item, bool to_dead) {
    return counting([&](counts& count) { return move(item, to_dead, count); });
  }

  result<void> erase(const place& at, const outbox_item& item, counts& count) {
    if (auto wrote = open_.remove(space_of(at.dead), name_of(at.dead, at.priority, at.sequence)); !wrote) return wrote;
    --(at.dead ? count.dead : count.waiting);
    count.bytes -= item.bytes;
    return open_.remove(index_space, name_in_index(item.table, item.key.bytes));
  }

  // Does `change(counts)`, which may count otherwise, and keeps the counts.
  template <class Change>
  result<void> counting(Change change) {
    auto count = counts_now();
    if (!count) return count.error();
    if (auto changed = change(*count); !changed) return changed;
    return put_counts(*count);
  }

  result<counts> counts_now() const {
    auto bytes = open_.get(counts_space, counts_name);
    if (!bytes) return bytes.error();
    if (!*bytes) return counts{};
    return decode<counts>(**bytes);
  }
  result<void> put_counts(const counts& count) { return open_.put(counts_space, counts_name, encode(count)); }

  // Calls `use(item)` for each item after the name `after`, in order, until it returns false.
  template <class Use>
  result<void> walk(bool dead, std::string after, Use use) const {
    for (;;) {
      auto page = open_.list(space_of(dead), after, page_size);
      if (!page) return page.error();
      for (const entry& each : *page) {
        auto item = decode<outbox_item>(each.bytes);
        if (!item) return item.error();
        auto more = use(*item);
        if (!more) return more.error();
        if (!*more) return {};
      }
      if (page->size() < page_size) return {};
      after = std::move(page->back().name);
    }
  }

  // The priorities that wait, least number first.
  result<std::vector<std::uint8_t>> priorities() const {
    std::vector<std::uint8_t> all;
    for (std::string after;;) {
      auto next = open_.list(space_of(false), after, 1);
      if (!next) return next.error();
      if (next->empty()) return all;
      all.push_back(static_cast<std::uint8_t>(next->front().name.front()));
      after = next->front().name.front() + std::string(8, '\xff');
    }
  }
  static std::string before_priority(std::uint8_t priority) { return std::string(1, static_cast<char>(priority)); }

 private:
  static constexpr std::string_view index_space = "waiting", counts_space = "outbox_counts", counts_name = "counts";
  static constexpr std::size_t page_size = 64;

  static std::string name_of(bool dead, std::uint8_t priority, std::uint64_t sequence) {
    std::string name = ordered_bytes(sequence);
    if (!dead) name.insert(name.begin(), static_cast<char>(priority));
    return name;
  }

  result<std::optional<outbox_item>> get(bool dead, const std::string& name) const {
    auto bytes = open_.get(space_of(dead), name);
    if (!bytes) return bytes.error();
    if (!*bytes) return std::optional<outbox_item>{};
    auto item = decode<outbox_item>(**bytes);
    if (!item) return item.error();
    return std::optional<outbox_item>{std::move(*item)};
  }

  Transaction& open_;
};

}  // namespace syncline

// SPDX-License-Identifier: BSL-1.0
#pragma once
// What waits to be sent, kept in the store beside the records: one item per record, in order, until it is settled.

#include <syncline/change/change.hpp>
#include <syncline/core/result.hpp>
#include <syncline/port/store.hpp>
#include <syncline/queue/retry.hpp>
#include <syncline/record/value_kind.hpp>
#include <syncline/wire/decode.hpp>
#include <syncline/wire/encode.hpp>

#include <algorithm>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
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

/// A record that waits to be sent, or that nobody tries to send any more. The changes themselves are in its row.
struct outbox_item {
  std::uint64_t sequence{};  ///< its place: counts the items that were ever queued, from 1
  std::uint8_t priority{};   ///< 0 goes first
  std::uint64_t edition{};   ///< grows whenever the record is queued again
  std::string table{};
  blob key{};          ///< the record's key, encoded
  change_kind kind{};  ///< what everything that waits comes to; the row knows exactly
  std::uint32_t attempts{};
  std::uint32_t interruptions{};
  timestamp failed_at{};     ///< when it was tried last
  timestamp next_attempt{};  ///< not before this
  error_class severity{};    ///< of the last error
  std::string last_error{};  ///< empty if it never failed

  /// Whether it may be tried at `now`. A clock that was set back since it failed makes nothing wait longer.
  bool is_due(timestamp now) const noexcept { return now >= next_attempt || now < failed_at; }

  friend bool operator==(const outbox_item&, const outbox_item&) = default;
};

/// What became of an item that failed.
enum class fate : std::uint8_t {
  waits,  ///< it is tried again at `next_attempt`
  dead,   ///< it is a dead letter
  gone,   ///< it was settled meanwhile
};

/// \see outbox::failed
struct after_failure {
  fate what{};
  timestamp next_attempt{};

  friend bool operator==(const after_failure&, const after_failure&) = default;
};

/// The durable outbox of one scope, seen through an open transaction: records in the order in which they were queued,
/// those of a lower `priority` number first, each at most once; and the dead letters.
///
/// Every function is a set of writes in the caller's transaction and commits nothing: an outbox changes together with
/// the rows that it speaks of, or not at all. After an error the transaction can only be dropped.
///
/// Taking items changes nothing, so that a crash while they are on their way loses none. They are sent after the commit
/// of what was written before they were taken. Whoever takes an item gives the very copy back to `done` or `failed`: it
/// tells which edits were on their way, so that one made meanwhile stays queued.
///
/// Guarantee: an item leaves by `done` or `forget` only; no failure loses one.
/// Complexity: `take_batch` and `next_due` walk the items before the due ones; all else is a few reads and writes.
/// \see QUEUE-3, QUEUE-4, QUEUE-7, PROTOCOL 12, PROTOCOL 14
template <entry_transaction Transaction, retry_schedule Schedule = standard_retry>
class outbox {
 public:
  explicit outbox(Transaction& open) noexcept : open_(open) {}

  /// Queues the record with the encoded key `key`. One that waits already keeps its place, its priority and its delay;
  /// a dead letter goes back to its old place, with all its attempts.
  ///
  /// \pre `table` is a table's name: UTF-8 without zeros
  /// \return the item's sequence
  result<std::uint64_t> enqueue(std::string_view table, std::string_view key, change_kind kind,
                                std::uint8_t priority = 0) {
    if (table.find('\0') != table.npos || !is_utf8(table)) {
      return make_error(error_code::usage, phase::local, "cannot queue a record: its table's name is not plain text");
    }
    auto at = place_of(table, key);
    if (!at) return at.error();
    if (!*at) {
      auto count = counts_now();
      if (!count) return count.error();
      outbox_item item{.sequence = ++count->last_sequence, .priority = priority, .edition = 1};
      item.table = table;
      item.key.bytes = key;
      item.kind = kind;
      ++count->waiting;
      if (auto wrote = put_counts(*count); !wrote) return wrote.error();
      if (auto wrote = add(item, false); !wrote) return wrote.error();
      return item.sequence;
    }
    auto item = load(**at);
    if (!item) return item.error();
    ++item->edition;
    item->kind = together(item->kind, kind);
    if ((*at)->dead) {
      start_afresh(*item);
      if (auto wrote = move(*item, false); !wrote) return wrote.error();
    } else if (auto wrote = save(*item, false); !wrote) {
      return wrote.error();
    }
    return item->sequence;
  }

  /// Up to `most` items that are due, in order. With `timestamp::max()` for `now` delays do not count: after the
  /// network came back, or because a person asks.
  result<std::vector<outbox_item>> take_batch(timestamp now, std::size_t most) const {
    std::vector<outbox_item> batch;
    if (most == 0) return batch;
    auto walked = walk(space_of(false), {}, [&](outbox_item& item) {
      if (item.is_due(now)) batch.push_back(std::move(item));
      return batch.size() < most;
    });
    if (!walked) return walked.error();
    return batch;
  }

  /// The hub has what `taken` stood for, whether that was still expected or not. If the record was queued again
  /// meanwhile it stays, as if it had never failed. Repeating it changes nothing.
  result<void> done(const outbox_item& taken) { return done(std::span(&taken, 1)); }

  /// The same for each of `taken`, all of which are counted at once.
  result<void> done(std::span<const outbox_item> taken) {
    return counting([&](counts& count) -> result<void> {
      for (const outbox_item& each : taken) {
        if (auto settled = settle(each, count); !settled) return settled;
      }
      return {};
    });
  }

  /// Trying `taken` failed with `why`: puts it off as the schedule says, and no shorter than `at_least`, for which the
  /// hub may have asked; or makes it a dead letter. If the record was queued again meanwhile, that edit has all
  /// attempts before it, and no dead letter is made. `random` is a new random number.
  result<after_failure> failed(const outbox_item& taken, const error& why, timestamp now, std::uint64_t random,
                               std::chrono::milliseconds at_least = {}) {
    auto at = place_of(taken.table, taken.key.bytes);
    if (!at) return at.error();
    if (!*at || (*at)->sequence != taken.sequence) return after_failure{fate::gone};
    if ((*at)->dead) return after_failure{fate::dead};
    auto item = load(**at);
    if (!item) return item.error();

    const next_try next = what_next<Schedule>(why.severity, {item->attempts, item->interruptions}, random);
    const bool is_dead = !next.delay && item->edition == taken.edition;
    item->attempts = next.delay || is_dead ? next.tries.attempts : 0;
    item->interruptions = next.tries.interruptions;
    item->failed_at = now;
    item->next_attempt = now + std::max(next.delay.value_or(std::chrono::milliseconds{}), at_least);
    item->severity = why.severity;
    item->last_error = why.message;
    if (!is_utf8(item->last_error)) {  // a peer's words may be any bytes, and an item has to stay readable
      std::replace_if(
          item->last_error.begin(), item->last_error.end(),
          [](char c) { return static_cast<unsigned char>(c) >= 0x80; }, '?');
    }
    if (is_dead) {
      if (auto wrote = move(*item, true); !wrote) return wrote.error();
      return after_failure{fate::dead};
    }
    if (auto wrote = save(*item, false); !wrote) return wrote.error();
    return after_failure{fate::waits, item->next_attempt};
  }

  /// Puts the dead letter `sequence` back to its old place, due at once and with all its attempts.
  /// \return whether there is such a dead letter
  result<bool> revive(std::uint64_t sequence) {
    auto item = get(true, ordered_bytes(sequence));
    if (!item) return item.error();
    if (!*item) return false;
    start_afresh(**item);
    if (auto wrote = move(**item, false); !wrote) return wrote.error();
    return true;
  }

  /// Revives every dead letter for which `wanted(item)` holds: after a success, those that merely failed too often.
  /// \return how many
  template <std::predicate<const outbox_item&> Wanted>
  result<std::size_t> revive_if(Wanted wanted) {
    std::vector<std::uint64_t> chosen;
    auto walked = walk(space_of(true), {}, [&](const outbox_item& item) {
      if (wanted(item)) chosen.push_back(item.sequence);
      return true;
    });
    if (!walked) return walked.error();
    for (const std::uint64_t sequence : chosen) {
      if (auto wrote = revive(sequence); !wrote) return wrote.error();
    }
    return chosen.size();
  }

  /// Takes a record out, waiting or dead, because there is nothing left to send: it was made and deleted before it ever
  /// left, or a person gave it up.
  /// \return whether it was in
  result<bool> forget(std::string_view table, std::string_view key) {
    auto at = place_of(table, key);
    if (!at) return at.error();
    if (!*at) return false;
    auto item = load(**at);
    if (!item) return item.error();
    auto wrote = counting([&](counts& count) { return erase(**at, *item, count); });
    if (!wrote) return wrote.error();
    return true;
  }

  /// A record's item, and whether it is a dead letter; nothing if the record is settled.
  struct found {
    outbox_item item{};
    bool is_dead{};
  };
  result<std::optional<found>> find(std::string_view table, std::string_view key) const {
    auto at = place_of(table, key);
    if (!at) return at.error();
    if (!*at) return std::optional<found>{};
    auto item = load(**at);
    if (!item) return item.error();
    return std::optional<found>{found{std::move(*item), (*at)->dead}};
  }

  /// When there is something to try: `now` if an item is due, else the time of the earliest, or nothing if none waits.
  result<std::optional<timestamp>> next_due(timestamp now) const {
    std::optional<timestamp> earliest;
    auto walked = walk(space_of(false), {}, [&](const outbox_item& item) {
      const timestamp due = item.is_due(now) ? now : item.next_attempt;
      earliest = earliest ? std::min(*earliest, due) : due;
      return *earliest != now;
    });
    if (!walked) return walked.error();
    return earliest;
  }

  /// Up to `most` dead letters in the order in which they were queued, from the first one after `after`.
  result<std::vector<outbox_item>> dead_letters(std::uint64_t after = 0, std::size_t most = 100) const {
    std::vector<outbox_item> letters;
    if (most == 0) return letters;
    auto walked = walk(space_of(true), ordered_bytes(after), [&](outbox_item& item) {
      letters.push_back(std::move(item));
      return letters.size() < most;
    });
    if (!walked) return walked.error();
    return letters;
  }

  /// How many items wait.
  result<std::size_t> size() const {
    auto count = counts_now();
    if (!count) return count.error();
    return static_cast<std::size_t>(count->waiting);
  }

  /// How many dead letters there are.
  result<std::size_t> dead_size() const {
    auto count = counts_now();
    if (!count) return count.error();
    return static_cast<std::size_t>(count->dead);
  }

 private:
  // Where a record's item is: in the space "waiting", by table and key. Items are in "outbox" by priority and sequence,
  // dead letters in "dead" by sequence.
  struct place {
    bool dead{};
    std::uint8_t priority{};
    std::uint64_t sequence{};
  };
  struct counts {
    std::uint64_t last_sequence{}, waiting{}, dead{};
  };

  static constexpr std::string_view index_space = "waiting", counts_space = "outbox_counts", counts_name = "counts";
  static constexpr std::size_t page_size = 64;

  static constexpr std::string_view space_of(bool dead) noexcept { return dead ? "dead" : "outbox"; }

  static std::string name_of(bool dead, std::uint8_t priority, std::uint64_t sequence) {
    std::string name = ordered_bytes(sequence);
    if (!dead) name.insert(name.begin(), static_cast<char>(priority));
    return name;
  }
  static std::string name_in_index(std::string_view table, std::string_view key) {
    std::string name;
    name.reserve(table.size() + 1 + key.size());
    return name.append(table).append(1, '\0').append(key);
  }

  // As `compose_into` has it for the changes themselves.
  static constexpr change_kind together(change_kind first, change_kind then) noexcept {
    return first == change_kind::created && then == change_kind::updated ? first : then;
  }

  static void start_afresh(outbox_item& item) {
    item.attempts = item.interruptions = 0;
    item.failed_at = item.next_attempt = {};
    item.severity = {};
    item.last_error.clear();
  }

  result<std::optional<place>> place_of(std::string_view table, std::string_view key) const {
    auto bytes = open_.get(index_space, name_in_index(table, key));
    if (!bytes) return bytes.error();
    if (!*bytes) return std::optional<place>{};
    auto at = decode<place>(**bytes);
    if (!at) return at.error();
    return std::optional<place>{*at};
  }

  result<std::optional<outbox_item>> get(bool dead, const std::string& name) const {
    auto bytes = open_.get(space_of(dead), name);
    if (!bytes) return bytes.error();
    if (!*bytes) return std::optional<outbox_item>{};
    auto item = decode<outbox_item>(**bytes);
    if (!item) return item.error();
    return std::optional<outbox_item>{std::move(*item)};
  }

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
    return open_.put(index_space, name_in_index(item.table, item.key.bytes),
                     encode(place{dead, item.priority, item.sequence}));
  }

  result<void> settle(const outbox_item& taken, counts& count) {
    auto at = place_of(taken.table, taken.key.bytes);
    if (!at) return at.error();
    if (!*at || (*at)->sequence != taken.sequence) return {};
    auto item = load(**at);
    if (!item) return item.error();
    if (item->edition == taken.edition) return erase(**at, *item, count);
    // What is left follows a creation or an update that the hub has; after a deletion it makes the record anew.
    if (item->kind == change_kind::created && taken.kind != change_kind::deleted) item->kind = change_kind::updated;
    start_afresh(*item);
    return (*at)->dead ? move(*item, false, count) : save(*item, false);
  }

  // Does `change(counts)`, which may count otherwise, and keeps the counts.
  template <class Change>
  result<void> counting(Change change) {
    auto count = counts_now();
    if (!count) return count.error();
    if (auto changed = change(*count); !changed) return changed;
    return put_counts(*count);
  }

  // From the waiting to the dead, or back.
  result<void> move(const outbox_item& item, bool to_dead, counts& count) {
    if (auto wrote = open_.remove(space_of(!to_dead), name_of(!to_dead, item.priority, item.sequence)); !wrote)
      return wrote;
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
    return open_.remove(index_space, name_in_index(item.table, item.key.bytes));
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
  result<void> walk(std::string_view space, std::string after, Use use) const {
    for (;;) {
      auto page = open_.list(space, after, page_size);
      if (!page) return page.error();
      for (const entry& each : *page) {
        auto item = decode<outbox_item>(each.bytes);
        if (!item) return item.error();
        if (!use(*item)) return {};
      }
      if (page->size() < page_size) return {};
      after = std::move(page->back().name);
    }
  }

  Transaction& open_;
};

}  // namespace syncline

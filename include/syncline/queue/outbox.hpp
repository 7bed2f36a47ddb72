// SPDX-License-Identifier: BSL-1.0
#pragma once
// What waits to be sent, kept in the store beside the records: one item per record, in order, until it is settled.

#include <syncline/core/planted.hpp>
#include <syncline/core/result.hpp>
#include <syncline/queue/outbox_entries.hpp>
#include <syncline/queue/outbox_item.hpp>
#include <syncline/queue/retry.hpp>

#include <algorithm>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace syncline {

/// The durable outbox of one scope, seen through an open transaction: records in the order in which they were queued,
/// those of a lower `priority` number first, each at most once; and the dead letters.
///
/// An item may depend on others: it is taken when the hub has of those what they were when that was declared. Of a dead
/// letter those that depend on it become dead letters too, and come back with it.
///
/// Every function is a set of writes in the caller's transaction and commits nothing: an outbox changes together with
/// the rows that it speaks of, or not at all. After an error the transaction can only be dropped.
///
/// Taking items changes nothing, so that a crash while they are on their way loses none. They are sent after the commit
/// of what was written before they were taken. Whoever takes an item gives the very copy back to `done` or `failed`: it
/// tells which edits were on their way, so that one made meanwhile stays queued.
///
/// Guarantee: an item leaves by `done` or `forget` only; no failure loses one.
/// Complexity: `take_batch` and `next_due` walk the items before the due ones; `bury_dependents` walks all that wait, and
/// what revives walks the dead letters; all else is a few reads and writes.
/// \see QUEUE-3, QUEUE-4, QUEUE-7, PROTOCOL 3, PROTOCOL 12, PROTOCOL 14
template <entry_transaction Transaction, retry_schedule Schedule = standard_retry>
class outbox : private outbox_entries<Transaction> {
  using entries = outbox_entries<Transaction>;
  using place = outbox_place;
  using counts = outbox_counts;

 public:
  explicit outbox(Transaction& open) noexcept : entries(open) {}

  /// Queues the record with the encoded key `key`. One that waits already keeps its place, its priority and its delay,
  /// and no limit refuses it; a dead letter goes back to its old place, with all its attempts. A dead letter that it is to
  /// come after is tried once more, since somebody builds on it.
  ///
  /// Two records that would wait for each other wait for nothing: the one that is queued now goes first.
  ///
  /// \pre `table` is a table's name: UTF-8 without zeros
  /// \return the item's sequence; or that there is no room for one more
  result<std::uint64_t> enqueue(std::string_view table, std::string_view key, change_kind kind,
                                std::uint8_t priority = 0, const queue_terms& terms = {}) {
    if (table.find('\0') != table.npos || !is_utf8(table)) {
      return make_error(error_code::usage, phase::local, "cannot queue a record: its table's name is not plain text");
    }
    auto at = place_of(table, key);
    if (!at) return at.error();
    if (*at && (*at)->dead) {
      if (auto revived = revive((*at)->sequence); !revived) return revived.error();
      (*at)->dead = false;
    }
    outbox_item item{.priority = priority};
    if (*at) {
      auto kept = load(**at);
      if (!kept) return kept.error();
      item = std::move(*kept);
      item.kind = together(item.kind, kind);
    } else {
      item.table = table;
      item.key.bytes = key;
      item.kind = kind;
    }
    ++item.edition;
    if (auto added = add_dependencies(item, terms.after); !added) return added.error();
    auto count = counts_now();
    if (!count) return count.error();
    if (!*at) {
      if (auto room = check_room(*count, terms); !room) return room.error();
      item.sequence = ++count->last_sequence;
      ++count->waiting;
    }
    count->bytes += terms.bytes - item.bytes;  // modulo its range, so also where it became less
    item.bytes = terms.bytes;
    if (auto wrote = put_counts(*count); !wrote) return wrote.error();
    if (auto wrote = *at ? save(item, false) : add(item, false); !wrote) return wrote.error();
    return item.sequence;
  }

  /// Up to `most` items that are due and depend on nothing that waits, in order. With `timestamp::max()` for `now` delays do
  /// not count: after the network came back, or because a person asks.
  result<std::vector<outbox_item>> take_batch(timestamp now, std::size_t most, const batch_terms& terms = {}) const {
    std::vector<outbox_item> batch;
    if (most == 0) return batch;
    const auto take = [&](std::uint8_t first, std::uint8_t last, std::size_t full) {
      return walk(false, before_priority(first), [&, last, full](outbox_item& item) -> result<bool> {
        if (item.priority > last) return false;
        if (!item.is_due(now) || !terms.take(item)) return true;
        auto blocked = first_block(item);
        if (!blocked) return blocked.error();
        if (!*blocked || is_planted(flaw::ignore_dependencies)) batch.push_back(std::move(item));
        return batch.size() < full;
      });
    };
    if (terms.order == take_order::by_priority) {
      if (auto walked = take(0, terms.last_priority, most); !walked) return walked.error();
      return batch;
    }
    auto waiting = priorities();
    if (!waiting) return waiting.error();
    for (const std::uint8_t priority : *waiting) {
      if (priority > terms.last_priority) break;
      if (auto walked = take(priority, priority, batch.size() + most); !walked) return walked.error();
    }
    std::sort(batch.begin(), batch.end(), [](const auto& a, const auto& b) { return a.sequence < b.sequence; });
    if (batch.size() > most) batch.resize(most);
    return batch;
  }

  /// The hub has what `taken` stood for, whether that was still expected or not. If the record was queued again
  /// meanwhile it stays, as if it had never failed. Repeating it changes nothing.
  result<void> done(const outbox_item& taken) { return done(std::span(&taken, 1)); }

  /// The same for each of `taken`, all of which are counted at once.
  result<void> done(std::span<const outbox_item> taken) {
    std::vector<std::uint64_t> no_longer_dead;
    auto counted = counting([&](counts& count) -> result<void> {
      for (const outbox_item& each : taken) {
        if (auto settled = settle(each, count, no_longer_dead); !settled) return settled;
      }
      return {};
    });
    if (!counted) return counted;
    return revive_all(std::move(no_longer_dead));
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

  /// Makes dead letters of all that depend on the dead letter `sequence`, directly or by others that do.
  /// `sentence(dead letter)` says why, to a person. Nothing that is on its way may be among them.
  /// \return how many
  template <class Sentence>
  result<std::size_t> bury_dependents(std::uint64_t sequence, Sentence sentence) {
    std::size_t buried = 0;
    for (std::vector<std::uint64_t> causes{sequence}; !causes.empty();) {
      auto cause = dead_letter(causes.back());
      causes.pop_back();
      if (!cause) return cause.error();
      if (!*cause) continue;
      std::vector<outbox_item> dependents;
      auto walked = walk(false, {}, [&](outbox_item& item) -> result<bool> {
        if (depends(item, **cause)) dependents.push_back(std::move(item));
        return true;
      });
      if (!walked) return walked.error();
      for (outbox_item& each : dependents) {
        each.severity = error_class::fatal;
        each.last_error = sentence(**cause);
        each.died_with = (*cause)->sequence;
        if (auto wrote = move(each, true); !wrote) return wrote.error();
        causes.push_back(each.sequence);
        ++buried;
      }
    }
    return buried;
  }

  /// Puts the dead letter `sequence` back to its old place, due at once and with all its attempts; with it what it
  /// depends on, and what died with it.
  /// \return whether there is such a dead letter
  result<bool> revive(std::uint64_t sequence) {
    bool is_first = true, found = false;
    for (std::vector<std::uint64_t> next{sequence}; !next.empty(); is_first = false) {
      auto item = dead_letter(next.back());
      next.pop_back();
      if (!item) return item.error();
      if (!*item) continue;
      found = found || is_first;
      const std::vector<outbox_dependency> depends_on = (*item)->depends_on;
      const std::uint64_t revived = (*item)->sequence;
      start_afresh(**item);
      if (auto wrote = move(**item, false); !wrote) return wrote.error();
      for (const outbox_dependency& each : depends_on) next.push_back(each.sequence);
      if (auto added = died_with(revived, next); !added) return added.error();
    }
    return found;
  }

  /// Revives every dead letter for which `wanted(item)` holds: after a success, those that merely failed too often.
  /// \return how many
  template <std::predicate<const outbox_item&> Wanted>
  result<std::size_t> revive_if(Wanted wanted) {
    std::vector<std::uint64_t> chosen;
    auto walked = walk(true, {}, [&](const outbox_item& item) -> result<bool> {
      if (wanted(item)) chosen.push_back(item.sequence);
      return true;
    });
    if (!walked) return walked.error();
    const std::size_t many = chosen.size();
    if (auto revived = revive_all(std::move(chosen)); !revived) return revived.error();
    return many;
  }

  /// Takes a record out, waiting or dead, because there is nothing left to send: it was made and deleted before it ever
  /// left, or a person gave it up. What died with it is tried again.
  /// \return whether it was in
  result<bool> forget(std::string_view table, std::string_view key) {
    auto at = place_of(table, key);
    if (!at) return at.error();
    if (!*at) return false;
    auto item = load(**at);
    if (!item) return item.error();
    auto wrote = counting([&](counts& count) { return erase(**at, *item, count); });
    if (!wrote) return wrote.error();
    if (!(*at)->dead) return true;
    std::vector<std::uint64_t> freed;
    if (auto added = died_with(item->sequence, freed); !added) return added.error();
    if (auto revived = revive_all(std::move(freed)); !revived) return revived.error();
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

  /// What `item` has to wait for before it can be taken: the first item that it depends on and that the hub does not have.
  result<std::optional<outbox_item>> first_block(const outbox_item& item) const {
    for (const outbox_dependency& each : item.depends_on) {
      auto at = place_of(each.on.table, each.on.key.bytes);
      if (!at) return at.error();
      if (!*at || (*at)->sequence != each.sequence) continue;
      auto other = load(**at);
      if (!other) return other.error();
      if (other->settled < each.edition) return std::optional<outbox_item>{std::move(*other)};
    }
    return std::optional<outbox_item>{};
  }

  /// When there is something to try: `now` if an item is due, else the time of the earliest, or nothing if none waits.
  /// One that waits for another is tried after that.
  result<std::optional<timestamp>> next_due(timestamp now) const {
    std::optional<timestamp> earliest;
    auto walked = walk(false, {}, [&](const outbox_item& item) -> result<bool> {
      auto blocked = first_block(item);
      if (!blocked) return blocked.error();
      if (*blocked) return true;
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
    auto walked = walk(true, ordered_bytes(after), [&](outbox_item& item) -> result<bool> {
      letters.push_back(std::move(item));
      return letters.size() < most;
    });
    if (!walked) return walked.error();
    return letters;
  }

  /// All items, those that wait before the dead letters.
  result<std::vector<outbox_item>> all() const {
    std::vector<outbox_item> items;
    for (const bool dead : {false, true}) {
      auto walked = walk(dead, {}, [&](outbox_item& item) -> result<bool> { return items.push_back(std::move(item)), true; });
      if (!walked) return walked.error();
    }
    return items;
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
  using entries::add, entries::before_priority, entries::counting, entries::counts_now, entries::dead_letter, entries::erase;
  using entries::load, entries::move, entries::place_of, entries::priorities, entries::put_counts, entries::save, entries::walk;

  // As `compose_into` has it for the changes themselves.
  static constexpr change_kind together(change_kind first, change_kind then) noexcept {
    return first == change_kind::created && then == change_kind::updated ? first : then;
  }

  static void start_afresh(outbox_item& item) {
    item.attempts = item.interruptions = 0;
    item.failed_at = item.next_attempt = {};
    item.severity = {};
    item.last_error.clear();
    item.died_with = 0;
  }

  static result<void> check_room(const counts& count, const queue_terms& terms) {
    const std::uint64_t items = count.waiting + count.dead;
    const bool is_full = items >= terms.limits.items;
    if (!is_full && (terms.bytes == 0 || count.bytes + terms.bytes <= terms.limits.bytes)) return {};
    return make_error(error_code::too_large, phase::local,
                      "no more can wait to be sent: " + std::to_string(items) + " records with " + std::to_string(count.bytes) +
                          " bytes wait, and " +
                          (is_full ? std::to_string(terms.limits.items) + " records" : std::to_string(terms.limits.bytes) + " bytes") +
                          " are the most; sync first, or allow more");
  }

  static bool depends(const outbox_item& item, const outbox_item& on) {
    return std::any_of(item.depends_on.begin(), item.depends_on.end(), [&](const outbox_dependency& each) {
      return each.sequence == on.sequence && on.settled < each.edition;
    });
  }

  // Notes what `item` is to come after, as far as it waits.
  result<void> add_dependencies(outbox_item& item, std::span<const record_reference> after) {
    for (const record_reference& on : after) {
      auto at = place_of(on.table, on.key.bytes);
      if (!at) return at.error();
      if (!*at || (*at)->sequence == item.sequence) continue;
      auto other = load(**at);
      if (!other) return other.error();
      auto waits_for_it = leads_to(*other, item.sequence);
      if (!waits_for_it) return waits_for_it.error();
      if (*waits_for_it) continue;
      std::erase_if(item.depends_on, [&](const outbox_dependency& each) { return each.on == on; });
      item.depends_on.push_back({on, other->sequence, other->edition});
      if (!(*at)->dead) continue;
      if (auto revived = revive(other->sequence); !revived) return revived.error();
    }
    return {};
  }

  // Whether `item` depends on the item `sequence`, directly or by others.
  result<bool> leads_to(const outbox_item& item, std::uint64_t sequence) const {
    if (sequence == 0) return false;  // it is new: nothing knows of it
    std::set<std::uint64_t> seen;
    for (std::vector<outbox_dependency> next = item.depends_on; !next.empty();) {
      const outbox_dependency each = std::move(next.back());
      next.pop_back();
      if (each.sequence == sequence) return true;
      if (!seen.insert(each.sequence).second) continue;
      auto at = place_of(each.on.table, each.on.key.bytes);
      if (!at) return at.error();
      if (!*at || (*at)->sequence != each.sequence) continue;
      auto other = load(**at);
      if (!other) return other.error();
      next.insert(next.end(), other->depends_on.begin(), other->depends_on.end());
    }
    return false;
  }

  // Adds the dead letters that died with the item `sequence` to `found`.
  result<void> died_with(std::uint64_t sequence, std::vector<std::uint64_t>& found) const {
    if (is_planted(flaw::leave_dependents_dead)) return {};
    return walk(true, {}, [&](const outbox_item& item) -> result<bool> {
      if (item.died_with == sequence) found.push_back(item.sequence);
      return true;
    });
  }

  result<void> revive_all(std::vector<std::uint64_t> sequences) {
    for (const std::uint64_t each : sequences) {
      if (auto revived = revive(each); !revived) return revived.error();
    }
    return {};
  }

  result<void> settle(const outbox_item& taken, counts& count, std::vector<std::uint64_t>& no_longer_dead) {
    auto at = place_of(taken.table, taken.key.bytes);
    if (!at) return at.error();
    if (!*at || (*at)->sequence != taken.sequence) return {};
    auto item = load(**at);
    if (!item) return item.error();
    if ((*at)->dead) {
      if (auto added = died_with(item->sequence, no_longer_dead); !added) return added;
    }
    if (item->edition == taken.edition) return erase(**at, *item, count);
    // What is left follows a creation or an update that the hub has; after a deletion it makes the record anew.
    if (item->kind == change_kind::created && taken.kind != change_kind::deleted) item->kind = change_kind::updated;
    item->settled = std::max(item->settled, taken.edition);
    start_afresh(*item);
    return (*at)->dead ? move(*item, false, count) : save(*item, false);
  }
};

}  // namespace syncline

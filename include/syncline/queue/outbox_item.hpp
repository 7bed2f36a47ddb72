// SPDX-License-Identifier: BSL-1.0
#pragma once
// What an outbox knows of a record that waits to be sent: its place, what it waits for, and how often it was tried.

#include <syncline/change/change.hpp>
#include <syncline/core/error.hpp>
#include <syncline/record/value_kind.hpp>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

namespace syncline {

/// A record, named by its table and its encoded key. \see reference_to
struct record_reference {
  std::string table{};
  blob key{};

  friend bool operator==(const record_reference&, const record_reference&) = default;
};

/// What has to be at the hub before an item is sent: another item, as it was when this was declared.
struct outbox_dependency {
  record_reference on{};
  std::uint64_t sequence{};  ///< of that item
  std::uint64_t edition{};   ///< what was written to it later does not count

  friend bool operator==(const outbox_dependency&, const outbox_dependency&) = default;
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
  std::uint64_t settled{};   ///< the last edition that the hub has
  std::uint64_t bytes{};     ///< how much of it waits, about
  std::vector<outbox_dependency> depends_on{};
  std::uint64_t died_with{};  ///< the item that it depends on and that the hub refused; 0: it was refused itself, if dead

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

/// How much may wait, dead letters among it. \see outbox::enqueue
struct outbox_limits {
  std::uint64_t items = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t bytes = std::numeric_limits<std::uint64_t>::max();
};

/// What else is said of a record when it is queued.
struct queue_terms {
  std::vector<record_reference> after{};  ///< records that have to be at the hub first, as far as they wait now
  std::uint64_t bytes{};                  ///< how much of it waits by now, about
  outbox_limits limits{};
};

/// In which order items are taken.
enum class take_order : std::uint8_t {
  by_priority,  ///< those of a lower `priority` number first
  by_age,       ///< those that were queued first, whatever their priority
};

/// Which items are taken.
struct batch_terms {
  take_order order = take_order::by_priority;
  std::uint8_t last_priority = std::numeric_limits<std::uint8_t>::max();  ///< none with a greater number
  std::span<const std::string> tables{};  ///< of these only; empty: of all

  bool take(const outbox_item& item) const noexcept {
    return tables.empty() || std::find(tables.begin(), tables.end(), item.table) != tables.end();
  }
};

}  // namespace syncline

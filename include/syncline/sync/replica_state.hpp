// SPDX-License-Identifier: BSL-1.0
#pragma once
// What a replica keeps besides its records: who it is, how far it has come, and what is on its way.

#include <syncline/change/stamp.hpp>
#include <syncline/queue/outbox.hpp>
#include <syncline/sync/protocol.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace syncline {

/// How much a replica does at once.
struct replica_settings {
  std::size_t batch = 5;         ///< records in one envelope \see QUEUE-6
  std::uint32_t page = 500;      ///< records in one page, about
  std::size_t chunks_in_flight = 4;  ///< chunks on their way at once, for a caller that asks for `next_chunk`
  outbox_limits waiting{1'000'000, std::uint64_t{1} << 30};  ///< how much may wait to be sent; a write beyond is refused
  std::chrono::milliseconds undo_window = std::chrono::hours{24};  ///< how long a decision can be taken back \see MERGE-9
};

/// A replica's own state, in the ordered map under "replica".
struct replica_state {
  std::uint32_t version = storage_version;
  std::string device{};
  std::uint64_t incarnation{};  ///< random; new whenever a data folder is made
  std::uint64_t envelope{};     ///< the last envelope that was frozen
  bool unanswered = false;      ///< it has no answer yet
  std::uint64_t clock{};        ///< the last hybrid time given out or seen
  std::uint64_t observed{};     ///< the latest that the hub told, or took
  std::uint64_t conflicts{};    ///< how many entries the conflict log ever had
  timestamp last_synced{};      ///< the end of the last session that came to its end; 0: never
  std::vector<table_cursor> cursors{};
  std::chrono::milliseconds ahead{};  ///< the device's clock, of the hub's, if by more than the hub tolerates \see PROTOCOL 16

  /// What time it is, as far as the hub said.
  timestamp corrected(timestamp now) const noexcept { return now - ahead; }
  /// A time for a write that happens now.
  hybrid_time next_time(timestamp now) const noexcept { return hybrid_clock(hybrid_time{clock}).next(corrected(now)); }
  /// Makes later times greater than one that the hub has.
  void observe(hybrid_time stored) noexcept {
    observed = std::max(observed, stored.ticks);
    clock = std::max(clock, stored.ticks);
  }
  std::uint64_t collected{};  ///< what the hub said: no page tells of deletions up to this commit \see PROTOCOL 19
  std::uint64_t swept{};      ///< the tombstones up to this commit that nothing needed are gone here, too
  std::uint64_t walk{};       ///< the hub's last commit when a walk of all tables began that is not over; 0: there is none
  bool wants_resync = false;  ///< the next session is to begin a walk of all tables, whatever was read before
  bool has_relayed = false;   ///< it kept an envelope of another device once: pages may say what became of one
};

/// How a record was written into an envelope: the position of its table there, and the version.
struct written_as {
  std::uint32_t table{};
  std::uint32_t version{};
};

/// An envelope that waits for its answer: its bytes as they are sent, and the outbox items that it carries, by group. A
/// newer program may take its answer, so it says how each was written.
struct frozen_envelope {
  blob framed{};
  std::vector<outbox_item> items{};
  std::vector<written_as> sent_as{};
};

/// A value that did not stand, as the device's conflict log keeps it where it is no record. \see MERGE-9
struct conflict_entry {
  std::string table{};
  blob key{};
  std::uint32_t field{};
  side winner{};  ///< `local`: this device's value stands
  rule why{};
  std::uint64_t decided_at{};  ///< hybrid_time ticks
  std::uint64_t written_at{};  ///< when the losing value was written
  std::string by{};            ///< the device whose value lost
  blob dropped{};              ///< the losing value, as `encode` writes it
  blob kept{};                 ///< the value that stands, likewise
  std::string kept_by{};       ///< the device that wrote it
  std::uint64_t kept_at{};     ///< and when
  std::uint32_t version{};     ///< of the table, by which field and value are to be read
};

/// What a session did. \see SYNC-2
struct session_report {
  std::uint64_t pushed{};       ///< records that the hub took
  std::uint64_t pulled{};       ///< record updates that came
  std::uint64_t read{};         ///< records in pages, whether they were news or not
  std::uint64_t unread{};       ///< records in pages to come, about
  std::uint64_t conflicts{};    ///< values that did not stand
  std::uint64_t refused{};      ///< records that became dead letters
  std::uint64_t chunks_sent{};
  std::uint64_t chunks_fetched{};
  std::uint64_t chunks_refused{};  ///< chunks that became dead letters
  std::uint64_t held{};            ///< records with changes that a hub of an older version cannot know yet
  std::uint64_t confirmed{};       ///< relayed changes of other devices that the hub's word took the place of
  bool hub_is_away = false;        ///< a relay answered in its place
  bool is_kept = false;            ///< and keeps the unanswered envelope
};

}  // namespace syncline

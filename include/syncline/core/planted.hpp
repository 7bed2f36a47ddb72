// SPDX-License-Identifier: BSL-1.0
#pragma once
// Flaws that can be planted in the engines by name, in a test build only, to grade the simulator that must find them.

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace syncline {

/// The flaws; each breaks the rule of PROTOCOL.md that its line names.
enum class flaw : std::uint8_t {
  none,
  drop_the_base,             ///< 15: a change claims to have seen everything
  acknowledge_before_commit, ///< 3: the answer leaves, the transaction does not
  forget_a_stamp,            ///< 7: the hub keeps no stamps
  apply_repeats,             ///< 1: an envelope that comes again is applied again
  rebuild_sent_bytes,        ///< 2: a repeat carries later edits
  move_cursor_on_answer,     ///< 4: an answer counts as a download
  page_by_latest_number,     ///< 8: a record is found by its latest number only
  clear_pending_on_answer,   ///< 2: an edit made during an upload is taken for sent
  revive_on_edit,            ///< 19: an edit brings a deleted record back
  drop_the_loser,            ///< 3: a losing value is not logged
  overwrite_pending,         ///< 13: a download replaces what waits to be sent
  outbox_outside,            ///< 14: the outbox is written after the transaction
  trust_the_client,          ///< 18: the hub takes a client's word for server fields
  revive_unseen,             ///< 19: a creation revives a record whose deletion its writer had not seen
  revive_keeps_numbers,      ///< 19: a revival renumbers only the fields that it sets
  annihilate_what_left,      ///< 12: a creation that is on its way is annihilated by a deletion
  cursor_past_the_page,      ///< 8: a cursor moves to the snapshot though the page was cut before it
  answer_without_news,       ///< 4: an answer returns only the fields that were sent
  forget_the_job,            ///< 26: a chunk that completes a series leaves no job
  clock_ignores_the_hub,     ///< 15: a device's clock does not follow the stamps that it reads
  forget_the_envelope,       ///< 2: a restart forgets that an envelope is unanswered
  commit_the_cursor_first,   ///< 8: a page's cursor and its records are two transactions
  number_in_advance,         ///< 6: the log's entry is written under the number before
  trust_the_digest,          ///< 17: a difference is made from whatever value the hub has
  rebase_for_ever,           ///< 17: a device that was asked for the base sends the digest again
  believe_every_clock,       ///< 16: the hub shifts nothing
  cut_to_the_bound,          ///< 16: each stamp that is ahead is cut, and the order of several is lost
  keep_own_stamps,           ///< 16: a device does not adopt a shift
  collect_untold,            ///< 19: tombstones are collected, and no device is told to look for itself
  forget_a_difference,       ///< 8: the hub keeps only some changes of a large value, and no device holds it against the digest
  digest_skips_a_range,      ///< SYNC-8: a comparison leaves some records out
  repair_is_no_news,         ///< SYNC-8: what is told again to repair a base is taken for known
  take_a_lost_chunk_for_sent,  ///< 27: a chunk that was on its way when the link broke is not sent again
  refuse_a_repeat,           ///< 1: an envelope that comes again gets no answer
  forget_the_count,          ///< 1: the hub does not keep which envelope was the last
  send_before_the_answer,    ///< 2: a second envelope leaves while one is unanswered
  take_any_answer,           ///< 2: an answer to an earlier envelope is taken for this one's
  take_refusal_for_applied,  ///< 3: a device does not look at the verdicts
  poison_stops_the_rest,     ///< 3: what comes after a refused change in its envelope is refused, too
  skip_the_rules,            ///< 3: the hub takes a record that its own rules object to
  stay_at_the_base,          ///< 4: what an answer or a page says comes without its number
  silence_uses_attempts,     ///< 5: a session without an answer is a failure of what waited
  hide_deletions,            ///< 8: pages tell of no tombstones
  ask_for_no_whole,          ///< 8: a device does not ask for the records that it lacks
  page_during_an_upload,     ///< 10: a page is taken while an envelope is unanswered
  forget_what_was_sent,      ///< 11: people see what waits on the base, without what is on its way
  keep_the_last_edit_only,   ///< 12: a second edit takes the place of the first
  log_nothing_of_deletions,  ///< 13: what waited when a deletion came is dropped without a word
  first_to_arrive_wins,      ///< 15: stamps decide nothing
  read_no_stamps,            ///< 15: a device takes in values without their stamps
  delete_always_wins,        ///< 19: an update does not stand against a deletion, whatever the record declares
  server_counts_as_person,   ///< 19: what the hub computed stands against a deletion
  walk_sweeps_nothing,       ///< 19: a device that missed deletions walks all tables, and keeps what is gone
  forget_the_conflict,       ///< 20: a record with candidates is at rest like any other
  job_by_chunks_only,        ///< 26: a record that comes after its chunks leaves no job
  forget_wanted_chunks,      ///< 27: a manifest that arrives asks for no chunks
  keep_own_chunks,           ///< 27: chunks of a record that is made here are not queued
  ignore_dependencies,       ///< 3: a record is sent before what it depends on is at the hub
  leave_dependents_dead,     ///< 3: what died with a refused record does not come back with it
  // Worlds of the simulator have no relay: the rules' own tests find these.
  overlay_is_dirty,       ///< 11: what was relayed is queued as if it had been written here
  keep_the_overlay,       ///< 11: what was relayed is shown on when the hub's word has come
  forget_the_dependency,  ///< 11: an edit on top of what was relayed leaves as if its writer had not seen that
  rebuild_relayed_bytes,  ///< 2: a relay encodes anew what it passes on
};
/// The last one that the simulator is graded by.
inline constexpr flaw last_flaw = flaw::leave_dependents_dead;

inline constexpr std::string_view flaw_names[]{
    "none",          "drop the base",        "acknowledge before commit", "forget a stamp",          "apply repeats",
    "rebuild sent bytes", "move the cursor on an answer", "page by latest number", "clear pending on an answer", "revive on edit",
    "drop the loser", "overwrite pending",   "outbox outside the transaction",
    "trust the client", "revive unseen",     "revival keeps numbers",     "annihilate what left",    "cursor past the page",
    "answer without news", "forget the job",            "clock ignores the hub",   "forget the envelope",
    "commit the cursor first", "number in advance", "trust the digest", "rebase for ever",
    "believe every clock", "cut to the bound", "keep own stamps", "collect untold", "forget a difference",
    "digest skips a range", "repair is no news", "take a lost chunk for sent",
    "refuse a repeat", "forget the count", "send before the answer", "take any answer",
    "take a refusal for applied", "poison stops the rest", "skip the rules", "stay at the base",
    "silence uses attempts", "hide deletions", "ask for no whole record", "page during an upload",
    "forget what was sent", "keep the last edit only", "log nothing of deletions", "first to arrive wins",
    "read no stamps", "delete always wins", "server counts as a person", "walk sweeps nothing",
    "forget the conflict", "job by chunks only", "forget wanted chunks", "keep own chunks",
    "ignore dependencies", "leave dependents dead",
    "overlay is dirty", "keep the overlay", "forget the dependency", "rebuild relayed bytes"};
static_assert(sizeof flaw_names / sizeof flaw_names[0] == static_cast<std::size_t>(flaw::rebuild_relayed_bytes) + 1);

#if defined(SYNCLINE_PLANT_FLAWS)
inline thread_local flaw planted_flaw = flaw::none;
inline bool is_planted(flaw which) noexcept { return planted_flaw == which; }
#else
/// Whether this build has `which` in it: never, but in the simulator's own test.
constexpr bool is_planted(flaw) noexcept { return false; }
#endif

}  // namespace syncline

// SPDX-License-Identifier: BSL-1.0
#pragma once
// Flaws that can be planted in the engines by name, in a test build only, to grade the simulator that must find them.

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
  // Worlds of the simulator have no relay: the rules' own tests find these.
  overlay_is_dirty,       ///< 11: what was relayed is queued as if it had been written here
  keep_the_overlay,       ///< 11: what was relayed is shown on when the hub's word has come
  forget_the_dependency,  ///< 11: an edit on top of what was relayed leaves as if its writer had not seen that
  rebuild_relayed_bytes,  ///< 2: a relay encodes anew what it passes on
};
/// The last one that the simulator is graded by.
inline constexpr flaw last_flaw = flaw::take_a_lost_chunk_for_sent;

inline constexpr std::string_view flaw_names[]{
    "none",          "drop the base",        "acknowledge before commit", "forget a stamp",          "apply repeats",
    "rebuild sent bytes", "move the cursor on an answer", "page by latest number", "clear pending on an answer", "revive on edit",
    "drop the loser", "overwrite pending",   "outbox outside the transaction",
    "trust the client", "revive unseen",     "revival keeps numbers",     "annihilate what left",    "cursor past the page",
    "answer without news", "forget the job",            "clock ignores the hub",   "forget the envelope",
    "commit the cursor first", "number in advance", "trust the digest", "rebase for ever",
    "believe every clock", "cut to the bound", "keep own stamps", "collect untold", "forget a difference",
    "digest skips a range", "repair is no news", "take a lost chunk for sent",
    "overlay is dirty", "keep the overlay", "forget the dependency", "rebuild relayed bytes"};

#if defined(SYNCLINE_PLANT_FLAWS)
inline thread_local flaw planted_flaw = flaw::none;
inline bool is_planted(flaw which) noexcept { return planted_flaw == which; }
#else
/// Whether this build has `which` in it: never, but in the simulator's own test.
constexpr bool is_planted(flaw) noexcept { return false; }
#endif

}  // namespace syncline

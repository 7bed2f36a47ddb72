// SPDX-License-Identifier: BSL-1.0
#pragma once
// What happened in a simulation: its events and their hash, the faults that fired, and the first invariant that broke.

#include <syncline/wire/checksum.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace syncline {

/// What can go wrong in a simulation.
enum class sim_fault : std::uint8_t {
  message_lost,            ///< a message to the hub
  answer_lost,             ///< the hub's answer
  message_repeated,        ///< delivered, and delivered again soon
  answer_repeated,
  old_message_replayed,    ///< one that was delivered long ago, to the hub
  old_answer_replayed,     ///< to a device, whatever it is doing now
  message_overtaken,       ///< a later message of the same device came first
  answer_too_late,         ///< the device had given the session up, or begun a new one
  message_cut,
  answer_cut,
  message_flipped,         ///< a bit
  answer_flipped,
  session_given_up,
  device_killed,           ///< between any two operations of its store
  device_killed_after_commit,  ///< and nobody heard of the commit
  hub_killed,
  hub_killed_after_commit,
  device_store_failed,     ///< once, and the process lives
  hub_store_failed,
  clock_skewed,            ///< a device's clock is far off
  clock_stepped_back,      ///< a device's
  clock_hours_ahead,       ///< a device's, by more than any hub tolerates
  clock_hours_behind,
  clock_frozen,
  clock_repaired,
  hub_clock_stepped_back,
  days_passed,             ///< so that answers are forgotten
  process_switched,        ///< another one over the same store goes on, in a session of its own or in none
  base_rotted,             ///< rows of a device's store were changed by other hands
  chunk_link_cut,          ///< while chunks were on their way, and the session goes on
  link_cut_to_hub,         ///< what the device sends is lost for a while, what it is sent arrives
  link_cut_to_device,      ///< the other way round
  link_flapped,            ///< the link is up and down every few seconds
  message_delayed,         ///< on a slow link, by up to half a minute
  device_paused,           ///< it sleeps for a while, perhaps in mid-session
  device_disk_full,        ///< its store takes no writes for a while
  hub_disk_full,
  hub_busy,                ///< 429: a message is sent back, with the time to come again
  hub_unavailable,         ///< 5xx: the same without one
  token_expired,           ///< 401: the same for one device, in mid-batch too
  poison_record,           ///< the hub cannot take a change, ever
  applied_in_part,         ///< an envelope of which the hub took some changes and others not
  other_protocol,          ///< a message of another protocol version
  message_oversized,       ///< one of more than may be read
};
inline constexpr std::size_t sim_fault_count = static_cast<std::size_t>(sim_fault::message_oversized) + 1;

constexpr std::string_view to_string(sim_fault f) noexcept {
  constexpr std::string_view names[sim_fault_count]{
      "message lost",         "answer lost",
      "message repeated",     "answer repeated",
      "old message replayed", "old answer replayed",
      "message overtaken",    "answer too late",
      "message cut",          "answer cut",
      "message flipped",      "answer flipped",
      "session given up",     "device killed",
      "device killed after commit", "hub killed",
      "hub killed after commit", "device store failed",
      "hub store failed",     "clock skewed",
      "clock stepped back",   "clock hours ahead",
      "clock hours behind",   "clock frozen",
      "clock repaired",       "hub clock stepped back",
      "days passed",          "process switched",
      "base rotted",          "chunk link cut",
      "link cut to hub",      "link cut to device",
      "link flapped",         "message delayed",
      "device paused",        "device disk full",
      "hub disk full",        "hub busy",
      "hub unavailable",      "token expired",
      "poison record",        "applied in part",
      "other protocol",       "message oversized"};
  return names[static_cast<std::size_t>(f)];
}

/// How often each fault fired.
using sim_fault_counts = std::array<std::uint64_t, sim_fault_count>;

/// What has to hold, whatever goes wrong.
enum class sim_invariant : std::uint8_t {
  replicas_equal_hub,       ///< a: after the last sessions every replica has what the hub has
  no_lost_write,            ///< b: an acknowledged write is there, was seen and replaced, or is in a log
  acknowledged_is_durable,  ///< b: what a door returned, or an answer said, had been committed
  counters_add_up,          ///< c: each increment once
  set_edits_explained,      ///< c: each element was put there, and each that was taken out is gone
  server_fields_kept,       ///< d: no client changed one after the creation
  nothing_stuck,            ///< e: outboxes empty, nothing unanswered, every state at rest
  model_agrees,             ///< f: the hub has what the naive model makes of all operations
  base_is_the_hubs,         ///< f: a device's base is the hub's state at the number that it names
  seen_is_written,          ///< f: people see the base, then what was sent, then what waits
  envelope_is_what_waited,  ///< f: an envelope carries what waited, and nothing else
  later_writes_later,       ///< f: a write has a greater stamp than whatever its writer had seen of the record
  sent_bytes_frozen,        ///< f: an unanswered envelope keeps its bytes
  applied_once,             ///< f: an envelope is applied once, and in order
  damage_is_noticed,        ///< a damaged message changes nothing
  chunks_arrive,            ///< every chunk of every record is everywhere
  jobs_done,                ///< every complete series was computed
  converges_in_bounds,      ///< g: the last sessions end
  engine_answers,           ///< no call fails without a fault
  digests_agree,            ///< the digests of two sides agree exactly when what they have does
  seeds_repeat,             ///< a seed gives the same events every time: who runs it twice finds out
  dependencies_first,       ///< what a record depends on is at the hub before it leaves
};

constexpr std::string_view to_string(sim_invariant i) noexcept {
  constexpr std::string_view names[]{"replicas equal the hub",
                                     "no lost write",
                                     "what was acknowledged is durable",
                                     "counters add up",
                                     "set edits are explained",
                                     "server fields are the hub's",
                                     "nothing is stuck",
                                     "the naive model agrees",
                                     "a base is the hub's",
                                     "people see what was written",
                                     "an envelope carries what waited",
                                     "a later write has a later stamp",
                                     "sent bytes are frozen",
                                     "applied once",
                                     "damage is noticed",
                                     "chunks arrive",
                                     "jobs are done",
                                     "converges in bounds",
                                     "the engines answer",
                                     "digests agree when states do",
                                     "a seed repeats its events",
                                     "dependencies go first"};
  return names[static_cast<std::size_t>(i)];
}

/// An invariant that does not hold.
struct sim_violation {
  sim_invariant invariant{};
  std::string record{};  ///< table and key
  std::string field{};
  std::string expected{};
  std::string found{};
};

/// The events of one simulation, and a hash over all of them.
class sim_trace {
 public:
  /// From now on the last `events` of them are kept. \pre nothing was noted yet
  void keep(std::size_t events) { last_.resize(events < 1 ? 1 : events); }

  /// Notes that `what` happened at `node`. `detail` is hashed, and shown if `shown`.
  void add(std::string_view node, std::string_view what, std::string_view subject, std::uint64_t detail = 0) {
    hash_ = (hash_ ^ checksum(what) ^ checksum(node) * 3 ^ checksum(subject) * 5 ^ detail) * 0x9E3779B97F4A7C15ull;
    hash_ ^= hash_ >> 29;
    ++count_;
    event& kept = last_[count_ % last_.size()];
    kept.node = node;
    kept.what = what;
    kept.subject.assign(subject.substr(0, 60));
    kept.detail = detail;
  }
  void add_bytes(std::string_view bytes) { hash_ = (hash_ ^ checksum(bytes)) * 0x9E3779B97F4A7C15ull; }

  std::uint64_t hash() const noexcept { return hash_; }
  std::uint64_t size() const noexcept { return count_; }

  /// The last events, one in a line.
  std::string last() const {
    std::string text;
    const std::uint64_t kept = count_ < last_.size() ? count_ : last_.size();
    for (std::uint64_t i = count_ - kept + 1; i <= count_; ++i) {
      const event& each = last_[i % last_.size()];
      text += "  " + std::to_string(i) + "  " + std::string(each.node) + ": " + std::string(each.what);
      if (!each.subject.empty()) text += " " + each.subject;
      if (each.detail != 0) text += " (" + std::to_string(each.detail) + ")";
      text += '\n';
    }
    return text;
  }

 private:
  struct event {
    std::string node{};
    std::string what{};
    std::string subject{};
    std::uint64_t detail{};
  };
  std::vector<event> last_ = std::vector<event>(60);
  std::uint64_t count_ = 0;
  std::uint64_t hash_ = 0x53594E434C494E45ull;
};

}  // namespace syncline

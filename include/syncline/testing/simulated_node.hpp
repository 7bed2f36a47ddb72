// SPDX-License-Identifier: BSL-1.0
#pragma once
// The machines of a simulation: a process that can die before any operation of its store, and the messages between them.

#include <syncline/sync/hub.hpp>
#include <syncline/sync/replica.hpp>
#include <syncline/testing/memory_store.hpp>
#include <syncline/testing/random.hpp>
#include <syncline/testing/simulation_clock.hpp>
#include <syncline/testing/simulation_dependencies.hpp>
#include <syncline/testing/simulation_local.hpp>
#include <syncline/testing/simulation_trace.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace syncline::internal {

/// A store, and what is going to happen to the process that uses it.
template <class... Records>
class sim_disk {
 public:
  using store_type = memory_store<Records...>;

  sim_disk() {
    store.before_operation = [this](std::string_view operation) { return !engine_runs_ || may(operation); };
  }
  sim_disk(const sim_disk&) = delete;
  sim_disk& operator=(const sim_disk&) = delete;

  /// Calls the engine; whatever else touches the store meets no faults.
  template <class Call>
  auto run(Call&& call) {
    engine_runs_ = true;
    failed_ = full_ = false;
    auto outcome = call();
    engine_runs_ = false;
    return outcome;
  }

  void kill_in(std::uint64_t operations) { plan(plan::kill, operations); }
  void kill_after_commit_in(std::uint64_t commits) { plan(plan::kill_after_commit, commits); }
  void fail_once_in(std::uint64_t operations) { plan(plan::fail_once, operations); }
  /// Writes fail so many times: the disk is full.
  void full_for(std::uint64_t writes) { plan(plan::full, writes); }
  void heal() { plan_ = plan::nothing; }

  bool dead() const noexcept { return dead_; }
  /// The last call met a fault of its store.
  bool failed() const noexcept { return failed_; }
  bool died_after_commit() const noexcept { return after_commit_; }
  /// The last call found it full.
  bool full() const noexcept { return full_; }
  void restart() {
    dead_ = false;
    heal();
  }

  store_type store{};

 private:
  enum class plan { nothing, kill, kill_after_commit, fail_once, full };

  void plan(plan what, std::uint64_t countdown) {
    plan_ = what;
    countdown_ = countdown;
  }

  bool may(std::string_view operation) {
    if (dead_) return false;
    const bool committed = operation == "committed";
    if (plan_ == plan::full) {
      if (operation != "save" && operation != "put" && operation != "erase" && operation != "remove") return true;
      if (countdown_ == 0) plan_ = plan::nothing;
      if (countdown_ == 0) return true;
      --countdown_;
      failed_ = full_ = true;
      return false;
    }
    if (plan_ == plan::nothing || (plan_ == plan::kill_after_commit && !committed) ||
        (plan_ == plan::fail_once && committed)) {
      return true;
    }
    if (countdown_-- > 0) return true;
    dead_ = plan_ != plan::fail_once;
    after_commit_ = committed;
    failed_ = true;
    plan_ = plan::nothing;
    return false;
  }

  enum plan plan_ = plan::nothing;
  std::uint64_t countdown_ = 0;
  bool engine_runs_ = false, dead_ = false, failed_ = false, full_ = false, after_commit_ = false;
};

/// Records as they were read from a store after so many commits, so that each is read once.
template <class R>
struct sim_rows {
  std::uint64_t commits = 0;
  std::map<typename schema<R>::key_type, std::optional<replica_record<R>>> records{};
};

/// A device, its engine, and what the naive model knows of it.
template <class... Records>
struct sim_device {
  using store_type = memory_store<Records...>;
  using replica_type = replica<store_type, Records...>;
  template <class R>
  using locals = std::map<typename schema<R>::key_type, naive::local_record<R>>;

  std::string name{};
  std::unique_ptr<sim_disk<Records...>> disk = std::make_unique<sim_disk<Records...>>();
  std::optional<replica_type> engine{};
  std::int64_t skew_ms = 0;
  std::optional<std::int64_t> frozen_at_ms{};  // its clock stands still
  replica_settings settings{};

  // Until when something is wrong with it or with its link.
  std::int64_t cut_to_hub_until_ms = 0, cut_to_device_until_ms = 0, flaps_until_ms = 0, slow_until_ms = 0;
  std::int64_t paused_until_ms = 0, no_token_until_ms = 0;
  std::int64_t not_before_ms = 0;  // the hub said when to come again
  bool slept = false;

  bool in_session = false;
  bool waits = false;          // for an answer
  std::uint64_t request = 0;   // the last message that it sent, of all in the world
  std::uint64_t sessions = 0;  // some of them compare
  std::set<std::uint64_t> chunk_requests{};  // further ones, about chunks, whose answers it takes as they come

  struct process {  // another one over the same store, which may be in a session of its own
    std::optional<replica_type> engine{};
    bool in_session = false, waits = false;
    std::uint64_t request = 0;
  } other{};
  void switch_process() {
    std::swap(engine, other.engine);
    std::swap(in_session, other.in_session);
    std::swap(waits, other.waits);
    std::swap(request, other.request);
  }

  std::uint64_t delivered = 0;  // the latest of its messages that reached the hub

  std::uint64_t commits = 0;  // of its store, when it was looked at last
  std::tuple<sim_rows<Records>...> rows{};
  std::tuple<locals<Records>...> dirty{};
  std::uint64_t envelope = 0;  // the last that was frozen
  bool unanswered = false;
  bool walks = false;  // all tables, since it missed deletions
  std::string frozen{};
  std::uint64_t applied = 0;   // the last that the hub committed
  std::uint64_t conflicts = 0;  // entries of its log that were read
  naive::losses hub_losses{};   // of its unanswered envelope
  std::uint64_t shift = 0;      // likewise, of its stamps
  naive::dependencies depends{};  // of what waits
  std::map<std::string, group_verdict> not_taken{};  // records of its unanswered envelope that the hub did not take
};

/// One write of one field that a door acknowledged, as bytes; or the deletion of its record by the same device.
struct sim_write {
  std::string device{};
  std::uint32_t field{};
  std::string before{};
  std::string after{};
  bool deletes = false;
};

/// A message under way.
struct sim_packet {
  std::size_t device = 0;
  bool to_hub = false;
  bool is_copy = false;  // it has been delivered before
  std::uint64_t request = 0;
  std::string bytes{};
  std::int64_t not_before_ms = 0;  // a slow link has it until then
};

/// `bytes`, cut short or with a bit turned over; never as they were.
inline std::string damaged(std::string bytes, bool cut, random_source& random) {
  if (bytes.size() < 2) return {};
  if (cut) {
    bytes.resize(static_cast<std::size_t>(random.below(bytes.size())));
  } else {
    const std::size_t reach = random.chance(0.3) ? std::min<std::size_t>(bytes.size(), 13) : bytes.size();  // the header too
    char& hit = bytes[static_cast<std::size_t>(random.below(reach))];
    hit = static_cast<char>(hit ^ 1 << random.below(8));
  }
  return bytes;
}

}  // namespace syncline::internal

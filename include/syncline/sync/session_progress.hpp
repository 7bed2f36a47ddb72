// SPDX-License-Identifier: BSL-1.0
#pragma once
// How far a session has come: its step, how much of that is done, and when it will be over.

#include <syncline/core/result.hpp>
#include <syncline/queue/outbox.hpp>
#include <syncline/record/value_kind.hpp>
#include <syncline/sync/pace.hpp>
#include <syncline/sync/replica_state.hpp>
#include <syncline/sync/session_life.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

namespace syncline {

/// How far a step of a session has come. Counted are records in the steps `upload` and `download`, and chunks in `chunks`;
/// nothing in the others. \see OBS-4
struct session_progress {
  session_step step{};
  std::uint64_t done{};
  std::uint64_t total{};        ///< as far as it is known by now: what is written meanwhile, here or elsewhere, adds to it
  std::uint64_t chunk_bytes{};  ///< of the session's chunks, as messages, both ways
  std::optional<std::chrono::milliseconds> left{};  ///< until the step is over, at the pace of late; nothing while unknown
  std::optional<timestamp> ends_at{};               ///< the same, as a time

  /// How much of the step is done, of 100; nothing where nothing is counted.
  constexpr std::optional<int> percent() const noexcept {
    if (total == 0) return std::nullopt;
    return static_cast<int>(static_cast<double>(done) / static_cast<double>(total) * 100);
  }
};

/// Tells how far the sessions of a replica have come. It belongs to the caller, who has the clock, and looks as often as people
/// want to see something: a look is one short transaction, and where a session goes on to its chunks it counts them.
class progress_meter {
 public:
  /// How far the session of `device` has come at `now`; or that its store fails.
  template <class Replica>
  result<session_progress> look(Replica& device, timestamp now) {
    const session_report& did = device.report();
    session_progress seen{.step = device.step(), .chunk_bytes = device.chunk_bytes()};
    const bool is_new = seen.step != step_ || chunks_done(did) < chunks_.done;
    if (seen.step == session_step::upload) {
      auto waits = device.read([](auto& tx) { return outbox<std::remove_cvref_t<decltype(tx)>>(tx).size(); });
      if (!waits) return waits.error();
      seen.done = did.pushed + did.refused;
      seen.total = seen.done + *waits;
    } else if (seen.step == session_step::download) {
      seen.done = did.read;
      seen.total = did.read + did.unread;
    } else if (seen.step == session_step::chunks) {
      seen.done = chunks_done(did);
      if (is_new) {
        auto waits = device.read([](auto& tx) { return count_chunks(tx); });
        if (!waits) return waits.error();
        chunks_.total = seen.done + *waits;
      }
      seen.total = std::max(seen.done, chunks_.total);
      chunks_.done = seen.done;
    }
    if (is_new) pace_ = {};
    step_ = seen.step;
    if (seen.total == 0) return seen;
    pace_.note(now, seen.done);
    seen.left = pace_.time_for(seen.total - seen.done);
    if (seen.left) seen.ends_at = now + *seen.left;
    return seen;
  }

 private:
  static std::uint64_t chunks_done(const session_report& did) noexcept {
    return did.chunks_sent + did.chunks_fetched + did.chunks_refused;
  }

  template <class Tx>
  static result<std::uint64_t> count_chunks(Tx& tx) {
    std::uint64_t many = 0;
    for (const std::string_view space : {"chunk_out", "chunk_in"}) {
      for (std::string after;;) {
        auto some = tx.list(space, after, 1000);
        if (!some) return some.error();
        if (some->empty()) break;
        many += some->size();
        after = some->back().name;
      }
    }
    return many;
  }

  struct {
    std::uint64_t done{}, total{};
  } chunks_{};
  session_step step_ = session_step::idle;
  pace pace_{};
};

}  // namespace syncline

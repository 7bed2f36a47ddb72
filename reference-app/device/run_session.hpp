// SPDX-License-Identifier: BSL-1.0
#pragma once
// A session over two links: records take one, a message at a time; chunks take the other, several at once.

#include "transport/hub_link.hpp"

#include <syncline/core/result.hpp>
#include <syncline/queue/retry.hpp>
#include <syncline/queue/send_budget.hpp>
#include <syncline/sync/protocol.hpp>
#include <syncline/sync/replica_digests.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <string_view>
#include <thread>

namespace stride {

/// How often what was cut off is begun again at once, and how long is waited before each.
using session_retry = syncline::at_most<3, syncline::jittered<syncline::fixed_delays<0, 1>, 50>>;

namespace internal {

inline bool is_about_a_chunk(std::string_view message) {
  using syncline::message_kind;
  const auto kind = static_cast<message_kind>(message.front());
  return kind == message_kind::chunk || kind == message_kind::want_chunk || kind == message_kind::has_chunk;
}

}  // namespace internal

/// Runs one session of `replica`.
///
/// A link for chunks that is cut is made anew, and costs at most the chunk that it cut in two; only when that fails several
/// times without an answer does the session end. A record that becomes due meanwhile goes out on its own link, after no more
/// than one chunk's time. \see PROTOCOL 2, 27
///
/// \param random  gives random numbers
/// \param stop    whether to end; may be empty
/// \param budget  what may be sent and fetched
/// \return nothing; or why it ended early
template <class Replica, class Clock, class Random>
syncline::result<void> run_session(Replica& replica, hub_link& records, hub_link& chunks, Clock&& now, Random&& random,
                                   const std::function<bool()>& stop, const syncline::send_budget& budget = {}) {
  std::uint32_t cuts = 0;
  const auto ends = [&](const syncline::error& why) {
    replica.interrupted();
    return why;
  };
  // A cut of the chunks' link ends the session only if it was not the first for too long.
  const auto survives = [&](const syncline::error& why) {
    replica.chunks_lost();
    const auto wait = why.severity == syncline::error_class::transient && !chunks.retry_after()
                          ? session_retry::delay_after(++cuts, random())
                          : std::nullopt;
    if (wait) std::this_thread::sleep_for(*wait);
    return wait.has_value();
  };
  replica.begin_session(syncline::comparing::nothing, budget);
  chunks.close();  // answers to a session before would come
  while (true) {
    if (stop && stop()) {
      return ends(make_error(syncline::error_code::unreachable, syncline::phase::transport,
                             "the session was stopped; the next one goes on from here"));
    }
    bool only_chunks = false;
    if (replica.chunks_in_flight() > 0) {
      auto waits = replica.only_chunks_wait(now());
      if (!waits) return waits.error();
      only_chunks = *waits;
    }
    auto message = only_chunks ? replica.next_chunk(now()) : replica.next_message(now());
    if (!message) return message.error();
    if (*message && internal::is_about_a_chunk(**message)) {
      if (auto sent = chunks.send(**message); !sent && !survives(sent.error())) return ends(sent.error());
    } else if (*message) {
      auto answer = records.exchange(**message);
      if (!answer) return ends(answer.error());
      if (auto taken = replica.receive(*answer, now(), random()); !taken) return taken.error();
    } else if (only_chunks) {
      auto answer = chunks.receive();
      if (!answer && !survives(answer.error())) return ends(answer.error());
      if (!answer) continue;
      cuts = 0;
      if (auto taken = replica.receive(*answer, now(), random()); !taken) return taken.error();
    } else {
      return {};
    }
  }
}

}  // namespace stride

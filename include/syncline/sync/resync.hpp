// SPDX-License-Identifier: BSL-1.0
#pragma once
// A full resync: a device reads everything anew, whatever it had read before, and keeps what it has not sent.

#include <syncline/sync/protocol.hpp>
#include <syncline/sync/replica_state.hpp>

namespace syncline {

/// The hub's side: where its scope stands. For a device that begins a resync it takes a commit of its own first, which changes
/// nothing: every record that pages tell from then on bears that number or a greater one, and none that the device read before
/// does. So what it holds and the hub does not have is told apart from what it has read since. \see SYNC-7, PROTOCOL 19
template <class Commit, class Tx>
auto standing_for(Tx& tx, const check_message& asks, timestamp now) -> decltype(Commit::read_state(tx)) {
  if (!asks.resyncs) return Commit::read_state(tx);
  auto commit = Commit::begin(tx, now);
  if (!commit) return commit.error();
  if (auto closed = commit->close(); !closed) return closed.error();
  auto stands = Commit::read_state(tx);
  if (!stands) return stands;
  if (auto done = tx.commit(); !done) return done.error();
  return stands;
}

/// The device's side: begins the walk of all tables that was asked for, if the hub took a number for it.
/// \return whether it began
inline bool begin_resync(replica_state& state, const checked_message& said) {
  if (!state.wants_resync || !said.resyncs) return false;
  state.wants_resync = false;
  state.walk = said.number;
  state.cursors.clear();
  return true;
}

}  // namespace syncline

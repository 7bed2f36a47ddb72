// SPDX-License-Identifier: BSL-1.0
#pragma once
// Notices storage that went back in time: a device's folder or the hub's that was restored from an older copy.

#include <syncline/sync/replica_state.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>

namespace syncline {

/// The latest commit of the hub that a device knows of.
inline std::uint64_t latest_known(const replica_state& state) noexcept {
  std::uint64_t latest = state.walk;
  for (const table_cursor& each : state.cursors) latest = std::max(latest, each.after);
  return latest;
}

/// The hub has envelope `applied` of a data folder that knows only `known`. \see PROTOCOL 1, 25
inline error old_copy(std::uint64_t applied, std::uint64_t known) {
  return make_error(error_code::forked, phase::upload,
                    "the hub has envelope " + std::to_string(applied) + " of this data folder, which knows only " +
                        std::to_string(known) + ": the folder is an old copy, and nothing was sent; make a new folder and sync it");
}

/// A replica's question where the hub stands, and what follows from the answer for this session.
class standing_question {
 public:
  /// When it was asked: now, if it is not under way.
  timestamp ask(const replica_state& state, timestamp now) {
    if (!asked_at_) asked_at_ = now, known_ = latest_known(state);
    return *asked_at_;
  }
  void forget() noexcept { asked_at_.reset(); }

  /// Whether `said` answers it, and no older one.
  bool is_answered_by(const checked_message& said) const noexcept { return asked_at_ == said.asked; }

  /// Nothing, or that the folder of the device, or the hub, is an older copy than the other one has seen.
  ///
  /// \see PROTOCOL 24, 25
  result<void> hear(const replica_state& state, const checked_message& said) {
    if (said.applied > state.envelope && !state.unanswered) return old_copy(said.applied, state.envelope);
    if (said.applied < said.answered) {
      return make_error(error_code::wrong_version, phase::upload,
                        "the hub has forgotten envelope " + std::to_string(said.answered) +
                            ": it was restored from an older copy; nothing is sent until it is repaired");
    }
    if (!is_answered_by(said)) return {};
    if (said.number < known_) {
      return make_error(error_code::wrong_version, phase::download,
                        "the hub stands at commit " + std::to_string(said.number) + ", and has told this device of commit " +
                            std::to_string(known_) + " before: it was restored from an older copy; nothing is sent until it is repaired");
    }
    applied_ = said.applied;
    incarnation_ = state.incarnation;
    return {};
  }

  /// Nothing, or that the hub has later envelopes of this incarnation: the unanswered one, which goes first, was another
  /// copy's, too.
  result<void> may_send(const replica_state& state) const {
    if (state.incarnation == incarnation_ && state.envelope < applied_) return old_copy(applied_, state.envelope);
    return {};
  }

 private:
  std::optional<timestamp> asked_at_{};
  std::uint64_t known_ = 0;  // the hub's latest commit, as far as the replica had heard then
  std::uint64_t applied_ = 0, incarnation_ = 0;  // the last envelope that the hub has of which incarnation
};

/// Another copy of this data folder sent an envelope of this number: from here on this one has a name of its own. What it
/// sent waits again, as does what the hub cannot read, by an app of before.
///
/// \return whether the refusal is about the unanswered envelope; else nothing was done \see PROTOCOL 1, 23
template <class Kept, class Tx>
result<bool> take_back_envelope(Tx& tx, replica_state& state, const refusal_message& refusal, std::uint64_t random) {
  if (!state.unanswered) return false;
  auto frozen = Kept::read_frozen(tx, state.envelope);
  if (!frozen) return frozen.error();
  auto sent = unframe(frozen->framed.bytes);
  if (!sent) return sent.error();
  if (refusal.digest != checksum(sent->body)) return false;  // about an older envelope, and late
  if (auto taken_back = Kept::take_back(tx, *frozen); !taken_back) return taken_back.error();
  if (auto removed = Kept::remove_frozen(tx, state.envelope); !removed) return removed.error();
  state.unanswered = false;
  if (refusal.code == error_code::forked) {
    state.envelope = 0;
    state.incarnation = random | 1;
  } else {
    --state.envelope;
  }
  return true;
}

}  // namespace syncline

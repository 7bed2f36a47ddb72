// SPDX-License-Identifier: BSL-1.0
#pragma once
// Notices storage that went back in time: a device's folder or the hub's that was restored from an older copy.

#include <syncline/sync/replica_state.hpp>

#include <algorithm>
#include <cstdint>
#include <string>

namespace syncline {

/// The latest commit of the hub that a device knows of.
inline std::uint64_t latest_known(const replica_state& state) noexcept {
  std::uint64_t latest = state.walk;
  for (const table_cursor& each : state.cursors) latest = std::max(latest, each.after);
  return latest;
}

/// Nothing, or that the folder of the device, or the hub, is an older copy than the other one has seen.
///
/// \param known  the latest commit that the device knew when it asked; 0 if the answer is not to this session's question
/// \see PROTOCOL 24, 25
inline result<void> check_rewound(const replica_state& state, const checked_message& said, std::uint64_t known) {
  if (said.applied > state.envelope && !state.unanswered) {  // else the envelope itself is told apart
    return make_error(error_code::forked, phase::upload,
                      "the hub has envelope " + std::to_string(said.applied) + " of this data folder, which knows only " +
                          std::to_string(state.envelope) + ": the folder is an old copy, and nothing was sent; make a new folder and sync it");
  }
  if (said.applied < said.answered) {
    return make_error(error_code::wrong_version, phase::upload,
                      "the hub has forgotten envelope " + std::to_string(said.answered) +
                          ": it was restored from an older copy; nothing is sent until it is repaired");
  }
  if (said.number < known) {
    return make_error(error_code::wrong_version, phase::download,
                      "the hub stands at commit " + std::to_string(said.number) + ", and has told this device of commit " +
                          std::to_string(known) + " before: it was restored from an older copy; nothing is sent until it is repaired");
  }
  return {};
}

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

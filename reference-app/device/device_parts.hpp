// SPDX-License-Identifier: BSL-1.0
#pragma once
// What a device is made of; for the files of this room only, which share the heavy engines.

#include "device/device.hpp"
#include "device/device_types.hpp"

#include <syncline/queue/breaker.hpp>

#include <filesystem>
#include <optional>
#include <string>
#include <utility>

namespace stride {

/// How a device's last session ended, as its folder keeps it.
struct last_session {
  syncline::timestamp at{};
  bool ok = false;
  bool needs_a_person = false;  ///< trying again will not help
  std::string error{};
};

/// Leaves a hub alone that does not answer: after five sessions in a row, for 15 s and then for longer, up to 15 minutes.
using hub_breaker = syncline::breaker<5, syncline::jittered<syncline::exponential<15, 900>, 20>>;

class hub_link;

struct device::parts {
  std::filesystem::path folder{};
  device_config config{};
  sqlite_tables store;
  std::optional<device_replica> replica{};
  bool all_sent = false;  ///< by the last session

  /// How the last session ended; nothing where there was none.
  syncline::result<std::optional<last_session>> read_last_session();
  syncline::result<void> keep_last_session(const last_session& ended);
  /// The breaker as it stands; closed where the hub always answered.
  syncline::result<hub_breaker> read_breaker();
  syncline::result<void> keep_breaker(const hub_breaker& breaker);
  /// Brings the hub what this device kept for others, until that is all or the link fails.
  syncline::result<void> deliver_relayed(hub_link& link);
  /// What may be sent, as it was last said; everything, if it never was.
  syncline::result<syncline::send_budget> read_budget();
  /// Where there was a session, notes that its hub or token is another one now.
  syncline::result<void> note_untried();

  parts(std::filesystem::path where, device_config who, sqlite_tables open)
      : folder(std::move(where)), config(std::move(who)), store(std::move(open)) {}
};

}  // namespace stride

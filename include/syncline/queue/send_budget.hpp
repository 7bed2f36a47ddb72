// SPDX-License-Identifier: BSL-1.0
#pragma once
// What may be sent now: it follows from the network, the battery and what the user chose.

#include <syncline/record/schema.hpp>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

namespace syncline {

/// What a byte costs on the way to the hub.
enum class network_kind : std::uint8_t { unmetered, metered, offline };

/// What the user wants, whatever network and battery say.
enum class send_choice : std::uint8_t { as_it_is, everything, nothing };

/// What a device runs on, to estimate what a session takes of it. The defaults are those of a phone on a mobile network.
struct radio_profile {
  double watts = 1.2;               ///< while the radio is on
  double bytes_per_second = 500'000;
  double tail_s = 5;                ///< how long it stays on after the last byte
  double battery_wh = 15;

  /// The part of a full battery that it takes to have the radio on for `seconds`. \see TRIG-2
  constexpr double share_of_time(double seconds) const noexcept { return watts * (seconds + tail_s) / (battery_wh * 3600); }
  /// The part that `bytes` take, each way, without a pause.
  constexpr double share_of_bytes(std::uint64_t bytes) const noexcept {
    return share_of_time(static_cast<double>(bytes) / bytes_per_second);
  }
  /// How many bytes take no more than `share`.
  constexpr std::uint64_t bytes_within(double share) const noexcept {
    const double seconds = share * battery_wh * 3600 / watts - tail_s;
    return seconds <= 0 ? 0 : static_cast<std::uint64_t>(seconds * bytes_per_second);
  }
};

/// How things are when a session begins.
struct send_conditions {
  network_kind network = network_kind::unmetered;
  std::optional<int> battery_percent{};  ///< nothing: it has no battery, or is being charged
  send_choice choice = send_choice::as_it_is;
  radio_profile radio{};
};

/// Why something is not sent now.
enum class send_obstacle : std::uint8_t { none, offline, by_choice, empty_battery, low_battery, metered };

/// Where a battery counts as low and as empty, and what a session may take of it.
struct battery_rules {
  int low_percent = 20;
  int empty_percent = 5;
  double share = 0.02;
};

/// What may be sent and fetched in a session. \see TRIG-2
struct send_budget {
  send_obstacle none_goes{};   ///< why there is no session at all
  send_obstacle some_wait{};   ///< why records of a later priority than `last_priority` wait
  send_obstacle large_wait{};  ///< why chunks wait, which are large
  priority_class last_priority = priority_class::reference_data;
  std::uint64_t large_bytes = std::numeric_limits<std::uint64_t>::max();  ///< so much in chunks, and no more

  constexpr bool allows_session() const noexcept { return none_goes == send_obstacle::none; }
  constexpr bool allows_chunks() const noexcept { return allows_session() && large_wait == send_obstacle::none; }
  constexpr bool allows(priority_class priority) const noexcept { return allows_session() && priority <= last_priority; }

  friend bool operator==(const send_budget&, const send_budget&) = default;
};

/// What may be sent under `now`: offline nothing; on a metered network user content, and no chunks; likewise with a low
/// battery; with an empty one nothing. On battery a session's chunks take no more of it than `rules.share`. What the user
/// chose goes before all of it but the lack of a network. What may not be sent waits, and nothing is lost.
constexpr send_budget budget_of(const send_conditions& now, const battery_rules& rules = {}) noexcept {
  send_budget budget;
  const auto nothing = [&](send_obstacle why) { budget.none_goes = budget.some_wait = budget.large_wait = why; };
  if (now.network == network_kind::offline) return nothing(send_obstacle::offline), budget;
  if (now.choice == send_choice::nothing) return nothing(send_obstacle::by_choice), budget;
  if (now.choice == send_choice::everything) return budget;
  if (now.battery_percent && *now.battery_percent <= rules.empty_percent) return nothing(send_obstacle::empty_battery), budget;
  const bool is_low = now.battery_percent && *now.battery_percent <= rules.low_percent;
  if (is_low || now.network == network_kind::metered) {
    budget.last_priority = priority_class::user_content;
    budget.some_wait = budget.large_wait = is_low ? send_obstacle::low_battery : send_obstacle::metered;
  }
  if (now.battery_percent) budget.large_bytes = now.radio.bytes_within(rules.share);
  return budget;
}

/// What lifts an obstacle, after "waits for".
constexpr std::string_view remedy(send_obstacle why) noexcept {
  switch (why) {
    case send_obstacle::none: return "nothing";
    case send_obstacle::offline: return "a network";
    case send_obstacle::by_choice: return "the user, who turned sending off";
    case send_obstacle::empty_battery:
    case send_obstacle::low_battery: return "a charger, since the battery is low";
    case send_obstacle::metered: return "an unmetered network";
  }
  return "nothing";
}

}  // namespace syncline

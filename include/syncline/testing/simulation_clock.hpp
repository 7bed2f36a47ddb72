// SPDX-License-Identifier: BSL-1.0
#pragma once
// Stamps that are ahead of the hub's clock, as the naive model has them.

#include <syncline/testing/simulation_model.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <tuple>

namespace syncline::naive {

/// So far ahead may the latest stamp of an envelope be.
inline constexpr std::chrono::milliseconds tolerance = std::chrono::minutes{5};

template <class R>
void shift(changes<R>& what, std::uint64_t ticks) {
  const auto move = [&](std::uint64_t& each) {
    if (each != 0) each = each > ticks ? each - ticks : 1;
  };
  move(what.at);
  for (std::uint64_t& each : what.ticks) move(each);
}

/// What a device has sent arrives at `now` by the hub's clock: if its latest stamp is too far ahead, that becomes `now`,
/// and all others are moved by as much. `dirty` are the device's records, by type.
///
/// \return by how many ticks \see PROTOCOL 16
template <class Dirty>
std::uint64_t shift_sent(Dirty& dirty, timestamp now) {
  const auto each_sent = [&](auto&& use) {
    const auto of_table = [&](auto& records) {
      for (auto& [key, known] : records) {
        if (known.sent) use(*known.sent);
      }
    };
    std::apply([&](auto&... tables) { (of_table(tables), ...); }, dirty);
  };
  std::uint64_t latest = 0;
  each_sent([&](const auto& what) { latest = std::max(latest, what.at); });
  const auto now_ms = static_cast<std::uint64_t>(now.time_since_epoch().count());
  if (latest / 65536 <= now_ms + static_cast<std::uint64_t>(tolerance.count())) return 0;
  const std::uint64_t ticks = latest - now_ms * 65536;
  each_sent([&](auto& what) { shift(what, ticks); });
  return ticks;
}

/// The device has heard so: what it wrote since moves, too.
template <class Dirty>
void shift_pending(Dirty& dirty, std::uint64_t ticks) {
  const auto of_table = [&](auto& records) {
    for (auto& [key, known] : records) {
      if (known.pending) shift(*known.pending, ticks);
    }
  };
  std::apply([&](auto&... tables) { (of_table(tables), ...); }, dirty);
}

}  // namespace syncline::naive

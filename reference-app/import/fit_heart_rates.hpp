// SPDX-License-Identifier: BSL-1.0
#pragma once
// Heart rate that a strap kept while it had no contact to the watch, brought to the points that it belongs to.

#include "domain/ride.hpp"
#include "import/fit_message.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace stride {

/// Collects FIT's `hr` messages and merges them into points.
///
/// A message with a timestamp anchors the strap's own clock; the others carry up to eight beats' times on that clock,
/// and the rate at each. Between two beats the former rate holds, every 250 ms for at most 5 s. A point takes the mean,
/// rounded, of the rates after the point before it and up to its own time; one that no rate falls on keeps what it has.
///
/// Guarantee: holds no more than the messages' own numbers.
/// \see the FIT SDK's guide "Plugin for heart rate while swimming"; results equal those of its decoders
class fit_heart_rates {
 public:
  /// Takes one `hr` message. Beats before any anchor, and messages whose times and rates do not pair, are passed over.
  void add(const fit_message& message);

  bool empty() const noexcept { return beats_.empty(); }

  /// Sets `heart_rate_bpm` of the points, which are in the file's order.
  void merge_into(std::span<ride_point> points) const;

 private:
  struct beat {
    double at_s{};  // since FIT's epoch
    double bpm{};
  };

  std::vector<beat> beats_{};
  std::optional<double> anchor_s_{};
  double anchor_event_s_{};
};

}  // namespace stride

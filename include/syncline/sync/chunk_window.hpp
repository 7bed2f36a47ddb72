// SPDX-License-Identifier: BSL-1.0
#pragma once
// The chunks of a session that are on their way: several at once, each answered, lost and sent again on its own.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace syncline {

/// What a chunk's message is for.
enum class chunk_errand : std::uint8_t {
  send,
  ask,  ///< whether the hub has it: it was on its way when the link broke
  fetch,
};

/// A chunk that is on its way.
struct chunk_flight {
  std::string name{};  ///< `digest_name` of it
  chunk_errand errand{};
  std::uint64_t checksum{};  ///< of the message's body, by which a refusal names it
};

/// Which chunks are on their way, which may have arrived unheard, and which this session leaves alone.
///
/// Complexity: linear in the number that is on its way, which is small. \see PROTOCOL 2, 27
class chunk_window {
 public:
  std::size_t size() const noexcept { return flights_.size(); }
  const chunk_flight* oldest() const noexcept { return flights_.empty() ? nullptr : &flights_.front(); }
  const chunk_flight* find(std::string_view name) const noexcept {
    return first([&](const chunk_flight& each) { return each.name == name; });
  }
  /// The one whose message the hub refused.
  const chunk_flight* find_refused(std::uint64_t checksum) const noexcept {
    return first([&](const chunk_flight& each) { return each.checksum == checksum; });
  }

  /// Whether a chunk is not to be chosen: it is on its way, or left alone.
  bool skips(const std::string& name) const { return find(name) != nullptr || skipped_.contains(name); }
  /// Whether a chunk may have arrived though no answer came.
  bool is_doubtful(const std::string& name) const { return doubtful_.contains(name); }

  void add(chunk_flight flight) { flights_.push_back(std::move(flight)); }
  /// What is known of the chunk by now, its answer told.
  void landed(const std::string& name) {
    doubtful_.erase(name);
    std::erase_if(flights_, [&](const chunk_flight& each) { return each.name == name; });
  }
  /// Leaves a chunk alone until the next session.
  void skip(const std::string& name) {
    landed(name);
    skipped_.insert(name);
  }
  /// No answer comes to anything that is on its way.
  void lost() {
    for (chunk_flight& each : flights_) {
      if (each.errand == chunk_errand::send) doubtful_.insert(std::move(each.name));
    }
    flights_.clear();
  }
  void begin_session() {
    lost();
    skipped_.clear();
  }

 private:
  template <class Is>
  const chunk_flight* first(Is is) const noexcept {
    const auto found = std::find_if(flights_.begin(), flights_.end(), is);
    return found == flights_.end() ? nullptr : &*found;
  }

  std::vector<chunk_flight> flights_{};  // oldest first
  std::set<std::string> doubtful_{}, skipped_{};
};

}  // namespace syncline

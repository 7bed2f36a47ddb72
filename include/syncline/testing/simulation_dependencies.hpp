// SPDX-License-Identifier: BSL-1.0
#pragma once
// What of a device waits for what, in the naive model of a simulation.

#include <syncline/sync/record_reference.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <type_traits>
#include <vector>

namespace syncline::naive {

/// Some writes are to come after what waits of a record of a later type than `R`, so that none waits for itself.
template <class R, class... Records, class Keys>
std::vector<record_reference> some_dependency(std::uint64_t operation, Keys keys) {
  std::vector<record_reference> after;
  bool is_later = false;
  const auto add = [&]<class Other>(std::type_identity<Other> type) {
    if (is_later && operation % 3 == 0) after.push_back(reference_to<Other>(keys(type)[(operation / 3) % keys(type).size()]));
    is_later = is_later || std::is_same_v<R, Other>;
  };
  (add(std::type_identity<Records>{}), ...);
  return after;
}

/// Records of one device, by name, and the records that have to be at the hub before them. \see PROTOCOL 3
class dependencies {
 public:
  /// `record` is to come after what waits of `on`: what is pending there, or else what is on its way.
  void declare(const std::string& record, const std::string& on, bool is_pending) {
    if (record != on) waits_for_[record][on] = is_pending;
  }

  /// A record that `record` has to wait for; empty if there is none.
  std::string first(const std::string& record) const {
    const auto found = waits_for_.find(record);
    return found == waits_for_.end() || found->second.empty() ? std::string() : found->second.begin()->first;
  }

  /// Whether `record` waits, directly or by others, for one of which `is_refused(name)` holds.
  template <class IsRefused>
  bool is_buried(const std::string& record, IsRefused is_refused) const {
    const auto found = waits_for_.find(record);
    if (found == waits_for_.end()) return false;
    for (const auto& [on, pending] : found->second) {
      if (is_refused(on) || is_buried(on, is_refused)) return true;
    }
    return false;
  }

  /// What was pending of `on` is on its way.
  void sent(const std::string& on) { mark(on, false); }
  /// What was on its way of `on` is pending again.
  void taken_back(const std::string& on) { mark(on, true); }
  /// The hub has what was on its way of `on`.
  void arrived(const std::string& on) {
    for (auto& [record, all] : waits_for_) {
      if (const auto found = all.find(on); found != all.end() && !found->second) all.erase(found);
    }
  }
  /// Nothing of `record` waits any more.
  void settled(const std::string& record) {
    waits_for_.erase(record);
    for (auto& [other, all] : waits_for_) all.erase(record);
  }

 private:
  void mark(const std::string& on, bool is_pending) {
    for (auto& [record, all] : waits_for_) {
      if (const auto found = all.find(on); found != all.end()) found->second = is_pending;
    }
  }

  std::map<std::string, std::map<std::string, bool>> waits_for_{};
};

}  // namespace syncline::naive

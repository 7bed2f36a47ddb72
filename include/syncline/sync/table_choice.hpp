// SPDX-License-Identifier: BSL-1.0
#pragma once
// Which tables a session is about.

#include <algorithm>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace syncline {

/// The tables that a session sends and reads; all of them, if none is named. What is left out loses nothing: its writes wait,
/// and its cursor stays where it is, so that a later session reads on from there. \see SYNC-9, PROTOCOL 8
class table_choice {
 public:
  table_choice() = default;
  explicit table_choice(std::vector<std::string> names) : names_(std::move(names)) {}

  bool is_all() const noexcept { return names_.empty(); }
  bool has(std::string_view table) const noexcept {
    return is_all() || std::find(names_.begin(), names_.end(), table) != names_.end();
  }
  /// The tables that are named.
  std::span<const std::string> names() const noexcept { return names_; }

 private:
  std::vector<std::string> names_{};
};

}  // namespace syncline

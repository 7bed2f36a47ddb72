// SPDX-License-Identifier: BSL-1.0
#pragma once
// The hub as a program runs it: a data folder, the engine over SQLite, its jobs, and the answers to HTTP requests.

#include "device/conflict_view.hpp"
#include "device/record_view.hpp"
#include "transport/http_message.hpp"

#include <syncline/core/result.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace stride {

/// A hub's data folder, open. Safe to call from several threads: one request is worked on at a time.
class hub_service {
 public:
  /// Whether the folder holds a hub's data.
  static bool is_in(const std::filesystem::path& folder);

  /// Opens the folder, or makes it, and finishes the jobs that were left undone.
  static syncline::result<hub_service> open(const std::filesystem::path& folder,
                                            std::function<void(std::string_view)> log = {});

  hub_service(hub_service&&) noexcept;
  hub_service& operator=(hub_service&&) noexcept;
  ~hub_service();

  /// From now on a device gets an answer to so many requests a minute, and `429` with a `Retry-After` to more; 0 is no limit.
  void limit_requests(std::uint32_t per_minute);

  /// Answers a request of the paths `/sync/...` and `/healthz`.
  http_response answer(const http_request& request);

  /// A token for a user's device, signed with this folder's secret.
  syncline::result<std::string> token(std::string_view user, std::string_view device, std::int64_t ttl_s);

  /// How long entries of the conflict log stay that wait for nobody, and what the hub noted of what did not stand; 90 days if it is not said.
  void keep_conflicts_for(std::chrono::days time);

  /// How long it is known what was deleted; 90 days if it is not said.
  void keep_deletions_for(std::chrono::days time);

  /// \name What devices asked the server to take back
  /// @{
  syncline::result<std::vector<conflict_view>> requests(std::string_view user);
  syncline::result<undo_view> grant(std::string_view user, std::string_view entry);
  syncline::result<undo_view> decline(std::string_view user, std::string_view entry);
  /// @}
  /// Forgets what was deleted of a user's data more than `age` ago, as far as this hub knows; says how many records. A hub
  /// that serves does so by itself, after the time of `keep_deletions_for`.
  syncline::result<std::size_t> collect(std::string_view user, std::chrono::days age);

  /// \name Writes and reads as the server, for plans and support
  /// @{
  syncline::result<std::vector<record_view>> list(std::string_view user, std::string_view table);
  syncline::result<record_view> put(std::string_view user, std::string_view table, const std::vector<assignment>& fields);
  syncline::result<record_view> edit(std::string_view user, std::string_view table, std::string_view id,
                                     const std::vector<assignment>& fields);
  syncline::result<record_view> remove(std::string_view user, std::string_view table, std::string_view id);
  /// @}

  struct parts;

 private:
  explicit hub_service(std::unique_ptr<parts> open);

  std::unique_ptr<parts> parts_;
};

}  // namespace stride

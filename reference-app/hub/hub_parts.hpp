// SPDX-License-Identifier: BSL-1.0
#pragma once
// What a hub is made of; for the files of this room only, which share the heavy engine.

#include "device/device_types.hpp"
#include "hub/hub_service.hpp"

#include <syncline/queue/rate_limit.hpp>

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

namespace stride {

struct hub_service::parts {
  std::filesystem::path folder{};
  std::string secret{};
  std::function<void(std::string_view)> log{};
  sqlite_tables store;
  std::optional<hub_engine> engine{};
  std::mutex one_at_a_time{};
  syncline::rate_limit limit{};
  std::map<std::string, syncline::rate_limiter> callers{};  ///< by user and device; those that called lately
  std::chrono::days keeps_conflicts{90};
  std::map<std::string, syncline::timestamp> cleaned_up{};  ///< when each user's data was, since this process began

  /// How long the caller has to wait until it may ask again; zero if it may now.
  std::chrono::milliseconds wait_of(const std::string& caller);
  /// Forgets what is too old of a user's conflict log and of what was deleted, if that was not done within the hour.
  void clean_up(const std::string& user);

  parts(std::filesystem::path where, std::string signs_with, std::function<void(std::string_view)> says, sqlite_tables open)
      : folder(std::move(where)), secret(std::move(signs_with)), log(std::move(says)), store(std::move(open)) {
    engine.emplace(store);
  }
};

}  // namespace stride

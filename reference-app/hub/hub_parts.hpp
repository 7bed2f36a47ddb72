// SPDX-License-Identifier: BSL-1.0
#pragma once
// What a hub is made of; for the files of this room only, which share the heavy engine.

#include "device/device_types.hpp"
#include "hub/hub_service.hpp"

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
  std::map<std::string, syncline::timestamp, std::less<>> collected_at{};  // by user, since this process began

  parts(std::filesystem::path where, std::string signs_with, std::function<void(std::string_view)> says, sqlite_tables open)
      : folder(std::move(where)), secret(std::move(signs_with)), log(std::move(says)), store(std::move(open)) {
    engine.emplace(store);
  }
};

}  // namespace stride

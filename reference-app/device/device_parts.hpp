// SPDX-License-Identifier: BSL-1.0
#pragma once
// What a device is made of; for the files of this room only, which share the heavy engines.

#include "device/device.hpp"
#include "device/device_types.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <utility>

namespace stride {

struct device::parts {
  std::filesystem::path folder{};
  device_config config{};
  sqlite_tables store;
  std::optional<device_replica> replica{};
  bool all_sent = false;  ///< by the last session

  parts(std::filesystem::path where, device_config who, sqlite_tables open)
      : folder(std::move(where)), config(std::move(who)), store(std::move(open)) {}
};

}  // namespace stride

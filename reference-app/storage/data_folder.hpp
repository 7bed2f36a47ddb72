// SPDX-License-Identifier: BSL-1.0
#pragma once
// Whose a data folder is: a device's or a hub's, never both.

#include <filesystem>
#include <string_view>
#include <system_error>

namespace stride {

inline constexpr std::string_view device_store_name = "stride.db", device_config_name = "device.json";
inline constexpr std::string_view hub_store_name = "hub.db", hub_secret_name = "hub.secret";

namespace internal {

inline bool has_either(const std::filesystem::path& folder, std::string_view one, std::string_view other) {
  std::error_code failed;
  return std::filesystem::exists(folder / one, failed) || std::filesystem::exists(folder / other, failed);
}

}  // namespace internal

/// Whether anything of a device is in the folder.
inline bool is_device_folder(const std::filesystem::path& folder) {
  return internal::has_either(folder, device_store_name, device_config_name);
}

/// Whether anything of a hub is in the folder.
inline bool is_hub_folder(const std::filesystem::path& folder) {
  return internal::has_either(folder, hub_store_name, hub_secret_name);
}

}  // namespace stride

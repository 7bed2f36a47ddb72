// SPDX-License-Identifier: BSL-1.0
// The data folder: its configuration and its store.

#include "device/device.hpp"

#include "device/device_parts.hpp"
#include "device/token_owner.hpp"
#include "storage/data_folder.hpp"
#include "storage/whole_file.hpp"
#include "transport/http_client.hpp"

#include <syncline/wire/json.hpp>

#include <fstream>
#include <system_error>

namespace stride {

namespace {

using syncline::error_code;
using syncline::phase;
using syncline::result;

std::filesystem::path config_file(const std::filesystem::path& folder) { return folder / device_config_name; }

result<std::optional<device_config>> read_config(const std::filesystem::path& folder) {
  std::ifstream in(config_file(folder), std::ios::binary);
  if (!in) return std::optional<device_config>{};
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  auto config = syncline::from_json<device_config>(text, {.ignore_unknown = true});
  if (!config) {
    return make_error(error_code::malformed, phase::local,
                      config_file(folder).string() + " is damaged (" + config.error().message +
                          "): restore it, or run `stride init` with the same user and device");
  }
  if (config->version > device_config{}.version) {
    return make_error(error_code::wrong_version, phase::local,
                      "the data in " + folder.string() + " was written by a newer stride (folder version " +
                          std::to_string(config->version) + ", this one knows " + std::to_string(device_config{}.version) +
                          "): update stride; nothing was changed");
  }
  return std::optional<device_config>{std::move(*config)};
}

result<void> write_config(const std::filesystem::path& folder, const device_config& config) {
  return replace_whole(config_file(folder), syncline::json_text(config) + "\n");
}

}  // namespace

device::device(std::unique_ptr<parts> open) : parts_(std::move(open)) {}
device::device(device&&) noexcept = default;
device& device::operator=(device&&) noexcept = default;
device::~device() = default;

const device_config& device::config() const noexcept { return parts_->config; }

result<std::unique_ptr<device::parts>> device::open_parts(const std::filesystem::path& folder, device_config config) {
  auto store = sqlite_tables::open(folder / device_store_name);
  if (!store) return store.error();
  auto open = std::make_unique<parts>(folder, std::move(config), std::move(*store));
  auto replica = device_replica::open(open->store, open->config.user, open->config.device, random_bits(), {.batch = 200});
  if (!replica) return replica.error();
  open->replica.emplace(std::move(*replica));
  return open;
}

result<device_config> device::init(const std::filesystem::path& folder, device_config wanted) {
  if (wanted.user.empty()) {
    return make_error(error_code::usage, phase::local, "a device needs a user: stride init --user NAME");
  }
  if (is_hub_folder(folder)) {
    return make_error(error_code::already_exists, phase::local,
                      "there is a hub in " + folder.string() + ", and a device needs a folder of its own: name another one with --data");
  }
  if (!wanted.device.empty()) {
    if (auto fits = syncline::check_device_id(wanted.device); !fits) return fits.error();
  }
  if (!wanted.hub.empty()) {
    if (auto address = parse_hub_url(wanted.hub); !address) return address.error();
  }
  auto before = read_config(folder);
  if (!before && before.error().code != error_code::malformed) return before.error();  // a damaged one is made again
  const std::string token = wanted.token;
  bool is_told_anew = false;
  if (before && *before) {
    if ((*before)->user != wanted.user || (!wanted.device.empty() && (*before)->device != wanted.device)) {
      return make_error(error_code::already_exists, phase::local,
                        folder.string() + " belongs to device '" + (*before)->device + "' of user '" + (*before)->user +
                            "': choose another folder with --data");
    }
    wanted.device = (*before)->device;
    if (wanted.hub.empty()) wanted.hub = (*before)->hub;
    if (wanted.token.empty()) wanted.token = (*before)->token;
    is_told_anew = wanted.hub != (*before)->hub || wanted.token != (*before)->token;
  }
  if (const auto claims = claims_of(token); claims && wanted.device.empty() && claims->sub == wanted.user) wanted.device = claims->dev;
  const std::string asked = wanted.device;
  if (wanted.device.empty()) wanted.device = "device-" + fresh_id().substr(0, 8);
  if (auto own = check_owner(token, wanted.user, wanted.device); !own) return own.error();
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  if (failed) {
    return make_error(error_code::store_failed, phase::local,
                      "could not make the folder " + folder.string() + ": " + failed.message());
  }
  // Makes the store, so that what is wrong with it is said now, before anything is written over.
  auto opened = open_parts(folder, wanted);
  if (!opened) return opened.error();
  const std::string known = (*opened)->replica->state().device;
  if (!asked.empty() && known != asked) {
    return make_error(error_code::already_exists, phase::local,
                      "the data in " + folder.string() + " belongs to device '" + known + "': choose another folder with --data");
  }
  wanted.device = known;
  if (is_told_anew) {
    if (auto noted = (*opened)->note_untried(); !noted) return noted.error();
  }
  if (auto written = write_config(folder, wanted); !written) return written.error();
  return wanted;
}

result<device> device::open(const std::filesystem::path& folder) {
  auto config = read_config(folder);
  if (!config) return config.error();
  if (!*config) {
    return make_error(error_code::not_found, phase::local,
                      "there is no device in " + folder.string() + ": make one with `stride --data " + folder.string() +
                          " init --user NAME`");
  }
  auto open = open_parts(folder, std::move(**config));
  if (!open) return open.error();
  return device(std::move(*open));
}

}  // namespace stride

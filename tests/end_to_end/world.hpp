// SPDX-License-Identifier: BSL-1.0
#pragma once
// A hub and devices, each a process and a folder of its own, as a person at a keyboard has them.

#include "end_to_end/process.hpp"
#include "import/fit_writer.hpp"
#include "import/generate_ride.hpp"
#include "reference-app/json_value.hpp"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace stride_test {

/// A device's or hub's folder and the commands given to it.
class place {
 public:
  explicit place(fs::path folder) : folder_(std::move(folder)) {}

  const fs::path& folder() const noexcept { return folder_; }

  std::vector<std::string> words(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {"--data", folder_.string()});
    return arguments;
  }

  finished run(const std::vector<std::string>& arguments, const process_settings& settings = {}) const {
    return stride_test::run(words(arguments), settings);
  }

  process start(const std::vector<std::string>& arguments, const process_settings& settings = {}) const {
    return process(words(arguments), settings);
  }

  /// Runs what has to succeed, and gives what it says.
  std::string text(const std::vector<std::string>& arguments) const {
    const finished ended = run(arguments);
    INFO(arguments.front() << " said: " << ended.err);
    REQUIRE(ended.status == 0);
    return ended.out;
  }

  /// Runs with --json what has to succeed, and gives its document.
  json_value json(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), "--json");
    const std::string out = text(arguments);
    INFO(out);
    const auto document = parse_json(out);
    REQUIRE(document.has_value());
    return *document;
  }

  /// Runs with --json what may fail; the document holds whatever came.
  std::pair<finished, json_value> try_json(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), "--json");
    finished ended = run(arguments);
    auto document = parse_json(ended.out);
    return {std::move(ended), document ? std::move(*document) : json_value{}};
  }

 private:
  fs::path folder_;
};

/// A hub whose process can be killed and started again on the same port.
class hub_place : public place {
 public:
  explicit hub_place(fs::path folder) : place(std::move(folder)) { start_serving("127.0.0.1:0"); }

  const std::string& url() const noexcept { return url_; }
  std::string address() const { return url_.substr(std::string_view("http://").size()); }

  void kill() {
    REQUIRE(serving_.has_value());
    serving_->kill();
    serving_.reset();
  }
  finished stop() {
    REQUIRE(serving_.has_value());
    serving_->signal(SIGTERM);
    finished ended = serving_->wait();
    serving_.reset();
    return ended;
  }
  void restart(const std::vector<std::string>& options = {}, const process_settings& settings = {}) {
    start_serving(address(), options, settings);
  }

  std::string token(const std::string& user, const std::string& device, int ttl_s = 3600) const {
    return json({"hub", "token", "--user", user, "--device", device, "--ttl", std::to_string(ttl_s)})["token"].text;
  }

 private:
  void start_serving(const std::string& address, const std::vector<std::string>& options = {},
                     const process_settings& settings = {}) {
    std::vector<std::string> serve{"hub", "serve", "--listen", address};
    serve.insert(serve.end(), options.begin(), options.end());
    serving_.emplace(start(serve, settings));
    const std::string line = serving_->first_line();
    INFO("the hub said: " << line << serving_->err());
    REQUIRE(line.starts_with("listening on http://"));
    url_ = line.substr(std::string_view("listening on ").size());
  }

  std::optional<process> serving_{};
  std::string url_{};
};

/// Makes a hub's folder, which is what serving it once does.
inline void make_hub(const fs::path& folder) { CHECK(hub_place(folder).stop().status == 0); }

/// A folder with a hub that serves, and devices that know it.
class world {
 public:
  world() : hub(folder.path() / "hub") {}

  place device(const std::string& name, const std::string& user = "ada") const {
    place made(folder.path() / (user + "-" + name));
    made.text({"init", "--user", user, "--device", name, "--hub", hub.url(), "--token", hub.token(user, name)});
    return made;
  }

  /// A FIT file of a made-up ride.
  fs::path ride(std::uint64_t seed = 7, int minutes = 60) const {
    stride::ride_wish wish;
    wish.seed = seed;
    wish.duration = std::chrono::minutes{minutes};
    const fs::path file = folder.path() / ("ride-" + std::to_string(seed) + ".fit");
    write_bytes(file, stride::write_fit(stride::generate_ride(wish)));
    return file;
  }

  temporary_folder folder{};
  hub_place hub;
};

inline const std::vector<std::string>& series_names() {
  static const std::vector<std::string> all{"position",  "altitude_m", "heart_rate_bpm", "cadence_rpm",
                                            "power_w",   "speed_mps",  "distance_m",     "temperature_c"};
  return all;
}

/// All points that a device has of an activity, as CSV, one text per series that it has.
inline std::map<std::string, std::string> all_series(const place& device, const std::string& id) {
  std::map<std::string, std::string> all;
  const json_value shown = device.json({"show", id});
  for (const json_value& stream : shown["streams"].items) {
    const std::string& type = stream["type"].text;
    all[type] = device.text({"streams", id, "--type", type, "--csv"});
  }
  return all;
}

}  // namespace stride_test

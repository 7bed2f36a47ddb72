// SPDX-License-Identifier: BSL-1.0
#pragma once
// A record with a field of every kind and every policy, for those who code and decode.

#include <syncline/record.hpp>
#include <syncline/resolve/counter.hpp>
#include <syncline/resolve/set_edits.hpp>

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace every_kind {

enum class color : std::uint8_t { red, green, blue = 5 };

// Reads past its table for numbers that have no name, as careless ones do.
constexpr std::string_view to_string(color c) {
  constexpr std::string_view names[]{"red", "green", "", "", "", "blue"};
  return names[static_cast<std::size_t>(c)];
}

enum class level : std::int16_t { low = -3, high = 3 };

struct place {
  double lat_deg{};
  std::optional<double> lon_deg{};
  bool is_rough{};
  std::vector<std::int32_t> path{};

  friend bool operator==(const place&, const place&) = default;
};

struct sample {
  std::int64_t t{};
  std::optional<double> value{};
};

struct longest_text {
  static std::string merge(const std::string& base, const std::string& local, const std::string& remote) {
    if (local == base) return remote;
    if (remote == base || local == remote) return local;
    return local.size() != remote.size() ? (local.size() > remote.size() ? local : remote) : std::max(local, remote);
  }
};

struct thing {
  static constexpr syncline::record_info sync{.table = "things"};

  syncline::key<std::string> id{};
  syncline::server<bool> is_on{};
  syncline::client<std::int8_t> tiny{};
  syncline::lww<std::uint16_t> small{};
  std::int32_t medium{};
  std::uint64_t big{};
  float single{};
  double real{};
  syncline::lww<std::string> text{};
  color shade{};
  level height{};
  std::chrono::seconds length{};
  std::chrono::duration<std::int32_t, std::ratio<60>> minutes{};
  syncline::once<syncline::timestamp> at{};
  std::chrono::sys_seconds second{};
  syncline::client<std::optional<int>> rpe{};
  std::optional<std::string> maybe_text{};
  std::optional<bool> maybe_flag{};
  std::vector<place> places{};
  std::vector<bool> flags{};
  std::map<std::string, double> by_name{};
  std::map<std::int32_t, std::string> by_number{};
  std::array<std::uint8_t, 3> triple{};
  place home{};
  syncline::blob bytes{};
  syncline::merge<std::set<std::string>, syncline::set_edits> tags{};
  syncline::merge<std::int64_t, syncline::counter> count{};
  syncline::merge<std::string, longest_text> story{};
  syncline::chunked<sample> series{};

  friend bool operator==(const thing&, const thing&) = default;
};

}  // namespace every_kind

// SPDX-License-Identifier: BSL-1.0
#pragma once
// Two records with a field of every policy, for the simulator's own tests.

#include <syncline/resolve/list_edits.hpp>
#include <syncline/testing/simulate.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace simulated {

using namespace syncline;

/// Of two edits the longer text, else the greater; a base that neither side kept does not matter.
struct keep_longer {
  static std::string merge(const std::string& base, const std::string& local, const std::string& remote) {
    if (local == base) return remote;
    if (remote == base) return local;
    if (local.size() != remote.size()) return local.size() > remote.size() ? local : remote;
    return local > remote ? local : remote;
  }
};

struct sample {
  std::int64_t at_ms{};
  double value{};
};

/// A part of what is often large enough to be sent by difference.
struct part {
  std::uint32_t id{};
  std::int64_t minutes{};
  std::optional<std::int32_t> reps{};
};

struct workout {
  static constexpr record_info sync{.table = "workouts"};

  key<std::string> id{};
  once<std::int64_t> started_at{};
  server<std::optional<std::int32_t>> size{};
  client<std::optional<int>> effort{};
  lww<std::string> name{};
  merge<std::int32_t, counter> laps{};
  merge<std::set<std::string>, set_edits> tags{};
  merge<std::string, keep_longer> note{};
  merge<std::vector<part>, list_edits> parts{};
  lww<std::map<std::uint16_t, part>> by_day{};
  chunked<sample, points<2>> heart_rate{};
};

struct goal {
  static constexpr record_info sync{.table = "goals", .deletes = delete_policy::update_wins, .priority = priority_class::recommendations};

  key<std::uint32_t> id{};
  lww<std::int32_t> target{};
  server<double> reached{};
  client<std::vector<std::int32_t>> days{};
  merge<std::uint64_t, counter> hits{};
  std::optional<std::string> why{};  // last write wins
  manual<std::uint8_t> rank{};
};

/// A rule over two fields: each device keeps it, and two devices together break it, so the hub has to refuse one.
inline std::string violation(const goal& g) {
  return g.target < 0 && !g.why ? "a goal below zero needs a reason" : "";
}

}  // namespace simulated

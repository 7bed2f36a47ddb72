// SPDX-License-Identifier: BSL-1.0
#pragma once
// The records that the tests of the lower floors share.

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
#include <vector>

namespace laws {

struct sample {
  std::int64_t at_ms{};
  double value{};
};

/// A merge function that needs all three values: of two edits the longer text, else the greater.
struct keep_longer {
  static std::string merge(const std::string& base, const std::string& local, const std::string& remote) {
    if (local == base) return remote;
    if (remote == base) return local;
    if (local.size() != remote.size()) return local.size() > remote.size() ? local : remote;
    return local > remote ? local : remote;
  }
};

/// A field of every policy.
struct workout {
  static constexpr syncline::record_info sync{.table = "workouts", .version = 3};

  syncline::key<std::string> id{};
  syncline::once<std::string> started_at{};
  syncline::server<std::optional<std::int32_t>> distance_m{};
  syncline::client<std::string> feeling{};
  syncline::lww<std::int64_t> target{};
  double weight_kg{};
  syncline::merge<std::int32_t, syncline::counter> laps{};
  syncline::merge<std::set<std::string>, syncline::set_edits> tags{};
  syncline::merge<std::string, keep_longer> note{};
  syncline::chunked<sample> heart_rate{};
};

/// Nothing but numbers: everything can be done with it while compiling.
struct tally {
  static constexpr syncline::record_info sync{.table = "tallies"};

  syncline::key<std::uint32_t> id{};
  syncline::lww<std::int32_t> goal{};
  syncline::client<double> rate{};
  syncline::server<std::uint64_t> rank{};
  syncline::merge<std::int64_t, syncline::counter> count{};
};

enum class sport : std::uint8_t { none, run, ride, swim };
enum class wide : std::int32_t { low = -2'000'000'000, high = 2'000'000'000 };

struct lap {
  std::uint32_t number{};
  std::optional<double> distance_m{};
  bool resting{};
  std::string label{};
};

/// A value of every kind.
struct everything {
  static constexpr syncline::record_info sync{.table = "everything", .version = 1};

  syncline::key<std::int64_t> id{};
  syncline::lww<bool> yes{};
  syncline::lww<std::int8_t> i8{};
  syncline::lww<std::uint8_t> u8{};
  syncline::lww<std::int16_t> i16{};
  syncline::lww<std::uint16_t> u16{};
  syncline::lww<std::int32_t> i32{};
  syncline::lww<std::uint32_t> u32{};
  syncline::lww<std::int64_t> i64{};
  syncline::lww<std::uint64_t> u64{};
  syncline::lww<float> f32{};
  syncline::lww<double> f64{};
  syncline::lww<std::string> text{};
  syncline::lww<syncline::blob> bytes{};
  syncline::lww<sport> kind{};
  syncline::lww<wide> range{};
  syncline::lww<std::chrono::seconds> lasted{};
  syncline::lww<std::chrono::duration<std::uint64_t, std::nano>> precisely{};
  syncline::lww<syncline::timestamp> at{};
  syncline::lww<std::optional<std::string>> maybe{};
  syncline::lww<std::optional<bool>> perhaps{};
  syncline::lww<std::vector<lap>> laps{};
  syncline::lww<std::vector<bool>> flags{};
  syncline::lww<std::set<double>> marks{};
  syncline::lww<std::map<std::string, std::vector<std::int32_t>>> series{};
  syncline::lww<std::array<float, 3>> axis{};
  lap last{};
};

}  // namespace laws

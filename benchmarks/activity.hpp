// SPDX-License-Identifier: BSL-1.0
#pragma once
// The record that the benchmarks work on, and a million different ones with three changed fields on each side.

#include <syncline/change.hpp>
#include <syncline/record.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bench {

enum class sport : std::uint8_t { cycling, running, swimming, rowing };

/// 28 fields: texts, an enumeration, integers, doubles, ten optionals and a short list.
struct activity {
  static constexpr syncline::record_info sync{.table = "activities"};

  syncline::key<std::string> id{};
  syncline::once<std::int64_t> started_at_ms{};
  syncline::lww<std::string> name{};
  syncline::lww<std::string> notes{};
  syncline::lww<bench::sport> sport{};
  syncline::client<std::optional<int>> rpe{};
  syncline::client<std::optional<int>> feeling{};
  syncline::lww<std::vector<std::string>> tags{};
  syncline::server<double> distance_m{};
  syncline::server<double> elapsed_s{};
  syncline::server<double> moving_s{};
  syncline::server<double> ascent_m{};
  syncline::server<double> descent_m{};
  syncline::server<double> avg_speed_mps{};
  syncline::server<double> max_speed_mps{};
  syncline::server<int> avg_heart_rate_bpm{};
  syncline::server<int> max_heart_rate_bpm{};
  syncline::lww<int> calories{};
  syncline::server<std::optional<double>> avg_power_w{};
  syncline::server<std::optional<double>> normalized_power_w{};
  syncline::server<std::optional<double>> intensity_factor{};
  syncline::server<std::optional<double>> training_stress{};
  syncline::server<std::optional<int>> avg_cadence_rpm{};
  syncline::server<std::optional<int>> max_cadence_rpm{};
  syncline::server<std::optional<double>> avg_temperature_c{};
  syncline::lww<std::optional<std::string>> gear{};
  syncline::once<std::string> device{};
  syncline::client<bool> is_private{};
};

/// A text of `size` characters that differs for different `seed`s.
inline std::string text(std::string_view start, std::uint64_t seed, std::size_t size) {
  std::string made(start);
  made += std::to_string(seed % 1000003);
  constexpr std::string_view filler = " along the river and back over the hill, wind from the west";
  while (made.size() < size) made += filler.substr(0, size - made.size());
  made.resize(size);
  return made;
}

/// The value that both sides started from, of record number `i`.
inline activity base_of(std::uint64_t i) {
  const double x = static_cast<double>(i % 977);
  activity a;
  a.id = text("5e0f77c2-", i, 36);
  a.started_at_ms = 1'700'000'000'000 + static_cast<std::int64_t>(i) * 60'000;
  a.name = text("Ride ", i, 24);
  a.notes = text("Legs heavy, then better ", i, 52);
  a.sport = sport::cycling;
  a.rpe = 4;
  a.feeling = 3;
  a.tags = std::vector<std::string>{"commute", "winter"};
  a.distance_m = 40'000.5 + x;
  a.elapsed_s = 5400 + x;
  a.moving_s = 5200 + x;
  a.ascent_m = 310 + x;
  a.descent_m = 309 + x;
  a.avg_speed_mps = 7.7;
  a.max_speed_mps = 15.2;
  a.avg_heart_rate_bpm = 140;
  a.max_heart_rate_bpm = 178;
  a.calories = 900 + static_cast<int>(i % 300);
  a.avg_power_w = 180.5;
  a.normalized_power_w = 201.25;
  a.intensity_factor = 0.8;
  a.training_stress = 88.1;
  a.avg_cadence_rpm = 85;
  a.gear = std::string{"winter bike"};
  a.device = std::string{"edge-830"};
  return a;
}

/// What the device edits: two texts and an optional number. Writes into the memory that `a` has.
inline void edit_locally(activity& a, std::uint64_t i) {
  a.name = text("Sunday ride ", i, 24);
  a.notes = text("Rain from the pass on ", i, 52);
  a.rpe = 7;
}

/// What others edited meanwhile: the same text, a measurement and a number.
inline void edit_remotely(activity& a, std::uint64_t i) {
  a.name = text("Club ride ", i, 24);
  a.distance_m = 41'000.25 + static_cast<double>(i % 977);
  a.calories = 950;
}

/// Takes `edit_locally` back.
inline void undo_local(activity& a, const activity& base) {
  a.name = base.name.value;
  a.notes = base.notes.value;
  a.rpe = base.rpe.value;
}

inline constexpr auto locally_edited =
    syncline::field_set<activity>::of(syncline::the<&activity::name>, syncline::the<&activity::notes>,
                                      syncline::the<&activity::rpe>);
inline constexpr auto remotely_edited =
    syncline::field_set<activity>::of(syncline::the<&activity::name>, syncline::the<&activity::distance_m>,
                                      syncline::the<&activity::calories>);

/// Stamps of one device's edit of `fields`; the others were written long ago.
template <class R>
syncline::stamps<R> stamps_of(syncline::field_set<R> fields, std::uint64_t ticks, std::string_view device) {
  syncline::stamps<R> made{};
  for (std::size_t i = 0; i < made.size(); ++i) {
    if (!syncline::stamped<R>.contains(i)) continue;
    made[i] = fields.contains(i) ? syncline::stamp{{ticks}, syncline::device_id(device)}
                                 : syncline::stamp{{1000}, syncline::device_id("first")};
  }
  return made;
}

}  // namespace bench

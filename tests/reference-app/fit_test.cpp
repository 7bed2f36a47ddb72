// SPDX-License-Identifier: BSL-1.0
// FIT files of real devices against what independent decoders say is in them, and hand-made bytes for the rest.

#include "import/fit.hpp"

#include "import/fit_checksum.hpp"
#include "import/fit_decoder.hpp"
#include "import/fit_text.hpp"

#include "json_value.hpp"

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using namespace stride;
using stride_test::json_value;
namespace fs = std::filesystem;
using bytes = std::vector<std::uint8_t>;

fs::path shared(const char* folder) { return fs::path{SHARED_DATA_DIR} / folder; }

bytes read_all(const fs::path& file) {
  std::ifstream in{file, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

json_value expected_of(const fs::path& fit_file) {
  const auto path = fit_file.parent_path() / "expected" / fit_file.filename().replace_extension(".json");
  const bytes text = read_all(path);
  auto document = stride_test::parse_json({text.begin(), text.end()});
  REQUIRE(document.has_value());
  return *std::move(document);
}

std::vector<fs::path> fit_files_in(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator{folder}) {
    if (entry.path().extension() == ".fit") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

bool is_close(double found, double expected) {
  return std::abs(found - expected) <= 1e-9 * std::max({1.0, std::abs(found), std::abs(expected)});
}

struct channel {
  std::size_t count{};
  double sum{}, lost{}, min{}, max{}, first{}, last{};

  void add(std::optional<double> v) {
    if (!v) return;
    if (count++ == 0) first = min = max = *v;
    min = std::min(min, *v);
    max = std::max(max, *v);
    last = *v;
    const double y = *v - lost, t = sum + y;
    lost = (t - sum) - y;
    sum = t;
  }
};

void check_channel(const std::string& name, const channel& found, const json_value& expected, bool is_in_order = true) {
  INFO("channel " << name << ": count " << found.count << ", sum " << found.sum << ", min " << found.min << ", max "
                  << found.max);
  CHECK(found.count == expected["count"].count());
  const auto close = [&](const char* key, double v) {
    INFO(key << " " << v << " expected " << expected[key].number);
    CHECK(is_close(v, expected[key].number));
  };
  close("sum", found.sum);
  close("min", found.min);
  close("max", found.max);
  if (!is_in_order) return;
  close("first", found.first);
  close("last", found.last);
}

using point_value = std::function<std::optional<double>(const ride_point&)>;
const std::map<std::string, point_value> ride_channels{
    {"timestamp",
     [](const ride_point& p) {
       return p.t ? std::optional{std::chrono::duration<double>(p.t->time_since_epoch()).count() - 631065600.0}
                  : std::nullopt;
     }},
    {"lat_deg", [](const ride_point& p) { return p.lat_deg; }},
    {"lon_deg", [](const ride_point& p) { return p.lon_deg; }},
    {"heart_rate", [](const ride_point& p) { return p.heart_rate_bpm; }},
    {"cadence", [](const ride_point& p) { return p.cadence_rpm; }},
    {"power", [](const ride_point& p) { return p.power_w; }},
    {"altitude_m", [](const ride_point& p) { return p.altitude_m; }},
    {"speed_mps", [](const ride_point& p) { return p.speed_mps; }},
    {"distance_m", [](const ride_point& p) { return p.distance_m; }},
    {"temperature_c", [](const ride_point& p) { return p.temperature_c; }},
};

// Fields of records that do not become points' values, by their numbers in the public profile.
const std::map<std::string, std::uint8_t> message_channels{
    {"grade_pct", 9},       {"fractional_cadence", 53}, {"left_right_balance_raw", 30}, {"vertical_oscillation_mm", 39},
    {"stance_time_ms", 41}, {"respiration_rate", 99},   {"lat_semicircles", 0},         {"lon_semicircles", 1},
};

void check_rides(const std::vector<ride>& rides, const json_value& expected) {
  const auto& summary = expected["summary"];
  const bool is_whole = rides.size() == 1;
  CHECK(rides.size() == std::max<std::size_t>(1, summary["session_count"].count()));
  std::size_t points = 0, untimed = 0, laps = 0;
  for (const ride& r : rides) {
    points += r.points.size();
    laps += r.laps.size();
    untimed += static_cast<std::size_t>(
        std::count_if(r.points.begin(), r.points.end(), [](const ride_point& p) { return !p.t; }));
    CHECK(r.source == "fit");
    CHECK_FALSE(r.type.empty());
  }
  CHECK(points == summary["record_count"].count());
  CHECK(untimed == summary["records_without_timestamp"].count());
  CHECK(laps == summary["lap_count"].count());

  for (const auto& [name, get] : ride_channels) {
    channel found;
    for (const ride& r : rides) {
      for (const ride_point& p : r.points) found.add(get(p));
    }
    const bool is_merged = name == "heart_rate" && expected.has("heart_rate_after_hr_merge");
    const bool is_packed =
        (name == "distance_m" || name == "speed_mps") && expected["file"].text == "compressed-speed-distance.fit";
    if (is_merged) {
      check_channel(name, found, expected["heart_rate_after_hr_merge"], is_whole);
    } else if (expected["channels"].has(name)) {
      check_channel(name, found, expected["channels"][name], is_whole);
    } else if (is_packed) {
      // The decoder behind these expected values leaves the packed field alone; the session's total is independent.
      CHECK(found.count == 754);
      if (name == "distance_m")
        CHECK(std::abs(found.last - expected["sessions"].items.at(0)["totalDistance"].number) < 5);
    } else {
      INFO("channel " << name << " is not in the file");
      CHECK(found.count == 0);
    }
  }

  std::vector<std::pair<ride_time, std::string>> found_sports, expected_sports;
  for (const ride& r : rides) found_sports.emplace_back(r.started_at, r.type);
  for (const auto& s : expected["sessions"].items) {
    std::string sport;
    for (const char c : s["sport"].text) {
      if (c >= 'A' && c <= 'Z') sport += '_';
      sport += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    std::chrono::sys_time<std::chrono::milliseconds> start;
    int y = 0, mo = 0, d = 0, h = 0, mi = 0, sec = 0;
    REQUIRE(std::sscanf(s["start_time"].text.c_str(), "%d-%d-%dT%d:%d:%d", &y, &mo, &d, &h, &mi, &sec) == 6);
    start = std::chrono::sys_days{std::chrono::year{y} / mo / d} + std::chrono::hours{h} + std::chrono::minutes{mi} +
            std::chrono::seconds{sec};
    expected_sports.emplace_back(start, sport);
  }
  std::stable_sort(expected_sports.begin(), expected_sports.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  if (!expected_sports.empty()) CHECK(found_sports == expected_sports);
}

void check_messages(const bytes& file, const json_value& expected) {
  std::map<std::string, std::uint64_t> counts;
  std::map<std::string, channel> channels;
  std::map<std::string, channel> developer;
  std::vector<fit_description> descriptions;
  channel intervals;
  fit_decoder decoder{[&](const fit_message& m) {
    ++counts[std::to_string(m.global)];
    if (m.global == fit_messages::hrv) {
      const fit_field* times = m.find(0);
      for (std::size_t i = 0; times && i < times->size(); ++i) intervals.add(times->value(i));
    }
    if (m.global == fit_messages::field_description) {
      descriptions.push_back({static_cast<std::uint8_t>(m.value(0).value_or(255)),
                              static_cast<std::uint8_t>(m.value(1).value_or(255)),
                              fit_base_of(static_cast<std::uint8_t>(m.value(2).value_or(13))), std::string{m.text(3)},
                              std::string{m.text(8)}, std::nullopt});
    }
    if (m.global != fit_messages::record) return;
    const bool has_position = m.value(0) && m.value(1);
    for (const auto& [name, number] : message_channels) {
      if (number <= 1 && !has_position) continue;
      const auto v = name == "respiration_rate" && m.value(108) ? m.value(108) : m.value(number);
      // The expected values count numbers only, and their decoder gives this one as the word "right".
      if (name == "left_right_balance_raw" && v == 128) continue;
      channels[name].add(v);
    }
    for (const fit_field& f : m.fields) {
      if (f.is_developer()) developer[std::to_string(f.description_index)].add(f.raw());
    }
  }};
  (void)decoder.feed(file);
  (void)decoder.finish();

  for (const auto& [name, value] : expected["container"]["messages_by_global_num"].members) {
    INFO("message " << name);
    CHECK(counts[name] == value.count());
  }
  CHECK(counts.size() == expected["container"]["messages_by_global_num"].members.size());
  for (const auto& [name, value] : expected["channels"].members) {
    if (message_channels.contains(name)) check_channel(name, channels[name], value);
  }
  for (const auto& [name, value] : expected["developer_field_stats_by_key"].members) {
    check_channel("developer field " + name, developer[name], value);
  }
  if (expected["rr_intervals_s"].is_object) {
    check_channel("beat to beat intervals", intervals, expected["rr_intervals_s"]);
  }
  REQUIRE(descriptions.size() == expected["developer_fields"].items.size());
  for (std::size_t i = 0; i < descriptions.size(); ++i) {
    const auto& field = expected["developer_fields"].items[i];
    CHECK(descriptions[i].developer_data_index == field["developer_data_index"].count());
    CHECK(descriptions[i].number == field["number"].count());
    CHECK(descriptions[i].base == fit_base_of(static_cast<std::uint8_t>(field["base_type"].count())));
    if (field.has("name")) CHECK(descriptions[i].name == field["name"].text);
    if (field.has("units")) CHECK(descriptions[i].unit == field["units"].text);
  }
}

const std::map<std::string, std::string> refused_files{
    {"Settings2.fit", "FIT: the file holds settings, and no activity: there is neither a session nor a record in it"},
};

TEST_CASE("every real FIT file holds what independent decoders say", "[fit]") {
  if (!fs::exists(shared("fit"))) SKIP("no shared data at " << SHARED_DATA_DIR);
  for (const fs::path& file : fit_files_in(shared("fit"))) {
    DYNAMIC_SECTION(file.filename().string()) {
      const bytes content = read_all(file);
      const auto expected = expected_of(file);
      check_messages(content, expected);
      const auto rides = read_fit(content);
      if (const auto refused = refused_files.find(file.filename().string()); refused != refused_files.end()) {
        REQUIRE(rides.has_error());
        CHECK(rides.error().message == refused->second);
        continue;
      }
      INFO((rides ? std::string{} : rides.error().message));
      REQUIRE(rides.has_value());
      check_rides(*rides, expected);
    }
  }
}

TEST_CASE("a broken FIT file is refused with its place, and salvaged up to there", "[fit]") {
  if (!fs::exists(shared("corrupt"))) SKIP("no shared data at " << SHARED_DATA_DIR);
  for (const fs::path& file : fit_files_in(shared("corrupt"))) {
    DYNAMIC_SECTION(file.filename().string()) {
      const bytes content = read_all(file);
      const auto strict = read_fit(content);
      REQUIRE(strict.has_error());
      CHECK(strict.error().message ==
            "FIT, byte 7471: a data message is of local type 11, and no definition before it says what that is");
      CHECK(strict.error().phase == syncline::phase::decode);
      const fit_salvage found = salvage_fit(content);
      REQUIRE(found.broken.has_value());
      CHECK(*found.broken == strict.error());
      const auto expected = expected_of(file);
      check_rides(found.rides, expected);
      check_messages(content, expected);
    }
  }
}

TEST_CASE("how a FIT file is cut into chunks does not matter", "[fit]") {
  if (!fs::exists(shared("fit"))) SKIP("no shared data at " << SHARED_DATA_DIR);
  for (const char* name : {"sample_mulitple_header.fit", "unterminated-strings.fit", "compressed-speed-distance.fit"}) {
    const bytes content = read_all(shared("fit") / name);
    const auto whole = read_fit(content);
    REQUIRE(whole.has_value());
    for (const std::size_t step : {std::size_t{1}, std::size_t{7}, std::size_t{1000}}) {
      fit_reader reader;
      for (std::size_t at = 0; at < content.size(); at += step) {
        reader.feed(std::span{content}.subspan(at, std::min(step, content.size() - at)));
      }
      const auto rides = std::move(reader).finish();
      REQUIRE(rides.has_value());
      CHECK(*rides == *whole);
    }
  }
}

TEST_CASE("every truncation of a FIT file is an error, and keeps the records before it", "[fit]") {
  if (!fs::exists(shared("fit"))) SKIP("no shared data at " << SHARED_DATA_DIR);
  const bytes content = read_all(shared("fit") / "garmin-fenix-5-run.fit");
  std::size_t before = 0;
  for (std::size_t length = 0; length < content.size(); ++length) {
    const auto part = std::span{content}.first(length);
    CHECK(read_fit(part).has_error());
    const fit_salvage found = salvage_fit(part);
    CHECK(found.broken.has_value());
    std::size_t records = 0;
    for (const ride& r : found.rides) records += r.points.size();
    CHECK(records >= before);
    before = records;
  }
  CHECK(before == 21);
}

// A FIT file under construction, byte by byte as the protocol document has it.
struct bytes_of_fit {
  bytes data{};

  bytes_of_fit& operator()(std::initializer_list<int> more) {
    for (const int b : more) data.push_back(static_cast<std::uint8_t>(b));
    return *this;
  }

  bytes file(int header_size = 14, int protocol = 0x20) const {
    const auto n = data.size();
    bytes all{static_cast<std::uint8_t>(header_size),
              static_cast<std::uint8_t>(protocol),
              0,
              0,
              static_cast<std::uint8_t>(n),
              static_cast<std::uint8_t>(n >> 8),
              0,
              0,
              '.',
              'F',
              'I',
              'T'};
    for (int i = 12; i < header_size; ++i) all.push_back(0);
    all.insert(all.end(), data.begin(), data.end());
    const std::uint16_t sum = fit_checksum(all);
    all.push_back(static_cast<std::uint8_t>(sum));
    all.push_back(static_cast<std::uint8_t>(sum >> 8));
    return all;
  }
};

std::string message_of(const syncline::result<std::vector<ride>>& r) { return r ? "" : r.error().message; }

TEST_CASE("the checksum is CRC-16/ARC", "[fit]") {
  // The check value of the catalogue of parametrised CRC algorithms.
  const std::string_view digits = "123456789";
  CHECK(fit_checksum({reinterpret_cast<const std::uint8_t*>(digits.data()), digits.size()}) == 0xBB3D);
}

TEST_CASE("each mistake in a FIT file has its own sentence", "[fit]") {
  const bytes good = bytes_of_fit{}({0x40, 0, 0, 20, 0, 1, 253, 4, 0x86})({0, 1, 0, 0, 0x30}).file();
  REQUIRE(read_fit(good).has_value());

  CHECK(message_of(read_fit(std::string_view{})) ==
        "FIT, byte 0: the file is empty, where a FIT file has a header of 12 or 14 bytes");
  CHECK(message_of(read_fit(std::string_view{"<?xml version"})) ==
        "FIT, byte 0: a FIT file begins with the size of its header, 12 or 14, and here is 60; this is another kind "
        "of file");
  bytes changed = good;
  changed[8] = 'X';
  CHECK(message_of(read_fit(changed)) ==
        "FIT, byte 8: the header has no \".FIT\" where a FIT file has it; this is another kind of file");
  CHECK(message_of(read_fit(bytes_of_fit{}.file(14, 0x30))) ==
        "FIT, byte 1: the file is written in version 3 of the FIT protocol, and this program reads versions 1 and 2");
  changed = good;
  changed[24] ^= 1;
  const auto flipped = read_fit(changed);
  REQUIRE(flipped.has_error());
  CHECK(flipped.error().code == syncline::error_code::checksum);
  CHECK(flipped.error().message.starts_with("FIT, byte 28: the checksum of the file's bytes is 0x"));
  changed = good;
  changed[12] = 1;
  CHECK(message_of(read_fit(changed)).starts_with("FIT, byte 12: the header's checksum is 0x"));
  CHECK(message_of(read_fit(bytes_of_fit{}({0x03}).file())) ==
        "FIT, byte 14: a data message is of local type 3, and no definition before it says what that is");
  CHECK(message_of(read_fit(bytes_of_fit{}({0x40, 0, 0, 20, 0, 9, 253, 4, 0x86}).file())) ==
        "FIT, byte 14: a message needs 27 bytes from byte 20 on, and the header says that the data ends at byte 23");
  changed = good;
  changed.push_back(0);
  CHECK(message_of(read_fit(changed)) ==
        "FIT, byte 30: a FIT file begins with the size of its header, 12 or 14, and here is 0; what follows the file "
        "is no FIT file");
  changed = good;
  changed.pop_back();
  CHECK(message_of(read_fit(changed)) ==
        "FIT, byte 29: the file ends here, and its header announces data up to byte 28 and two bytes of checksum "
        "behind that; it was cut off or never finished");
  CHECK(message_of(read_fit(bytes_of_fit{}({0x40, 0, 0, 0, 0, 1, 0, 1, 0})({0, 6}).file())) ==
        "FIT: the file holds a course, and no activity: there is neither a session nor a record in it");
}

TEST_CASE("a wrong checksum keeps neither its own records nor the chained files behind it from being salvaged",
          "[fit]") {
  bytes first = bytes_of_fit{}({0x40, 0, 0, 20, 0, 1, 253, 4, 0x86})({0, 1, 0, 0, 0x30}).file();
  const bytes second = bytes_of_fit{}({0x40, 0, 0, 20, 0, 1, 253, 4, 0x86})({0, 2, 0, 0, 0x30}).file(12);
  first.back() ^= 0xFF;
  first.insert(first.end(), second.begin(), second.end());
  const fit_salvage found = salvage_fit(first);
  REQUIRE(found.rides.size() == 1);
  CHECK(found.rides[0].points.size() == 2);
  REQUIRE(found.broken);
  CHECK(found.broken->code == syncline::error_code::checksum);
}

TEST_CASE("a compressed header adds less than 32 seconds to the last time", "[fit]") {
  const bytes file = bytes_of_fit{}({0x40, 0, 0, 20, 0, 2, 253, 4, 0x86, 3, 1, 2})({0x41, 0, 0, 20, 0, 1, 3, 1, 2})
                     // 0x3000001E has the low five bits 30; then 31, and 2, which has wrapped
                     ({0xA0 | 5, 99})({0, 0x1E, 0, 0, 0x30, 100})({0xA0 | 31, 101})({0xA0 | 2, 102})
                         .file();
  const auto rides = read_fit(file);
  REQUIRE(rides.has_value());
  const auto& p = rides->front().points;
  REQUIRE(p.size() == 4);
  CHECK_FALSE(p[0].t.has_value());
  const auto at = [](long long fit_s) { return ride_time{std::chrono::seconds{631065600LL + fit_s}}; };
  CHECK(p[1].t == at(0x3000001E));
  CHECK(p[2].t == at(0x3000001F));
  CHECK(p[3].t == at(0x30000022));
  CHECK(p[3].heart_rate_bpm == 102);
}

TEST_CASE("invalid, missing and misfitting values are absent, and zero is a value", "[fit]") {
  const bytes file = bytes_of_fit{}({0x40, 0, 1, 0, 20, 4, 253, 4, 0x86, 3, 1, 2, 7, 2, 0x84, 5, 3, 0x86})(
                         {0, 0x30, 0, 0, 1, 0, 0xFF, 0xFF, 1, 2, 3})({0, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1, 2, 1, 2, 3})
                         .file();
  const auto rides = read_fit(file);
  REQUIRE(rides.has_value());
  const auto& p = rides->front().points;
  REQUIRE(p.size() == 2);
  CHECK(p[0].heart_rate_bpm == 0);
  CHECK_FALSE(p[0].power_w.has_value());
  CHECK_FALSE(p[0].distance_m.has_value());
  CHECK_FALSE(p[0].speed_mps.has_value());
  CHECK_FALSE(p[1].t.has_value());
  CHECK_FALSE(p[1].heart_rate_bpm.has_value());
  CHECK(p[1].power_w == 0x0102);
}

TEST_CASE("compressed speed and distance are expanded, and the distance goes on when its 12 bits wrap", "[fit]") {
  // speed 250 = 2.50 m/s in the low 12 bits; distance 4090/16 m, then 6/16 m, which is 12 sixteenths further
  const bytes file = bytes_of_fit{}({0x40, 0, 0, 20, 0, 1, 8, 3, 0x0D})({0, 0xFA, 0xA0, 0xFF})({0, 0xFA, 0x60, 0x00})(
                         {0, 0xFF, 0xFF, 0xFF})
                         .file();
  const auto rides = read_fit(file);
  REQUIRE(rides.has_value());
  const auto& p = rides->front().points;
  REQUIRE(p.size() == 3);
  CHECK(p[0].speed_mps == 2.5);
  CHECK(p[0].distance_m == 4090 / 16.0);
  CHECK(p[1].distance_m == (4096 + 6) / 16.0);
  CHECK_FALSE(p[2].distance_m.has_value());
}

TEST_CASE("times that are stored in a type that no time has are absent, whatever they hold", "[fit]") {
  bytes_of_fit f;
  f({0x40, 0, 0, 18, 0, 2, 2, 8, 0x89, 7, 8, 0x89});  // a session's start_time and total_elapsed_time as float64
  f({0, 0x9C, 0x75, 0, 0x88, 0x3C, 0xE4, 0x37, 0x7E, 0x9C, 0x75, 0, 0x88, 0x3C, 0xE4, 0x37, 0xFE});  // 1e300, -1e300
  const auto rides = read_fit(f.file());
  REQUIRE(rides.has_value());
  CHECK(rides->front().started_at == ride_time{});
}

TEST_CASE("every record goes to the session that it falls into", "[fit]") {
  bytes_of_fit f;
  f({0x40, 0, 0, 20, 0, 1, 253, 4, 0x86})({0x41, 0, 0, 20, 0, 1, 3, 1, 2});
  for (const int s : {5, 10, 19}) f({0, s, 0, 0, 0x30});
  f({1, 99});  // no time: stays with the one before it
  for (const int s : {20, 25}) f({0, s, 0, 0, 0x30});
  f({0x42, 0, 0, 18, 0, 2, 2, 4, 0x86, 5, 1, 0});  // sessions: start_time, sport
  f({2, 20, 0, 0, 0x30, 1})({2, 10, 0, 0, 0x30, 2});
  const auto rides = read_fit(f.file());
  REQUIRE(rides.has_value());
  REQUIRE(rides->size() == 2);
  CHECK((*rides)[0].type == "cycling");
  CHECK((*rides)[0].points.size() == 4);
  CHECK((*rides)[0].points[3].heart_rate_bpm == 99);
  CHECK((*rides)[1].type == "running");
  CHECK((*rides)[1].points.size() == 2);
}

TEST_CASE("developer fields are kept under their own names", "[fit]") {
  bytes_of_fit f;
  f({0x40, 0, 0, 206, 0, 5, 0, 1, 2, 1, 1, 2, 2, 1, 2, 3, 4, 7, 8, 1, 7});
  f({0, 3, 9, 0x84, 'c', 'o', 'r', 'e', 'C'});                   // unterminated on purpose
  f({0x61, 0, 0, 20, 0, 1, 253, 4, 0x86, 2, 9, 2, 3, 8, 1, 3});  // field 9 of developer 3, and one never described
  f({1, 1, 0, 0, 0x30, 0x2C, 0x01, 77})({1, 2, 0, 0, 0x30, 0xFF, 0xFF, 77});
  const auto rides = read_fit(f.file());
  REQUIRE(rides.has_value());
  const std::vector<ride_extra> expected{{"core", "C", {{0, 300}}}};
  CHECK(rides->front().extras == expected);
}

TEST_CASE("text that is not UTF-8 becomes text", "[fit]") {
  CHECK(clean_text("Gr\xC3\xBC\xC3\x9F"
                   "e") ==
        "Gr\xC3\xBC\xC3\x9F"
        "e");
  CHECK(clean_text("a\xFFz\x01") == "a\xEF\xBF\xBDz");
  CHECK(clean_text("\xE2\x82") == "\xEF\xBF\xBD\xEF\xBF\xBD");
  CHECK(clean_text("\xC0\xAF") == "\xEF\xBF\xBD\xEF\xBF\xBD");
}

}  // namespace

// SPDX-License-Identifier: BSL-1.0
// Values, deltas and changes as bytes that were worked out by hand.

#include <syncline/wire/encode.hpp>

#include "laws/records.hpp"
#include "wire/bytes.hpp"

#include <catch2/catch_test_macros.hpp>

#include <limits>

using namespace syncline;
using laws::workout;

namespace {

template <class T>
std::string shown(const T& value) {
  return spelled::shown(encode(value));
}

}  // namespace

TEST_CASE("a boolean and a small integer take one byte") {
  CHECK(shown(false) == "00");
  CHECK(shown(true) == "01");
  CHECK(shown(std::int8_t{-1}) == "FF");
  CHECK(shown(std::uint8_t{200}) == "C8");
  CHECK(shown('a') == "61");
}

TEST_CASE("larger integers are varints, zigzag where they are signed") {
  CHECK(shown(std::uint16_t{300}) == "AC 02");
  CHECK(shown(std::int16_t{-1}) == "01");
  CHECK(shown(std::int32_t{-2}) == "03");
  CHECK(shown(std::int32_t{150}) == "AC 02");
  CHECK(shown(std::numeric_limits<std::int32_t>::min()) == "FF FF FF FF 0F");
  CHECK(shown(std::numeric_limits<std::uint64_t>::max()) == "FF FF FF FF FF FF FF FF FF 01");
  CHECK(shown(std::numeric_limits<std::int64_t>::max()) == "FE FF FF FF FF FF FF FF FF 01");
}

TEST_CASE("floating numbers are IEEE 754, the lowest byte first") {
  CHECK(shown(1.0) == "00 00 00 00 00 00 F0 3F");
  CHECK(shown(-0.0) == "00 00 00 00 00 00 00 80");
  CHECK(shown(-2.0f) == "00 00 00 C0");
  CHECK(shown(std::numeric_limits<double>::infinity()) == "00 00 00 00 00 00 F0 7F");
}

TEST_CASE("text and bytes have their size before them") {
  CHECK(shown(std::string("\xC3\xA9!")) == "03 C3 A9 21");
  CHECK(shown(std::string()) == "00");
  CHECK(shown(blob{std::string("\xFF\0", 2)}) == "02 FF 00");
  CHECK(encode(std::string(200, 'x')).substr(0, 3) == spelled::hex("C8 01 78"));
}

TEST_CASE("an enumeration is the number beneath it") {
  CHECK(shown(laws::sport::ride) == "02");
  CHECK(shown(laws::wide::low) == "FF CF AC F3 0E");  // zigzag: 3,999,999,999
}

TEST_CASE("durations and times are their counts") {
  CHECK(shown(std::chrono::seconds{-1}) == "01");
  CHECK(shown(std::chrono::minutes{75}) == "96 01");
  CHECK(shown(timestamp{std::chrono::milliseconds{150}}) == "AC 02");
  CHECK(shown(std::chrono::duration<std::uint64_t>{1}) == "02");
}

TEST_CASE("an optional says whether it is there") {
  CHECK(shown(std::optional<int>{}) == "00");
  CHECK(shown(std::optional<int>{-1}) == "01 01");
  CHECK(shown(std::optional<std::optional<bool>>{std::optional<bool>{}}) == "01 00");
}

TEST_CASE("lists, sets and maps have their count before them, arrays have none") {
  CHECK(shown(std::vector<int>{1, -1, 64}) == "03 02 01 80 01");
  CHECK(shown(std::vector<bool>{true, false}) == "02 01 00");
  CHECK(shown(std::set<std::string>{"b", "a"}) == "02 01 61 01 62");
  CHECK(shown(std::map<std::string, int>{{"b", 1}, {"a", 2}}) == "02 01 61 04 01 62 02");
  CHECK(shown(std::array<std::uint16_t, 2>{1, 300}) == "01 AC 02");
}

TEST_CASE("a structure begins with one bit for each optional and boolean, then has its values") {
  // bit 0: the distance is there; bit 1: resting
  CHECK(shown(laws::lap{300, 1.0, true, "ok"}) == "03 AC 02 00 00 00 00 00 00 F0 3F 02 6F 6B");
  CHECK(shown(laws::lap{1, {}, true, ""}) == "02 01 00");
  CHECK(shown(laws::lap{}) == "00 00 00");
}

namespace {

struct nine_flags {
  bool a{}, b{}, c{}, d{}, e{}, f{}, g{}, h{};
  std::optional<std::uint8_t> i{};
};

}  // namespace

TEST_CASE("nine flags take two bytes") {
  CHECK(shown(nine_flags{true, false, false, false, false, false, false, true, 5}) == "81 01 05");
  CHECK(shown(nine_flags{}) == "00 00");
}

TEST_CASE("a whole record is its fields in order, key included") {
  laws::tally t;
  t.id = 300u;
  t.goal = -1;
  t.rate = 1.0;
  t.rank = 5u;
  t.count = 2;
  CHECK(shown(t) == "AC 02 01 00 00 00 00 00 00 F0 3F 05 04");
}

TEST_CASE("encoding appends to what is there") {
  std::string out = "before";
  encode_to(out, 1);
  CHECK(out == "before\x02");
}

TEST_CASE("a delta is the set of its fields and their new values, or the edits of merged ones") {
  workout before, after;
  before.laps = 10;
  before.tags = std::set<std::string>{"a"};
  after.laps = 9;
  after.tags = std::set<std::string>{"b"};
  after.distance_m = 150;
  // fields 2, 6 and 7; the distance's presence, then 150; -1; added {b}, removed {a}
  std::string out;
  encode_to(out, diff(before, after));
  CHECK(spelled::shown(out) == "C4 01 01 AC 02 01 01 01 62 01 01 61");
  std::string none;
  encode_to(none, delta<workout>{});
  CHECK(spelled::shown(none) == "00");
}

TEST_CASE("a change of three fields takes its key, kind, base, time, mask and values, and not a byte more") {
  workout before, after;
  before.id = after.id = "w1";
  after.feeling = "ok";
  after.target = 150;
  after.laps = 1;
  change<workout> made{change_kind::updated, 300, diff(before, after), {}, {}};
  stamp_fields(made, {0x0102030405060708});
  std::string out;
  encode_to(out, std::string("w1"), made);
  CHECK(spelled::shown(out) ==
        "02 77 31 "                 // the key: 3 bytes
        "01 AC 02 "                 // updated, on commit 300: 3
        "08 07 06 05 04 03 02 01 "  // when: 8
        "58 "                       // fields 3, 4 and 6: 1
        "02 6F 6B AC 02 02");       // the values: 3 + 2 + 1
  CHECK(out.size() == 3 + 3 + 8 + 1 + 6);
}

TEST_CASE("a change whose fields were written at different times says how much earlier each was") {
  workout before, after;
  after.target = 1;
  after.weight_kg = 1.0;
  change<workout> made{change_kind::created, 0, diff(before, after), {}, {1000}};
  made.times[the<&workout::target>.index] = {1000};
  made.times[the<&workout::weight_kg>.index] = {700};
  std::string out;
  encode_to(out, std::string(), made);
  CHECK(spelled::shown(out) ==
        "00 04 00 E8 03 00 00 00 00 00 00 30 02 00 00 00 00 00 00 F0 3F 00 AC 02");
}

TEST_CASE("a deletion has no fields") {
  std::string out;
  encode_to(out, std::string("w1"), change<workout>{change_kind::deleted, 5, {}, {}, {1}});
  CHECK(spelled::shown(out) == "02 77 31 02 05 01 00 00 00 00 00 00 00");
}

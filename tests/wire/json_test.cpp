// SPDX-License-Identifier: BSL-1.0
#include <syncline/wire/json.hpp>

#include "fuzz/every_kind.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include <cmath>
#include <limits>
#include <optional>
#include <random>
#include <string>
#include <vector>

using namespace syncline;
using namespace std::literals;
using Catch::Matchers::ContainsSubstring;
using every_kind::color;
using every_kind::level;
using every_kind::thing;

namespace {

struct image {  // RFC 8259, section 13
  struct thumbnail {
    std::string Url{};
    int Height{};
    int Width{};
  };
  int Width{};
  int Height{};
  std::string Title{};
  thumbnail Thumbnail{};
  bool Animated{};
  std::vector<int> IDs{};
};

struct document {
  image Image{};
};

struct city {  // RFC 8259, section 13
  std::string precision{};
  double Latitude{};
  double Longitude{};
  std::string Address{};
  std::string City{};
  std::string State{};
  std::string Zip{};
  std::string Country{};
};

struct point {
  int x{};
  std::optional<int> y{};

  friend bool operator==(const point&, const point&) = default;
};

thing filled_thing() {
  thing t;
  t.id = "t-1";
  t.is_on = true;
  t.tiny = static_cast<std::int8_t>(-128);
  t.small = static_cast<std::uint16_t>(65535);
  t.medium = -2147483647 - 1;
  t.big = 18446744073709551615ull;
  t.single = 0.1f;
  t.real = -0.0;
  t.text = "\"Zürich\"\n\x01";
  t.shade = color::blue;
  t.height = level::low;
  t.length = 90s;
  t.minutes = decltype(t.minutes){-5};
  t.at = timestamp{1795248000123ms};
  t.second = std::chrono::sys_seconds{-1s};
  t.rpe = 7;
  t.places = {{1.5, std::nullopt, true, {1, -2}}, {}};
  t.flags = {true, false};
  t.by_name = {{"", 1e300}, {"b", 5e-324}};
  t.by_number = {{-1, "minus"}, {2, ""}};
  t.triple = {1, 2, 255};
  t.home = {47.25, 8.5, false, {}};
  t.bytes.bytes = "\x00\xff\x10z"s;
  t.tags = std::set<std::string>{"a", "b"};
  t.count = -9223372036854775807ll - 1;
  t.story = "once";
  t.series.value.chunks = {{{{0xab, 1}}, 3, 100, 48}};
  return t;
}

template <class T>
std::string error_of(std::string_view text, json_options options = {}) {
  const result<T> read = from_json<T>(text, options);
  return read ? "no error" : read.error().message;
}

template <class T>
std::string parse_error_of(std::string_view text) {
  const result<T> read = parse_value<T>(text);
  return read ? "no error" : read.error().message;
}

}  // namespace

TEST_CASE("the examples of RFC 8259 are read", "[json][WIRE-2]") {
  const auto read = from_json<document>(R"(
      {
        "Image": {
            "Width":  800,
            "Height": 600,
            "Title":  "View from 15th Floor",
            "Thumbnail": {
                "Url":    "http://www.example.com/image/481989943",
                "Height": 125,
                "Width":  100
            },
            "Animated" : false,
            "IDs": [116, 943, 234, 38793]
          }
      })");
  REQUIRE(read.has_value());
  CHECK(read->Image.Width == 800);
  CHECK(read->Image.Title == "View from 15th Floor");
  CHECK(read->Image.Thumbnail.Url == "http://www.example.com/image/481989943");
  CHECK(read->Image.Thumbnail.Width == 100);
  CHECK_FALSE(read->Image.Animated);
  CHECK(read->Image.IDs == std::vector{116, 943, 234, 38793});

  const auto cities = from_json<std::vector<city>>(R"(
      [
        {
           "precision": "zip",
           "Latitude":  37.7668,
           "Longitude": -122.3959,
           "Address":   "",
           "City":      "SAN FRANCISCO",
           "State":     "CA",
           "Zip":       "94107",
           "Country":   "US"
        },
        {
           "precision": "zip",
           "Latitude":  37.371991,
           "Longitude": -122.026020,
           "Address":   "",
           "City":      "SUNNYVALE",
           "State":     "CA",
           "Zip":       "94085",
           "Country":   "US"
        }
      ])");
  REQUIRE(cities.has_value());
  REQUIRE(cities->size() == 2);
  CHECK((*cities)[0].City == "SAN FRANCISCO");
  CHECK((*cities)[1].Longitude == -122.026020);

  CHECK(*from_json<std::string>(R"("Hello world!")") == "Hello world!");
  CHECK(*from_json<int>("42") == 42);
  CHECK(*from_json<bool>("true"));
}

TEST_CASE("a text's escapes are what RFC 8259 says they are", "[json][WIRE-2]") {
  CHECK(*from_json<std::string>(R"("\"\\\/\b\f\n\r\t")") == "\"\\/\b\f\n\r\t");
  CHECK(*from_json<std::string>(R"("\u0041\u00e9\u20AC")") == "A\xC3\xA9\xE2\x82\xAC");
  CHECK(*from_json<std::string>(R"("\uD834\udd1E")") == "\xF0\x9D\x84\x9E");  // the G clef of section 7
  CHECK(*from_json<std::string>(R"("a\u0000b")") == "a\0b"s);
  CHECK(json_text("\"\\/\b\f\n\r\t\x1f\x7f"s) == "\"\\\"\\\\/\\b\\f\\n\\r\\t\\u001f\x7f\"");
  CHECK(json_text("a\0b"s) == R"("a\u0000b")");
  CHECK(json_text("\xF0\x9D\x84\x9E") == "\"\xF0\x9D\x84\x9E\"");
}

TEST_CASE("text that is not UTF-8 is refused when read and replaced when written", "[json][WIRE-2]") {
  for (const std::string_view bad : {"\"\xFF\"", "\"\xC3\"", "\"\xC0\x80\"", "\"\xED\xA0\x80\"", "\"\xF5\x80\x80\x80\"",
                                     R"("\uD834")", R"("\uDD1E")", R"("\uD834\u0041")"}) {
    CAPTURE(bad);
    CHECK_FALSE(from_json<std::string>(bad).has_value());
  }
  CHECK(json_text("a\xFF\xC3\xA9\xC3"s) == "\"a\xEF\xBF\xBD\xC3\xA9\xEF\xBF\xBD\"");
  CHECK(json_text("\xE2\x82"s) == "\"\xEF\xBF\xBD\xEF\xBF\xBD\"");
}

TEST_CASE("numbers are written in their shortest form", "[json][WIRE-2]") {
  CHECK(json_text(0.1) == "0.1");
  CHECK(json_text(0.1f) == "0.1");
  CHECK(json_text(5.0) == "5");
  CHECK(json_text(-0.0) == "-0");
  CHECK(json_text(1.0 / 3) == "0.3333333333333333");
  CHECK(json_text(1e300) == "1e+300");
  CHECK(json_text(5e-324) == "5e-324");
  CHECK(json_text(std::numeric_limits<std::int64_t>::min()) == "-9223372036854775808");
  CHECK(json_text(std::numeric_limits<std::uint64_t>::max()) == "18446744073709551615");
  CHECK(json_text('A') == "65");
  CHECK(json_text(true) == "true");
}

TEST_CASE("what JSON has no number for is written as text and comes back", "[json][WIRE-2]") {
  const double infinity = std::numeric_limits<double>::infinity();
  CHECK(json_text(infinity) == R"("Infinity")");
  CHECK(json_text(-infinity) == R"("-Infinity")");
  CHECK(json_text(std::optional<double>{std::nan("")}) == R"("NaN")");
  CHECK(json_text(std::optional<double>{}) == "null");
  CHECK(*from_json<double>(R"("-Infinity")") == -infinity);
  CHECK(std::isnan(**from_json<std::optional<double>>(R"("NaN")")));
  CHECK_FALSE(from_json<double>("NaN").has_value());
  CHECK_FALSE(from_json<double>("null").has_value());
}

TEST_CASE("a number that its field cannot hold is refused", "[json][WIRE-2]") {
  CHECK_THAT(error_of<std::int8_t>("128"),
             ContainsSubstring("is 128, and a whole number from -128 to 127 is expected"));
  CHECK_THAT(error_of<std::uint8_t>("-1"), ContainsSubstring("a whole number from 0 to 255"));
  CHECK_THAT(error_of<int>("7.5"), ContainsSubstring("is 7.5, and a whole number"));
  CHECK_THAT(error_of<std::uint64_t>("18446744073709551616"), ContainsSubstring("is 18446744073709551616, and"));
  CHECK_FALSE(from_json<double>("1e309").has_value());
  CHECK_FALSE(from_json<double>("1" + std::string(400, '0')).has_value());
  CHECK_FALSE(from_json<float>("3.5e38").has_value());
  CHECK_FALSE(from_json<double>("1e99999999999999999999").has_value());
  CHECK_FALSE(from_json<int>("01").has_value());
  CHECK_FALSE(from_json<int>("+1").has_value());
  CHECK_FALSE(from_json<double>(".5").has_value());
  CHECK_FALSE(from_json<int>("0x10").has_value());
}

TEST_CASE("a whole number may be written with a fraction or an exponent", "[json][WIRE-2]") {
  CHECK(*from_json<int>("7.0") == 7);
  CHECK(*from_json<int>("-12e2") == -1200);
  CHECK(*from_json<std::uint64_t>("9007199254740992.0") == 9007199254740992ull);
  CHECK_FALSE(from_json<std::uint64_t>("9007199254740994.0").has_value());  // which a double may have rounded
}

TEST_CASE("every kind of value has its JSON", "[json][WIRE-2]") {
  CHECK(
      json_text(filled_thing()) ==
      R"({"id":"t-1","is_on":true,"tiny":-128,"small":65535,"medium":-2147483648,"big":18446744073709551615,)"
      R"("single":0.1,"real":-0,"text":"\"Zürich\"\n\u0001","shade":"blue","height":-3,"length":90,"minutes":-5,)"
      R"("at":"2026-11-21T08:00:00.123Z","second":"1969-12-31T23:59:59Z","rpe":7,"maybe_text":null,"maybe_flag":null,)"
      R"("places":[{"lat_deg":1.5,"lon_deg":null,"is_rough":true,"path":[1,-2]},)"
      R"({"lat_deg":0,"lon_deg":null,"is_rough":false,"path":[]}],"flags":[true,false],)"
      R"("by_name":{"":1e+300,"b":5e-324},"by_number":[[-1,"minus"],[2,""]],"triple":[1,2,255],)"
      R"("home":{"lat_deg":47.25,"lon_deg":8.5,"is_rough":false,"path":[]},"bytes":"AP8Qeg==","tags":["a","b"],)"
      R"("count":-9223372036854775808,"story":"once",)"
      R"("series":{"chunks":[{"digest":"ab010000000000000000000000000000","points":3,"encoded_size":100,)"
      R"("original_size":48}]}})");
}

TEST_CASE("a record comes back from its JSON", "[json][WIRE-2]") {
  for (const thing& t : {thing{}, filled_thing()}) {
    const auto read = from_json<thing>(json_text(t));
    REQUIRE(read.has_value());
    CHECK(is_same_value(*read, t));
  }
}

TEST_CASE("every double comes back", "[json][WIRE-2]") {
  std::mt19937_64 random(20261121);
  for (int i = 0; i < 20000; ++i) {
    const auto value = std::bit_cast<double>(random());
    if (std::isnan(value)) continue;
    const auto read = from_json<double>(json_text(value));
    REQUIRE(read.has_value());
    REQUIRE(is_same_value(*read, value));
  }
}

TEST_CASE("bytes are the base64 of RFC 4648", "[json][WIRE-2]") {
  const std::pair<std::string, std::string> vectors[]{{"", ""},
                                                      {"f", "Zg=="},
                                                      {"fo", "Zm8="},
                                                      {"foo", "Zm9v"},
                                                      {"foob", "Zm9vYg=="},
                                                      {"fooba", "Zm9vYmE="},
                                                      {"foobar", "Zm9vYmFy"}};
  for (const auto& [bytes, text] : vectors) {
    CHECK(json_text(blob{bytes}) == '"' + text + '"');
    CHECK(from_json<blob>('"' + text + '"')->bytes == bytes);
  }
  for (const std::string_view bad : {"Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "Z===", "====", "Zm 9", "Zg==Zg=="}) {
    CAPTURE(bad);
    CHECK_FALSE(from_json<blob>('"' + std::string(bad) + '"').has_value());
  }
}

TEST_CASE("an enumerator is written by its name, or by its number where it has none", "[json][WIRE-2]") {
  CHECK(json_text(color::green) == R"("green")");
  CHECK(json_text(static_cast<color>(3)) == "3");
  CHECK(json_text(static_cast<color>(200)) == "200");
  CHECK(json_text(level::high) == "3");
  CHECK(*from_json<color>(R"("blue")") == color::blue);
  CHECK(*from_json<color>("1") == color::green);
  CHECK(*from_json<level>("-3") == level::low);
  CHECK(error_of<color>(R"("pink")") ==
        R"(cannot read color from JSON: the value is "pink", and one of red, green, blue is expected)");
  CHECK_FALSE(from_json<color>(R"("")").has_value());
  CHECK_FALSE(from_json<level>(R"("low")").has_value());
  CHECK(json_text(error_code::checksum) == R"("checksum")");
}

TEST_CASE("an error names the field, what was found and what is expected", "[json][WIRE-2]") {
  CHECK(
      error_of<thing>(R"({"places":[{},{"lon_deg":"east"}]})") ==
      R"(cannot read thing from JSON: field 'places[1].lon_deg' is "east", and a number of at most 1.8e308 is expected)");
  CHECK(error_of<thing>(R"({"id":7})") == "cannot read thing from JSON: field 'id' is 7, and a text is expected");
  CHECK(error_of<thing>(R"({"tags":{"a":1}})") ==
        R"(cannot read thing from JSON: field 'tags' is {"a":1}, and a list such as [value, value] is expected)");
  CHECK(error_of<thing>(R"({"at":"2026-02-29T00:00:00Z"})") ==
        "cannot read thing from JSON: field 'at' is wrong: '2026-02-29T00:00:00Z' is not a time such as "
        "2026-11-21T08:00:00Z: the month has no such day");
  CHECK(error_of<thing>(R"({"by_name":{"a":1,"a":2}})") ==
        "cannot read thing from JSON: field 'by_name.a' is given twice");
  CHECK(error_of<point>(R"({"x":1,"x":2})") == "cannot read point from JSON: field 'x' is given twice");
  CHECK_THAT(error_of<thing>(R"({"triple":[1,2]})"),
             ContainsSubstring("'triple' is too short, and a list of 3 values"));
  CHECK_THAT(error_of<thing>(R"({"triple":[1,2,3,4]})"), ContainsSubstring("'triple[3]' is one too many"));
  CHECK_THAT(error_of<thing>(R"({"by_number":[[1]]})"), ContainsSubstring("'by_number[0]' is too short"));
  CHECK_THAT(error_of<thing>(R"({"by_number":[[1,"",2]]})"), ContainsSubstring("'by_number[0]' is too long"));
  CHECK_THAT(error_of<thing>(R"({"series":{"chunks":[{"digest":"ab"}]}})"),
             ContainsSubstring("'series.chunks[0].digest' is \"ab\", and a digest of 32 hexadecimal digits"));
  CHECK_THAT(error_of<int>('"' + std::string(39, 'x') + "\xC3\xA9\xC3\xA9\""), ContainsSubstring("xxx..., and"));
}

TEST_CASE("a member without a field is refused, or left out where that is asked for", "[json][WIRE-2]") {
  CHECK(error_of<point>(R"({"x":1,"z":[{"x":"]}"}]})") ==
        "cannot read point from JSON: field 'z' is not a field of 'point'");
  CHECK(*from_json<point>(R"({"z":[{"x":"\"]}"}],"x":1})", {.ignore_unknown = true}) == point{1, {}});
}

TEST_CASE("fields that are not mentioned keep what they had", "[json][WIRE-2]") {
  point p{3, 4};
  REQUIRE(from_json_into(R"({"x":5})", p).has_value());
  CHECK(p == point{5, 4});
  REQUIRE(from_json_into(R"({"y":null})", p).has_value());
  CHECK(p == point{5, {}});
}

TEST_CASE("a delta is the object of its changed fields", "[json][WIRE-2]") {
  thing before = filled_thing();
  thing after = before;
  after.rpe.value.reset();
  after.text = "x";
  after.tags = std::set<std::string>{"b", "c"};
  after.count = before.count + 3;
  after.story = "twice";
  const auto change = diff(before, after);
  CHECK(json_text(change) == R"({"text":"x","rpe":null,"tags":{"added":["c"],"removed":["a"]},"count":3,)"
                             R"("story":{"before":"once","after":"twice"}})");
  const auto read = from_json<delta<thing>>(json_text(change));
  REQUIRE(read.has_value());
  CHECK(*read == change);
  CHECK(is_same_value(apply(before, *read), after));
  CHECK(from_json<delta<thing>>("{}")->empty());
  CHECK_THAT(error_of<delta<thing>>(R"({"id":"other"})"), ContainsSubstring("field 'id' is the key"));
}

TEST_CASE("a document is written piece by piece", "[json][WIRE-2]") {
  std::string out;
  json_writer writer(out);
  writer.begin_object().member("ok", true).key("rows").begin_array();
  writer.value(1).null().value("two"sv).begin_object().end_object();
  writer.end_array().member("none", json_fragment{}).end_object();
  CHECK(out == R"({"ok":true,"rows":[1,null,"two",{}],"none":null})");
  out.clear();
  writer.value(2);
  CHECK(out == "\n2");
}

TEST_CASE("a part of a document can be kept for later", "[json][WIRE-2]") {
  const auto parts = from_json<std::map<std::string, json_fragment>>(R"({"a": {"x": [1, "}\"" ]} , "b":-1.5e3})");
  REQUIRE(parts.has_value());
  CHECK(parts->at("a").text == R"({"x": [1, "}\"" ]})");
  CHECK(parts->at("b").text == "-1.5e3");
  CHECK(json_text(*parts) == R"({"a":{"x": [1, "}\"" ]},"b":-1.5e3})");
}

TEST_CASE("what is not JSON is refused with the place", "[json][WIRE-2]") {
  for (const std::string_view bad : {"",
                                     " ",
                                     "{",
                                     "[1,",
                                     "[1",
                                     "[1,]",
                                     "{\"a\"}",
                                     "{\"a\":}",
                                     "{a:1}",
                                     "{'a':1}",
                                     "1 2",
                                     "nul",
                                     "tru",
                                     "\"",
                                     "\"\\",
                                     "\"\\u12\"",
                                     "\"\\x41\"",
                                     "\"\n\"",
                                     "[1}",
                                     "]",
                                     "// c\n1",
                                     "[1]]",
                                     "\xEF\xBB\xBF"
                                     "1"}) {
    CAPTURE(bad);
    CHECK_FALSE(from_json<json_fragment>(bad).has_value());
  }
  CHECK_FALSE(from_json<int>("1\0"sv).has_value());
  CHECK_THAT(error_of<point>(R"({"x" 1})"), ContainsSubstring("a text is not JSON: at byte 5 of 7: "));
  CHECK(from_json<int>("x").error().code == error_code::malformed);
}

TEST_CASE("every text that is cut short is refused", "[json][WIRE-2]") {
  const std::string whole = json_text(filled_thing());
  for (std::size_t size = 0; size < whole.size(); ++size)
    REQUIRE_FALSE(from_json<thing>(whole.substr(0, size)).has_value());
}

TEST_CASE("deep nesting is refused, whatever asks for it", "[json][SEC-4]") {
  const auto nested = [](std::size_t depth, std::string_view open, std::string_view close) {
    std::string text;
    for (std::size_t i = 0; i < depth; ++i) text += open;
    text += '1';
    for (std::size_t i = 0; i < depth; ++i) text += close;
    return text;
  };
  CHECK(from_json<json_fragment>(nested(64, "[", "]")).has_value());
  CHECK(from_json<json_fragment>(nested(65, "[", "]")).error().code == error_code::too_large);
  CHECK(from_json<json_fragment>(nested(65, "{\"a\":", "}")).error().code == error_code::too_large);
  CHECK(from_json<point>("{\"z\":" + nested(1000000, "[", "]") + "}", {.ignore_unknown = true}).error().code ==
        error_code::too_large);
}

TEST_CASE("large texts and texts that grow in memory are refused", "[json][SEC-4]") {
  CHECK(from_json<std::string>('"' + std::string(max_message_size, 'x') + '"').error().code == error_code::too_large);
  std::string grows = "[";
  for (int i = 0; i < 100000; ++i) grows += "{},";
  grows += "{}]";
  CHECK(from_json<std::vector<thing>>(grows).error().code == error_code::too_large);
}

TEST_CASE("what a person types is JSON where that fits, else text", "[json][WIRE-2]") {
  CHECK(*parse_value<std::string>("Ride") == "Ride");
  CHECK(*parse_value<std::string>("\"Ride\"") == "Ride");
  CHECK(*parse_value<std::string>("7") == "7");
  CHECK(*parse_value<std::string>("") == "");
  CHECK(*parse_value<std::string>("null") == "");
  CHECK(*parse_value<std::string>("\"") == "\"");
  CHECK(*parse_value<std::optional<std::string>>("null") == std::nullopt);
  CHECK(*parse_value<std::optional<std::string>>("\"null\"") == "null");
  CHECK(*parse_value<std::optional<int>>("7") == 7);
  CHECK(*parse_value<std::optional<int>>("null") == std::nullopt);
  CHECK(*parse_value<timestamp>("2026-01-01T00:00:00Z") == timestamp{1767225600000ms});
  CHECK(*parse_value<timestamp>("\"2026-01-01T02:00:00+02:00\"") == timestamp{1767225600000ms});
  CHECK(*parse_value<std::set<std::string>>(R"(["b","a"])") == std::set<std::string>{"a", "b"});
  CHECK(parse_value<std::set<std::string>>("null")->empty());
  CHECK(*parse_value<color>("blue") == color::blue);
  CHECK(*parse_value<bool>("true"));
  CHECK(*parse_value<double>("1e3") == 1000.0);
  CHECK(std::isinf(*parse_value<double>("Infinity")));
}

TEST_CASE("a wrong type that a person typed gives one sentence", "[json][WIRE-2]") {
  CHECK(parse_error_of<std::optional<int>>("hard") ==
        "a whole number from -2147483648 to 2147483647 is expected, and 'hard' was found");
  CHECK(parse_error_of<int>("null") ==
        "a whole number from -2147483648 to 2147483647 is expected, and null was found: this field cannot be empty");
  CHECK(parse_error_of<color>("pink") == "one of red, green, blue is expected, and 'pink' was found");
  CHECK(parse_error_of<bool>("yes") == "true or false is expected, and 'yes' was found");
  CHECK(parse_error_of<timestamp>("tomorrow") ==
        "'tomorrow' is not a time such as 2026-11-21T08:00:00Z: a year has four digits, or a sign and at least six");
  CHECK(parse_error_of<std::set<std::string>>("a,b") ==
        "a list such as [value, value] is expected, and 'a,b' was found");
  CHECK(parse_error_of<std::set<std::string>>("[1]") ==
        "cannot read set from JSON: field '[0]' is 1, and a text is expected");
  CHECK_FALSE(parse_value<std::string>("\xFF").has_value());
}

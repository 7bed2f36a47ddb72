// SPDX-License-Identifier: BSL-1.0
// JSON with an element twice was read as the set that has it once, where bytes and maps refuse as much.

#include <syncline/wire/decode.hpp>
#include <syncline/wire/json.hpp>

#include <catch2/catch_test_macros.hpp>

#include <functional>
#include <set>
#include <string>

using namespace syncline;

namespace {

struct playlist {
  std::set<std::string> songs{};
  std::set<int, std::greater<int>> years{};
};

std::string refusal(std::string_view text) {
  const auto read = from_json<playlist>(text);
  return read ? "" : read.error().message;
}

}  // namespace

TEST_CASE("regression: a set with an element twice is refused in JSON, as in bytes") {
  CHECK(refusal(R"({"songs":["b","a",""],"years":[1999,2001]})") == "");
  CHECK(refusal(R"({"songs":["b","a","b"]})") == "cannot read playlist from JSON: field 'songs[2]' is in the set twice");
  CHECK(refusal(R"({"songs":["a","\u0061"]})") ==
        "cannot read playlist from JSON: field 'songs[1]' is in the set twice");
  CHECK(refusal(R"({"years":[7,7.0]})") == "cannot read playlist from JSON: field 'years[1]' is in the set twice");
  CHECK(parse_value<std::set<int>>("[1,1]").error().message ==
        "cannot read set from JSON: field '[1]' is in the set twice");
  CHECK(!decode<std::set<std::string>>(std::string_view("\2\1a\1a", 5)).has_value());
}

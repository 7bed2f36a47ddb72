// SPDX-License-Identifier: BSL-1.0
// JSON was read with any number for an enumerator, and the value could not be told from one that means something.

#include <syncline/wire/json.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

using namespace syncline;

namespace {

enum class weather : std::uint8_t { dry, wet, snow };
constexpr std::string_view to_string(weather w) {
  constexpr std::string_view names[]{"dry", "wet", "snow"};
  return static_cast<std::size_t>(w) < 3 ? names[static_cast<std::size_t>(w)] : "unknown";
}
enum class grade : std::int32_t { worst = -2, best = 2 };

struct ride {
  std::vector<std::optional<weather>> skies{};
  std::map<grade, int> grades{};
};

std::string refusal(std::string_view text) {
  const auto read = from_json<ride>(text);
  return read ? "" : read.error().message;
}

}  // namespace

TEST_CASE("regression: a number that is no enumerator is refused") {
  CHECK(refusal(R"({"skies":["wet",2,null],"grades":[[-2,1],[2,1]]})") == "");
  CHECK(refusal(R"({"skies":["wet",3]})") ==
        "cannot read ride from JSON: field 'skies[1]' is 3, and one of dry, wet, snow is expected");
  CHECK(refusal(R"({"skies":[255]})") ==
        "cannot read ride from JSON: field 'skies[0]' is 255, and one of dry, wet, snow is expected");
  CHECK(refusal(R"({"skies":[256]})") ==
        "cannot read ride from JSON: field 'skies[0]' is 256, and one of dry, wet, snow is expected");
  CHECK(refusal(R"({"grades":[[1,1]]})") ==
        "cannot read ride from JSON: field 'grades[0]' is 1, and one of -2, 2 is expected");
  CHECK(from_json<grade>("0").value() == grade{});  // what an empty record has
  CHECK(json_text(static_cast<weather>(3)) == "3");  // "unknown" is no name
  CHECK(parse_value<weather>("7").error().message == "one of dry, wet, snow is expected, and '7' was found");
  CHECK(parse_value<weather>("unknown").error().message == "one of dry, wet, snow is expected, and 'unknown' was found");
}

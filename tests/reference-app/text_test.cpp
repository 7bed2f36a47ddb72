// SPDX-License-Identifier: BSL-1.0
// Characters of UTF-8, and the alphabet of tokens.
#include "domain/characters.hpp"
#include "domain/goal.hpp"
#include "transport/base64url.hpp"

#include <syncline/wire/reader.hpp>

#include <catch2/catch_test_macros.hpp>

#include <string>
#include <utility>

namespace {

using namespace stride;

TEST_CASE("characters are counted and cut whole, however many bytes they have") {
  const std::string text = "a\u00fc\u20ac\U0001F6B4z";  // of 1, 2, 3, 4 and 1 bytes
  CHECK(count_characters(text) == 5);
  CHECK(count_characters("") == 0);
  const std::size_t ends[]{0, 1, 3, 6, 10, 11, 11};
  for (std::size_t count = 0; count < std::size(ends); ++count) CHECK(first_characters(text, count) == text.substr(0, ends[count]));
}

TEST_CASE("a refused text of many bytes is quoted in whole characters") {
  std::string day;
  for (int i = 0; i < 60; ++i) day += "\u20ac";
  goal wrong;
  wrong.id = "g";
  wrong.target_date = day;
  const std::string sentence = violation(wrong);
  CHECK(syncline::is_utf8(sentence));
  CHECK(sentence.find("'" + day.substr(0, 3 * 40) + "...'") != std::string::npos);
}

TEST_CASE("base64url gives the bytes of RFC 4648's examples, and nothing for another alphabet") {
  for (const auto& [text, bytes] : {std::pair{"", ""}, {"Zg", "f"}, {"Zm8", "fo"}, {"Zm9v", "foo"}, {"Zm9vYg", "foob"}, {"Zm9vYmE", "fooba"}, {"Zm9vYmFy", "foobar"}}) {
    CHECK(from_base64url(text) == bytes);
  }
  CHECK(from_base64url("-_8") == "\xFB\xFF");
  for (const char* other : {"+/8", "Zg==", "Z g", "Z\xC3"}) CHECK(!from_base64url(other));
}

}  // namespace

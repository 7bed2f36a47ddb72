// SPDX-License-Identifier: BSL-1.0
// The envelope of bytes: what was put in comes out, and whatever is wrong is told apart.

#include <syncline/wire/frame.hpp>

#include "wire/bytes.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include <string>

using namespace syncline;

TEST_CASE("a frame is a kind, a version, a checksum and the body") {
  CHECK(spelled::shown(frame(7, "")) == "07 01 00 00 00 B8 7E 9B 3E 87 E0 3A 91");  // XXH3 of nothing with seed 7, lowest byte first
  CHECK(spelled::shown(frame(255, "abc")) == "FF 01 00 00 00 5C 73 D5 24 9C 71 73 A8 61 62 63");
  CHECK(frame(7, {}) == frame(7, ""));
}

TEST_CASE("a frame gives its kind and body back, in place") {
  const std::string body = std::string("any\0bytes\xFF", 10), framed = frame(3, body);
  const auto opened = unframe(framed);
  REQUIRE(opened.has_value());
  CHECK(opened->kind == 3);
  CHECK(opened->body == body);
  CHECK(static_cast<const void*>(opened->body.data()) == framed.data() + 13);
}

TEST_CASE("a frame that is cut short is malformed within its header and a wrong checksum within its body") {
  const std::string framed = frame(3, "some body");
  for (std::size_t end = 0; end < framed.size(); ++end) {
    const auto opened = unframe(std::string_view(framed).substr(0, end));
    REQUIRE_FALSE(opened.has_value());
    CHECK(opened.error().code == (end < 13 ? error_code::malformed : error_code::checksum));
    CHECK(opened.error().phase == phase::decode);
  }
}

TEST_CASE("every changed bit is noticed") {
  const std::string framed = frame(3, "some body");
  for (std::size_t bit = 0; bit < framed.size() * 8; ++bit) {
    std::string changed = framed;
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ 1 << bit % 8);
    const auto opened = unframe(changed);
    REQUIRE_FALSE(opened.has_value());
    CHECK(opened.error().code == (bit >= 8 && bit < 40 ? error_code::wrong_version : error_code::checksum));
  }
}

TEST_CASE("a peer of another version is told which versions met") {
  std::string framed = frame(3, "x");
  framed[1] = 9;
  const auto opened = unframe(framed);
  REQUIRE_FALSE(opened.has_value());
  CHECK(opened.error().code == error_code::wrong_version);
  CHECK(opened.error().severity == error_class::fatal);
  CHECK_THAT(opened.error().message, Catch::Matchers::ContainsSubstring("version 9") &&
                                         Catch::Matchers::ContainsSubstring("speaks 1"));
}

TEST_CASE("10 MiB are accepted and a byte more is not") {
  const std::string most(10 * 1024 * 1024 - 13, 'x');
  CHECK(unframe(frame(1, most)).has_value());
  const auto opened = unframe(frame(1, most + 'x'));
  REQUIRE_FALSE(opened.has_value());
  CHECK(opened.error().code == error_code::too_large);
  CHECK_THAT(opened.error().message, Catch::Matchers::ContainsSubstring("10485761 bytes"));
}

TEST_CASE("damage on the way can be tried again") {
  std::string framed = frame(3, "some body");
  framed.back() ^= 1;
  CHECK(unframe(framed).error().severity == error_class::retryable);
}

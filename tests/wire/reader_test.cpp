// SPDX-License-Identifier: BSL-1.0
// Numbers and texts out of bytes that may be anything.

#include <syncline/wire/reader.hpp>

#include "wire/bytes.hpp"

#include <syncline/testing/random.hpp>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include <cstdint>
#include <limits>
#include <string>

using namespace syncline;
using spelled::hex;

namespace {

std::uint64_t varint_of(const std::string& data) {
  reader in(data);
  const std::uint64_t value = in.varint();
  REQUIRE(in.finish("a number"));
  return value;
}
bool refuses_varint(const std::string& data) {
  reader in(data);
  const std::uint64_t value = in.varint();
  return !in.finish("a number") && value == 0;
}

// UTF-8 as RFC 3629 defines it, by decoding: the code point, the length that it needs, and no surrogates.
bool is_text(const std::string& s) {
  for (std::size_t i = 0; i < s.size();) {
    const auto byte = [&](std::size_t k) { return static_cast<unsigned char>(s[k]); };
    std::uint32_t point = 0;
    std::size_t length = 0;
    if (byte(i) < 0x80) {
      length = 1, point = byte(i);
    } else if ((byte(i) & 0xE0) == 0xC0) {
      length = 2, point = byte(i) & 0x1F;
    } else if ((byte(i) & 0xF0) == 0xE0) {
      length = 3, point = byte(i) & 0x0F;
    } else if ((byte(i) & 0xF8) == 0xF0) {
      length = 4, point = byte(i) & 0x07;
    } else {
      return false;
    }
    if (i + length > s.size()) return false;
    for (std::size_t k = 1; k < length; ++k) {
      if ((byte(i + k) & 0xC0) != 0x80) return false;
      point = point << 6 | (byte(i + k) & 0x3F);
    }
    const std::size_t needed = point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    if (length != needed || point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF)) return false;
    i += length;
  }
  return true;
}

static_assert(is_utf8("caf\xC3\xA9") && !is_utf8("caf\xC3") && !is_utf8("\xC0\x80"));

}  // namespace

TEST_CASE("varints are read back") {
  CHECK(varint_of(hex("00")) == 0);
  CHECK(varint_of(hex("96 01")) == 150);
  CHECK(varint_of(hex("AC 02")) == 300);
  CHECK(varint_of(hex("FF FF FF FF 0F")) == 4294967295u);
  CHECK(varint_of(hex("FF FF FF FF FF FF FF FF FF 01")) == std::numeric_limits<std::uint64_t>::max());
}

TEST_CASE("a varint that is cut short, too long or not in its shortest form is refused") {
  CHECK(refuses_varint(""));
  CHECK(refuses_varint(hex("80")));
  CHECK(refuses_varint(hex("FF FF FF")));
  CHECK(refuses_varint(hex("80 00")));
  CHECK(refuses_varint(hex("96 81 00")));
  CHECK(refuses_varint(hex("FF FF FF FF FF FF FF FF FF 02")));     // 65 bits
  CHECK(refuses_varint(hex("80 80 80 80 80 80 80 80 80 80 01")));  // eleven bytes
  CHECK(refuses_varint(hex("80 80 80 80 80 80 80 80 80 00")));
}

TEST_CASE("fixed numbers are read with their lowest byte first") {
  const std::string data = hex("CD AB 04 03 02 01 FF");
  reader in(data);
  CHECK(in.fixed<std::uint16_t>() == 0xABCD);
  CHECK(in.fixed<std::uint32_t>() == 0x01020304);
  CHECK(in.remaining() == 1);
  CHECK(in.offset() == 6);
  CHECK(in.fixed<std::uint16_t>() == 0);
  CHECK(in.failed());
}

TEST_CASE("after the first thing that is wrong every read gives zero, and the first reason stays") {
  const std::string data = hex("05 61 62 FF FF");
  reader in(data);
  CHECK(in.sized().empty());
  CHECK(in.failed());
  CHECK(in.byte() == 0);
  CHECK(in.varint() == 0);
  CHECK(in.count() == 0);
  CHECK(in.fixed<std::uint64_t>() == 0);
  std::string text = "old";
  in.text(text);
  CHECK(text.empty());
  in.fail("another reason");
  const auto done = in.finish("a thing");
  REQUIRE_FALSE(done);
  CHECK(done.error().code == error_code::malformed);
  CHECK(done.error().phase == phase::decode);
  CHECK_THAT(done.error().message, Catch::Matchers::ContainsSubstring("cannot read a thing: at byte 1 of 5, ") &&
                                       Catch::Matchers::ContainsSubstring("a length points past the end of the data"));
}

TEST_CASE("bytes that are left over are refused, and where they begin is said") {
  const std::string data = hex("01 02 03");
  reader in(data);
  CHECK(in.byte() == 1);
  const auto done = in.finish("a byte");
  REQUIRE_FALSE(done);
  CHECK_THAT(done.error().message, Catch::Matchers::ContainsSubstring("at byte 1 of 3, more data follows"));
}

TEST_CASE("a count is never larger than the bytes that are left") {
  const std::string fits = hex("03 00 00 00"), exceeds = hex("04 00 00 00"), huge = hex("FF FF FF FF FF FF FF FF FF 01");
  CHECK(reader(fits).count() == 3);
  CHECK(reader(exceeds).count() == 0);
  CHECK(reader(huge).count() == 0);
}

TEST_CASE("text is UTF-8 as RFC 3629 has it") {
  for (const char* good : {"", "plain", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEE\x80\x80",
                           "\xEF\xBF\xBF", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF", "12345678\xE2\x82\xAC 9"}) {
    CHECK(is_utf8(good));
  }
  for (const char* bad : {"\x80", "\xBF", "\xC0\x80", "\xC1\xBF", "\xE0\x80\x80", "\xE0\x9F\xBF", "\xED\xA0\x80",
                          "\xED\xBF\xBF", "\xF0\x80\x80\x80", "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80",
                          "\xFF", "\xC3", "\xE2\x82", "\xF0\x9F\x9A", "\xC3(", "\xE2\x82(", "12345678\xFF"}) {
    CHECK_FALSE(is_utf8(bad));
  }
  CHECK(is_utf8(std::string("a\0b", 3)));
}

TEST_CASE("two judges of UTF-8 agree on every short sequence and on many long ones") {
  const auto agree = [](const std::string& s) { return is_utf8(s) == is_text(s); };
  bool all = true;
  for (unsigned a = 0; a < 256; ++a) {
    all = all && agree({static_cast<char>(a)});
    for (unsigned b = 0; b < 256; ++b) {
      all = all && agree({static_cast<char>(a), static_cast<char>(b)});
      if (a < 0xE0) continue;
      for (const unsigned c : {0x00u, 0x7Fu, 0x80u, 0x8Fu, 0x90u, 0x9Fu, 0xA0u, 0xBFu, 0xC0u, 0xFFu}) {
        all = all && agree({static_cast<char>(a), static_cast<char>(b), static_cast<char>(c)});
        for (const unsigned d : {0x7Fu, 0x80u, 0xBFu, 0xC0u}) {
          all = all && agree({static_cast<char>(a), static_cast<char>(b), static_cast<char>(c), static_cast<char>(d)});
        }
      }
    }
  }
  CHECK(all);
  random_source random(51);
  for (int i = 0; i < 20'000; ++i) {
    std::string s;
    for (std::uint64_t left = random.below(20); left > 0; --left) {
      static constexpr std::string_view pieces[]{"abcdefgh", "x", "\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x9A\xB4", "\x80", "\xED\xA0"};
      s += pieces[random.below(random.chance(0.9) ? 5 : 7)];
    }
    REQUIRE(agree(s));
  }
}

// SPDX-License-Identifier: BSL-1.0
// Checksums and digests against the published values of XXH3.

#include <syncline/wire/checksum.hpp>

#include "wire/bytes.hpp"

#include <catch2/catch_test_macros.hpp>

#include <string>

using namespace syncline;

namespace {

std::string digest_text(std::string_view text) {
  const chunk_digest digest = digest_of(text);
  return spelled::shown({reinterpret_cast<const char*>(digest.bytes.data()), digest.bytes.size()});
}

}  // namespace

TEST_CASE("a checksum is XXH3 of 64 bits") {
  CHECK(checksum("") == 0x2d06800538d394c2ull);
  CHECK(checksum("a") == 0xe6c632b61e964e1full);
  CHECK(checksum("abc") == 0x78af5f94892f3950ull);
  CHECK(checksum({}) == checksum(""));
}

TEST_CASE("a digest is XXH3 of 128 bits, its highest byte first") {
  CHECK(digest_text("") == "99 AA 06 D3 01 47 98 D8 60 01 C3 24 46 8D 49 7F");
  CHECK(digest_text("a") == "A9 6F AF 70 5A F1 68 34 E6 C6 32 B6 1E 96 4E 1F");
  CHECK(digest_text("abc") == "06 B0 5A B6 73 3A 61 85 78 AF 5F 94 89 2F 39 50");
}

TEST_CASE("every bit of a long text counts") {
  std::string text(5000, 'x');
  const std::uint64_t whole = checksum(text);
  for (std::size_t at = 0; at < text.size(); at += 97) {
    text[at] ^= 1;
    CHECK(checksum(text) != whole);
    text[at] ^= 1;
  }
  CHECK(checksum(text) == whole);
}

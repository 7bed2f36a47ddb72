// SPDX-License-Identifier: BSL-1.0
// Numbers as bytes: the vectors of the Protocol Buffers documentation, and the ends of every type.

#include <syncline/wire/writer.hpp>

#include "wire/bytes.hpp"

#include <catch2/catch_test_macros.hpp>

#include <cstdint>
#include <limits>
#include <string>

using namespace syncline;
using spelled::shown;

namespace {

template <class Write>
std::string written(Write write) {
  char memory[64];
  writer out(memory);
  write(out);
  return shown({memory, static_cast<std::size_t>(out.position() - memory)});
}
std::string varint(std::uint64_t value) {
  return written([&](writer& out) { out.varint(value); });
}

// https://protobuf.dev/programming-guides/encoding/#signed-ints
static_assert(zigzag(0) == 0 && zigzag(-1) == 1 && zigzag(1) == 2 && zigzag(-2) == 3);
static_assert(zigzag(std::int32_t{0x7fffffff}) == 0xfffffffe && zigzag(std::int32_t{-0x7fffffff - 1}) == 0xffffffff);
static_assert(zigzag(std::numeric_limits<std::int64_t>::max()) == 0xfffffffffffffffe);
static_assert(zigzag(std::numeric_limits<std::int64_t>::min()) == 0xffffffffffffffff);
static_assert(zigzag(std::int16_t{-32768}) == 65535 && zigzag(std::int16_t{32767}) == 65534);

template <class T>
constexpr bool zigzag_returns() {
  using limits = std::numeric_limits<T>;
  for (const T value : {limits::min(), limits::max(), T{0}, T{-1}, T{1}, static_cast<T>(limits::min() + 1)}) {
    if (unzigzag(zigzag(value)) != value) return false;
  }
  return true;
}
static_assert(zigzag_returns<std::int16_t>() && zigzag_returns<std::int32_t>() && zigzag_returns<std::int64_t>());

}  // namespace

TEST_CASE("a varint has seven bits in each byte, the lowest first") {
  CHECK(varint(0) == "00");
  CHECK(varint(1) == "01");
  CHECK(varint(127) == "7F");
  CHECK(varint(128) == "80 01");
  CHECK(varint(150) == "96 01");  // the documentation's example
  CHECK(varint(300) == "AC 02");
  CHECK(varint(16383) == "FF 7F");
  CHECK(varint(16384) == "80 80 01");
  CHECK(varint(std::numeric_limits<std::uint32_t>::max()) == "FF FF FF FF 0F");
  CHECK(varint(std::uint64_t{1} << 63) == "80 80 80 80 80 80 80 80 80 01");
  CHECK(varint(std::numeric_limits<std::uint64_t>::max()) == "FF FF FF FF FF FF FF FF FF 01");
}

TEST_CASE("a fixed number has its lowest byte first") {
  CHECK(written([](writer& out) { out.fixed(std::uint32_t{0x01020304}); }) == "04 03 02 01");
  CHECK(written([](writer& out) { out.fixed(std::uint64_t{0x0102030405060708}); }) == "08 07 06 05 04 03 02 01");
  CHECK(written([](writer& out) { out.fixed(std::uint16_t{0xABCD}); }) == "CD AB");
  CHECK(written([](writer& out) { out.byte(255); }) == "FF");
}

TEST_CASE("a text has its size before it, and no text at all is a zero") {
  CHECK(written([](writer& out) { out.sized("abc"); }) == "03 61 62 63");
  CHECK(written([](writer& out) { out.sized({}); }) == "00");
  CHECK(written([](writer& out) { out.raw({}); }).empty());
}

// SPDX-License-Identifier: BSL-1.0
// Bytes that may be anything: what was encoded comes back, nothing else is accepted, and nothing hostile costs much.

#include <syncline/wire/decode.hpp>

#include "laws/codec_laws.hpp"
#include "laws/expect.hpp"
#include "laws/records.hpp"
#include "wire/bytes.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include <functional>
#include <memory>

using namespace syncline;
using spelled::hex;
using laws::workout;

namespace {

template <class T>
bool refuses(std::string_view spelled) {
  return !decode<T>(hex(spelled)).has_value();
}

}  // namespace

TEST_CASE("every kind of value comes back from its bytes") {
  laws::expect expect;
  laws::check_codec_laws<bool>(1, 20, expect);
  laws::check_codec_laws<std::int8_t>(2, 300, expect);
  laws::check_codec_laws<std::uint16_t>(3, 300, expect);
  laws::check_codec_laws<std::int64_t>(4, 500, expect);
  laws::check_codec_laws<std::uint64_t>(5, 500, expect);
  laws::check_codec_laws<float>(6, 300, expect);
  laws::check_codec_laws<double>(7, 300, expect);
  laws::check_codec_laws<std::string>(8, 300, expect);
  laws::check_codec_laws<blob>(9, 300, expect);
  laws::check_codec_laws<laws::wide>(10, 100, expect);
  laws::check_codec_laws<std::chrono::duration<std::int16_t>>(11, 300, expect);
  laws::check_codec_laws<std::chrono::duration<std::uint64_t, std::nano>>(12, 300, expect);
  laws::check_codec_laws<timestamp>(13, 300, expect);
  laws::check_codec_laws<std::optional<std::optional<bool>>>(14, 100, expect);
  laws::check_codec_laws<std::vector<std::vector<bool>>>(15, 200, expect);
  laws::check_codec_laws<std::set<double>>(16, 300, expect);
  laws::check_codec_laws<std::map<std::string, std::vector<laws::lap>>>(17, 200, expect);
  laws::check_codec_laws<std::array<std::string, 3>>(18, 200, expect);
  laws::check_codec_laws<manifest>(19, 200, expect);
}

TEST_CASE("records come back from their bytes") {
  laws::expect expect;
  laws::check_codec_laws<laws::everything>(20, 200, expect);
  laws::check_codec_laws<workout>(21, 300, expect);
  laws::check_codec_laws<laws::tally>(22, 300, expect);
}

TEST_CASE("whatever bytes are accepted are the encoding of the value that they gave") {
  laws::expect expect;
  laws::check_canonical<std::uint64_t>(30, 3000, expect);
  laws::check_canonical<std::string>(31, 3000, expect);
  laws::check_canonical<std::set<std::int16_t>>(32, 3000, expect);
  laws::check_canonical<std::map<std::string, std::optional<bool>>>(33, 3000, expect);
  laws::check_canonical<std::vector<laws::lap>>(34, 3000, expect);
  laws::check_canonical<std::chrono::duration<std::int32_t>>(35, 2000, expect);
  laws::check_canonical<workout>(36, 2000, expect);
  laws::check_canonical<laws::everything>(37, 500, expect);
  CHECK(expect.tried() > 3000);
}

TEST_CASE("deltas and changes come back, and the short cuts agree with the long way") {
  laws::expect expect;
  laws::check_change_codec_laws<workout>(40, 600, expect);
  laws::check_change_codec_laws<laws::tally>(41, 600, expect);
  laws::check_change_codec_laws<laws::everything>(42, 100, expect);
}

TEST_CASE("numbers that do not fit their field are refused") {
  CHECK(*decode<std::uint16_t>(hex("FF FF 03")) == 65535);
  CHECK(refuses<std::uint16_t>("80 80 04"));
  CHECK(*decode<std::int16_t>(hex("FF FF 03")) == -32768);
  CHECK(refuses<std::int16_t>("80 80 04"));
  CHECK(refuses<std::uint32_t>("80 80 80 80 10"));
  CHECK(*decode<std::chrono::duration<std::int16_t>>(hex("FF FF 03")) == std::chrono::duration<std::int16_t>{-32768});
  CHECK(refuses<std::chrono::duration<std::int16_t>>("80 80 04"));
  CHECK(refuses<std::chrono::duration<std::uint16_t>>("01"));  // -1
}

TEST_CASE("flags that are neither 0 nor 1, or of fields that do not exist, are refused") {
  CHECK(refuses<bool>("02"));
  CHECK(refuses<std::optional<int>>("02 00"));
  CHECK(refuses<std::vector<bool>>("01 02"));
  CHECK(refuses<laws::lap>("04 00 00"));
  CHECK(refuses<laws::lap>("80 00 00"));
}

TEST_CASE("sets and maps that are out of order or have something twice are refused") {
  CHECK(decode<std::set<int>>(hex("02 02 04")).has_value());
  CHECK(refuses<std::set<int>>("02 04 02"));
  CHECK(refuses<std::set<int>>("02 02 02"));
  CHECK(refuses<std::map<int, int>>("02 04 00 02 00"));
  CHECK(refuses<std::map<int, int>>("02 02 00 02 00"));
}

TEST_CASE("a text that is not UTF-8 is refused, bytes need not be") {
  CHECK(refuses<std::string>("01 FF"));
  CHECK(refuses<std::map<std::string, int>>("01 01 FF 00"));
  CHECK(decode<blob>(hex("01 FF")).has_value());
}

TEST_CASE("what was wrong and where is said") {
  const auto read = decode<laws::lap>(hex("00 01 05 61"));
  REQUIRE_FALSE(read.has_value());
  CHECK(read.error().code == error_code::malformed);
  CHECK_THAT(read.error().message, Catch::Matchers::Equals("cannot read lap: at byte 3 of 4, a length points past the end of the data"));
}

TEST_CASE("a delta of fields that the record does not have, or of its key, is refused") {
  const auto refuses_delta = [](std::string_view spelled) {
    delta<laws::tally> change;
    laws::tally target;
    return !decode_into(hex(spelled), change).has_value() && !apply_encoded(hex(spelled), target).has_value();
  };
  CHECK_FALSE(refuses_delta("02 02"));
  CHECK(refuses_delta("01 02"));     // the key
  CHECK(refuses_delta("20 02"));     // a sixth field
  CHECK(refuses_delta("80 80 80 80 80 80 80 80 80 01"));
  CHECK(refuses_delta("02 02 00"));  // more than a delta
}

TEST_CASE("a change of no known kind, or with times that it does not need, is refused") {
  const auto refuses_change = [](std::string_view spelled) {
    const std::string data = hex(spelled);
    reader in(data);
    std::uint32_t name{};
    change<laws::tally> made;
    internal::take_change(in, name, made);
    return !in.finish("a change").has_value();
  };
  CHECK_FALSE(refuses_change("07 01 00 E8 03 00 00 00 00 00 00 02 02"));
  CHECK_FALSE(refuses_change("07 05 00 E8 03 00 00 00 00 00 00 02 02 01"));
  CHECK(refuses_change("07 03 00 E8 03 00 00 00 00 00 00 02 02"));           // kind 3
  CHECK(refuses_change("07 09 00 E8 03 00 00 00 00 00 00 02 02"));           // an unknown bit
  CHECK(refuses_change("07 05 00 E8 03 00 00 00 00 00 00 02 02 00"));        // equal times, spelled out
  CHECK(refuses_change("07 05 00 E8 03 00 00 00 00 00 00 02 02 E9 07"));     // 1001 before tick 1000
  CHECK(refuses_change("07 05 00 E8 03 00 00 00 00 00 00 00"));              // times of no fields
  CHECK(refuses_change("07 06 00 E8 03 00 00 00 00 00 00"));                 // a deletion with times
  CHECK(refuses_change("07 02 00 E8 03 00 00 00 00 00 00 00"));              // a deletion with fields
}

namespace {

std::size_t allocated = 0;

template <class T>
struct counting {
  using value_type = T;
  counting() = default;
  template <class U>
  counting(const counting<U>&) {}
  T* allocate(std::size_t n) {
    allocated += n * sizeof(T);
    return std::allocator<T>{}.allocate(n);
  }
  void deallocate(T* p, std::size_t n) { std::allocator<T>{}.deallocate(p, n); }
  friend bool operator==(counting, counting) { return true; }
};

struct large {
  std::array<double, 100> numbers{};
};

// How many bytes reading `data` as a T allocates.
template <class T>
std::size_t cost(const std::string& data) {
  allocated = 0;
  (void)decode<T>(data);
  return allocated;
}

}  // namespace

TEST_CASE("a count that the bytes cannot hold allocates nothing") {
  const std::string huge = hex("FF FF FF FF FF FF FF FF 7F") + std::string(100, '\0');
  CHECK(cost<std::vector<std::uint64_t, counting<std::uint64_t>>>(huge) == 0);
  CHECK(cost<std::vector<large, counting<large>>>(huge) == 0);
  CHECK(cost<std::set<int, std::less<int>, counting<int>>>(huge) == 0);
}

TEST_CASE("a count that the bytes could hold allocates in proportion to the elements that are there") {
  // 1000 elements are promised, and the bytes hold one and a part of another.
  const std::string promise = hex("E8 07") + std::string(1000, '\0');
  CHECK(cost<std::vector<large, counting<large>>>(promise) <= 8 * sizeof(large));
  using inner = std::vector<std::uint8_t, counting<std::uint8_t>>;
  using outer = std::vector<inner, counting<inner>>;
  std::string nested = hex("E8 07");
  for (int i = 0; i < 10; ++i) nested += hex("FF 7F");  // each promises 16383
  CHECK(cost<outer>(nested) <= 8 * sizeof(inner));
}

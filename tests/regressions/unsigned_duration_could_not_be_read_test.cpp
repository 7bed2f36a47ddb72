// SPDX-License-Identifier: BSL-1.0
// A duration over 64 unsigned bits was refused when it was read back, whatever it was.

#include <syncline/wire/decode.hpp>

#include <catch2/catch_test_macros.hpp>

#include <limits>

using namespace syncline;

TEST_CASE("regression: a duration over unsigned 64-bit integers comes back from its bytes") {
  using nanoseconds = std::chrono::duration<std::uint64_t, std::nano>;
  for (const std::uint64_t count : {std::uint64_t{0}, std::uint64_t{1}, std::numeric_limits<std::uint64_t>::max()}) {
    const auto back = decode<nanoseconds>(encode(nanoseconds{count}));
    REQUIRE(back.has_value());
    CHECK(back->count() == count);
  }
}

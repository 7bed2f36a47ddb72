// SPDX-License-Identifier: BSL-1.0
// An empty `std::string_view` has no address, and memcpy may not be given one: undefined behaviour, seen by UBSan.

#include <syncline/wire/frame.hpp>

#include <catch2/catch_test_macros.hpp>

TEST_CASE("regression: a body that is nowhere is framed as an empty one") {
  CHECK(syncline::frame(7, std::string_view{}) == syncline::frame(7, std::string_view{""}));
}

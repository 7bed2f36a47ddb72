// SPDX-License-Identifier: BSL-1.0
// A result of an optional that was made from `std::nullopt` was a failure without a sentence.

#include <syncline/core/result.hpp>

#include <catch2/catch_test_macros.hpp>

#include <optional>

TEST_CASE("nothing found is a success") {
  const syncline::result<std::optional<int>> found = std::nullopt;
  REQUIRE(found.has_value());
  CHECK(!found->has_value());
}

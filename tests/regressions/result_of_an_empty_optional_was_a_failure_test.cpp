// SPDX-License-Identifier: BSL-1.0
// `result<std::optional<int>>(std::nullopt)` was a failure without a sentence: the nothing emptied the result itself.
#include <syncline/core/result.hpp>

#include <catch2/catch_test_macros.hpp>

#include <optional>

namespace {

using syncline::result;

result<std::optional<int>> found_nothing() { return std::nullopt; }

TEST_CASE("nothing found is a success, and not an error that came instead") {
  const auto outcome = found_nothing();
  REQUIRE(outcome.has_value());
  CHECK(!outcome->has_value());
  const result<std::optional<int>> something = std::optional<int>{7};
  REQUIRE(something.has_value());
  CHECK(**something == 7);
  const result<std::optional<int>> lifted = 7;
  CHECK(**lifted == 7);
}

}  // namespace

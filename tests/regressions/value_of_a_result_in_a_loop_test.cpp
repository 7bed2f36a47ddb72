// SPDX-License-Identifier: BSL-1.0
// `*f()` of a result was a reference into it: in a loop over it the result was gone before the first turn.

#include <syncline/core/result.hpp>

#include <catch2/catch_test_macros.hpp>

#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace {

using words = syncline::result<std::vector<std::string>>;

words some() { return std::vector<std::string>{"a text that is too long for its place in the string", "b"}; }

static_assert(std::is_same_v<decltype(*std::declval<words>()), std::vector<std::string>>);

TEST_CASE("the value of a result that is returned outlives it in a loop") {
  std::string all;
  for (const std::string& each : *some()) all += each;
  CHECK(all == "a text that is too long for its place in the stringb");
}

}  // namespace

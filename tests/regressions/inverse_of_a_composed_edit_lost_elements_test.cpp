// SPDX-License-Identifier: BSL-1.0
// An element that was removed and added again became an edit that adds it; taking that edit back removed the element.

#include <syncline/change/delta.hpp>

#include "laws/records.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace syncline;
using laws::workout;

TEST_CASE("regression: taking back a composed change of a set leaves what was there before it") {
  workout before, between;
  before.tags = std::set<std::string>{"easy"};
  const workout after = before;
  const delta<workout> both = compose(diff(before, between), diff(between, after));
  CHECK(is_same_value(apply(before, both), after));
  CHECK(is_same_value(apply(after, invert(both, before)), before));
}

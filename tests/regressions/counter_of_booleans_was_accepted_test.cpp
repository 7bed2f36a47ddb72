// SPDX-License-Identifier: BSL-1.0
// `merge<bool, counter>` passed the check of the declaration and then failed deep inside of it.

#include <syncline/record/merge_function.hpp>
#include <syncline/resolve/counter.hpp>

#include <catch2/catch_test_macros.hpp>

TEST_CASE("regression: a boolean cannot be counted") {
  CHECK_FALSE(syncline::merge_function<syncline::counter, bool>);
  CHECK(syncline::merge_function<syncline::counter, char>);
}

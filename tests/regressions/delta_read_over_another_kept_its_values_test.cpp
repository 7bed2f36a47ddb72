// SPDX-License-Identifier: BSL-1.0
// Reading a delta or a change over another one left values and times of fields that the new one does not have, so that
// it was not equal to the one that was sent; a deletion kept the fields of the change before.

#include <syncline/wire/decode.hpp>

#include "laws/records.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace syncline;
using laws::workout;

TEST_CASE("regression: a delta that is read over another one has nothing of it") {
  workout empty, first, second;
  first.feeling = "good";
  first.laps = 3;
  second.target = 5;
  std::string bytes;
  encode_to(bytes, diff(empty, second));
  delta<workout> reused = diff(empty, first);
  REQUIRE(decode_into(bytes, reused).has_value());
  CHECK(reused == diff(empty, second));
}

TEST_CASE("regression: a deletion that is read over another change has no fields") {
  workout empty, first;
  first.feeling = "good";
  change<workout> reused{change_kind::updated, 1, diff(empty, first), {}, {}};
  stamp_fields(reused, {5});
  const change<workout> deletion{change_kind::deleted, 2, {}, {}, {6}};
  std::string bytes, name;
  encode_to(bytes, std::string("w1"), deletion);
  reader in(bytes);
  internal::take_change(in, name, reused);
  REQUIRE(in.finish("a change").has_value());
  CHECK(reused == deletion);
}

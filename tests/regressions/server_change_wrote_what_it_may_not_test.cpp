// SPDX-License-Identifier: BSL-1.0
// A change in the server's name overwrote a client's field, and a `once` field that had a value.

#include <syncline/resolve/resolve.hpp>

#include "laws/records.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace syncline;
using laws::workout;

TEST_CASE("regression: a change by the server leaves a client's field and a once field with a value alone") {
  workout before, after;
  before.feeling = "good";
  before.started_at = "today";
  after.feeling = "bad";
  after.started_at = "never";
  after.distance_m = 5;
  change<workout> arriving{change_kind::updated, 1, diff(before, after), {}, {}};
  stamp_fields(arriving, {5});

  workout present = before;
  stamps<workout> there{};
  decisions<workout> how;
  resolve_change(arriving, device_id(), role::server, {}, present, there, how);
  CHECK(*present.feeling == "good");
  CHECK(*present.started_at == "today");
  CHECK(*present.distance_m == 5);
  CHECK(how.dropped == field_set<workout>::of(the<&workout::feeling>, the<&workout::started_at>));
  CHECK(*how.lost.feeling == "bad");
  CHECK(*how.lost.started_at == "never");
  CHECK(how.rules[the<&workout::feeling>.index] == rule::client_owned);
  CHECK(how.rules[the<&workout::started_at>.index] == rule::first_value);
}

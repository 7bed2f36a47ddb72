// SPDX-License-Identifier: BSL-1.0
// A `once` field that was empty, but had changed since the writer's base (as every field has after a revival), kept its
// emptiness and dropped the first value.

#include <syncline/resolve/resolve.hpp>

#include "laws/records.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace syncline;
using laws::workout;

TEST_CASE("regression: a once field takes its first value while it is empty, whatever the writer had seen") {
  workout present, draft, base;
  draft.started_at = "today";
  change<workout> arriving{change_kind::updated, 1, diff(base, draft), {}, {}};
  stamp_fields(arriving, {5});
  stamps<workout> there{};
  decisions<workout> how;
  resolve_change(arriving, device_id("phone"), role::client, field_set<workout>::all(), present, there, how);
  CHECK(*present.started_at == "today");
  CHECK(how.local == field_set<workout>::of(the<&workout::started_at>));

  base.started_at = "yesterday";
  const auto merged = resolve(base, draft, {}, workout{}, {});
  CHECK(*merged.value.started_at == "today");
}

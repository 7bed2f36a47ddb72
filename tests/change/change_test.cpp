// SPDX-License-Identifier: BSL-1.0
// Changes of one device put together.

#include <syncline/change/change.hpp>

#include "laws/records.hpp"

#include <syncline/testing/generate.hpp>

#include <catch2/catch_test_macros.hpp>

using namespace syncline;
using laws::workout;

namespace {

change<workout> made(change_kind kind, const workout& before, const workout& after, std::uint64_t ticks) {
  change<workout> result{kind, 5, diff(before, after), {}, {}};
  stamp_fields(result, {ticks});
  return result;
}

}  // namespace

TEST_CASE("two edits become one with the last value and the last time of each field") {
  workout a, b, c;
  b.feeling = "good";
  b.target = 10;
  c = b;
  c.target = 20;
  change<workout> both = made(change_kind::updated, a, b, 100);
  compose_into(both, made(change_kind::updated, b, c, 200));

  constexpr auto feeling = the<&workout::feeling>.index, target = the<&workout::target>.index;
  CHECK(both.kind == change_kind::updated);
  CHECK(both.base == 5);
  CHECK(*both.what.values.feeling == "good");
  CHECK(*both.what.values.target == 20);
  CHECK(both.times[feeling].ticks == 100);
  CHECK(both.times[target].ticks == 200);
  CHECK(both.at.ticks == 200);
}

TEST_CASE("a creation that is edited before it is sent stays a creation") {
  workout empty, draft, edited;
  draft.feeling = "good";
  edited = draft;
  edited.feeling = "bad";
  change<workout> both = made(change_kind::created, empty, draft, 100);
  compose_into(both, made(change_kind::updated, draft, edited, 101));
  CHECK(both.kind == change_kind::created);
  CHECK(*both.what.values.feeling == "bad");
}

TEST_CASE("a deletion swallows the edits before it and keeps the base that they were made on") {
  workout a, b;
  b.target = 1;
  change<workout> both = made(change_kind::updated, a, b, 100);
  change<workout> deletion{change_kind::deleted, 9, {}, {}, {300}};
  compose_into(both, deletion);
  CHECK(both.kind == change_kind::deleted);
  CHECK(both.what.empty());
  CHECK(both.base == 5);
  CHECK(both.at.ticks == 300);
  CHECK(both.times == std::array<hybrid_time, field_count<workout>>{});
}

TEST_CASE("a record made again under the key of a deleted one has only what was given to it anew") {
  workout empty, again;
  again.feeling = "new";
  change<workout> both{change_kind::deleted, 5, {}, {}, {300}};
  compose_into(both, made(change_kind::created, empty, again, 400));
  CHECK(both.kind == change_kind::created);
  CHECK(both.base == 5);
  CHECK(both.what == diff(empty, again));
  CHECK(both.at.ticks == 400);
}

TEST_CASE("composing changes composes what they do and takes the time of whoever wrote a field last") {
  generator from(11);
  for (int i = 0; i < 500; ++i) {
    const auto a = from.record<workout>();
    const auto b = from.edited(a, 0.4), c = from.edited(b, 0.4);
    const auto first = made(change_kind::updated, a, b, 100), then = made(change_kind::updated, b, c, 200);
    change<workout> both = first;
    compose_into(both, then);
    REQUIRE(is_same_value(apply(a, both.what), c));
    for (std::size_t f = 0; f < field_count<workout>; ++f) {
      const std::uint64_t expected = then.what.fields.contains(f) ? 200 : first.what.fields.contains(f) ? 100 : 0;
      REQUIRE(both.times[f].ticks == expected);
    }
  }
}

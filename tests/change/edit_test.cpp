// SPDX-License-Identifier: BSL-1.0
// The doors through which records are made and changed. What does not compile is under tests/compile_fail/.

#include <syncline/change/edit.hpp>

#include "laws/records.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace syncline;
using laws::workout;

TEST_CASE("an edit is what the code changed, and nothing else") {
  workout before;
  before.id = "w1";
  before.feeling = "bad";
  const delta<workout> change = edit<role::client>(before, [](auto& e) {
    e[the<&workout::feeling>] = "good";
    e[the<&workout::target>] = e.record().target + 5;
    e[the<&workout::weight_kg>] = 0.0;  // as it was
    e[the<&workout::tags>].insert("easy");
  });
  CHECK(change.fields == field_set<workout>::of(the<&workout::feeling>, the<&workout::target>, the<&workout::tags>));
  const workout after = apply(before, change);
  CHECK(*after.id == "w1");
  CHECK(*after.feeling == "good");
  CHECK(after.target == 5);
  CHECK(*after.tags == std::set<std::string>{"easy"});
}

TEST_CASE("an edit reads its own writes") {
  const delta<workout> change = edit<role::client>(workout{}, [](auto& e) {
    e[the<&workout::laps>] = 2;
    e[the<&workout::laps>] = e[the<&workout::laps>] + 1;
  });
  CHECK(change.edit<the<&workout::laps>.index>() == 3);
}

TEST_CASE("the server writes what is the server's") {
  const delta<workout> change = edit<role::server>(workout{}, [](auto& e) { e[the<&workout::distance_m>] = 42195; });
  CHECK(change.fields == field_set<workout>::of(the<&workout::distance_m>));
  CHECK(*change.values.distance_m == 42195);
}

TEST_CASE("a draft becomes a change of the empty record, without the key") {
  workout draft;
  draft.id = "w1";
  draft.distance_m = 10;
  draft.started_at = "today";
  const delta<workout> change = create<role::client>(draft);
  CHECK(change.fields == field_set<workout>::of(the<&workout::distance_m>, the<&workout::started_at>));
  CHECK((change.fields - creatable<workout, role::client>).empty());
}

TEST_CASE("what a server's draft may not set can be told from its fields") {
  workout draft;
  draft.feeling = "good";
  draft.target = 1;
  const delta<workout> change = create<role::server>(draft);
  CHECK(change.fields - creatable<workout, role::server> == field_set<workout>::of(the<&workout::feeling>));
}

static_assert(edit<role::client>(laws::tally{}, [](auto& e) { e[the<&laws::tally::goal>] = 3; }).fields.size() == 1);

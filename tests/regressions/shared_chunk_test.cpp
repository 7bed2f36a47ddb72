// SPDX-License-Identifier: BSL-1.0
// Chunks are known by their digest, so two records with the same series share them; each was sent in the name of one.
#include "series.hpp"

namespace {

using namespace regressions;

TEST_CASE("a chunk that two records share completes both, whichever it was sent for", "[rule-27]") {
  world<ride> hub;
  device<ride> phone("phone", 1);
  const split_series series = series_of({1, 2, 3});
  make_ride(phone, "a", series);
  make_ride(phone, "b", series);
  phone.sync(hub);
  do_jobs(hub);
  CHECK(*(*hub.the_hub.find<ride>("s", "a"))->size == 1);
  CHECK(*(*hub.the_hub.find<ride>("s", "b"))->size == 1);
}

TEST_CASE("deleting a record that never left does not keep back a chunk that another record needs") {
  world<ride> hub;
  device<ride> phone("phone", 1);
  const split_series series = series_of({1, 2, 3});
  make_ride(phone, "a", series);
  make_ride(phone, "b", series);
  REQUIRE(phone.engine.remove<ride>("b", at(2)).has_value());
  phone.sync(hub);
  CHECK(do_jobs(hub) == 1);
  CHECK(*(*hub.the_hub.find<ride>("s", "a"))->size == 1);
}

TEST_CASE("a chunk that only a deleted record had, which never left, does not leave either") {
  world<ride> hub;
  device<ride> phone("phone", 1);
  make_ride(phone, "a", series_of({1, 2, 3}));
  REQUIRE(phone.engine.remove<ride>("a", at(2)).has_value());
  CHECK(phone.sync(hub, message_kind::chunk).empty());
}

}  // namespace

// SPDX-License-Identifier: BSL-1.0
// A series was complete and its job waited; then the record got another series, whose chunks had not come. The job failed
// on the missing chunk, and with it every job behind it, until they came.
#include "series.hpp"

namespace {

using namespace regressions;

TEST_CASE("a job whose record has another series by now waits for that one and holds up nothing") {
  world<ride> hub;
  device<ride> phone("phone", 1);
  make_ride(phone, "a", series_of({1, 2, 3}));
  make_ride(phone, "b", series_of({4}));
  phone.sync(hub);  // both are complete, and no job is done yet
  REQUIRE(phone.engine.remove<ride>("a", at(2)).has_value());
  make_ride(phone, "a", series_of({5, 6}));
  const std::string chunk = phone.sync(hub, message_kind::chunk);  // the record is there, its chunk is not
  REQUIRE(!chunk.empty());

  do_jobs(hub);
  CHECK(*(*hub.the_hub.find<ride>("s", "b"))->size == 1);
  CHECK(*(*hub.the_hub.find<ride>("s", "a"))->size == 0);
  phone.go_on(hub);
  CHECK(do_jobs(hub) == 1);
  CHECK(*(*hub.the_hub.find<ride>("s", "a"))->size == 1);
}

}  // namespace

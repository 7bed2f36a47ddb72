// SPDX-License-Identifier: BSL-1.0
// The first job that failed ended the run, and with it every later job of its scope, for ever. And the hub stored any bytes
// as a chunk whose digest was right.
#include "series.hpp"

namespace {

using namespace regressions;

TEST_CASE("a job that fails stays and is told, and the others are done", "[rule-26]") {
  world<ride> hub;
  device<ride> phone("phone", 1);
  for (const char* id : {"a", "b", "c"}) make_ride(phone, id, series_of({1, 2, id[0]}));
  phone.sync(hub);
  const auto run = [&](bool works) {
    return hub.the_hub.run_jobs("s", at(9), [&](auto& open, const auto&) -> result<void> {
      if (!works && open.record().id == "a") return make_error(error_code::malformed, phase::job, "a's points make no sense");
      open[the<&ride::size>] = 7;
      return {};
    });
  };
  const auto failed = run(false);
  REQUIRE(!failed.has_value());
  CHECK(failed.error().message == "a's points make no sense");
  CHECK((*hub.the_hub.find<ride>("s", "a"))->size == 0);
  CHECK((*hub.the_hub.find<ride>("s", "b"))->size == 7);
  CHECK((*hub.the_hub.find<ride>("s", "c"))->size == 7);
  CHECK(*run(true) == 1);
  CHECK((*hub.the_hub.find<ride>("s", "a"))->size == 7);
}

TEST_CASE("a chunk that the device's disk damaged is refused, and holds up neither chunks nor records", "[rule-27]") {
  world<ride> hub;
  device<ride> phone("phone", 1);
  const split_series series = series_of({4, 5});
  make_ride(phone, "a", series);
  {
    auto tx = phone.store.begin("s");
    REQUIRE(tx->put("chunk", digest_name(series.chunks[0].entry.digest), "no chunk at all").has_value());
    REQUIRE(tx->commit().has_value());
  }
  make_ride(phone, "b", series_of({1, 2, 3}));
  phone.sync(hub);
  CHECK(phone.engine.report().chunks_sent == 1);
  CHECK(phone.engine.report().chunks_refused == 1);
  phone.sync(hub);
  CHECK(phone.engine.report().chunks_refused == 0);  // it is a dead letter, and not sent again
  CHECK(do_jobs(hub) == 1);
  CHECK((*hub.the_hub.find<ride>("s", "b"))->size == 1);
}

TEST_CASE("an edit that leaves the series alone makes no job") {
  world<ride> hub;
  device<ride> phone("phone", 1);
  make_ride(phone, "a", series_of({1, 2, 3}));
  phone.sync(hub);
  CHECK(do_jobs(hub) == 1);
  REQUIRE(hub.the_hub.edit<ride>("s", "a", at(3), [](auto& e) { e[the<&ride::size>] = 5; }).has_value());
  CHECK(do_jobs(hub) == 0);
}

}  // namespace

// SPDX-License-Identifier: BSL-1.0
// An enumerator that a newer app has and an older one has not: the older one keeps it as it is.

#include "regressions/world.hpp"

#include <syncline/resolve.hpp>

#include <cstdint>
#include <map>
#include <set>
#include <string>

namespace {

using namespace regressions;

namespace older {
enum class sport : std::uint8_t { run, ride };
struct outing {
  static constexpr record_info sync{.table = "outings"};
  key<std::string> id{};
  lww<std::string> title{};
  lww<sport> what{};
  merge<std::set<sport>, set_edits> also{};
  merge<std::map<sport, int>, map_edits> laps{};
};
}  // namespace older

namespace newer {
enum class sport : std::uint8_t { run, ride, swim };
struct outing {
  static constexpr record_info sync{.table = "outings"};
  key<std::string> id{};
  lww<std::string> title{};
  lww<sport> what{};
  merge<std::set<sport>, set_edits> also{};
  merge<std::map<sport, int>, map_edits> laps{};
};
/// The version after it: a step of the newer app carries what the older one cannot name.
struct next_outing {
  static constexpr record_info sync{.table = "outings", .version = 2};
  using previous = outing;
  key<std::string> id{};
  lww<std::string> title{};
  lww<sport> what{};
  merge<std::set<sport>, set_edits> also{};
  merge<std::map<sport, int>, map_edits> laps{};
  lww<int> climbs{};
};
}  // namespace newer

static_assert(schema<older::outing>::fingerprint == schema<newer::outing>::fingerprint);

template <class Hub, class Device>
void sync_with(Hub& hub, Device& on) {
  on.engine.begin_session();
  for (auto message = on.engine.next_message(at(0)); message.value(); message = on.engine.next_message(at(0))) {
    on.take(hub.the_hub.handle("s", on.name, **message, at(0)));
  }
}

template <class R>
R outing_with_swim() {
  using newer::sport;
  return {.id = {"o"}, .title = {"new"}, .what = {sport::swim}, .also = {{sport::ride, sport::swim}}, .laps = {{{sport::swim, 40}}}};
}

template <class AtHub, class New>
void older_device_keeps_it() {
  world<AtHub> hub;
  device<New> phone("phone", 1), watch("watch", 5);
  device<older::outing> tablet("tablet", 7);
  REQUIRE(phone.engine.create(outing_with_swim<New>(), at(1)).has_value());
  sync_with(hub, phone);
  sync_with(hub, tablet);
  const older::outing shown = **tablet.engine.template find<older::outing>("o");
  CHECK(static_cast<int>(*shown.what) == 2);
  CHECK(shown.also->size() == 2);

  // It edits beside, and on top, while somebody else writes, too.
  REQUIRE(tablet.engine
              .template edit<older::outing>("o", at(10),
                                            [](auto& e) {
                                              e[the<&older::outing::title>] = "from the older app";
                                              e[the<&older::outing::also>].erase(older::sport::ride);
                                              e[the<&older::outing::laps>][older::sport::run] = 3;
                                            })
              .has_value());
  REQUIRE(phone.engine.template edit<New>("o", at(11), [](auto& e) { e[the<&New::laps>][newer::sport::swim] = 41; }).has_value());
  for (int i = 0; i < 2; ++i) sync_with(hub, phone), sync_with(hub, tablet), sync_with(hub, watch);
  for (auto* on : {&phone, &watch}) {
    const New now = **on->engine.template find<New>("o");
    CHECK(*now.title == "from the older app");
    CHECK(*now.what == newer::sport::swim);
    CHECK(*now.also == std::set{newer::sport::swim});
    CHECK(*now.laps == std::map<newer::sport, int>{{newer::sport::run, 3}, {newer::sport::swim, 41}});
  }
}

TEST_CASE("an older device keeps a newer app's enumerator, whatever it edits beside it") {
  older_device_keeps_it<newer::outing, newer::outing>();
  older_device_keeps_it<newer::next_outing, newer::next_outing>();
}

TEST_CASE("an older hub keeps a newer app's enumerator") {
  older_device_keeps_it<older::outing, newer::outing>();
  older_device_keeps_it<older::outing, newer::next_outing>();
}

}  // namespace

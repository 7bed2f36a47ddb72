// SPDX-License-Identifier: BSL-1.0
// A request for the server's part of a nested struct could be asked for and never be granted.
#include "world.hpp"

#include <syncline/resolve.hpp>

namespace {

using namespace regressions;

struct metrics {
  server<std::int32_t> load{};
  client<std::string> feeling{};
};
struct ride {
  static constexpr record_info sync{.table = "rides"};
  key<std::string> id{};
  merge<metrics, by_field> computed{};
};

TEST_CASE("the server grants what was proposed of its part of a struct") {
  world<ride, conflict> hub;
  device<ride, conflict> phone("phone", 1), tablet("tablet", 2);
  REQUIRE(phone.engine.create(ride{.id = {"r"}, .computed = {{.load = {70}}}}, at(1)).has_value());
  phone.sync(hub);
  REQUIRE(tablet.engine.create(ride{.id = {"r"}, .computed = {{.load = {80}}}}, at(2)).has_value());
  for (int i = 0; i < 3; ++i) tablet.sync(hub), phone.sync(hub);
  const auto log = *tablet.engine.list<conflict>();
  REQUIRE(log.size() == 1);
  const auto asked = tablet.engine.undo(*log[0].id, at(3));
  REQUIRE(asked.has_value());
  CHECK(asked->asked.size() == 1);
  for (int i = 0; i < 3; ++i) tablet.sync(hub), phone.sync(hub);
  REQUIRE(hub.the_hub.requests("s")->size() == 1);
  REQUIRE(hub.the_hub.grant("s", *log[0].id, at(4)).has_value());
  CHECK(*(**hub.the_hub.find<ride>("s", "r")).computed->load == 80);
}

}  // namespace

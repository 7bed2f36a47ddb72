// SPDX-License-Identifier: BSL-1.0
// The hub's own door replaced the value of a `once` field, and a device's door took one that could never stand.
#include "world.hpp"

namespace {

using namespace regressions;

struct ride {
  static constexpr record_info sync{.table = "rides"};
  key<std::string> id{};
  once<std::string> source{};
};

TEST_CASE("a field that is set once takes a value while it is empty, by any door, and no other after that", "[rule-18]") {
  world<ride> hub;
  device<ride> phone("phone", 1);
  const auto set = [](std::string to) { return [to](auto& e) { e[the<&ride::source>] = to; }; };
  REQUIRE(phone.engine.create(ride{.id{"a"}}, at(1)).has_value());
  REQUIRE(phone.engine.edit<ride>("a", at(2), set("watch")).has_value());
  const auto on_device = phone.engine.edit<ride>("a", at(3), set("phone"));
  REQUIRE(!on_device.has_value());
  CHECK(on_device.error().message == "field 'source' of table 'rides' is set once, and has a value: it stays as it is");
  CHECK(phone.engine.edit<ride>("a", at(3), set("watch")).has_value());
  phone.sync(hub);
  const auto at_hub = hub.the_hub.edit<ride>("s", "a", at(4), set("hub"));
  REQUIRE(!at_hub.has_value());
  CHECK(at_hub.error().code == error_code::not_allowed);
  CHECK((*hub.the_hub.find<ride>("s", "a"))->source == "watch");
}

}  // namespace

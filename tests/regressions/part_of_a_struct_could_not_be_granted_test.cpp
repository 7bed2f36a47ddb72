// SPDX-License-Identifier: BSL-1.0
// A request for the server's part of a nested struct could be asked for and never be granted.
#include "world.hpp"

#include <syncline/resolve.hpp>

namespace {

using namespace regressions;

struct watch_data {
  server<std::int32_t> power{};
  client<std::int32_t> mood{};
};
struct metrics {
  server<std::int32_t> load{};
  client<std::string> feeling{};
  merge<watch_data, by_field> watch{};
};
struct ride {
  static constexpr record_info sync{.table = "rides"};
  key<std::string> id{};
  merge<metrics, by_field> computed{};
};

struct asked_for_a_part {
  world<ride, conflict> hub{};
  device<ride, conflict> phone{"phone", 1}, tablet{"tablet", 2};
  std::string entry{};

  asked_for_a_part() {
    REQUIRE(phone.engine.create(ride{.id = {"r"}, .computed = {{.load = {70}, .watch = {{.power = {200}}}}}}, at(1)).has_value());
    phone.sync(hub);
    REQUIRE(tablet.engine.create(ride{.id = {"r"}, .computed = {{.load = {80}, .watch = {{.power = {200}}}}}}, at(2)).has_value());
    for (int i = 0; i < 3; ++i) tablet.sync(hub), phone.sync(hub);
    const auto log = *tablet.engine.list<conflict>();
    REQUIRE(log.size() == 1);
    entry = log[0].id;
    ask(entry);
    REQUIRE(hub.the_hub.requests("s")->size() == 1);
  }
  void ask(const std::string& about) {
    tablet.sync(hub);
    const auto asked = tablet.engine.undo(about, at(3));
    INFO((asked ? std::string() : asked.error().message));
    REQUIRE(asked.has_value());
    CHECK(asked->asked == std::vector<std::string>{"computed.load"});  // the part that differs
    for (int i = 0; i < 3; ++i) tablet.sync(hub), phone.sync(hub);
  }
  metrics now() { return (**hub.the_hub.find<ride>("s", "r")).computed; }
};

TEST_CASE("the server grants what was proposed of its part of a struct") {
  asked_for_a_part of;
  REQUIRE(of.hub.the_hub.grant("s", of.entry, at(4)).has_value());
  CHECK(*of.now().load == 80);
  of.ask(granted_of(of.entry));
  REQUIRE(of.hub.the_hub.grant("s", granted_of(of.entry), at(6)).has_value());
  CHECK(*of.now().load == 70);
}

TEST_CASE("what others wrote of a struct does not stand in the way of the server's part, and stays") {
  asked_for_a_part of;
  REQUIRE(of.phone.engine.edit<ride>("r", at(4), [](auto& e) { e[the<&ride::computed>][the<&metrics::feeling>] = "good"; }).has_value());
  of.phone.sync(of.hub);
  REQUIRE(of.hub.the_hub
              .edit<ride>("s", "r", at(5),
                          [](auto& e) { e[the<&ride::computed>][the<&metrics::watch>][the<&watch_data::power>] = 300; })
              .has_value());
  const auto granted = of.hub.the_hub.grant("s", of.entry, at(6));
  REQUIRE(granted.has_value());
  CHECK(granted->restored == std::vector<std::string>{"computed.load"});
  CHECK((*of.now().load == 80 && of.now().feeling == "good" && *of.now().watch->power == 300));
  const auto logged = **of.hub.the_hub.find<conflict>("s", granted_of(of.entry));
  CHECK(*decode<metrics>(logged.values->front().kept.bytes)->watch->power == 300);
  CHECK(*decode<metrics>(logged.values->front().dropped.bytes)->watch->power == 300);
}

TEST_CASE("the server does not grant a part that it wrote again since") {
  asked_for_a_part of;
  REQUIRE(of.hub.the_hub.edit<ride>("s", "r", at(5), [](auto& e) { e[the<&ride::computed>][the<&metrics::load>] = 75; }).has_value());
  const auto late = of.hub.the_hub.grant("s", of.entry, at(6));
  REQUIRE(!late.has_value());
  CHECK(late.error().message.find("were written again since") != std::string::npos);
  CHECK(*of.now().load == 75);
}

}  // namespace

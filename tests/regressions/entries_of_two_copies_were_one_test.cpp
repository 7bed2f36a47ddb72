// SPDX-License-Identifier: BSL-1.0
// Two copies of a data folder, which count and call themselves alike, gave two entries of the conflict log one id: the hub
// took the second for the first, and what did not stand was told nowhere.
#include "world.hpp"

#include <set>

namespace {

using namespace regressions;

struct note {
  static constexpr record_info sync{.table = "notes"};
  key<std::string> id{};
  lww<std::string> title{};
};

TEST_CASE("what two copies of a folder each decide are two entries") {
  world<note, conflict> hub;
  device<note, conflict> phone("phone", 1), copy("phone", 1), tablet("tablet", 2);
  REQUIRE(tablet.engine.create(note{.id = {"n"}, .title = {"old"}}, at(1)).has_value());
  REQUIRE(tablet.engine.create(note{.id = {"m"}, .title = {"old"}}, at(1)).has_value());
  tablet.sync(hub);
  phone.sync(hub);
  copy.sync(hub);
  const auto title = [&](auto& on, const char* id, const char* value, int when) {
    REQUIRE(on.engine.template edit<note>(id, at(when), [&](auto& e) { e[the<&note::title>] = value; }).has_value());
  };
  for (const char* id : {"n", "m"}) title(tablet, id, "hers", 20);
  tablet.sync(hub);
  // Each edits while a page with the tablet's later word is on its way.
  const auto meets_page = [&](auto& on, const char* id) {
    on.engine.begin_session();
    on.take(hub.answer("phone", on.next()));
    const std::string page = hub.answer("phone", on.next());
    title(on, id, "mine", 10);
    on.take(page);
    on.engine.interrupted();
  };
  meets_page(phone, "n");
  meets_page(copy, "m");
  std::set<std::string> ids;
  for (auto* on : {&phone, &copy}) {
    for (const conflict& each : *on->engine.list<conflict>()) ids.insert(*each.id);
  }
  CHECK(ids.size() == 2);
  copy.sync(hub, message_kind::upload);  // it is on its way when the other's arrives: so the copy finds out what it is
  phone.sync(hub);
  for (int i = 0; i < 3; ++i) copy.sync(hub), phone.sync(hub), tablet.sync(hub);
  CHECK(hub.the_hub.list<conflict>("s", {}, 10)->size() == 2);
  CHECK(tablet.engine.list<conflict>()->size() == 2);
}

}  // namespace

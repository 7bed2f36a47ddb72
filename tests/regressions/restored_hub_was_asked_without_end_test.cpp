// SPDX-License-Identifier: BSL-1.0
// A hub that was restored to a commit below that at which a device walks all tables answered with pages from before the
// walk, which the device ignored and asked for again, without end.
#include "world.hpp"

#include <chrono>
#include <string>

namespace {

using namespace regressions;

struct thing {
  static constexpr record_info sync{.table = "things"};
  key<std::string> id{};
  lww<std::string> name{};
};

struct restored {
  world<thing> hub{};
  device<thing> phone{"phone", 1};
  world<thing>::store_type older{};

  restored() {
    REQUIRE(phone.engine.create(thing{.id = {"a"}, .name = {"first"}}, at(1)).has_value());
    phone.sync(hub);
    older = hub.hub_store;
    REQUIRE(hub.the_hub.remove<thing>("s", "a", at(2)).has_value());
    REQUIRE(hub.the_hub.create("s", thing{.id = {"b"}}, at(3)).has_value());
  }
  void collect() {
    REQUIRE(hub.the_hub.collect("s", at(4)).has_value());
    REQUIRE(hub.the_hub.collect("s", at(5) + std::chrono::days{91}).has_value());
  }
  /// The sentence with which a whole session ends.
  std::string session() {
    phone.engine.begin_session();
    return go_on();
  }
  std::string go_on() {
    for (int messages = 0; messages < 100; ++messages) {
      const auto message = phone.engine.next_message(at(0));
      REQUIRE(message.has_value());
      if (!*message) return {};
      if (const auto taken = phone.engine.receive(hub.answer("phone", **message), at(0), 7); !taken) return taken.error().message;
    }
    FAIL("the session does not end");
    return {};
  }
};

TEST_CASE("a hub that was restored below a device's walk is refused with a sentence") {
  restored all;
  all.collect();
  all.phone.sync(all.hub, message_kind::download);  // it has heard of the collection, and begins to walk
  REQUIRE(all.phone.engine.state().walk == 3);
  all.hub.hub_store = all.older;
  SECTION("in the next session") { CHECK(all.session().find("it was restored from an older copy") != std::string::npos); }
  SECTION("in the same session") { CHECK(all.go_on().find("it was restored from an older copy") != std::string::npos); }
  CHECK(all.phone.engine.find<thing>("a")->has_value());
}

TEST_CASE("a hub that stands before what it told a device is refused with a sentence") {
  restored all;
  all.phone.sync(all.hub);
  REQUIRE(!all.phone.engine.find<thing>("a")->has_value());
  all.hub.hub_store = all.older;
  CHECK(all.session().find("the hub stands at commit 1, and has told this device of commit 3 before") != std::string::npos);
  CHECK(all.session().find("it was restored from an older copy") != std::string::npos);
  CHECK(!all.phone.engine.find<thing>("a")->has_value());  // and nothing came back by itself
}

TEST_CASE("an answer to an earlier session's check says nothing of what the hub lost since") {
  restored all;
  all.phone.engine.begin_session();
  const auto early = all.phone.engine.next_message(at(100));
  const std::string late = all.hub.answer("phone", **early);
  REQUIRE(all.hub.the_hub.create("s", thing{.id = {"c"}}, at(5)).has_value());
  all.phone.sync(all.hub);
  all.phone.engine.begin_session();
  REQUIRE(all.phone.engine.next_message(at(101)).has_value());
  CHECK(all.phone.engine.receive(late, at(101), 8).has_value());
  CHECK(all.go_on() == "");
}

TEST_CASE("a page from before a walk makes the device ask where the hub stands, and the walk goes on") {
  restored all;
  const std::string question = all.phone.sync(all.hub, message_kind::download);
  all.hub.the_hub.collect("s", at(4)).value();
  const std::string early = all.hub.answer("phone", question);
  REQUIRE(all.hub.the_hub.create("s", thing{.id = {"c"}}, at(5)).has_value());
  all.collect();
  all.phone.sync(all.hub, message_kind::download);
  REQUIRE(all.phone.engine.state().walk == 4);
  all.phone.sync(all.hub, message_kind::download);
  CHECK(all.phone.engine.receive(early, at(0), 9).has_value());
  CHECK(all.go_on() == "");
  CHECK(all.phone.engine.state().walk == 0);
  CHECK(!all.phone.engine.find<thing>("a")->has_value());
  CHECK(all.phone.engine.find<thing>("c")->has_value());
}

}  // namespace

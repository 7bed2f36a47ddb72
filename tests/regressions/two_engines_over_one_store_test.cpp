// SPDX-License-Identifier: BSL-1.0
// Each engine kept the replica's state in memory and wrote it back whole, so that a process that wrote between two steps
// of another one's session had its clock, or the session its envelope, undone.
#include "world.hpp"

namespace {

using namespace regressions;

struct note {
  static constexpr record_info sync{.table = "notes"};
  key<std::string> id{};
  lww<std::string> text{};
};

TEST_CASE("a second process that writes during the first one's session loses nothing and undoes nothing") {
  world<note> hub;
  device<note> phone("phone", 1);
  auto other = device<note>::open(phone.store, "phone", 2, {});
  CHECK(other.state().incarnation == 1);
  REQUIRE(phone.engine.create(note{.id{"a"}, .text{"one"}}, at(1)).has_value());
  const std::string envelope = phone.sync(hub, message_kind::upload);
  const std::string answer = hub.answer("phone", envelope);
  REQUIRE(other.edit<note>("a", at(2), [](auto& e) { e[the<&note::text>] = "two"; }).has_value());  // the answer is on its way
  phone.take(answer);
  phone.go_on(hub);
  CHECK(phone.engine.state().envelope == 2);
  CHECK((*(*hub.the_hub.find<note>("s", "a"))).text == "two");
}

TEST_CASE("a second process goes on with the envelope that the first one froze") {
  world<note> hub;
  device<note> phone("phone", 1);
  auto other = device<note>::open(phone.store, "phone", 2, {});
  REQUIRE(phone.engine.create(note{.id{"a"}, .text{"one"}}, at(1)).has_value());
  const std::string envelope = phone.sync(hub, message_kind::upload);
  other.begin_session();
  auto check = other.next_message(at(2));
  REQUIRE(other.receive(hub.answer("phone", **check), at(2), 1).has_value());
  auto again = other.next_message(at(2));
  CHECK(**again == envelope);
  REQUIRE(other.receive(hub.answer("phone", **again), at(2), 1).has_value());
  phone.take(hub.answer("phone", envelope));  // too late, and no harm
  phone.go_on(hub);
  CHECK(phone.engine.state().envelope == 1);
  CHECK((*phone.engine.find<note>("a"))->text == "one");
}

}  // namespace

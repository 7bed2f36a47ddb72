// SPDX-License-Identifier: BSL-1.0
// A copied data folder that had sent an envelope of the same number got "forked" for ever, or, with a later envelope of the
// other copy between, the other one's answer.
#include "world.hpp"

namespace {

using namespace regressions;

struct note {
  static constexpr record_info sync{.table = "notes"};
  key<std::string> id{};
  lww<std::string> text{};
};

note made(const char* id) { return note{.id{id}, .text{id}}; }

TEST_CASE("a copy of a data folder takes a new incarnation when its envelope meets the other's, and loses nothing", "[rule-1]") {
  for (const unsigned envelopes_of_the_other : {1, 2}) {
    world<note> hub;
    device<note> phone("phone", 1), copy("phone", 1);  // both call themselves incarnation 1
    REQUIRE(copy.engine.create(made("b"), at(1)).has_value());
    copy.sync(hub, message_kind::upload);
    for (unsigned i = 0; i < envelopes_of_the_other; ++i) {
      REQUIRE(phone.engine.create(made(i == 0 ? "a" : "c"), at(1)).has_value());
      phone.sync(hub);
    }
    const std::string answer = hub.answer("phone", copy.next());
    REQUIRE(copy.engine.receive(answer, at(2), 77).has_value());
    CHECK(copy.engine.state().incarnation == 77);
    REQUIRE(copy.engine.receive(answer, at(2), 78).has_value());  // it comes again
    CHECK(copy.engine.state().incarnation == 77);
    copy.go_on(hub);
    CHECK(hub.the_hub.list<note>("s", {}, 10)->size() == 1u + envelopes_of_the_other);
    CHECK(copy.engine.list<note>()->size() == 1u + envelopes_of_the_other);
    phone.sync(hub);
    CHECK(phone.engine.list<note>()->size() == 1u + envelopes_of_the_other);
  }
}

TEST_CASE("a copy whose envelope waited while the other went on finds out in its next session") {
  world<note> hub;
  device<note> phone("phone", 1), copy("phone", 1);
  REQUIRE(copy.engine.create(made("b"), at(1)).has_value());
  copy.sync(hub, message_kind::upload);
  copy.engine.interrupted();
  for (const char* id : {"a", "c"}) {
    REQUIRE(phone.engine.create(made(id), at(1)).has_value());
    phone.sync(hub);
  }
  copy.sync(hub);
  CHECK(copy.engine.state().incarnation != 1);
  CHECK(hub.the_hub.list<note>("s", {}, 10)->size() == 3);
  CHECK(copy.engine.list<note>()->size() == 3);
}

TEST_CASE("a record that was made anew over a deletion which never arrived is the same everywhere") {
  world<note> hub;
  device<note> phone("phone", 1);
  REQUIRE(phone.engine.create(note{.id{"a"}, .text{"old"}}, at(1)).has_value());
  phone.sync(hub);
  device<note> copy("phone", 1), watch("watch", 2);
  copy.store = phone.store;
  copy.engine = device<note>::open(copy.store, "phone", 9, {});
  REQUIRE(phone.engine.create(made("b"), at(2)).has_value());
  phone.sync(hub);
  REQUIRE(copy.engine.remove<note>("a", at(3)).has_value());
  copy.engine.begin_session();
  REQUIRE(copy.engine.create(made("z"), at(3)).has_value());
  const std::string check = copy.next();
  // The check would tell that the folder is behind; it went out before the other copy's envelope arrived.
  copy.take(pack(checked_message{1, 1, 1}));
  const std::string envelope = copy.next();
  REQUIRE(copy.engine.create(note{.id{"a"}}, at(4)).has_value());
  REQUIRE(copy.engine.receive(hub.answer("phone", envelope), at(5), 77).has_value());
  copy.go_on(hub);
  watch.sync(hub);
  CHECK((*hub.the_hub.find<note>("s", "a"))->text == "");
  CHECK((*copy.engine.find<note>("a"))->text == "");
  CHECK((*watch.engine.find<note>("a"))->text == "");
  CHECK(watch.engine.list<note>()->size() == 3);
}

}  // namespace

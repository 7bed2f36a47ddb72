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

TEST_CASE("a copy of a data folder takes a new incarnation when its envelope meets the other's, and loses nothing") {
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

}  // namespace

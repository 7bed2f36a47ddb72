// SPDX-License-Identifier: BSL-1.0
// A page told only what had changed of a record, since its cursor was past the record's birth; but the device had never
// read the record, because the page before had shown it as deleted already, and had made one with the same key since.
#include "world.hpp"

namespace {

using namespace regressions;

struct note {
  static constexpr record_info sync{.table = "notes"};
  key<std::string> id{};
  lww<std::string> text{};
};

TEST_CASE("what is new of a record that a device never read is no base to build on") {
  world<note> hub;
  device<note> phone("phone", 1), tablet("tablet", 3, {.page = 1});
  REQUIRE(phone.engine.create(note{.id{"n"}, .text{"run"}}, at(1)).has_value());
  phone.sync(hub);  // commit 1
  REQUIRE(phone.engine.create(note{.id{"other"}}, at(2)).has_value());
  phone.sync(hub);  // commit 2
  REQUIRE(phone.engine.remove<note>("n", at(3)).has_value());
  phone.sync(hub);  // commit 3

  tablet.take(hub.answer("tablet", tablet.sync(hub, message_kind::download)));  // up to commit 1, as of commit 3: deleted
  REQUIRE(tablet.engine.create(note{.id{"n"}, .text{"swim"}}, at(4)).has_value());
  tablet.go_on(hub);  // commit 3: only that it died

  const auto record = tablet.engine.find_record<note>("n");
  REQUIRE((record && *record));
  CHECK(*(*record)->base.text == "run");  // a tombstone keeps its values
  CHECK(!(*record)->base_exists);
}

}  // namespace

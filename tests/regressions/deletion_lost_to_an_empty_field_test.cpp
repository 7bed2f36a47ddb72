// SPDX-License-Identifier: BSL-1.0
// A record was deleted and made again, with a value that is the server's, and deleted while that was on its way. The answer
// took the value back. Nobody had written the server's field, and that was taken for an update by another person, against
// which the deletion did not stand.
#include "world.hpp"

namespace {

using namespace regressions;

struct goal {
  static constexpr record_info sync{.table = "goals", .deletes = delete_policy::update_wins};
  key<std::string> id{};
  lww<std::string> title{};
  server<double> reached{};
};

TEST_CASE("a field that its own writer left empty is no update by another person against a deletion", "[rule-19]") {
  world<goal> hub;
  device<goal> phone("phone", 1);
  REQUIRE(phone.engine.create(goal{.id{"g"}, .title{"first"}}, at(1)).has_value());
  phone.sync(hub);
  for (int again = 0; again < 2; ++again) {
    INFO(again);
    REQUIRE(phone.engine.remove<goal>("g", at(2)).has_value());
    if (again == 1) phone.sync(hub);
    REQUIRE(phone.engine.create(goal{.id{"g"}, .title{"mine"}, .reached{7}}, at(3)).has_value());
    const std::string upload = phone.sync(hub, message_kind::upload);
    REQUIRE(phone.engine.remove<goal>("g", at(4)).has_value());
    phone.take(hub.answer("phone", upload));
    CHECK(!phone.engine.find<goal>("g")->has_value());
    phone.sync(hub);
    CHECK(!hub.the_hub.find<goal>("s", "g")->has_value());
    REQUIRE(phone.engine.create(goal{.id{"g"}, .title{"anew"}}, at(5)).has_value());
    phone.sync(hub);
  }
}

TEST_CASE("a record that another person made with a field left empty stands against a deletion that had not seen it", "[rule-19]") {
  world<goal> hub;
  device<goal> phone("phone", 1), tablet("tablet", 4);
  REQUIRE(tablet.engine.create(goal{.id{"g"}}, at(1)).has_value());
  tablet.sync(hub);
  REQUIRE(phone.engine.create(goal{.id{"g"}, .title{"mine"}, .reached{7}}, at(1)).has_value());
  const std::string upload = phone.sync(hub, message_kind::upload);
  REQUIRE(phone.engine.remove<goal>("g", at(2)).has_value());
  phone.take(hub.answer("phone", upload));
  phone.sync(hub);
  tablet.sync(hub);
  CHECK(phone.engine.find<goal>("g")->has_value());
  CHECK(hub.the_hub.find<goal>("s", "g")->has_value());
}

}  // namespace

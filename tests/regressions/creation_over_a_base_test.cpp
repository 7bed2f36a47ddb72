// SPDX-License-Identifier: BSL-1.0
// A row keeps the seen value, and of the base only the fields that differ from it. A creation on top of a deletion that
// is on its way sees empty fields where it sets none; these were taken for the base's.
#include "world.hpp"

namespace {

using namespace regressions;

struct note {
  static constexpr record_info sync{.table = "notes"};
  key<std::string> id{};
  lww<std::string> text{};
  lww<std::string> mood{};
};

TEST_CASE("a creation on top of a deletion that is on its way leaves the base alone") {
  world<note> hub;
  device<note> phone("phone", 1);
  REQUIRE(phone.engine.create(note{.id{"n"}, .text{"run"}, .mood{"good"}}, at(1)).has_value());
  phone.sync(hub);
  REQUIRE(phone.engine.remove<note>("n", at(2)).has_value());
  phone.sync(hub, message_kind::upload);  // frozen, and not yet answered

  REQUIRE(phone.engine.create(note{.id{"n"}, .text{"swim"}}, at(3)).has_value());  // no mood
  const auto record = phone.engine.find_record<note>("n");
  REQUIRE((record && *record));
  CHECK(*(*record)->base.mood == "good");
  CHECK(*(*record)->base.text == "run");
  CHECK(*(*record)->seen().mood == "");
}

}  // namespace

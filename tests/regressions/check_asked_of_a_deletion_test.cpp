// SPDX-License-Identifier: BSL-1.0
// A record's own check was asked of records that were being deleted, so that one which was stored before the check became
// stricter could not be deleted; and of edits of records that were never there.
#include "world.hpp"

namespace {

using namespace regressions;

bool is_strict = false;

struct note {
  static constexpr record_info sync{.table = "notes"};
  key<std::string> id{};
  lww<std::string> text{};

  friend std::string violation(const note& n) { return is_strict && n.text->empty() ? "a note needs a text" : ""; }
};

TEST_CASE("a record that breaks a rule which came later can be deleted") {
  for (const bool by_the_hub : {false, true}) {
    is_strict = false;
    world<note> hub;
    device<note> phone("phone", 1);
    REQUIRE(phone.engine.create(note{.id{"a"}}, at(1)).has_value());
    phone.sync(hub);
    is_strict = true;
    if (by_the_hub) {
      REQUIRE(hub.the_hub.remove<note>("s", "a", at(2)).has_value());
    } else {
      REQUIRE(phone.engine.remove<note>("a", at(2)).has_value());
    }
    phone.sync(hub);
    CHECK(phone.engine.report().refused == 0);
    CHECK(!hub.the_hub.find<note>("s", "a")->has_value());
    CHECK(!phone.engine.find<note>("a")->has_value());
  }
  is_strict = false;
}

}  // namespace

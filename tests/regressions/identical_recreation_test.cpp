// SPDX-License-Identifier: BSL-1.0
// A record was deleted and made again just as it was, before its deletion left. The creation changed no field, so it was
// taken for nothing: it returned the record, and the record stayed deleted.
#include "world.hpp"

namespace {

using namespace regressions;

struct note {
  static constexpr record_info sync{.table = "notes"};
  key<std::string> id{};
  lww<std::string> text{};
};

TEST_CASE("a record that is made again as it was before its deletion left is there") {
  world<note> hub;
  device<note> phone("phone", 1);
  const note made{.id{"n"}, .text{"run"}};
  REQUIRE(phone.engine.create(made, at(1)).has_value());
  phone.sync(hub);
  REQUIRE(phone.engine.remove<note>("n", at(2)).has_value());

  REQUIRE(phone.engine.create(made, at(3)).has_value());
  CHECK(phone.engine.find<note>("n")->has_value());
  phone.sync(hub);
  CHECK(phone.engine.find<note>("n")->has_value());
  CHECK(hub.the_hub.find<note>("s", "n")->has_value());
}

}  // namespace

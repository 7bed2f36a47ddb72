// SPDX-License-Identifier: BSL-1.0
// A device that deleted a record and made it again without a value kept the stamp which that field had before, though at the
// hub nobody has written it since.
#include "world.hpp"

#include <string>

namespace {

using namespace regressions;

struct thing {
  static constexpr record_info sync{.table = "things"};
  key<std::string> id{};
  lww<std::string> name{};
  lww<std::string> place{};
};

TEST_CASE("a field that a creation leaves empty has no stamp, on the device as at the hub") {
  world<thing> hub;
  device<thing> phone{"phone", 1};
  REQUIRE(phone.engine.create(thing{.id = {"a"}, .name = {"first"}, .place = {"here"}}, at(1)).has_value());
  phone.sync(hub);
  REQUIRE(phone.engine.remove<thing>("a", at(2)).has_value());
  phone.sync(hub);
  REQUIRE(phone.engine.create(thing{.id = {"a"}, .name = {"second"}}, at(3)).has_value());
  phone.sync(hub, message_kind::download);
  const auto record = phone.engine.find_record<thing>("a").value();
  REQUIRE(record.has_value());
  CHECK(record->base_stamps[1].time.wall() == at(3));
  CHECK(!record->base_stamps[2].time.is_set());
  phone.engine.begin_session(comparing::report);
  phone.go_on(hub);
  CHECK(phone.engine.comparison().at(0).compared == 1);
  CHECK(phone.engine.comparison().at(0).differed == 0);
}

}  // namespace

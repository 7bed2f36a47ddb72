// SPDX-License-Identifier: BSL-1.0
// A page had no room for a record, which was to be asked for whole. A later change of it came first, in the next page:
// it was taken in, and the record for no longer wanted, so what had been put off never came.
#include "world.hpp"

namespace {

using namespace regressions;

struct note {
  static constexpr record_info sync{.table = "notes"};
  key<std::string> id{};
  lww<std::string> text{};
  lww<int> stars{};
};

std::string id_of(int i) { return "note " + std::to_string(100 + i); }

TEST_CASE("a part of a record that was put off does not stand for the whole of it") {
  world<note> hub;
  device<note> phone("phone", 1), watch("watch", 3);
  for (int i = 0; i < 30; ++i) REQUIRE(phone.engine.create(note{.id{id_of(i)}}, at(1)).has_value());
  phone.sync(hub);
  watch.sync(hub);
  for (int i = 0; i < 30; ++i) {
    REQUIRE(phone.engine.edit<note>(id_of(i), at(2), [](auto& e) { e[the<&note::text>] = std::string(100'000, 'y'); }).has_value());
  }
  phone.sync(hub);
  watch.take(hub.answer("watch", watch.sync(hub, message_kind::download)));
  for (int i = 0; i < 30; ++i) {
    REQUIRE(phone.engine.edit<note>(id_of(i), at(3), [](auto& e) { e[the<&note::stars>] = 5; }).has_value());
  }
  phone.sync(hub);
  watch.go_on(hub);
  for (const note& each : *watch.engine.list<note>()) CHECK((each.stars == 5 && each.text->size() == 100'000));
}

}  // namespace

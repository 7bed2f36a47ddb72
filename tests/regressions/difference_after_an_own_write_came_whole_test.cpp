// SPDX-License-Identifier: BSL-1.0
// The answer to a device's own change of a record that may have duplicates bears a number less than what it tells: the next
// page's difference then seemed to lack that change, and the record was asked for whole.
#include "world.hpp"

#include <syncline/resolve.hpp>

namespace {

using namespace regressions;

struct outing {
  static constexpr record_info sync{.table = "outings"};
  key<std::string> id{};
  lww<std::string> sort{};
  once<timestamp> started_at{};
  lww<std::vector<std::string>> notes{};
  static constexpr auto duplicates = within<&outing::started_at>(std::chrono::minutes{10}).and_same<&outing::sort>();
};

void insert(device<outing>& by, const std::string& note, int when) {
  REQUIRE(by.engine.edit<outing>("a", at(when), [&](auto& e) {
    auto notes = *e.record().notes;
    notes.insert(notes.begin() + 3, note);
    e[the<&outing::notes>] = notes;
  }).has_value());
}

TEST_CASE("what another device changed after an own write is taken in by difference") {
  world<outing> hub;
  device<outing> phone{"phone", 1}, tablet{"tablet", 2};
  const std::vector<std::string> large(60, "a note of sixteen");
  REQUIRE(phone.engine.create(outing{.id = {"a"}, .sort = {"run"}, .started_at = {at(100)}, .notes = {large}}, at(1)).has_value());
  phone.sync(hub), tablet.sync(hub), phone.sync(hub);
  insert(phone, "mine", 10);
  phone.engine.begin_session();
  phone.go_on(hub, message_kind::download);  // the answer came, the session breaks off
  tablet.sync(hub);
  insert(tablet, "hers", 20);
  tablet.sync(hub);
  phone.engine.begin_session();
  const std::string page = phone.go_on(hub, message_kind::download);
  phone.take(hub.answer("phone", page));
  CHECK(phone.store.begin("s")->list("wanted", {}, 10)->empty());
  CHECK((**phone.engine.find<outing>("a")).notes == (**tablet.engine.find<outing>("a")).notes);
}

}  // namespace

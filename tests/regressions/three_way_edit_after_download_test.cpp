// SPDX-License-Identifier: BSL-1.0
// The edit of a three-way merge carries the value that it was made on. A download moved the base and not that value, so
// what a person wrote next, seeing the merged value, was merged as if they had never seen it, and lost without a word.
#include "world.hpp"

namespace {

using namespace regressions;

struct keep_longer {
  static std::string merge(const std::string& base, const std::string& local, const std::string& remote) {
    if (local == base) return remote;
    if (remote == base) return local;
    return local.size() >= remote.size() ? local : remote;
  }
};

struct note {
  static constexpr record_info sync{.table = "notes"};
  key<std::string> id{};
  merge<std::string, keep_longer> text{};
};

TEST_CASE("an edit of a merged text that its writer had seen stands") {
  world<note> hub;
  device<note> phone("phone", 1), tablet("tablet", 3);
  REQUIRE(phone.engine.create(note{.id{"n"}}, at(1)).has_value());
  phone.sync(hub);
  tablet.sync(hub);
  REQUIRE(tablet.engine.edit<note>("n", at(2), [](auto& e) { e[the<&note::text>] = "a long text"; }).has_value());
  tablet.sync(hub);
  // The edit of the phone waits while it downloads: it was made after the uploads of this session.
  phone.sync(hub, message_kind::download);
  REQUIRE(phone.engine.edit<note>("n", at(3), [](auto& e) { e[the<&note::text>] = "short"; }).has_value());
  phone.take(hub.answer("phone", phone.next()));
  REQUIRE(*(*phone.engine.find<note>("n"))->text == "a long text");

  REQUIRE(phone.engine.edit<note>("n", at(4), [](auto& e) { e[the<&note::text>] = "mine"; }).has_value());
  CHECK(*(*phone.engine.find<note>("n"))->text == "mine");
  phone.sync(hub);
  CHECK(*(*hub.the_hub.find<note>("s", "n"))->text == "mine");
}

}  // namespace

// SPDX-License-Identifier: BSL-1.0
// Envelopes, answers and pages were bounded in records and not in bytes: a hundred long notes made an envelope that no hub
// takes, whose bytes were frozen for ever; and pages and answers that no device takes.
#include "world.hpp"

#include <catch2/matchers/catch_matchers_string.hpp>

namespace {

using namespace regressions;

struct note {
  static constexpr record_info sync{.table = "notes"};
  key<std::string> id{};
  lww<std::string> text{};
  lww<int> stars{};
};

std::string id_of(int i) { return "note " + std::to_string(100 + i); }

void make_long_notes(device<note>& on, int count, std::size_t size) {
  for (int i = 0; i < count; ++i) {
    REQUIRE(on.engine.create(note{.id{id_of(i)}, .text{std::string(size, 'x')}}, at(1)).has_value());
  }
}

TEST_CASE("more long records than fit into one message go in several, and come in several") {
  world<note> hub;
  device<note> phone("phone", 1, {.batch = 200}), watch("watch", 2, {.batch = 200});
  make_long_notes(phone, 150, 100'000);
  const std::string first = phone.sync(hub, message_kind::upload);
  CHECK(first.size() < 2 * full_message_size);
  phone.go_on(hub);
  CHECK(phone.engine.report().pushed == 150);
  watch.engine.begin_session();
  for (int messages = 0; auto message = *watch.engine.next_message(at(2));) {
    const std::string page = hub.answer("watch", *message);
    CHECK(page.size() < 2 * full_message_size);
    watch.take(page);
    REQUIRE(++messages < 100);
  }
  CHECK(watch.engine.list<note>()->size() == 150);
}

TEST_CASE("an answer that is full puts the rest of its envelope off, and nothing is lost") {
  world<note> hub;
  device<note> phone("phone", 1, {.batch = 200}), watch("watch", 2, {.batch = 200});
  make_long_notes(phone, 60, 100);
  phone.sync(hub);
  watch.sync(hub);
  for (int i = 0; i < 60; ++i) {  // the watch's news are long, the phone's edits are short
    REQUIRE(watch.engine.edit<note>(id_of(i), at(2), [](auto& e) { e[the<&note::text>] = std::string(100'000, 'y'); }).has_value());
    REQUIRE(phone.engine.edit<note>(id_of(i), at(3), [](auto& e) { e[the<&note::stars>] = 5; }).has_value());
  }
  watch.sync(hub);
  const std::string envelope = phone.sync(hub, message_kind::upload);
  const std::string answer = hub.answer("phone", envelope);
  CHECK(answer.size() < 2 * full_message_size);
  phone.take(answer);
  phone.go_on(hub);
  CHECK(phone.engine.report().pushed == 60);
  for (const note& each : *hub.the_hub.list<note>("s", {}, 100)) CHECK((each.stars == 5 && each.text->size() == 100'000));
  for (const note& each : *phone.engine.list<note>()) CHECK((each.stars == 5 && each.text->size() == 100'000));
}

TEST_CASE("a record that no message could carry is refused at the door, and nothing is lost") {
  world<note> hub;
  device<note> phone("phone", 1);
  make_long_notes(phone, 1, 10);
  const auto refused = phone.engine.edit<note>(id_of(0), at(2), [](auto& e) { e[the<&note::text>] = std::string(3'000'000, 'x'); });
  REQUIRE(!refused.has_value());
  CHECK_THAT(refused.error().message, Catch::Matchers::ContainsSubstring("2 MiB are the most"));
  CHECK((*phone.engine.find<note>(id_of(0)))->text->size() == 10);
  CHECK(!hub.the_hub.create("s", note{.id{"h"}, .text{std::string(3'000'000, 'x')}}, at(2)).has_value());
}

TEST_CASE("text that is not UTF-8 is refused at every door, since nothing could read it again") {
  world<note> hub;
  device<note> phone("phone", 1);
  CHECK(!phone.engine.create(note{.id{"a"}, .text{"\xff"}}, at(1)).has_value());
  CHECK(!phone.engine.create(note{.id{"\xc3"}}, at(1)).has_value());
  CHECK(!hub.the_hub.create("s", note{.id{"a"}, .text{"\xff"}}, at(1)).has_value());
  memory_store<note> store;
  using replica_type = replica<memory_store<note>, note>;
  for (const char* name : {"\xff", "", "hub", "twenty-five bytes are more"}) {
    CHECK(!replica_type::open(store, "s", name, 1).has_value());
  }
  phone.sync(hub);
  CHECK(hub.the_hub.list<note>("s", {}, 10)->empty());
}

}  // namespace

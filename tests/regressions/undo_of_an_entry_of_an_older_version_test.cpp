// SPDX-License-Identifier: BSL-1.0
// After an update of the app an undo read the values of an older entry as if the present version had written them.
#include "world.hpp"

namespace {

using namespace regressions;

struct walk_1 {
  static constexpr record_info sync{.table = "walks"};
  key<std::string> id{};
  lww<std::string> steps{};
  lww<std::string> colour{};
  lww<std::string> title{};
};
struct walk_2 {
  static constexpr record_info sync{.table = "walks", .version = 2};
  using previous = walk_1;
  key<std::string> id{};
  lww<std::string> title{};
  lww<std::int64_t> steps{};
};
void carry(const walk_1& from, walk_2& to) { to.steps = from.steps->empty() ? 0 : std::stoll(*from.steps); }
void carry(const walk_2& from, walk_1& to) { to.steps = std::to_string(*from.steps); }

using store_type = memory_store<walk_2, conflict>;
template <class R>
using replica_of = replica<store_type, R, conflict>;

template <class R>
replica_of<R> open(store_type& store, const char* name) {
  auto opened = replica_of<R>::open(store, "s", name, checksum(name), {});
  REQUIRE(opened.has_value());
  return std::move(*opened);
}

template <class Hub, class Replica>
void sync(Hub& hub, Replica& on) {
  on.begin_session();
  for (int messages = 0; messages < 100; ++messages) {
    auto message = on.next_message(at(0));
    REQUIRE(message.has_value());
    if (!*message) return;
    REQUIRE(on.receive(hub.handle("s", on.state().device, **message, at(0)), at(0), 7).has_value());
  }
  FAIL("the session does not end");
}

TEST_CASE("an entry from before an update is undone in the version after it, but for fields that are gone") {
  store_type hub_store, phone_store, tablet_store;
  {
    hub<store_type, walk_1, conflict> the_hub{hub_store};
    auto phone = open<walk_1>(phone_store, "phone");
    auto tablet = open<walk_1>(tablet_store, "tablet");
    REQUIRE(phone.create(walk_1{.id = {"w"}, .steps = {"1"}, .colour = {"red"}, .title = {"old"}}, at(1)).has_value());
    sync(the_hub, phone);
    sync(the_hub, tablet);
    const auto write = [](auto& on, const char* steps, const char* colour, int when) {
      REQUIRE(on.template edit<walk_1>("w", at(when), [&](auto& e) { e[the<&walk_1::steps>] = steps, e[the<&walk_1::colour>] = colour; }).has_value());
    };
    write(phone, "1200", "blue", 10);
    write(tablet, "900", "green", 20);
    sync(the_hub, phone);
    sync(the_hub, tablet);
    sync(the_hub, phone);
    REQUIRE(phone.list<conflict>()->size() == 1);
  }
  hub<store_type, walk_2, conflict> the_hub{hub_store};
  auto phone = open<walk_2>(phone_store, "phone");
  auto tablet = open<walk_2>(tablet_store, "tablet");
  sync(the_hub, phone);
  sync(the_hub, tablet);
  const auto log = *phone.list<conflict>();
  REQUIRE(log.size() == 1);
  CHECK(*(*phone.find<walk_2>("w"))->steps == 900);

  const auto undone = phone.undo(log[0].id, at(100));
  INFO((undone ? std::string() : undone.error().message));
  REQUIRE(undone.has_value());
  CHECK(undone->restored == std::vector<std::string>{"steps"});
  CHECK(*(*phone.find<walk_2>("w"))->steps == 1200);
  sync(the_hub, phone);
  sync(the_hub, tablet);
  CHECK(*(*tablet.find<walk_2>("w"))->steps == 1200);
  REQUIRE(tablet.undo(undo_of(log[0].id), at(110)).has_value());
  CHECK(*(*tablet.find<walk_2>("w"))->steps == 900);
}

TEST_CASE("an entry of a newer version is not undone by an older app, which says why") {
  store_type hub_store, phone_store, tablet_store, old_store;
  hub<store_type, walk_2, conflict> the_hub{hub_store};
  auto phone = open<walk_2>(phone_store, "phone");
  auto tablet = open<walk_2>(tablet_store, "tablet");
  auto old = open<walk_1>(old_store, "old");
  REQUIRE(phone.create(walk_2{.id = {"w"}, .steps = {1}}, at(1)).has_value());
  sync(the_hub, phone);
  sync(the_hub, tablet);
  for (auto* on : {&phone, &tablet}) {
    REQUIRE(on->edit<walk_2>("w", at(on == &phone ? 10 : 20), [&](auto& e) { e[the<&walk_2::steps>] = on == &phone ? 10 : 20; }).has_value());
    sync(the_hub, *on);
  }
  sync(the_hub, old);
  REQUIRE(old.list<conflict>()->size() == 1);
  const auto refused = old.undo((*old.list<conflict>())[0].id, at(100));
  REQUIRE(!refused.has_value());
  CHECK(refused.error().message.find("newer version") != std::string::npos);
  CHECK((*old.find<walk_1>("w"))->steps == "20");
}

}  // namespace

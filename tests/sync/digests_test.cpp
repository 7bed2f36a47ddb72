// SPDX-License-Identifier: BSL-1.0
// A device compares what it last read from the hub with what the hub has: damage to either store is found, and what is
// damaged on the device is repaired.
#include "regressions/world.hpp"

#include <syncline/resolve/counter.hpp>
#include <syncline/resolve/set_edits.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace {

using namespace regressions;

struct note {
  static constexpr record_info sync{.table = "notes"};
  key<std::string> id{};
  lww<std::string> name{};
  lww<std::string> place{};
  merge<std::int64_t, counter> laps{};
  merge<std::set<std::string>, set_edits> tags{};
  server<int> size{};
};
struct plan {
  static constexpr record_info sync{.table = "plans", .deletes = delete_policy::update_wins};
  key<std::uint32_t> id{};
  lww<std::string> name{};
};

using hub_world = world<note, plan>;
using gadget = device<note, plan>;

template <class R, class Store>
std::optional<row<R>> row_of(Store& store, const typename schema<R>::key_type& key) {
  auto tx = store.begin("s");
  return *tx->template load<R>(key);
}
/// Other hands change a row: the engines do not know of it.
template <class R, class Store>
void tamper(Store& store, const typename schema<R>::key_type& key, const std::function<void(row<R>&)>& change) {
  auto tx = store.begin("s");
  auto kept = *tx->template load<R>(key);
  REQUIRE(kept.has_value());
  change(*kept);
  REQUIRE(tx->template save<R>(*kept).has_value());
  REQUIRE(tx->commit().has_value());
}
template <class R, class Store>
void take_away(Store& store, const typename schema<R>::key_type& key) {
  auto tx = store.begin("s");
  REQUIRE(tx->template erase<R>(key).has_value());
  REQUIRE(tx->commit().has_value());
}

struct pair_of_devices {
  hub_world hub{};
  gadget phone{"phone", 1}, tablet{"tablet", 2};
  std::size_t messages = 0;

  explicit pair_of_devices(int notes = 3) {
    for (int i = 0; i < notes; ++i) {
      REQUIRE(phone.engine.create(note{.id = {"n" + std::to_string(i)}, .name = {"name"}, .laps = {i}, .tags = {{"a"}}}, at(i)).has_value());
    }
    REQUIRE(phone.engine.create(plan{.id = {7}, .name = {"winter"}}, at(1)).has_value());
    for (int i = 0; i < 1 + notes / 5; ++i) phone.sync(hub);
    for (int i = 0; i < 1 + notes / 500; ++i) tablet.sync(hub);
  }
  /// A session with a comparison; says what it found in the table of `R`.
  template <class R = note>
  table_comparison verify(gadget& on, comparing what = comparing::repair) {
    on.engine.begin_session(what);
    messages = 0;
    for (int i = 0; i < 1000; ++i) {
      auto message = on.engine.next_message(at(0));
      INFO((message ? std::string() : message.error().message));
      REQUIRE(message.has_value());
      if (!*message) break;
      messages += static_cast<message_kind>((**message).front()) == message_kind::compare;
      on.take(hub.answer(on.name, **message));
    }
    REQUIRE(on.engine.comparison().size() == 2);
    return on.engine.comparison()[std::is_same_v<R, plan>];
  }
};

void check_found(const table_comparison& found, std::uint64_t compared, std::uint64_t differed, std::uint64_t repaired, std::uint64_t damaged) {
  CHECK(found.compared == compared);
  CHECK(found.differed == differed);
  CHECK(found.repaired == repaired);
  CHECK(found.damaged == damaged);
  CHECK(found.problem == "");
}

TEST_CASE("where nothing is damaged nothing differs, and one message finds that out") {
  pair_of_devices all;
  check_found(all.verify(all.tablet), 3, 0, 0, 0);
  CHECK(all.messages == 1);
  check_found(all.verify<plan>(all.phone), 1, 0, 0, 0);
  CHECK(all.messages == 1);
  all.phone.sync(all.hub);
  CHECK(all.phone.engine.comparison().empty());  // a session that does not compare
}

TEST_CASE("a value that changed in a device's store is found and repaired") {
  pair_of_devices all;
  tamper<note>(all.tablet.store, "n1", [](row<note>& kept) { kept.value.name = "rotten"; });
  CHECK(all.tablet.engine.find<note>("n1")->value().name == "rotten");
  all.tablet.sync(all.hub);
  CHECK(all.tablet.engine.find<note>("n1")->value().name == "rotten");  // no session notices by itself
  check_found(all.verify(all.tablet, comparing::report), 3, 1, 0, 0);
  CHECK(all.tablet.engine.find<note>("n1")->value().name == "rotten");  // who only asks changes nothing
  check_found(all.verify(all.tablet), 3, 1, 1, 0);
  CHECK(all.tablet.engine.find<note>("n1")->value().name == "name");
  check_found(all.verify(all.tablet), 3, 0, 0, 0);
}

TEST_CASE("a stamp that changed in a device's store is found and repaired") {
  pair_of_devices all;
  tamper<note>(all.tablet.store, "n1", [](row<note>& kept) {
    auto record = *from_row(kept);
    record.base_stamps[1].time.ticks += 1;
    kept = to_row(record);
  });
  check_found(all.verify(all.tablet), 3, 1, 1, 0);
}

TEST_CASE("a row that vanished from a device's store comes back") {
  pair_of_devices all;
  take_away<note>(all.tablet.store, "n2");
  check_found(all.verify(all.tablet), 3, 1, 1, 0);
  CHECK(all.tablet.engine.find<note>("n2")->has_value());
}

TEST_CASE("a record in a device's store that the hub never had is taken off") {
  pair_of_devices all;
  tamper<note>(all.tablet.store, "n2", [](row<note>& kept) { kept.value.id = "ghost"; });  // beside n2, with its bookkeeping
  check_found(all.verify(all.tablet), 4, 1, 1, 0);
  CHECK(!all.tablet.engine.find<note>("ghost")->has_value());
  all.tablet.sync(all.hub), all.phone.sync(all.hub);
  CHECK(!all.phone.engine.find<note>("ghost")->has_value());
}

TEST_CASE("bookkeeping that cannot be read, or names a commit that never was, does not keep a row from being repaired") {
  pair_of_devices all;
  SECTION("it is cut short") {
    tamper<note>(all.tablet.store, "n0", [](row<note>& kept) { kept.sync.resize(kept.sync.size() / 2); });
  }
  SECTION("it names a commit of the future") {
    tamper<note>(all.tablet.store, "n0", [](row<note>& kept) {
      auto record = *from_row(kept);
      record.number = 1'000'000, record.base.name = "rotten";
      kept = to_row(record);
    });
  }
  check_found(all.verify(all.tablet), 3, 1, 1, 0);
  CHECK(all.tablet.engine.find<note>("n0")->value().name == "name");
  all.phone.engine.edit<note>("n0", at(50), [](auto& e) { e[the<&note::name>] = "later"; }).value();
  all.phone.sync(all.hub), all.tablet.sync(all.hub);
  CHECK(all.tablet.engine.find<note>("n0")->value().name == "later");
}

TEST_CASE("a row that shows people something else than what it is made of is put right") {
  pair_of_devices all;
  SECTION("it says that it is deleted") {
    tamper<note>(all.tablet.store, "n0", [](row<note>& kept) { kept.deleted = true; });
  }
  SECTION("an edit that waits is shown as another value") {
    all.tablet.engine.edit<note>("n0", at(50), [](auto& e) { e[the<&note::name>] = "mine"; }).value();
    tamper<note>(all.tablet.store, "n0", [](row<note>& kept) { kept.value.name = "rotten"; });
    all.tablet.engine.begin_session(comparing::repair);  // what is sent is the edit, whatever the row shows
  }
  all.verify(all.tablet);
  CHECK(all.tablet.engine.list<note>()->size() == 3);
  CHECK(all.tablet.engine.list<note>()->front().name != "rotten");
  check_found(all.verify(all.tablet), 3, 0, 0, 0);
}

TEST_CASE("edits that wait on a damaged base stay, and arrive") {
  pair_of_devices all;
  const auto edit = [&](std::string id, std::int64_t laps) {
    REQUIRE(all.tablet.engine.edit<note>(id, at(50), [&](auto& e) {
      e[the<&note::laps>] = laps;
      e[the<&note::place>] = "here";
    }).has_value());
  };
  edit("n2", 12);  // ten more than two
  all.tablet.engine.begin_session(comparing::repair);
  // The hub refuses nothing and hears nothing: the edit waits while the base rots and is compared.
  tamper<note>(all.tablet.store, "n2", [](row<note>& kept) {
    auto record = *from_row(kept);
    record.base.name = "rotten", record.base.laps = 40;
    kept = to_row(record);
  });
  all.verify(all.tablet);
  check_found(all.verify(all.tablet), 3, 0, 0, 0);
  all.phone.sync(all.hub);
  const note there = all.phone.engine.find<note>("n2")->value();
  CHECK(there.laps == 12);
  CHECK(there.place == "here");
  CHECK(there.name == "name");
}

TEST_CASE("a row that is damaged at the hub is reported, and spread to nobody") {
  pair_of_devices all;
  tamper<note>(all.hub.hub_store, "n1", [](row<note>& kept) { kept.value.name = "rotten"; });
  check_found(all.verify(all.tablet), 3, 1, 0, 1);
  check_found(all.verify(all.tablet), 3, 1, 0, 1);
  CHECK(all.tablet.engine.find<note>("n1")->value().name == "name");
  gadget fresh{"fresh", 3};
  fresh.sync(all.hub);
  CHECK(!fresh.engine.find<note>("n1")->has_value());
  CHECK(fresh.engine.find<note>("n0")->has_value());
  SECTION("an edit does not make it good") {
    all.phone.engine.edit<note>("n1", at(50), [](auto& e) { e[the<&note::place>] = "here"; }).value();
    all.phone.sync(all.hub);
    check_found(all.verify(all.tablet), 3, 1, 0, 1);
    CHECK(all.tablet.engine.find<note>("n1")->value().name == "name");
  }
  SECTION("to make it anew does") {
    REQUIRE(all.phone.engine.remove<note>("n1", at(50)).has_value());
    all.phone.sync(all.hub);
    REQUIRE(all.phone.engine.create(note{.id = {"n1"}, .name = {"anew"}}, at(51)).has_value());
    all.phone.sync(all.hub);
    check_found(all.verify(all.tablet), 3, 0, 0, 0);
    CHECK(all.tablet.engine.find<note>("n1")->value().name == "anew");
  }
}

TEST_CASE("damage to the hub's bookkeeping is reported, too") {
  pair_of_devices all;
  SECTION("what it remembers changed") {
    tamper<note>(all.hub.hub_store, "n1", [](row<note>& kept) { kept.sync[0] = static_cast<char>(kept.sync[0] ^ 1); });
  }
  SECTION("it says that it is deleted") {
    tamper<note>(all.hub.hub_store, "n1", [](row<note>& kept) { kept.deleted = true; });
  }
  SECTION("it is cut short") {
    tamper<note>(all.hub.hub_store, "n1", [](row<note>& kept) { kept.sync.resize(kept.sync.size() / 2); });
  }
  check_found(all.verify(all.tablet), 3, 1, 0, 1);
  CHECK(all.tablet.engine.find<note>("n1")->has_value());
}

TEST_CASE("a row that vanished from the hub's store is reported, and not taken for a deletion") {
  pair_of_devices all;
  take_away<note>(all.hub.hub_store, "n1");
  check_found(all.verify(all.tablet), 3, 1, 0, 1);
  CHECK(all.tablet.engine.find<note>("n1")->has_value());
}

TEST_CASE("what others write meanwhile is news, and no difference") {
  pair_of_devices all;
  all.tablet.engine.begin_session(comparing::repair);
  const std::string question = all.tablet.go_on(all.hub, message_kind::compare);
  REQUIRE(!question.empty());
  all.phone.engine.edit<note>("n1", at(50), [](auto& e) { e[the<&note::name>] = "later"; }).value();
  REQUIRE(all.phone.engine.remove<note>("n2", at(51)).has_value());
  all.phone.sync(all.hub);
  all.tablet.take(all.hub.answer("tablet", question));
  all.tablet.go_on(all.hub);
  check_found(all.tablet.engine.comparison()[0], 2, 0, 0, 0);
  CHECK(all.tablet.engine.find<note>("n1")->value().name == "later");
}

TEST_CASE("where others write without end, the comparison says so and ends") {
  pair_of_devices all;
  all.tablet.engine.begin_session(comparing::repair);
  bool ended = false;
  for (int i = 0; i < 300 && !ended; ++i) {
    auto message = all.tablet.engine.next_message(at(0));
    REQUIRE(message.has_value());
    ended = !*message;
    if (ended) break;
    if (static_cast<message_kind>((**message).front()) == message_kind::compare) {
      REQUIRE(all.hub.the_hub.edit<note>("s", "n1", at(60), [&](auto& e) { e[the<&note::size>] = i + 1; }).has_value());
    }
    all.tablet.take(all.hub.answer("tablet", **message));
  }
  CHECK(ended);
  CHECK(all.tablet.engine.comparison()[0].differed == 0);
  CHECK(all.tablet.engine.comparison()[0].problem.find("again and again") != std::string::npos);
  CHECK(all.tablet.engine.comparison()[1].problem.empty());
}

TEST_CASE("a comparison of another version of a table is not made, and that is said") {
  pair_of_devices all;
  compare_message question{.cursors = {{"notes", 99}, {"plans", 99}, {"others", 0}}, .versions = {2, 1, 1}, .ranges = {{0, {}, {}}, {1, {}, {}}, {2, {}, {}}}, .unknown = {}};
  const auto framed = all.hub.answer("tablet", pack(question));
  const auto said = unpack<compared_message>(*unframe(framed));
  REQUIRE(said.has_value());
  CHECK(said->tables == std::vector{table_standing::other_version, table_standing::comparable, table_standing::other_version});
  CHECK(said->ranges[0].runs.empty());
  CHECK(said->ranges[1].runs.size() == 1);
  CHECK(said->ranges[2].runs.empty());
}

TEST_CASE("an answer to another question, or one that came before, changes nothing") {
  pair_of_devices all;
  tamper<note>(all.tablet.store, "n1", [](row<note>& kept) { kept.value.name = "rotten"; });
  all.tablet.engine.begin_session(comparing::repair);
  const std::string question = all.tablet.go_on(all.hub, message_kind::compare);
  const std::string answer = all.hub.answer("tablet", question);
  auto other = *unpack<compared_message>(*unframe(answer));
  ++other.asked;
  all.tablet.take(pack(other));
  CHECK(all.tablet.engine.comparison()[0].compared == 0);
  CHECK(all.tablet.next() == question);
  all.tablet.take(answer), all.tablet.take(answer);
  CHECK(all.tablet.engine.comparison()[0].compared == 3);
  all.tablet.go_on(all.hub);
  check_found(all.tablet.engine.comparison()[0], 3, 1, 1, 0);
}

TEST_CASE("an answer from before another process of the device sent something says nothing") {
  pair_of_devices all;
  all.tablet.engine.begin_session(comparing::repair);
  const std::string question = all.tablet.go_on(all.hub, message_kind::compare);
  const std::string answer = all.hub.answer("tablet", question);
  auto other = gadget::open(all.tablet.store, "tablet", 2, {});
  other.edit<note>("n1", at(50), [](auto& e) { e[the<&note::name>] = "later"; }).value();
  other.begin_session();
  for (int i = 0; i < 2; ++i) {  // check and upload: the base moves, the cursor does not
    REQUIRE(other.receive(all.hub.answer("tablet", **other.next_message(at(0))), at(0), 77).has_value());
  }
  REQUIRE(all.tablet.engine.find<note>("n1")->value().name == "later");
  all.tablet.take(answer);
  all.tablet.next();
  all.tablet.take(answer);
  CHECK(all.tablet.engine.comparison()[0].compared == 0);
  all.tablet.go_on(all.hub);
  check_found(all.tablet.engine.comparison()[0], 3, 0, 0, 0);
}

TEST_CASE("d differences among n records take few messages") {
  pair_of_devices all(0);
  constexpr int n = 3000;
  for (int i = 0; i < n; ++i) {
    REQUIRE(all.hub.the_hub.create<note>("s", note{.id = {"r" + std::to_string(i)}, .size = {i}}, at(1)).has_value());
  }
  for (int i = 0; i < 2; ++i) all.phone.sync(all.hub), all.tablet.sync(all.hub);
  check_found(all.verify(all.tablet), n, 0, 0, 0);
  CHECK(all.messages == 1);
  for (int i = 0; i < 5; ++i) tamper<note>(all.tablet.store, "r" + std::to_string(i * 600), [](row<note>& kept) { kept.value.size = -1; });
  check_found(all.verify(all.tablet), n, 5, 5, 0);
  CHECK(all.messages <= 4);  // three levels of ranges, all of one level in a message, and one that finds all repaired
}

}  // namespace

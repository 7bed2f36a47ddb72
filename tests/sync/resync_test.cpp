// SPDX-License-Identifier: BSL-1.0
// A full resync: everything is read anew, whatever was read before, and nothing is lost that was not sent.

#include "regressions/world.hpp"

#include <syncline/resolve/counter.hpp>

#include <catch2/catch_template_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace {

using namespace regressions;

struct shelf {
  static constexpr record_info sync{.table = "shelves"};
  key<std::string> id{};
  lww<std::string> name{};
  lww<std::string> place{};
  merge<int, counter> books{};

  static inline bool takes_nothing = false;  // by this the hub refuses what the device takes
  friend std::string violation(const shelf& s) { return takes_nothing && s.name == "refused" ? "no" : ""; }
};
struct kept_shelf {
  static constexpr record_info sync{.table = "kept", .deletes = delete_policy::update_wins};
  key<std::string> id{};
  lww<std::string> name{};
  lww<std::string> place{};
  merge<int, counter> books{};

  static inline bool takes_nothing = false;
  friend std::string violation(const kept_shelf& s) { return takes_nothing && s.name == "refused" ? "no" : ""; }
};

template <class R>
struct library {
  world<R> hub{};
  device<R> phone{"phone", 1, {.page = 2}}, tablet{"tablet", 2};

  library() {
    for (const char* id : {"a", "b", "c", "d", "e"}) create(phone, id, "old");
    phone.sync(hub), tablet.sync(hub);
  }
  static void create(device<R>& on, std::string id, std::string name, int books = 5) {
    REQUIRE(on.engine.create(R{.id = {std::move(id)}, .name = {std::move(name)}, .books = {books}}, at(1)).has_value());
  }
  static void edit(device<R>& on, std::string id, std::string name, int more) {
    REQUIRE(on.engine
                .template edit<R>(id, at(10),
                                  [&](auto& e) {
                                    e[the<&R::name>] = name;
                                    e[the<&R::books>] = *e.record().books + more;
                                  })
                .has_value());
  }
  static std::optional<R> on(device<R>& where, const std::string& id) { return *where.engine.template find<R>(id); }

  /// What other hands do to the phone's rows.
  template <class Change>
  void damage(const std::string& id, Change&& change) {
    auto tx = phone.store.begin("s");
    auto row = **tx->template load<R>(id);
    change(row);
    REQUIRE(tx->template save<R>(row).has_value());
    REQUIRE(tx->commit().has_value());
  }
  void lose(const std::string& id) {
    auto tx = phone.store.begin("s");
    REQUIRE(tx->template erase<R>(id).has_value());
    REQUIRE(tx->commit().has_value());
  }
  void resync() { REQUIRE(phone.engine.resync().has_value()); }

  void same_everywhere() {
    for (int i = 0; i < 2; ++i) phone.sync(hub), tablet.sync(hub);
    const auto there = *hub.the_hub.template list<R>("s", {}, 1000);
    for (auto* each : {&phone, &tablet}) {
      const auto here = *each->engine.template list<R>({}, 1000);
      REQUIRE(there.size() == here.size());
      for (std::size_t i = 0; i < there.size(); ++i) CHECK(is_same_value(there[i], here[i]));
      CHECK(each->engine.state().walk == 0);
      CHECK(!each->engine.state().wants_resync);
    }
  }
  std::size_t waiting() { return *phone.engine.read([](auto& tx) { return outbox<std::remove_cvref_t<decltype(tx)>>(tx).size(); }); }
};

TEMPLATE_TEST_CASE("a resync makes whole what other hands changed, though the hub has nothing new", "", shelf, kept_shelf) {
  library<TestType> all;
  all.damage("a", [](auto& row) { row.value.name = "scribbled"; });
  all.damage("b", [](auto& row) { row.sync = "no bookkeeping"; });
  all.lose("c");
  {  // a record that the hub never had, and which says that it came with the last page
    auto tx = all.phone.store.begin("s");
    auto row = **tx->template load<TestType>("d");
    row.value.id = "phantom";
    REQUIRE(tx->template save<TestType>(row).has_value());
    REQUIRE(tx->commit().has_value());
  }
  all.resync();
  all.phone.sync(all.hub);
  CHECK(*all.on(all.phone, "a")->name == "old");
  CHECK(all.on(all.phone, "b"));
  CHECK(all.on(all.phone, "c"));
  CHECK(!all.on(all.phone, "phantom"));
  CHECK(all.waiting() == 0);
  all.same_everywhere();
}

TEMPLATE_TEST_CASE("a resync keeps what waits to be sent, and counts it once", "[rule-13]", shelf, kept_shelf) {
  library<TestType> all;
  all.edit(all.phone, "a", "new", 3);
  all.create(all.phone, "fresh", "made here");
  REQUIRE(all.phone.engine.template remove<TestType>("b", at(11)).has_value());
  all.edit(all.tablet, "a", "the tablet's", 10);
  all.tablet.sync(all.hub);
  all.damage("c", [](auto& row) { row.value.place = "scribbled"; });
  all.resync();
  all.phone.sync(all.hub);
  all.same_everywhere();
  CHECK(*all.on(all.tablet, "a")->books == 18);
  CHECK(all.on(all.tablet, "fresh"));
  CHECK(!all.on(all.tablet, "b"));
  CHECK(*all.on(all.phone, "c")->place == "");
}

TEMPLATE_TEST_CASE("an envelope that was not answered is settled before everything is read anew", "[rule-2]", shelf, kept_shelf) {
  const bool arrived = GENERATE(false, true);
  INFO("it reached the hub: " << arrived);
  library<TestType> all;
  all.edit(all.phone, "a", "new", 3);
  all.create(all.phone, "fresh", "made here");
  const std::string envelope = all.phone.sync(all.hub, message_kind::upload);
  if (arrived) all.hub.answer("phone", envelope);
  all.phone.engine.interrupted();
  all.edit(all.phone, "a", "newer", 4);
  all.resync();
  all.phone.engine.begin_session();
  CHECK(all.phone.go_on(all.hub, message_kind::upload) == envelope);
  all.phone.go_on(all.hub);
  all.same_everywhere();
  CHECK(*all.on(all.tablet, "a")->books == 12);
  CHECK(*all.on(all.tablet, "a")->name == "newer");
  CHECK(all.on(all.tablet, "fresh"));
}

TEMPLATE_TEST_CASE("a dead letter stays one, with its edit, and can be tried again after a resync", "[rule-3]", shelf, kept_shelf) {
  library<TestType> all;
  all.edit(all.phone, "a", "refused", 3);
  TestType::takes_nothing = true;
  all.phone.sync(all.hub);
  TestType::takes_nothing = false;
  const auto dead = [&] { return *all.phone.engine.read([](auto& tx) { return outbox<std::remove_cvref_t<decltype(tx)>>(tx).dead_size(); }); };
  REQUIRE(dead() == 1);
  all.resync();
  all.phone.sync(all.hub);
  CHECK(dead() == 1);
  CHECK(*all.on(all.phone, "a")->name == "refused");
  CHECK(*all.on(all.phone, "a")->books == 8);
  REQUIRE(*all.phone.engine.retry([](const outbox_item&) { return true; }) == 1);
  all.same_everywhere();
  CHECK(*all.on(all.tablet, "a")->books == 8);
}

TEMPLATE_TEST_CASE("a resync goes on wherever it was interrupted", "", shelf, kept_shelf) {
  for (int stop = 0; stop < 30; ++stop) {
    library<TestType> all;
    for (char c = 'f'; c < 'p'; ++c) all.create(all.tablet, std::string(1, c), "more");
    all.tablet.sync(all.hub), all.phone.sync(all.hub);
    all.damage("a", [](auto& row) { row.value.name = "scribbled"; });
    all.damage("n", [](auto& row) { row.value.name = "scribbled"; });
    all.lose("c"), all.lose("o");
    all.edit(all.phone, "b", "new", 3);
    all.create(all.phone, "fresh", "made here");
    all.resync();
    all.phone.engine.begin_session();
    for (int messages = 0; messages < stop; ++messages) {
      auto message = all.phone.engine.next_message(at(0));
      REQUIRE(message.has_value());
      if (!*message) break;
      const std::string answer = all.hub.answer("phone", **message);
      if (messages + 1 < stop || stop % 2 == 0) all.phone.take(answer);  // at an odd stop the last answer is lost
    }
    all.phone.engine = device<TestType>::open(all.phone.store, "phone", 1, {.page = 2});
    all.edit(all.phone, "e", "meanwhile", 2);
    all.same_everywhere();
    CHECK(*all.on(all.tablet, "b")->books == 8);
    CHECK(*all.on(all.tablet, "e")->books == 7);
    CHECK(all.on(all.tablet, "fresh"));
    CHECK(*all.on(all.phone, "n")->name == "more");
  }
}

TEST_CASE("whichever operation of a store fails during a resync, the next sessions come to the same") {
  for (const bool at_hub : {false, true}) {
    for (std::uint64_t fails_at = 0, operations = fails_at + 1; fails_at < operations; ++fails_at) {
      library<shelf> all;
      all.damage("a", [](auto& row) { row.value.name = "scribbled"; });
      all.edit(all.phone, "b", "new", 3);
      all.resync();
      operations = 0;
      auto& store = at_hub ? all.hub.hub_store : all.phone.store;
      store.before_operation = [&](std::string_view) { return operations++ != fails_at; };
      all.phone.engine.begin_session();
      for (int messages = 0; messages < 100; ++messages) {
        auto message = all.phone.engine.next_message(at(0));
        if (!message || !*message || !all.phone.engine.receive(all.hub.answer("phone", **message), at(0), 7)) break;
      }
      store.before_operation = {};
      all.phone.engine.interrupted();
      all.same_everywhere();
      CHECK(*all.on(all.phone, "a")->name == "old");
      CHECK(*all.on(all.tablet, "b")->books == 8);
    }
  }
}

TEST_CASE("an answer from before it was asked for begins no resync") {
  library<shelf> all;
  const std::string early = all.phone.sync(all.hub, message_kind::check);
  const std::string late_answer = all.hub.answer("phone", early);
  all.phone.engine.interrupted();
  all.resync();
  all.phone.engine.begin_session();
  const std::string asked = all.phone.next();
  CHECK(unpack<check_message>(*unframe(asked))->resyncs);
  all.phone.take(late_answer);
  CHECK(all.phone.engine.state().walk == 0);
  CHECK(all.phone.engine.state().wants_resync);
  all.phone.go_on(all.hub);
  all.same_everywhere();
}

TEST_CASE("a row that cannot be read and has an edit that waits is left for a person") {
  library<shelf> all;
  all.edit(all.phone, "b", "new", 3);
  all.damage("b", [](auto& row) { row.sync = "no bookkeeping"; });
  all.resync();
  all.phone.engine.begin_session();
  result<void> outcome;
  while (outcome) {
    auto message = all.phone.engine.next_message(at(0));
    if (!message) outcome = message.error();
    if (!message || !*message) break;
    outcome = all.phone.engine.receive(all.hub.answer("phone", **message), at(0), 7);
  }
  CHECK(!outcome.has_value());
  CHECK(all.waiting() == 1);
  auto tx = all.phone.store.begin("s");
  CHECK((*tx->load<shelf>("b"))->sync == "no bookkeeping");
}

TEST_CASE("one device's resync is no news to the others, nor a commit that they wait for") {
  library<shelf> all;
  all.resync();
  all.phone.sync(all.hub);
  all.tablet.sync(all.hub);
  CHECK(all.tablet.engine.report().read == 0);
  all.edit(all.tablet, "a", "after", 1);
  all.same_everywhere();
}

}  // namespace

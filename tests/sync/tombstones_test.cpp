// SPDX-License-Identifier: BSL-1.0
// Tombstones that are collected: what a device does that was away for longer than the hub remembers deletions.

#include "lineage_world.hpp"
#include "regressions/series.hpp"
#include "regressions/world.hpp"

#include <syncline/resolve/counter.hpp>

#include <catch2/catch_template_test_macros.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <random>
#include <string>
#include <vector>

namespace {

using namespace regressions;

struct keeps {
  static constexpr record_info sync{.table = "keeps", .deletes = delete_policy::update_wins};
  key<std::string> id{};
  lww<std::string> name{};
  lww<std::string> place{};
  merge<int, counter> laps{};
  server<int> size{};
};
struct asks {
  static constexpr record_info sync{.table = "asks", .deletes = delete_policy::manual};
  key<std::string> id{};
  lww<std::string> name{};
  lww<std::string> place{};
  merge<int, counter> laps{};
  server<int> size{};
};
struct loses {
  static constexpr record_info sync{.table = "loses"};
  key<std::string> id{};
  lww<std::string> name{};
  lww<std::string> place{};
  merge<int, counter> laps{};
  server<int> size{};
};

constexpr std::int64_t day = 24 * 3600;

/// Collects all that is deleted by now; says how many tombstones went.
template <class R>
std::size_t collect(world<R>& hub) {
  const timestamp first{at(0) + std::chrono::days{1000}};
  REQUIRE(hub.the_hub.collect("s", first).has_value());
  const auto gone = hub.the_hub.collect("s", first + std::chrono::days{91});
  INFO((gone ? std::string() : gone.error().message));
  REQUIRE(gone.has_value());
  return *gone;
}

template <class Store, class R>
std::size_t rows(Store& store) {
  auto tx = store.begin("s");
  return tx->template scan<R>({}, 100'000)->size();
}

template <class Store>
std::size_t entries(Store& store, std::string_view space) {
  auto tx = store.begin("s");
  return tx->list(space, {}, 100'000)->size();
}

/// The phone is away; the tablet and the hub go on.
template <class R>
struct absence {
  world<R> hub{};
  device<R> phone{"phone", 1}, tablet{"tablet", 2}, watch{"watch", 5};

  absence() {
    create(phone, "a", "old"), create(phone, "b", "stays");
    phone.sync(hub), tablet.sync(hub);
  }
  static void create(device<R>& on, std::string id, std::string name, int laps = 5) {
    REQUIRE(on.engine.create(R{.id = {std::move(id)}, .name = {std::move(name)}, .laps = {laps}}, at(1)).has_value());
  }
  static void edit(device<R>& on, std::string name, int laps, std::string id = "a") {
    REQUIRE(on.engine
                .template edit<R>(id, at(10),
                                  [&](auto& e) {
                                    e[the<&R::name>] = name;
                                    e[the<&R::laps>] = laps;
                                  })
                .has_value());
  }
  static void remove(device<R>& on, std::string id = "a") { REQUIRE(on.engine.template remove<R>(id, at(11)).has_value()); }
  void forget(std::string id = "a") {
    remove(tablet, id);
    tablet.sync(hub);
    REQUIRE(collect(hub) > 0);
  }
  void converge() {
    for (int i = 0; i < 2; ++i) phone.sync(hub), tablet.sync(hub), watch.sync(hub);
    for (auto* d : {&phone, &tablet, &watch}) {
      CHECK(entries(d->store, "outbox") == 0);
      CHECK(entries(d->store, "wanted") == 0);
      const auto there = *hub.the_hub.template list<R>("s", {}, 1000), here = *d->engine.template list<R>({}, 1000);
      REQUIRE(there.size() == here.size());
      for (std::size_t i = 0; i < there.size(); ++i) CHECK(is_same_value(there[i], here[i]));
    }
  }
  static std::optional<R> on(device<R>& d, std::string id = "a") { return *d.engine.template find<R>(id); }
  std::vector<conflict_entry> log(device<R>& d) {
    std::vector<conflict_entry> all;
    auto tx = d.store.begin("s");
    const auto logged = tx->list("conflict", {}, 100);
    for (const entry& each : *logged) all.push_back(*decode<conflict_entry>(each.bytes));
    return all;
  }
  static bool has(const std::vector<conflict_entry>& log, rule why, const std::string& value) {
    return std::any_of(log.begin(), log.end(), [&](const auto& e) { return e.why == why && e.dropped.bytes == encode(value); });
  }
};

TEST_CASE("a hub forgets what was deleted before the horizon, and nothing else") {
  absence<loses> of;
  of.remove(of.tablet);
  of.tablet.sync(of.hub);
  auto& hub = of.hub.the_hub;
  CHECK(*hub.collect("s", at(0)) == 0);  // the horizon counts from here
  CHECK(*hub.collect("s", at(89 * day)) == 0);
  of.remove(of.tablet, "b");
  of.tablet.sync(of.hub);
  CHECK(*hub.collect("s", at(90 * day)) == 1);
  CHECK(rows<decltype(of.hub.hub_store), loses>(of.hub.hub_store) == 1);
  CHECK(*hub.collect("s", at(90 * day)) == 0);
  CHECK(*hub.collect("s", at(180 * day)) == 1);
  CHECK(rows<decltype(of.hub.hub_store), loses>(of.hub.hub_store) == 0);
  CHECK(entries(of.hub.hub_store, "log") == 0);
  CHECK(entries(of.hub.hub_store, "mark") == 0);
  of.converge();
}

TEST_CASE("a collection of many tombstones is done in steps, and goes on after each death") {
  absence<loses> of;
  for (int i = 0; i < 700; ++i) REQUIRE(of.hub.the_hub.create<loses>("s", loses{.id = {"r" + std::to_string(i)}}, at(2)).has_value());
  of.phone.sync(of.hub);
  for (int i = 0; i < 700; ++i) REQUIRE(of.hub.the_hub.remove<loses>("s", "r" + std::to_string(i), at(3)).has_value());
  REQUIRE(of.hub.the_hub.collect("s", at(0)).has_value());
  std::size_t most_at_once = 0, before = 702;
  for (int deaths = 0;; ++deaths) {
    REQUIRE(deaths < 10'000);
    int left = deaths * 37, commits = 0;
    of.hub.hub_store.before_operation = [&](std::string_view operation) {
      commits += operation == "commit";
      return left-- > 0;
    };
    const auto done = of.hub.the_hub.collect("s", at(91 * day));
    of.hub.hub_store.before_operation = {};
    const std::size_t now = rows<decltype(of.hub.hub_store), loses>(of.hub.hub_store);
    if (commits == 1) most_at_once = std::max(most_at_once, before - now);
    before = now;
    if (done) break;
  }
  CHECK(before == 2);
  CHECK(most_at_once <= 256);
  of.converge();
}

TEMPLATE_TEST_CASE("a device that was away hears of a deletion that nobody remembers", "[rule-19]", keeps, asks, loses) {
  absence<TestType> of;
  of.forget();
  CHECK(of.on(of.phone));
  of.phone.sync(of.hub);
  CHECK(!of.on(of.phone));
  CHECK(of.on(of.phone, "b"));
  of.converge();
  CHECK(of.log(of.phone).empty());
}

TEST_CASE("where deletion wins, an edit of a record that nobody remembers is in the log") {
  absence<loses> of;
  of.edit(of.phone, "new", 7);
  SECTION("it waits") { of.forget(); }
  SECTION("it is on its way, and never arrived") {
    of.phone.sync(of.hub, message_kind::upload);
    of.forget();
  }
  of.converge();
  CHECK(!of.on(of.phone));
  CHECK(of.has(of.log(of.phone), rule::deleted, "new"));
  CHECK(of.hub.the_hub.find<loses>("s", "a")->has_value() == false);
}

TEMPLATE_TEST_CASE("where an update wins, an edit of a record that nobody remembers brings it back whole", "", keeps, asks) {
  const rule why = schema<TestType>::info.deletes == delete_policy::manual ? rule::undecided : rule::updated;
  absence<TestType> of;
  REQUIRE(of.hub.the_hub.template edit<TestType>("s", "a", at(5), [](auto& e) { e[the<&TestType::size>] = 40; }).has_value());
  of.phone.sync(of.hub);
  of.edit(of.phone, "new", 7);
  SECTION("it waits") { of.forget(); }
  SECTION("it is on its way, and never arrived") {
    of.phone.sync(of.hub, message_kind::upload);
    of.forget();
  }
  SECTION("it met the deletion, and then the tombstone went") {
    const std::string envelope = of.phone.sync(of.hub, message_kind::upload);
    of.forget();
    of.phone.take(of.hub.answer("phone", envelope));
    of.phone.go_on(of.hub, message_kind::upload);
    REQUIRE(of.hub.the_hub.template create<TestType>("s", TestType{.id = {"c"}}, at(12)).has_value());
    REQUIRE(of.hub.the_hub.template remove<TestType>("s", "c", at(13)).has_value());
    CHECK(*of.hub.the_hub.collect("s", at(2000 * day)) == 0);
    CHECK(*of.hub.the_hub.collect("s", at(2100 * day)) == 1);
  }
  of.converge();
  for (auto* d : {&of.phone, &of.tablet, &of.watch}) {
    const auto found = of.on(*d);
    REQUIRE(found);
    CHECK(*found->name == "new");
    CHECK(*found->laps == 7);
    CHECK(*found->size == 40);
  }
  const auto log = of.log(of.phone);
  CHECK(std::any_of(log.begin(), log.end(), [&](const auto& e) { return e.why == why; }));
}

TEMPLATE_TEST_CASE("a deletion of a record that nobody remembers is done", "", keeps, asks, loses) {
  absence<TestType> of;
  of.remove(of.phone);
  SECTION("it waits") { of.forget(); }
  SECTION("it is on its way, and never arrived") {
    of.phone.sync(of.hub, message_kind::upload);
    of.forget();
  }
  of.converge();
  CHECK(!of.on(of.phone));
}

TEMPLATE_TEST_CASE("what was made while the device was away is sent", "", keeps, asks, loses) {
  absence<TestType> of;
  of.create(of.phone, "fresh", "new");
  of.forget();
  of.converge();
  CHECK(of.on(of.tablet, "fresh"));
}

TEMPLATE_TEST_CASE("a record of the same key that is made anew stands alone", "", keeps, asks, loses) {
  absence<TestType> of;
  SECTION("by a device that had heard of the deletion, and was away since") {
    of.remove(of.tablet);
    of.tablet.sync(of.hub), of.phone.sync(of.hub);
    SECTION("it waits") { of.create(of.phone, "a", "again", 1); }
    SECTION("it is on its way") {
      of.create(of.phone, "a", "again", 1);
      of.phone.sync(of.hub, message_kind::upload);
    }
    REQUIRE(collect(of.hub) == 1);
  }
  SECTION("by one that forgot the tombstone too") {
    of.forget();
    of.phone.sync(of.hub), of.phone.sync(of.hub);
    of.create(of.phone, "a", "again", 1);
  }
  SECTION("by one that never knew of it") {
    of.forget();
    of.create(of.watch, "a", "again", 1);
    of.watch.sync(of.hub);
  }
  SECTION("by the server") {
    of.forget();
    REQUIRE(of.hub.the_hub.template create<TestType>("s", TestType{.id = {"a"}, .name = {"again"}}, at(20)).has_value());
    REQUIRE(of.hub.the_hub.template find<TestType>("s", "a")->value().laps == 0);
    of.converge();
    return;
  }
  of.converge();
  REQUIRE(of.on(of.tablet));
  CHECK(*of.on(of.tablet)->name == "again");
  CHECK(*of.on(of.tablet)->laps == 1);
}

TEST_CASE("a deletion past the horizon does not outlive what was made anew since") {
  absence<loses> of;
  of.edit(of.phone, "mine", 6);
  of.forget();
  of.create(of.watch, "a", "again", 1);
  of.watch.sync(of.hub);
  of.converge();
  REQUIRE(of.on(of.phone));
  CHECK(*of.on(of.phone)->place == "");
}

TEST_CASE("an envelope that comes again after the collection changes nothing", "[rule-1]") {
  absence<keeps> of;
  of.create(of.phone, "c", "made");
  const std::string creation = of.phone.sync(of.hub, message_kind::upload);
  of.hub.answer("phone", creation);
  of.tablet.sync(of.hub);
  of.forget("c");
  SECTION("its answer is still kept") { of.hub.answer("phone", creation); }
  SECTION("nobody has the answer any more") {
    auto tx = of.hub.hub_store.begin("s");
    const auto answers = tx->list("answer", {}, 100);
    for (const entry& each : *answers) REQUIRE(tx->remove("answer", each.name).has_value());
    REQUIRE(tx->commit().has_value());
    const auto answer = unpack<uploaded_message>(*unframe(of.hub.answer("phone", creation)));
    CHECK(answer->must_download);
  }
  of.converge();
  CHECK(!of.on(of.phone, "c"));
  CHECK(!of.on(of.watch, "c"));
}

TEST_CASE("a record that is asked for and gone is told to be gone") {
  absence<loses> of;
  of.forget();
  auto tx = of.tablet.store.begin("s");
  REQUIRE(tx->put("wanted", record_name<loses>("a"), {}).has_value());
  REQUIRE(tx->put("wanted", record_name<loses>("never there"), {}).has_value());
  REQUIRE(tx->commit().has_value());
  of.tablet.sync(of.hub);
  of.converge();
}

TEST_CASE("a walk of all tables goes on, or begins again, wherever it is interrupted, and whatever is collected meanwhile") {
  for (int stop = 0; stop < 40; ++stop) {
    absence<keeps> of;
    of.phone.engine = device<keeps>::open(of.phone.store, "phone", 1, {.page = 1});
    for (char c = 'c'; c < 'k'; ++c) of.create(of.tablet, std::string(1, c), "more");
    of.tablet.sync(of.hub), of.phone.sync(of.hub);
    of.edit(of.phone, "new", 7);
    of.create(of.phone, "fresh", "new");
    of.forget();
    of.forget("g");
    of.phone.engine.begin_session();
    for (int messages = 0; messages < stop; ++messages) {
      auto message = of.phone.engine.next_message(at(0));
      REQUIRE(message.has_value());
      if (!*message) break;
      of.phone.take(of.hub.answer("phone", **message));
    }
    if (stop % 2 == 0) {
      of.remove(of.tablet, "d"), of.remove(of.tablet, "j");
      of.tablet.sync(of.hub);
      const timestamp late{at(0) + std::chrono::days{3000}};
      REQUIRE(of.hub.the_hub.collect("s", late).has_value());
      REQUIRE(*of.hub.the_hub.collect("s", late + std::chrono::days{91}) == 2);
      if (stop % 4 == 0) of.phone.go_on(of.hub);
    }
    of.converge();
    CHECK(of.on(of.watch)->laps == 7);
    CHECK(of.on(of.watch, "fresh"));
    CHECK(!of.on(of.phone, "g"));
    CHECK(of.on(of.phone, "d").has_value() == (stop % 2 != 0));
  }
}

TEST_CASE("a page from before the walk does not hide what is still there") {
  absence<loses> of;
  device<loses> late{"late", 9};
  const std::string asked = late.sync(of.hub, message_kind::download);
  const std::string old_page = of.hub.answer("late", asked);
  late.sync(of.hub);
  REQUIRE(of.on(late, "b"));
  of.forget();
  CHECK(late.sync(of.hub, message_kind::download) == asked);  // but the page is of another time
  late.take(old_page);
  late.go_on(of.hub);
  CHECK(of.on(late, "b"));
  CHECK(!of.on(late));
}

TEMPLATE_TEST_CASE("whichever operation of a store fails, the next sessions come to the same", "", keeps, loses) {
  for (const bool at_hub : {false, true}) {
    for (std::uint64_t fails_at = 0, operations = fails_at + 1; fails_at < operations; ++fails_at) {
      absence<TestType> of;
      of.edit(of.phone, "new", 7);
      of.forget();
      operations = 0;
      auto& store = at_hub ? of.hub.hub_store : of.phone.store;
      store.before_operation = [&](std::string_view) { return operations++ != fails_at; };
      of.phone.engine.begin_session();
      for (int messages = 0; messages < 100; ++messages) {
        auto message = of.phone.engine.next_message(at(0));
        if (!message || !*message || !of.phone.engine.receive(of.hub.answer("phone", **message), at(0), 7)) break;
      }
      store.before_operation = {};
      of.phone.engine.interrupted();
      of.converge();
      CHECK(of.on(of.tablet).has_value() == keeps_updates<TestType>);
      if (!keeps_updates<TestType>) CHECK(of.has(of.log(of.phone), rule::deleted, "new"));
    }
  }
}

TEST_CASE("a device forgets a tombstone with the hub, but not while it can undo what was decided about it") {
  absence<loses> of;
  of.edit(of.phone, "new", 7);
  of.remove(of.tablet);
  of.tablet.sync(of.hub);
  using store = decltype(of.phone.store);
  of.phone.engine.begin_session();
  const auto session = [&](std::int64_t now) {
    of.phone.engine.begin_session();
    for (auto message = of.phone.engine.next_message(at(now)); *message; message = of.phone.engine.next_message(at(now))) {
      REQUIRE(of.phone.engine.receive(of.hub.the_hub.handle("s", "phone", **message, at(now)), at(now), 7).has_value());
    }
  };
  session(100);
  REQUIRE(of.has(of.log(of.phone), rule::deleted, "new"));
  CHECK(rows<store, loses>(of.phone.store) == 2);
  REQUIRE(collect(of.hub) == 1);
  session(200);
  CHECK(rows<store, loses>(of.phone.store) == 2);
  of.remove(of.tablet, "b");
  of.tablet.sync(of.hub);
  session(300);
  REQUIRE(of.hub.the_hub.collect("s", at(5000 * day)).has_value());
  REQUIRE(*of.hub.the_hub.collect("s", at(6000 * day)) == 1);
  session(10 * day);
  CHECK(rows<store, loses>(of.phone.store) == 0);
  of.converge();
}

TEST_CASE("a device that has more rows than fit into one step sweeps them all") {
  absence<loses> of;
  for (int i = 0; i < 600; ++i) REQUIRE(of.hub.the_hub.create<loses>("s", loses{.id = {"r" + std::to_string(i)}}, at(2)).has_value());
  of.phone.sync(of.hub);
  for (int i = 0; i < 600; i += 2) REQUIRE(of.hub.the_hub.remove<loses>("s", "r" + std::to_string(i), at(3)).has_value());
  REQUIRE(collect(of.hub) == 300);
  of.phone.sync(of.hub);
  CHECK(of.phone.engine.list<loses>({}, 1000)->size() == 302);
  of.converge();
}

TEST_CASE("a series whose record nobody remembers waits for nothing") {
  for (const bool is_sent : {true, false}) {
    world<ride> hub;
    device<ride> phone{"phone", 1}, tablet{"tablet", 2};
    const auto series = series_of({1, 2, 3});
    make_ride(phone, "a", series);
    is_sent ? phone.sync(hub) : phone.sync(hub, message_kind::chunk);
    tablet.sync(hub);
    REQUIRE(tablet.engine.remove<ride>("a", at(5)).has_value());
    tablet.sync(hub);
    REQUIRE(collect(hub) == 1);
    phone.sync(hub), tablet.sync(hub);
    CHECK(!phone.engine.find<ride>("a")->has_value());
    CHECK(entries(phone.store, "chunk_out") == 0);
    do_jobs(hub);
    make_ride(phone, "a", series);
    phone.sync(hub);
    CHECK(do_jobs(hub) == 1);
    tablet.sync(hub);
    CHECK(tablet.engine.find<ride>("a")->value().size == 1);
    CHECK(entries(hub.hub_store, "job") == 0);
  }
}

struct outing {
  static constexpr record_info sync{.table = "outings"};
  key<std::string> id{};
  lww<std::string> sort{};
  once<timestamp> started_at{};
  lww<std::string> note{};
  static constexpr auto duplicates = within<&outing::started_at>(std::chrono::minutes{10}).and_same<&outing::sort>();
};

TEST_CASE("an alias goes with the record that stood for it, and leads nowhere") {
  world<outing> hub;
  device<outing> phone{"phone", 1}, tablet{"tablet", 2};
  REQUIRE(phone.engine.create(outing{.id = {"a"}, .sort = {"run"}, .started_at = {at(100)}}, at(1)).has_value());
  REQUIRE(tablet.engine.create(outing{.id = {"b"}, .sort = {"run"}, .started_at = {at(160)}}, at(1)).has_value());
  tablet.sync(hub), phone.sync(hub);
  const auto note = [](device<outing>& on, std::string id) {
    return on.engine.edit<outing>(id, at(3), [](auto& e) { e[the<&outing::note>] = "mine"; }).has_value();
  };
  SECTION("a device that does not know of the alias edits it") {
    REQUIRE(tablet.engine.find<outing>("b")->value().id == "b");
    device<outing> watch{"watch", 5};
    watch.sync(hub);
    REQUIRE(phone.engine.remove<outing>("a", at(5)).has_value());
    REQUIRE(note(tablet, "b"));
    phone.sync(hub);
    CHECK(collect(hub) == 1);
    CHECK(entries(hub.hub_store, "group") == 0);
    CHECK(rows<decltype(hub.hub_store), outing>(hub.hub_store) == 0);
    for (int i = 0; i < 2; ++i) phone.sync(hub), tablet.sync(hub), watch.sync(hub);
    for (auto* d : {&phone, &tablet, &watch}) {
      CHECK(!d->engine.find<outing>("a")->has_value());
      CHECK(!d->engine.find<outing>("b")->has_value());
      CHECK(!note(*d, "b"));
    }
    bool is_logged = false;
    auto tx = tablet.store.begin("s");
    const auto log = tx->list("conflict", {}, 100);
    for (const entry& each : *log) is_logged = is_logged || decode<conflict_entry>(each.bytes)->dropped.bytes == encode(std::string("mine"));
    CHECK(is_logged);
    CHECK(tx->commit().has_value());
    REQUIRE(watch.engine.create(outing{.id = {"c"}, .sort = {"run"}, .started_at = {at(130)}}, at(9)).has_value());
    watch.sync(hub), phone.sync(hub);
    CHECK(phone.engine.find<outing>("c")->has_value());
  }
  SECTION("only the alias was deleted") {
    device<outing> watch{"watch", 5};
    REQUIRE(watch.engine.create(outing{.id = {"w"}, .sort = {"run"}, .started_at = {at(170)}}, at(1)).has_value());
    watch.sync(hub, message_kind::download);
    REQUIRE(watch.engine.remove<outing>("w", at(4)).has_value());
    watch.sync(hub);
    collect(hub);
    for (int i = 0; i < 2; ++i) phone.sync(hub), tablet.sync(hub), watch.sync(hub);
    CHECK(phone.engine.find<outing>("a")->has_value());
    CHECK(tablet.engine.find<outing>("b")->has_value());
    CHECK(note(tablet, "b"));
    tablet.sync(hub);
    REQUIRE(hub.the_hub.find<outing>("s", "a")->has_value());
    CHECK(hub.the_hub.find<outing>("s", "a")->value().note == "mine");
  }
}

template <class OfHub, class OfDevice>
struct versions {
  using at_hub = OfHub;
  using on_device = OfDevice;
};

TEMPLATE_TEST_CASE("a device of another version hears of a deletion that nobody remembers", "", (versions<lineages::trip_2, lineages::trip_1>),
                   (versions<lineages::trip_1, lineages::trip_2>), (versions<lineages::trip_2, lineages::trip_3>)) {
  using trip = typename TestType::on_device;
  lineages::store_type hub_store, store;
  lineages::hub_of<typename TestType::at_hub> hub{hub_store};
  auto phone = lineages::open<trip>(store, "phone");
  for (const char* id : {"a", "b"}) {
    REQUIRE(phone.template create<trip>(trip{.id = {id}, .title = {"old"}}, at(1)).has_value());
  }
  REQUIRE_DONE(lineages::sync(hub, phone));
  REQUIRE(phone.template edit<trip>("a", at(2), [](auto& e) { e[the<&trip::title>] = "new"; }).has_value());
  REQUIRE(hub.template remove<typename TestType::at_hub>("s", "a", at(3)).has_value());
  REQUIRE(hub.collect("s", at(0)).has_value());
  REQUIRE(*hub.collect("s", at(91 * day)) == 1);
  auto tx = store.begin("s");
  REQUIRE(tx->put("wanted", record_name<trip>("b"), {}).has_value());
  REQUIRE(tx->put("wanted", record_name<trip>("never there"), {}).has_value());
  REQUIRE(tx->put("wanted", record_name<trip>("a"), {}).has_value());
  REQUIRE(tx->commit().has_value());
  REQUIRE_DONE(lineages::sync(hub, phone));
  CHECK(phone.template find<trip>("a")->has_value() == false);
  CHECK(lineages::seen<trip>(phone, "b").title == "old");
  const auto log = lineages::conflicts(store);
  CHECK(std::any_of(log.begin(), log.end(), [](const auto& e) { return e.dropped.bytes == encode(std::string("new")); }));
}

// Two worlds of the same writes and sessions, of which one collects: no key is used twice, so nothing may differ in what
// is there, and where deletion wins nothing in the values either. (Where an update brings a record back, the twin has
// the values that others had written before the deletion.)
TEMPLATE_TEST_CASE("a world that forgets deletions comes to the same as one that remembers them", "", keeps, asks, loses) {
  std::size_t collected = 0;
  for (std::uint32_t seed = 0; seed < 150; ++seed) {
    struct twin {
      world<TestType> hub{};
      device<TestType> a{"a", 1, {.page = 2}}, b{"b", 3}, c{"c", 5};
      std::array<device<TestType>*, 3> devices{&a, &b, &c};
    } with, without;
    std::mt19937 random(seed);
    int keys = 0;
    for (int step = 1; step <= 60; ++step) {
      const auto which = random() % 3;
      const std::string id = std::to_string(keys == 0 ? 0 : random() % static_cast<unsigned>(keys));
      const unsigned what = random() % 10;
      if (what == 9) {
        const timestamp now{at(step) + std::chrono::days{91 * step}};
        auto done = with.hub.the_hub.collect("s", now);
        if (random() % 2 == 0) done = with.hub.the_hub.collect("s", now + std::chrono::days{90});
        REQUIRE(done.has_value());
        collected += *done;
        continue;
      }
      for (twin* each : {&with, &without}) {
        device<TestType>& d = *each->devices[which];
        if (what < 2) {
          const TestType made{.id = {std::to_string(keys)}, .name = {"new"}, .laps = {1}};
          REQUIRE(d.engine.create(made, at(step)).has_value());
        } else if (what < 5) {
          static_cast<void>(d.engine.template edit<TestType>(id, at(step), [&](auto& e) {
            if (step % 2 == 0) e[the<&TestType::name>] = "by " + std::to_string(step);
            if (step % 3 == 0) e[the<&TestType::laps>] = *e.record().laps + step;
            if (step % 3 == 1) e[the<&TestType::place>] = "at " + std::to_string(step);
          }));
        } else if (what < 6) {
          static_cast<void>(d.engine.template remove<TestType>(id, at(step)));
        } else {
          d.sync(each->hub);
        }
      }
      keys += what < 2;
    }
    for (twin* each : {&with, &without}) {
      for (int round = 0; round < 3; ++round) {
        for (auto* d : each->devices) d->sync(each->hub);
      }
    }
    INFO("seed " << seed);
    const auto expected = *without.hub.the_hub.template list<TestType>("s", {}, 1000);
    for (std::size_t place = 0; place < 4; ++place) {
      const auto found = place == 3 ? *with.hub.the_hub.template list<TestType>("s", {}, 1000)
                                    : *with.devices[place]->engine.template list<TestType>({}, 1000);
      REQUIRE(found.size() == expected.size());
      for (std::size_t i = 0; i < found.size(); ++i) {
        CHECK(*found[i].id == *expected[i].id);
        if (!keeps_updates<TestType>) CHECK(is_same_value(found[i], expected[i]));
      }
    }
  }
  CHECK(collected > 50);
}

}  // namespace

// SPDX-License-Identifier: BSL-1.0
// What becomes of a record that one side deletes while another, which does not know, changes it.

#include "regressions/world.hpp"

#include <syncline/resolve/counter.hpp>

#include <catch2/catch_template_test_macros.hpp>

#include <algorithm>
#include <string>

namespace {

using namespace regressions;

struct keeps {
  static constexpr record_info sync{.table = "keeps", .deletes = delete_policy::update_wins};
  key<std::string> id{};
  lww<std::string> name{};
  merge<int, counter> laps{};
  server<int> size{};
};
struct asks {
  static constexpr record_info sync{.table = "asks", .deletes = delete_policy::manual};
  key<std::string> id{};
  lww<std::string> name{};
  merge<int, counter> laps{};
  server<int> size{};
};
struct loses {
  static constexpr record_info sync{.table = "loses"};
  key<std::string> id{};
  lww<std::string> name{};
  merge<int, counter> laps{};
  server<int> size{};
};
static_assert(schema<keeps>::fingerprint != schema<loses>::fingerprint);

template <class R>
struct pair_of {
  world<R> hub{};
  device<R> phone{"phone", 1}, tablet{"tablet", 2};

  pair_of() {
    REQUIRE(phone.engine.create(R{.id = {"a"}, .name = {"old"}, .laps = {5}}, at(1)).has_value());
    phone.sync(hub);
    tablet.sync(hub);
  }
  void edit(device<R>& on, std::string name, int laps) {
    REQUIRE(on.engine
                .template edit<R>("a", at(10),
                                  [&](auto& e) {
                                    e[the<&R::name>] = name;
                                    e[the<&R::laps>] = laps;
                                  })
                .has_value());
  }
  void remove(device<R>& on) { REQUIRE(on.engine.template remove<R>("a", at(11)).has_value()); }
  void converge() {
    for (int i = 0; i < 2; ++i) phone.sync(hub), tablet.sync(hub);
  }
  std::optional<R> on(device<R>& d) { return *d.engine.template find<R>("a"); }
  std::vector<dropped_value> dropped() {
    std::vector<dropped_value> all;
    for (auto& each : *hub.the_hub.dropped("s", {}, 100)) all.push_back(each.second);
    return all;
  }
  bool is_logged(rule why) {
    bool found = false;
    for (const dropped_value& each : dropped()) found = found || each.why == why;
    for (auto* d : {&phone, &tablet}) {
      auto tx = d->store.begin("s");
      const auto entries = tx->list("conflict", {}, 100);
      for (const entry& each : *entries) found = found || decode<conflict_entry>(each.bytes)->why == why;
    }
    return found;
  }
};

TEMPLATE_TEST_CASE("an update stands against a deletion that had not seen it, whichever reaches the hub first", "", keeps, asks) {
  const rule why = schema<TestType>::info.deletes == delete_policy::manual ? rule::undecided : rule::updated;
  pair_of<TestType> of;
  of.edit(of.phone, "new", 7);
  of.remove(of.tablet);
  SECTION("the update first") { of.phone.sync(of.hub), of.tablet.sync(of.hub); }
  SECTION("the deletion first") { of.tablet.sync(of.hub), of.phone.sync(of.hub); }
  SECTION("the deletion is read before the update is sent") {
    of.tablet.sync(of.hub);
    of.phone.sync(of.hub, message_kind::download);  // its upload comes first
  }
  of.converge();
  for (auto* d : {&of.phone, &of.tablet}) {
    const auto found = of.on(*d);
    REQUIRE(found);
    CHECK(*found->name == "new");
    CHECK(*found->laps == 7);
  }
  CHECK(of.is_logged(why));
}

TEMPLATE_TEST_CASE("a deletion by somebody who had seen the update stands", "", keeps, asks) {
  pair_of<TestType> of;
  of.edit(of.phone, "new", 7);
  of.converge();
  of.remove(of.tablet);
  of.converge();
  CHECK(!of.on(of.phone));
  CHECK(!of.on(of.tablet));
  CHECK(of.dropped().empty());
  SECTION("and a record that is made again starts over") {
    REQUIRE(of.phone.engine.create(TestType{.id = {"a"}, .name = {"again"}}, at(20)).has_value());
    of.converge();
    REQUIRE(of.on(of.tablet));
    CHECK(*of.on(of.tablet)->laps == 0);
  }
}

TEMPLATE_TEST_CASE("what the hub computes does not make a record undeletable", "[rule-19]", keeps, asks) {
  pair_of<TestType> of;
  REQUIRE(of.hub.the_hub.template edit<TestType>("s", "a", at(5), [](auto& e) { e[the<&TestType::size>] = 3; }).has_value());
  of.remove(of.tablet);
  of.converge();
  CHECK(!of.on(of.phone));
  CHECK(!of.on(of.tablet));
}

TEMPLATE_TEST_CASE("an update by the device that deletes is no update against its deletion", "", keeps, asks) {
  pair_of<TestType> of;
  of.edit(of.tablet, "mine", 9);
  of.tablet.sync(of.hub);
  of.remove(of.tablet);
  of.converge();
  CHECK(!of.on(of.phone));
}

TEST_CASE("by default deletion wins, and what was written is in the log", "[rule-19]") {
  pair_of<loses> of;
  of.edit(of.phone, "new", 7);
  of.remove(of.tablet);
  SECTION("the update first") { of.phone.sync(of.hub), of.tablet.sync(of.hub); }
  SECTION("the deletion first") {
    of.tablet.sync(of.hub), of.phone.sync(of.hub);
    CHECK(of.is_logged(rule::deleted));
  }
  of.converge();
  CHECK(!of.on(of.phone));
  CHECK(!of.on(of.tablet));
}

TEMPLATE_TEST_CASE("edits upon edits survive a deletion, and increments count once", "", keeps, asks) {
  pair_of<TestType> of;
  of.edit(of.phone, "one", 6);
  of.remove(of.tablet);
  of.tablet.sync(of.hub);
  of.phone.sync(of.hub);
  of.edit(of.phone, "two", 8);
  of.edit(of.tablet.engine.template find<TestType>("a")->has_value() ? of.tablet : of.phone, "three", 9);
  of.converge();
  REQUIRE(of.on(of.tablet));
  CHECK(*of.on(of.tablet)->name == "three");
  CHECK(*of.on(of.tablet)->laps == 9);
  CHECK(is_same_value(*of.on(of.tablet), *of.on(of.phone)));
}

}  // namespace

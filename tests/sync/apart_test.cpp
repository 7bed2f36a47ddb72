// SPDX-License-Identifier: BSL-1.0
// Duplicates that a person takes apart, and joins again: an alias can be undone from any device.

#include "regressions/world.hpp"
#include "resolve/duplicates_model.hpp"

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace {

using namespace duplicates_model;
using regressions::device;
using world = regressions::world<ride, conflict>;
using phone = device<ride, conflict>;

ride draft(std::string id, int minute) { return made(std::move(id), "run", duplicates_model::at(minute)); }

void create(phone& on, const ride& r, int second = 0) { REQUIRE(on.engine.create(r, regressions::at(second)).has_value()); }

template <class Change>
void edit(phone& on, const std::string& id, int second, Change&& change) {
  const auto done = on.engine.edit<ride>(id, regressions::at(second), change);
  INFO((done ? std::string() : done.error().message));
  REQUIRE(done.has_value());
}

std::vector<conflict> entries(phone& on) { return on.engine.list<conflict>().value(); }

// The entry that says that `id` became an alias (or, if `is_back`, a record again) and that nobody asked to take back.
std::optional<conflict> entry_about(phone& on, const std::string& id, bool is_back = false) {
  for (const conflict& each : entries(on)) {
    if (!is_about_alias<ride>(each) || each.record->bytes != encode(id) || !each.requested_by->empty()) continue;
    if ((each.values->front().why == rule::undone) == is_back) return each;
  }
  return {};
}

result<undo_report> undo(phone& on, const std::string& id, int second, bool is_back = false) {
  const auto entry = entry_about(on, id, is_back);
  REQUIRE(entry.has_value());
  return on.engine.undo(*entry->id, regressions::at(second));
}

ride find(phone& on, const std::string& id) {
  const auto found = on.engine.find<ride>(id);
  REQUIRE(found.has_value());
  REQUIRE(found->has_value());
  return **found;
}

std::size_t count(phone& on) { return on.engine.list<ride>()->size(); }

struct three {
  world all{};
  phone a{"a", 1}, b{"b", 3}, c{"c", 5};

  void sync() {
    for (int round = 0; round < 2; ++round) {
      for (phone* each : {&a, &b, &c}) each->sync(all);
    }
  }
};

three one_of_two() {
  three w;
  ride early = draft("one", 0), late = draft("two", 5);
  early.name = "by hand";
  early.rpe = 3;
  early.tags = std::set<std::string>{"hot"};
  early.kudos = 1;
  late.name = "imported";
  late.source = "fit";
  late.distance_m = 9;
  late.tags = std::set<std::string>{"far"};
  late.kudos = 2;
  create(w.a, early, 1);
  create(w.b, late, 2);
  w.sync();
  REQUIRE(count(w.c) == 1);
  return w;
}

TEST_CASE("an alias that is undone is a record again, each with its own values, on every device", "[rule-22]") {
  three w = one_of_two();
  const auto asked = undo(w.c, "two", 10);
  REQUIRE(asked.has_value());
  CHECK(asked->asked == std::vector<std::string>{"id"});
  CHECK(count(w.c) == 1);  // the hub has what each of them was
  w.sync();
  for (phone* each : {&w.a, &w.b, &w.c}) {
    REQUIRE(count(*each) == 2);
    const ride one = find(*each, "one"), two = find(*each, "two");
    CHECK(*one.id == "one");
    CHECK(*one.name == "by hand");
    CHECK(*one.rpe == 3);
    CHECK(*one.started_at == duplicates_model::at(0));
    CHECK(*one.source == std::nullopt);
    CHECK(*one.distance_m == std::nullopt);
    CHECK(*one.tags == std::set<std::string>{"hot"});
    CHECK(*one.kudos == 1);
    CHECK(*two.id == "two");
    CHECK(*two.name == "imported");
    CHECK(*two.rpe == std::nullopt);
    CHECK(*two.source == "fit");
    CHECK(*two.distance_m == 9);
    CHECK(*two.tags == std::set<std::string>{"far"});
    CHECK(*two.kudos == 2);
  }
  const auto again = undo(w.a, "two", 11, true);
  REQUIRE(again.has_value());
  w.sync();
  for (phone* each : {&w.a, &w.b, &w.c}) {
    REQUIRE(count(*each) == 1);
    CHECK(*find(*each, "two").id == "one");
    CHECK(*find(*each, "two").name == "imported");
    CHECK(*find(*each, "two").rpe == 3);
    CHECK(*find(*each, "two").kudos == 3);
    CHECK(*find(*each, "two").tags == std::set<std::string>{"far", "hot"});
  }
  REQUIRE(undo(w.b, "two", 12).has_value());  // and apart again
  w.sync();
  CHECK(count(w.a) == 2);
  CHECK(*find(w.a, "two").kudos == 2);
}

TEST_CASE("an alias that two devices undo at once is undone once, and each hears who asked", "[rule-21][rule-22]") {
  for (const bool b_first : {false, true}) {
    three w = one_of_two();
    const std::string id = *entry_about(w.a, "two")->id;
    REQUIRE(undo(w.a, "two", 10).has_value());
    REQUIRE(undo(w.b, "two", 11).has_value());
    (b_first ? w.b : w.a).sync(w.all);
    (b_first ? w.a : w.b).sync(w.all);
    w.sync();
    for (phone* each : {&w.a, &w.b, &w.c}) {
      CHECK(count(*each) == 2);
      CHECK(find(*each, "two").kudos == 2);
      const auto refused = each->engine.undo(id, regressions::at(12));
      REQUIRE_FALSE(refused.has_value());
      CHECK(refused.error().message.find("was taken back by the server, after") != std::string::npos);
    }
    const auto all = entries(w.c);
    CHECK(std::count_if(all.begin(), all.end(), [&](const conflict& each) { return *each.undoes == id; }) == 1);
  }
}

TEST_CASE("one device undoes the undo while another, which has not heard of it, undoes the alias: they stay one", "[rule-22]") {
  three w = one_of_two();
  REQUIRE(undo(w.a, "two", 10).has_value());
  REQUIRE(undo(w.b, "two", 10).has_value());
  w.a.sync(w.all);
  REQUIRE(undo(w.a, "two", 11, true).has_value());
  w.a.sync(w.all);
  w.sync();
  for (phone* each : {&w.a, &w.b, &w.c}) CHECK(count(*each) == 1);
}

TEST_CASE("what was written while they were one stays with the survivor, also where it waits when they come apart") {
  three w = one_of_two();
  edit(w.b, "two", 10, [](auto& e) {  // reaches "one"
    e[the<&ride::name>] = "renamed";
    e[the<&ride::kudos>] = 7;
  });
  w.sync();
  edit(w.c, "two", 12, [](auto& e) { e[the<&ride::rpe>] = 9; });  // waits
  REQUIRE(undo(w.a, "two", 11).has_value());
  w.a.sync(w.all);
  w.sync();
  for (phone* each : {&w.a, &w.b, &w.c}) {
    REQUIRE(count(*each) == 2);
    CHECK(*find(*each, "one").name == "renamed");
    CHECK(*find(*each, "one").kudos == 5);
    CHECK(*find(*each, "one").rpe == 9);
    CHECK(*find(*each, "two").name == "imported");
    CHECK(*find(*each, "two").kudos == 2);
  }
}

TEST_CASE("two that were taken apart stay so, whatever is written to them or arrives beside them", "[rule-22]") {
  three w = one_of_two();
  REQUIRE(undo(w.a, "two", 10).has_value());
  w.sync();
  REQUIRE(w.all.the_hub.edit<ride>("s", "two", regressions::at(11), [](auto& e) { e[the<&ride::sport>] = "hike"; }).has_value());
  REQUIRE(w.all.the_hub.edit<ride>("s", "two", regressions::at(12), [](auto& e) { e[the<&ride::sport>] = "run"; }).has_value());
  create(w.b, draft("three", 3), 13);
  w.sync();
  for (phone* each : {&w.a, &w.b, &w.c}) {
    REQUIRE(count(*each) == 2);
    CHECK(*find(*each, "two").id == "two");
    CHECK(*find(*each, "three").id == "one");
  }
}

TEST_CASE("an edit and a deletion of the old id by a device that never heard of the alias are of the record that came back") {
  for (const bool deletes : {false, true}) {
    three w;
    create(w.b, draft("two", 5));
    w.b.sync(w.all);  // and hears nothing for long
    create(w.a, draft("one", 0));
    w.a.sync(w.all);
    w.c.sync(w.all);
    REQUIRE(undo(w.c, "two", 10).has_value());
    w.c.sync(w.all);
    if (deletes) {
      REQUIRE(w.b.engine.remove<ride>("two", regressions::at(20)).has_value());
    } else {
      edit(w.b, "two", 20, [](auto& e) { e[the<&ride::rpe>] = 8; });
    }
    w.sync();
    for (phone* each : {&w.a, &w.b, &w.c}) {
      CHECK(count(*each) == (deletes ? 1 : 2));
      CHECK(*find(*each, "one").rpe == std::nullopt);
      if (!deletes) CHECK(*find(*each, "two").rpe == 8);
    }
  }
}

TEST_CASE("an alias of a record that was deleted since is not undone, and the log says so") {
  three w = one_of_two();
  REQUIRE(undo(w.a, "two", 10).has_value());
  REQUIRE(w.b.engine.remove<ride>("one", regressions::at(11)).has_value());
  w.b.sync(w.all);
  w.sync();
  for (phone* each : {&w.a, &w.b, &w.c}) CHECK(count(*each) == 0);
  const auto all = entries(w.c);
  const auto said = std::find_if(all.begin(), all.end(), [](const conflict& each) { return *each.requested_by == "a"; });
  REQUIRE(said != all.end());
  CHECK(*said->granted == false);
}

TEST_CASE("what the server measured of a ride that went is told, and goes with its points") {
  three w;
  ride by_hand = draft("one", 0), imported = draft("two", 5);
  by_hand.distance_m = 4;
  imported.source = "fit";
  imported.distance_m = 9;
  create(w.a, by_hand, 1);
  create(w.b, imported, 2);
  w.sync();
  REQUIRE(w.all.the_hub.edit<ride>("s", "two", regressions::at(5), [](auto& e) { e[the<&ride::distance_m>] = 8; }).has_value());
  w.sync();
  REQUIRE(undo(w.c, "two", 10).has_value());
  w.sync();
  CHECK(*find(w.a, "one").distance_m == 4);
  CHECK(*find(w.a, "two").distance_m == 9);
  const auto back = entry_about(w.a, "two", true);
  REQUIRE(back.has_value());
  REQUIRE(back->values->size() == 2);
  CHECK((*back->values)[1].field == "distance_m");
  CHECK((*back->values)[1].dropped.bytes == encode(std::optional<int>(8)));
}

// The model: what each ride is on its own, which mark it bears, and with whom it joined. \see duplicates_model
struct model {
  struct member {
    single own{};
    std::string mark{};
    std::set<std::string> side{};
  };
  std::map<std::string, member> all{};

  std::vector<std::set<std::string>> groups() const {
    std::map<std::string, std::vector<single>> by_mark;
    for (const auto& [id, each] : all) by_mark[each.mark].push_back(each.own);
    std::vector<std::set<std::string>> found;
    for (const auto& [mark, some] : by_mark) {
      for (const members& group : groups_of(some)) {
        found.emplace_back();
        for (const single* each : group) found.back().insert(*each->value.id);
      }
    }
    return found;
  }
  std::set<std::string> group_of(const std::string& id) const {
    for (const auto& each : groups()) {
      if (each.contains(id)) return each;
    }
    return {};
  }
  std::string survivor(const std::string& id) const {
    members in;
    for (const std::string& each : group_of(id)) in.push_back(&all.at(each).own);
    return *(*std::min_element(in.begin(), in.end(), least))->value.id;
  }
  ride value(const std::string& id) const {
    members in;
    for (const std::string& each : group_of(id)) in.push_back(&all.at(each).own);
    return expected(in);
  }

  // Notes who stood for whom, for those that are aliases after `change` and were not before.
  template <class Change>
  void step(Change&& change) {
    std::map<std::string, std::set<std::string>> stood_for;
    for (const auto& [id, each] : all) {
      if (survivor(id) == id) stood_for[id] = group_of(id);
    }
    change();
    for (auto& [id, each] : all) {
      if (survivor(id) == id) continue;
      if (!stood_for.contains(id) && each.side.empty()) each.side = {id};
      if (stood_for.contains(id)) each.side = stood_for[id];
    }
  }

  void take_out(const std::string& id) {
    if (survivor(id) == id) return;
    const std::set<std::string> together = group_of(id), side = all[id].side;
    for (const std::string& each : side) {
      if (together.contains(each)) all[each].mark = id;
    }
  }
  void bring_back(const std::string& id, const std::string& other) {
    const std::string to = all[other].mark;
    for (const std::string& each : group_of(id)) all[each].mark = to;
  }
};

TEST_CASE("any sequence of joins, edits, undos and undos of undos leads to what the model says, on all devices", "[rule-22]") {
  std::mt19937 random(11);
  int undone = 0, redone = 0;
  for (int round = 0; round < 60; ++round) {
    three w;
    std::vector<phone*> phones{&w.a, &w.b, &w.c};
    model wanted;
    std::vector<single> rides = some_rides(random);
    int second = 0;
    const auto any = [&]() -> phone& { return *phones[random() % 3]; };
    for (int i = 0; i < 25; ++i) {
      phone& on = any();
      second += 2;
      const auto kind = random() % 10;
      if (!rides.empty() && (kind < 3 || wanted.all.empty())) {
        single made = rides.back();
        rides.pop_back();
        made.value.heart_rate.value.chunks.clear();
        if (random() % 3 != 0) made.value.sport = "run";
        made.written.fill({hybrid_time::at(regressions::at(second)), device_id(on.name)});
        create(on, made.value, second);
        wanted.step([&] { wanted.all[*made.value.id] = {made, {}, {}}; });
      } else if (kind < 6 && !wanted.all.empty()) {
        const std::string id = std::next(wanted.all.begin(), static_cast<std::ptrdiff_t>(random() % wanted.all.size()))->first;
        single& own = wanted.all[wanted.survivor(id)].own;
        const stamp written{hybrid_time::at(regressions::at(second)), device_id(on.name)};
        const std::string word = "w" + std::to_string(second);
        edit(on, id, second, [&](auto& e) {
          e[the<&ride::name>] = word;
          e[the<&ride::tags>].insert(word);
          e[the<&ride::kudos>] += 3;
        });
        own.value.name = word;
        own.value.tags.value.insert(word);
        own.value.kudos.value += 3;
        for (const std::size_t field : {the<&ride::name>.index, the<&ride::tags>.index, the<&ride::kudos>.index}) own.written[field] = written;
      } else {
        std::vector<conflict> open;
        for (const conflict& each : entries(on)) {
          if (is_about_alias<ride>(each) && each.requested_by->empty()) open.push_back(each);
        }
        if (open.empty()) continue;
        const conflict& entry = open[random() % open.size()];
        const auto id = decode<std::string>(entry.record->bytes).value();
        const bool is_back = entry.values->front().why == rule::undone;
        REQUIRE(on.engine.undo(*entry.id, regressions::at(second)).has_value());
        wanted.step([&] { is_back ? wanted.bring_back(id, decode<std::string>(entry.values->front().dropped.bytes).value()) : wanted.take_out(id); });
        ++(is_back ? redone : undone);
      }
      on.sync(w.all);
      w.sync();
      for (phone* each : phones) {
        INFO("round " << round << ", step " << i << ", device " << each->name);
        REQUIRE(count(*each) == wanted.groups().size());
        for (const auto& [id, member] : wanted.all) {
          INFO("record " << id);
          const ride seen = find(*each, id);
          REQUIRE(*seen.id == wanted.survivor(id));
          REQUIRE(changed_fields(seen, wanted.value(id)).empty());
        }
        REQUIRE(each->engine.report().refused == 0);
      }
    }
  }
  CHECK(undone > 60);
  CHECK(redone > 20);
}

}  // namespace

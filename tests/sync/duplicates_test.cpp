// SPDX-License-Identifier: BSL-1.0
// Duplicates between devices and a hub: one record in every order of arrival, and an alias that keeps working.

#include "regressions/world.hpp"
#include "resolve/duplicates_model.hpp"

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <memory>
#include <random>
#include <string>
#include <vector>

namespace {

using namespace duplicates_model;
using regressions::device;
using regressions::world;
using phone = device<ride>;

ride draft(std::string id, int minute) { return made(std::move(id), "run", duplicates_model::at(minute)); }

void create(phone& on, const ride& r, int second = 0) { REQUIRE(on.engine.create(r, regressions::at(second)).has_value()); }

template <class Change>
void edit(phone& on, const std::string& id, int second, Change&& change) {
  const auto done = on.engine.edit<ride>(id, regressions::at(second), change);
  INFO((done ? std::string() : done.error().message));
  REQUIRE(done.has_value());
}

std::optional<ride> find(phone& on, const std::string& id) {
  const auto found = on.engine.find<ride>(id);
  REQUIRE(found.has_value());
  return *found;
}

std::vector<ride> list(phone& on) {
  const auto all = on.engine.list<ride>();
  REQUIRE(all.has_value());
  return *all;
}

std::vector<ride> list(world<ride>& all) {
  const auto there = all.the_hub.list<ride>("s", {}, 100);
  REQUIRE(there.has_value());
  return *there;
}

std::size_t count_dropped(world<ride>& all) { return all.the_hub.dropped("s", {}, 1000)->size(); }

TEST_CASE("whichever record arrives first, on whichever device, the same one survives with the same values", "[rule-22]") {
  std::mt19937 random(5);
  for (int round = 0; round < 250; ++round) {
    std::vector<single> rides = some_rides(random);
    for (std::size_t i = 0; i < rides.size(); ++i) {
      if (random() % 3 != 0) rides[i].value.started_at = duplicates_model::at(static_cast<int>(random() % 8) * 6);
      rides[i].value.heart_rate.value.chunks.clear();  // the points' way is their own
    }
    std::vector<int> seconds(rides.size());
    for (std::size_t i = 0; i < rides.size(); ++i) {
      seconds[i] = static_cast<int>(random() % 3);
      rides[i].written.fill({hybrid_time::at(regressions::at(seconds[i])), device_id(std::string(1, static_cast<char>('p' + i)))});
    }
    for (int order = 0; order < 3; ++order) {
      world<ride> all;
      std::vector<std::unique_ptr<phone>> phones;
      for (std::size_t i = 0; i < rides.size(); ++i) {
        phones.push_back(std::make_unique<phone>(std::string(1, static_cast<char>('p' + i)), 2 * i + 1));
        create(*phones.back(), rides[i].value, seconds[i]);
      }
      std::shuffle(phones.begin(), phones.end(), random);
      for (const auto& each : phones) {
        each->sync(all);
        if (random() % 3 == 0) phones[random() % phones.size()]->sync(all);
      }
      phones.push_back(std::make_unique<phone>("z", 99));  // it knows nothing before
      for (const auto& each : phones) each->sync(all);
      const std::vector<members> groups = groups_of(rides);
      REQUIRE(list(all).size() == groups.size());
      for (const auto& each : phones) {
        REQUIRE(list(*each).size() == groups.size());
        for (const members& group : groups) {
          const ride wanted = expected(group);
          for (const single* member : group) {
            const auto found = find(*each, *member->value.id);
            REQUIRE(found.has_value());
            REQUIRE(*found->id == *wanted.id);
            REQUIRE(changed_fields(*found, wanted).empty());
          }
        }
      }
    }
  }
}

TEST_CASE("a record that joins two groups makes them one, and all aliases lead to its survivor", "[rule-22]") {
  world<ride> all;
  phone a("a", 1), b("b", 3);
  create(a, draft("late", 16));
  create(a, draft("later", 20));
  create(a, draft("early", 0));
  create(a, draft("earlier", -4));
  a.sync(all);
  CHECK(list(a).size() == 2);
  b.sync(all);
  create(b, draft("between", 8));
  b.sync(all);
  a.sync(all);
  for (phone* each : {&a, &b}) {
    REQUIRE(list(*each).size() == 1);
    for (const char* id : {"late", "later", "early", "earlier", "between"}) CHECK(*find(*each, id)->id == "earlier");
  }
  for (const char* id : {"late", "later", "early", "earlier", "between"}) {
    CHECK(*all.the_hub.find<ride>("s", id).value()->id == "earlier");
  }
}

TEST_CASE("an edit of the vanished id that was made offline reaches the survivor") {
  world<ride> all;
  phone a("a", 1), b("b", 3);
  ride second = draft("two", 5);
  second.name = "Imported";
  create(a, second);
  a.sync(all);
  ride first = draft("one", 0);
  first.rpe = 3;
  create(b, first, 10);
  b.sync(all);
  // `a` has not heard that "two" is "one" now.
  edit(a, "two", 20, [](auto& e) {
    e[the<&ride::rpe>] = 8;
    e[the<&ride::tags>] = std::set<std::string>{"hot"};
    e[the<&ride::kudos>] = 4;
  });
  a.sync(all);
  b.sync(all);
  for (phone* each : {&a, &b}) {
    REQUIRE(list(*each).size() == 1);
    const ride seen = *find(*each, "two");
    CHECK(*seen.id == "one");
    CHECK(*seen.rpe == 8);
    CHECK(*seen.tags == std::set<std::string>{"hot"});
    CHECK(*seen.kudos == 4);
    CHECK(*seen.name == "Imported");
    CHECK(each->engine.report().refused == 0);
  }
}

TEST_CASE("of an edit of the vanished id and one of the survivor the later stands, whichever arrives first") {
  for (const bool vanished_is_later : {false, true}) {
    for (const bool vanished_first : {false, true}) {
      world<ride> all;
      phone a("a", 1), b("b", 3);
      create(a, draft("two", 5));
      create(b, draft("one", 0));
      a.sync(all);
      edit(a, "two", vanished_is_later ? 30 : 20, [](auto& e) { e[the<&ride::name>] = "by a"; });
      b.sync(all);  // now they are one
      edit(b, "one", 25, [](auto& e) { e[the<&ride::name>] = "by b"; });
      (vanished_first ? a : b).sync(all);
      (vanished_first ? b : a).sync(all);
      a.sync(all);
      b.sync(all);
      const std::string wanted = vanished_is_later ? "by a" : "by b";
      CHECK(*find(a, "one")->name == wanted);
      CHECK(*find(b, "two")->name == wanted);
      CHECK(count_dropped(all) + a.engine.state().conflicts > 0);
    }
  }
}

TEST_CASE("an edit that waits when the alias is learnt is seen at once in the survivor, and is not lost") {
  world<ride> all;
  phone a("a", 1), b("b", 3);
  create(a, draft("two", 5));
  a.sync(all);
  create(b, draft("one", 0));
  b.sync(all);
  a.engine.begin_session();
  a.take(all.answer("a", a.next()));  // checked
  const std::string request = a.next();
  REQUIRE(static_cast<message_kind>(request.front()) == message_kind::download);
  edit(a, "two", 20, [](auto& e) { e[the<&ride::rpe>] = 9; });
  a.take(all.answer("a", request));
  REQUIRE(list(a).size() == 1);
  CHECK(*list(a).front().id == "one");
  CHECK(*find(a, "two")->rpe == 9);
  a.go_on(all);
  b.sync(all);
  CHECK(*find(b, "two")->rpe == 9);
  CHECK(*all.the_hub.find<ride>("s", "one").value()->rpe == 9);
}

TEST_CASE("edits of both ids that wait when the alias is learnt are composed, and of two values the later stands") {
  for (const bool vanished_is_later : {false, true}) {
    world<ride> all;
    phone a("a", 1), b("b", 3);
    create(a, draft("two", 5));
    create(a, draft("one", 0));
    const std::string request = a.sync(all, message_kind::download);  // both were taken, and it does not know yet that they are one
    CHECK(list(a).size() == 2);
    const auto change = [&](const std::string& id, int second, int kudos) {
      edit(a, id, second, [&](auto& e) {
        e[the<&ride::name>] = id;
        e[the<&ride::kudos>] = kudos;
        e[the<&ride::notes>] = "about " + id;
        e[the<&ride::tags>] = std::set<std::string>{id};
      });
    };
    if (vanished_is_later) {
      change("one", 20, 3);
      change("two", 30, 2);
    } else {
      change("two", 20, 2);
      change("one", 30, 3);
    }
    a.take(all.answer("a", request));
    const auto check = [&](const ride& seen) {
      CHECK(*seen.name == (vanished_is_later ? "two" : "one"));
      CHECK(*seen.kudos == 5);
      CHECK(seen.notes->find("one") != std::string::npos);
      CHECK(seen.notes->find("two") != std::string::npos);
      CHECK(*seen.tags == std::set<std::string>{"one", "two"});
    };
    REQUIRE(list(a).size() == 1);
    check(list(a).front());
    CHECK(a.engine.state().conflicts == 2);  // the name now, and the time of the start when they became one
    a.go_on(all);
    b.sync(all);
    check(*find(b, "two"));
    check(*find(a, "one"));
  }
}

TEST_CASE("of edits of both ids in one envelope the later stands, also where it is sent first") {
  world<ride> all;
  phone a("a", 1);
  create(a, draft("two", 5));
  create(a, draft("one", 0));
  a.sync(all, message_kind::download);  // both were taken, and it does not know yet that they are one
  edit(a, "two", 10, [](auto& e) { e[the<&ride::rpe>] = 1; });  // so that it is the first in the queue
  edit(a, "one", 20, [](auto& e) { e[the<&ride::name>] = "earlier"; });
  edit(a, "two", 30, [](auto& e) { e[the<&ride::name>] = "later"; });
  a.sync(all);
  CHECK(*all.the_hub.find<ride>("s", "one").value()->name == "later");
  CHECK(*find(a, "two")->name == "later");
}

TEST_CASE("an answer about a record that the same envelope joins with another afterwards is not taken for all of it") {
  world<ride> all;
  phone a("a", 1);
  create(a, draft("one", 0));
  a.sync(all);
  edit(a, "one", 10, [](auto& e) { e[the<&ride::name>] = "named"; });
  ride second = draft("two", 5);
  second.rpe = 5;
  second.name = "named later";
  create(a, second, 20);
  a.sync(all);
  REQUIRE(list(a).size() == 1);
  CHECK(*find(a, "one")->rpe == 5);
  CHECK(*find(a, "one")->name == "named later");
}

TEST_CASE("a delete from before the alias removes the alias only; one by who knows it deletes the survivor", "[rule-22]") {
  world<ride> all;
  phone a("a", 1), b("b", 3);
  create(a, draft("two", 5));
  a.sync(all);
  create(b, draft("one", 0));
  b.sync(all);
  SECTION("before, sent under the old id") {
    REQUIRE(a.engine.remove<ride>("two", regressions::at(20)).has_value());
    a.sync(all);
    b.sync(all);
    for (phone* each : {&a, &b}) {
      CHECK(list(*each).size() == 1);
      CHECK(find(*each, "one").has_value());
      CHECK_FALSE(find(*each, "two").has_value());
    }
    CHECK_FALSE(all.the_hub.find<ride>("s", "two")->has_value());
    CHECK(all.the_hub.find<ride>("s", "one")->has_value());
  }
  SECTION("before, but the alias is learnt before it is sent") {
    a.engine.begin_session();
    a.take(all.answer("a", a.next()));
    const std::string request = a.next();
    REQUIRE(a.engine.remove<ride>("two", regressions::at(20)).has_value());
    a.take(all.answer("a", request));
    CHECK(list(a).size() == 1);
    CHECK_FALSE(find(a, "two").has_value());
    a.go_on(all);
    b.sync(all);
    CHECK(find(b, "one").has_value());
    CHECK_FALSE(find(b, "two").has_value());
  }
  SECTION("after") {
    a.sync(all);
    REQUIRE(a.engine.remove<ride>("two", regressions::at(20)).has_value());
    CHECK(list(a).empty());
    a.sync(all);
    b.sync(all);
    for (phone* each : {&a, &b}) {
      CHECK(list(*each).empty());
      CHECK_FALSE(find(*each, "one").has_value());
    }
    // An edit of the vanished id that comes now is one of a deleted record: it is logged.
    const std::size_t before = count_dropped(all);
    phone c("c", 5);
    create(c, draft("two", 5));
    c.sync(all);
    CHECK(count_dropped(all) > before);
    CHECK(list(c).empty());
  }
}

TEST_CASE("two records that take turns in standing for each other do not lead in a circle") {
  world<ride> all;
  phone a("a", 1), b("b", 3), c("c", 5);
  create(a, draft("second", 5));
  a.sync(all);
  create(b, draft("first", 0));
  b.sync(all);
  c.sync(all);
  CHECK(*find(c, "second")->id == "first");
  REQUIRE(a.engine.remove<ride>("second", regressions::at(10)).has_value());  // not knowing that it is an alias by now
  a.sync(all);
  create(a, draft("second", -3), 20);  // made anew, and now the lesser one
  a.sync(all);
  for (phone* each : {&a, &b, &c}) {
    each->sync(all);
    REQUIRE(list(*each).size() == 1);
    for (const char* id : {"first", "second"}) CHECK(*find(*each, id)->id == "second");
  }
}

TEST_CASE("a retry after an answer that was lost makes no second record") {
  world<ride> all;
  phone a("a", 1), b("b", 3);
  create(b, draft("one", 0));
  b.sync(all);
  create(a, draft("two", 5));
  const std::string upload = a.sync(all, message_kind::upload);
  const std::string lost = all.answer("a", upload);  // committed, and the answer never comes
  CHECK(list(all).size() == 1);
  a.sync(all);
  CHECK(all.answer("a", upload) == lost);
  b.sync(all);
  CHECK(list(a).size() == 1);
  CHECK(list(b).size() == 1);
  CHECK(list(all).size() == 1);
  const auto again = a.engine.create(draft("two", 5), regressions::at(40));
  REQUIRE_FALSE(again.has_value());
  CHECK(again.error().code == error_code::already_exists);
}

TEST_CASE("two devices that import one file under one id, and a third its duplicate, have one record") {
  for (const int order : {0, 1, 2}) {
    world<ride> all;
    phone a("a", 1), b("b", 3), c("c", 5);
    create(a, draft("file", 5));
    create(b, draft("file", 5));
    create(c, draft("hand", 0));
    edit(b, "file", 10, [](auto& e) { e[the<&ride::rpe>] = 4; });
    std::vector<phone*> phones{&a, &b, &c};
    std::rotate(phones.begin(), phones.begin() + order, phones.end());
    for (int round = 0; round < 2; ++round) {
      for (phone* each : phones) each->sync(all);
    }
    for (phone* each : phones) {
      REQUIRE(list(*each).size() == 1);
      CHECK(*find(*each, "file")->id == "hand");
      CHECK(*find(*each, "file")->rpe == 4);
      CHECK(each->engine.report().refused == 0);
    }
  }
}

TEST_CASE("the server's doors take the vanished id too, and what it makes is joined") {
  world<ride> all;
  phone a("a", 1);
  create(a, draft("two", 5));
  a.sync(all);
  REQUIRE(all.the_hub.create("s", draft("one", 0), regressions::at(5)).has_value());
  REQUIRE(list(all).size() == 1);
  REQUIRE(all.the_hub.edit<ride>("s", "two", regressions::at(6), [](auto& e) { e[the<&ride::distance_m>] = 7; }).has_value());
  a.sync(all);
  CHECK(*find(a, "two")->distance_m == 7);
  CHECK(*find(a, "two")->id == "one");
  REQUIRE(all.the_hub.remove<ride>("s", "two", regressions::at(7)).has_value());
  CHECK(list(all).empty());
}

TEST_CASE("a record whose kind the server corrects finds its duplicates then") {
  world<ride> all;
  phone a("a", 1);
  create(a, made("one", "run", duplicates_model::at(0)));
  create(a, made("two", "hike", duplicates_model::at(5)));
  a.sync(all);
  CHECK(list(a).size() == 2);
  REQUIRE(all.the_hub.edit<ride>("s", "two", regressions::at(6), [](auto& e) { e[the<&ride::sport>] = "run"; }).has_value());
  a.sync(all);
  CHECK(list(a).size() == 1);
  create(a, made("three", "hike", duplicates_model::at(5)));  // what "two" was before matches nobody
  a.sync(all);
  CHECK(list(a).size() == 2);
}

TEST_CASE("what a duplicate loses is in the hub's log, and told to the device that sent it") {
  world<ride> all;
  phone a("a", 1), b("b", 3);
  ride first = draft("one", 0);
  first.name = "kept?";
  first.distance_m = 10;
  create(a, first, 0);
  a.sync(all);
  ride second = draft("two", 5);
  second.name = "later";
  second.distance_m = 20;
  create(b, second, 5);
  b.sync(all);
  const auto dropped = all.the_hub.dropped("s", {}, 100);
  REQUIRE(dropped.has_value());
  std::vector<std::string> lost;
  for (const auto& [name, value] : *dropped) {
    CHECK(value.why == rule::duplicate);
    lost.push_back(decode<std::string>(value.key.bytes).value() + "." + std::string(schema<ride>::names[value.field]) + " of " + value.by);
  }
  std::sort(lost.begin(), lost.end());
  CHECK(lost == std::vector<std::string>{"one.name of a", "two.distance_m of b", "two.started_at of b"});
  CHECK(b.engine.state().conflicts == 2);
  a.sync(all);
  const auto kept = a.engine.find_record<ride>("one");
  REQUIRE((kept.has_value() && kept->has_value()));
  const auto& reasons = (*kept)->reasons;
  const auto name = std::find_if(reasons.begin(), reasons.end(), [](const auto& r) { return r.field == the<&ride::name>.index; });
  REQUIRE(name != reasons.end());
  CHECK(name->why == rule::duplicate);
  REQUIRE(name->dropped.has_value());
  CHECK(decode<std::string>(name->dropped->bytes).value() == "kept?");
}

TEST_CASE("a deleted record is nobody's duplicate, and one that comes back is again") {
  world<ride> all;
  phone a("a", 1);
  create(a, draft("one", 0));
  a.sync(all);
  REQUIRE(a.engine.remove<ride>("one", regressions::at(5)).has_value());
  a.sync(all);
  create(a, draft("two", 5), 6);
  a.sync(all);
  REQUIRE(list(a).size() == 1);
  CHECK(*list(a).front().id == "two");
  create(a, draft("one", 0), 7);
  a.sync(all);
  REQUIRE(list(a).size() == 1);
  CHECK(*find(a, "two")->id == "one");
}

// Some messages of a session; the last one's answer may be lost, or come when more was written.
template <class Meanwhile>
void sync_in_part(phone& on, world<ride>& all, std::mt19937& random, Meanwhile&& meanwhile) {
  on.engine.begin_session();
  for (auto messages = random() % 6; messages > 0; --messages) {
    auto message = on.engine.next_message(regressions::at(0));
    REQUIRE(message.has_value());
    if (!*message) return;
    const std::string answer = all.answer(on.name, **message);
    if (random() % 8 == 0) break;
    if (random() % 4 == 0) meanwhile();
    on.take(answer);
  }
  on.engine.interrupted();
}

TEST_CASE("however creations, edits, deletions and broken sessions meet, every edit counts once, and every id leads everywhere to the same") {
  std::mt19937 random(17);
  std::size_t aliases = 0, edits_by_alias = 0, deletions = 0, survivors = 0;
  for (int round = 0; round < 600; ++round) {
    const bool with_deletions = round % 2 == 1;  // then what is counted depends on who knew what

    world<ride> all;
    std::vector<std::unique_ptr<phone>> phones;
    for (std::size_t i = 0; i < 3; ++i) phones.push_back(std::make_unique<phone>(std::string(1, static_cast<char>('p' + i)), 2 * i + 1));
    std::vector<single> rides;
    std::set<std::string> tags;
    int kudos = 0, second = 0;
    const auto write = [&](phone& on) {
      ++second;
      if (rides.size() < 7 && random() % 3 == 0) {
        single made{draft(std::string(1, static_cast<char>('a' + rides.size())), static_cast<int>(random() % 12) * 4), {}};
        create(on, made.value, second);
        rides.push_back(std::move(made));
        return;
      }
      std::vector<std::string> known;  // by whatever id, vanished or not
      for (const single& each : rides) {
        if (find(on, *each.value.id)) known.push_back(*each.value.id);
      }
      if (known.empty()) return;
      const std::string& id = known[random() % known.size()];
      edits_by_alias += *find(on, id)->id != id;
      if (with_deletions && random() % 8 == 0) {
        REQUIRE(on.engine.remove<ride>(id, regressions::at(second)).has_value());
        REQUIRE_FALSE(find(on, id).has_value());
        ++deletions;
        return;
      }
      const std::string tag = "t" + std::to_string(second);
      edit(on, id, second, [&](auto& e) {
        e[the<&ride::kudos>] += 1;
        e[the<&ride::tags>].insert(tag);
        if (random() % 2 == 0) e[the<&ride::name>] = tag;
        if (random() % 2 == 0) e[the<&ride::rpe>] = second;
      });
      ++kudos;
      tags.insert(tag);
      const ride seen = *find(on, id);
      REQUIRE(seen.tags->contains(tag));
    };
    for (int step = 0; step < 40; ++step) {
      phone& on = *phones[random() % phones.size()];
      switch (random() % 4) {
        case 0: sync_in_part(on, all, random, [&] { write(on); }); break;
        case 1: if (random() % 3 == 0) on.sync(all); break;
        default: write(on);
      }
    }
    for (int last = 0; last < 2; ++last) {
      for (const auto& each : phones) each->sync(all);
    }
    const std::vector<ride> there = list(all);
    survivors += there.size();
    int counted = 0;
    std::set<std::string> kept;
    for (const ride& each : there) {
      counted += *each.kudos;
      kept.insert(each.tags->begin(), each.tags->end());
    }
    if (!with_deletions) {
      REQUIRE(counted == kudos);
      REQUIRE(kept == tags);
    }
    for (const auto& each : phones) {
      const std::vector<ride> here = list(*each);
      REQUIRE(here.size() == there.size());
      for (std::size_t i = 0; i < here.size(); ++i) {
        REQUIRE(*here[i].id == *there[i].id);
        INFO("round " << round << ", fields " << changed_fields(here[i], there[i]).bits());
        REQUIRE(changed_fields(here[i], there[i]).empty());
      }
      for (const single& each_ride : rides) {
        const auto at_hub = all.the_hub.find<ride>("s", *each_ride.value.id), on_device = each->engine.find<ride>(*each_ride.value.id);
        REQUIRE((at_hub.has_value() && on_device.has_value()));
        INFO("round " << round << ", record " << *each_ride.value.id);
        REQUIRE(at_hub->has_value() == on_device->has_value());
        if (*at_hub) REQUIRE(*(*at_hub)->id == *(*on_device)->id);
      }
      REQUIRE(each->engine.report().refused == 0);
      if (with_deletions) continue;
      const std::vector<members> groups = groups_of(rides);
      aliases += rides.size() - groups.size();
      REQUIRE(there.size() == groups.size());
      for (const members& group : groups) {
        const auto survivor = *(*std::min_element(group.begin(), group.end(), least))->value.id;
        for (const single* member : group) REQUIRE(*find(*each, *member->value.id)->id == survivor);
      }
    }
  }
  CHECK(aliases > 300);
  CHECK(deletions > 100);
  CHECK(survivors > 300);
  CHECK(edits_by_alias > 300);
}

}  // namespace

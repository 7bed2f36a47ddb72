// SPDX-License-Identifier: BSL-1.0
// A conflict log as records that sync, and taking decisions back.

#include "regressions/world.hpp"

#include <syncline/resolve/counter.hpp>
#include <syncline/resolve/manual.hpp>

#include <catch2/generators/catch_generators.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace {

using namespace regressions;

struct note {
  static constexpr record_info sync{.table = "notes"};
  key<std::string> id{};
  lww<std::string> title{};
  lww<std::string> text{};
  server<int> size{};
  merge<int, counter> reads{};
  once<std::string> author{};
};

struct plan {
  static constexpr record_info sync{.table = "plans"};
  key<std::string> id{};
  manual<std::string> day{};
};

struct kept_note {
  static constexpr record_info sync{.table = "kept", .deletes = delete_policy::manual};
  key<std::string> id{};
  lww<std::string> title{};
};

using hub_of_notes = world<note, kept_note, plan, conflict>;
using phone_of_notes = device<note, kept_note, plan, conflict>;

struct notes {
  hub_of_notes hub{};
  phone_of_notes phone{"phone", 1}, tablet{"tablet", 2};

  notes() {
    REQUIRE(phone.engine.create(note{.id = {"n"}, .title = {"old"}, .text = {"old text"}}, at(1)).has_value());
    REQUIRE(phone.engine.create(kept_note{.id = {"k"}, .title = {"old"}}, at(1)).has_value());
    converge();
  }
  void converge() {
    for (int i = 0; i < 3; ++i) phone.sync(hub), tablet.sync(hub);
  }
  static void title(phone_of_notes& on, std::string value, int when) {
    REQUIRE(on.engine.edit<note>("n", at(when), [&](auto& e) { e[the<&note::title>] = value; }).has_value());
  }
  static void text(phone_of_notes& on, std::string value, int when) {
    REQUIRE(on.engine.edit<note>("n", at(when), [&](auto& e) { e[the<&note::text>] = value; }).has_value());
  }
  static std::string title(phone_of_notes& on) { return (*on.engine.find<note>("n"))->title; }
  static std::string text(phone_of_notes& on) { return (*on.engine.find<note>("n"))->text; }
  static std::vector<conflict> log(phone_of_notes& on) { return *on.engine.list<conflict>(); }

  /// Both write the title; the tablet's, later, stands. Returns the entry.
  std::string disagree() {
    title(phone, "mine", 10);
    title(tablet, "hers", 20);
    phone.sync(hub);
    tablet.sync(hub);
    converge();
    REQUIRE(title(phone) == "hers");
    return entry_of(phone, "title");
  }
  static std::string entry_of(phone_of_notes& on, std::string_view field) {
    for (const conflict& each : log(on)) {
      if (each.values->front().field == field) return each.id;
    }
    FAIL("the log says nothing of the " << field);
    return {};
  }

  /// Both make one note; the tablet's comes later, and the size that it says, which is the server's, does not stand. Returns the entry.
  std::string ask_for_size() {
    REQUIRE(phone.engine.create(note{.id = {"m"}, .title = {"same"}, .size = {7}}, at(10)).has_value());
    REQUIRE(tablet.engine.create(note{.id = {"m"}, .title = {"same"}, .size = {9}}, at(10)).has_value());
    phone.sync(hub);
    converge();
    const std::string entry = entry_of(tablet, "size");
    const auto report = tablet.engine.undo(entry, at(100));
    REQUIRE(report.has_value());
    REQUIRE(report->asked == std::vector<std::string>{"size"});
    converge();
    return entry;
  }
  static int size(phone_of_notes& on) { return (*on.engine.find<note>("m"))->size; }

  /// Both move the plan without knowing of each other, so that a person has to choose.
  void contest_plan() {
    REQUIRE(phone.engine.create(plan{.id = {"p"}}, at(1)).has_value());
    converge();
    decide(phone, "tuesday", 10);
    decide(tablet, "friday", 10);
    converge();
    REQUIRE(in_conflict(**phone.engine.find<plan>("p")));
    REQUIRE(in_conflict(**tablet.engine.find<plan>("p")));
  }
  static void decide(phone_of_notes& on, const std::string& day, int when) {
    REQUIRE(on.engine.edit<plan>("p", at(when), [&](auto& e) { e[the<&plan::day>] = day; }).has_value());
  }
  static std::string day(phone_of_notes& on) { return **(*on.engine.find<plan>("p"))->day; }
};

TEST_CASE("what did not stand is a record on every device, with what stands, by whom and why") {
  notes of;
  of.disagree();
  for (auto* on : {&of.phone, &of.tablet}) {
    const auto all = notes::log(*on);
    REQUIRE(all.size() == 1);
    const conflict& entry = all[0];
    CHECK(*entry.table == "notes");
    CHECK(*decode<std::string>(entry.record->bytes) == "n");
    REQUIRE(entry.values->size() == 1);
    const superseded& value = entry.values->front();
    CHECK(value.field == "title");
    CHECK(value.why == rule::later_write);
    CHECK(*decode<std::string>(value.kept.bytes) == "hers");
    CHECK(value.kept_by == "tablet");
    CHECK(*decode<std::string>(value.dropped.bytes) == "mine");
    CHECK(value.dropped_by == "phone");
    CHECK(!is_open(entry));
  }
}

TEST_CASE("a decision that a device makes while it downloads is an entry too") {
  notes of;
  notes::title(of.phone, "mine", 10);
  of.phone.sync(of.hub);
  notes::title(of.tablet, "hers", 20);
  of.tablet.engine.begin_session();
  // The tablet reads before it writes: it holds its own edit against the phone's.
  const auto download = of.tablet.sync(of.hub, message_kind::upload);
  (void)download;
  of.converge();
  CHECK(notes::log(of.phone).size() == 1);
  CHECK(notes::log(of.tablet).size() == 1);
  CHECK(notes::title(of.phone) == "hers");
}

TEST_CASE("an undo brings the value back everywhere, once, and can be undone") {
  notes of;
  const std::string entry = of.disagree();
  auto undone = of.tablet.engine.undo(entry, at(100));
  REQUIRE(undone.has_value());
  CHECK(undone->restored == std::vector<std::string>{"title"});
  CHECK(notes::title(of.tablet) == "mine");
  of.converge();
  CHECK(notes::title(of.phone) == "mine");
  CHECK(notes::log(of.phone).size() == 2);

  const auto again = of.phone.engine.undo(entry, at(101));
  REQUIRE(!again.has_value());
  CHECK(again.error().message.find("was taken back already by 'tablet'") != std::string::npos);

  REQUIRE(of.phone.engine.undo(undo_of(entry), at(102)).has_value());
  of.converge();
  CHECK(notes::title(of.tablet) == "hers");
  CHECK(notes::log(of.tablet).size() == 3);
}

TEST_CASE("two devices that take back one decision, each without knowing, do it once", "[rule-21]") {
  notes of;
  const std::string entry = of.disagree();
  REQUIRE(of.phone.engine.undo(entry, at(100)).has_value());
  REQUIRE(of.tablet.engine.undo(entry, at(200)).has_value());
  of.converge();
  CHECK(notes::title(of.phone) == "mine");
  CHECK(notes::title(of.tablet) == "mine");
  CHECK(notes::log(of.phone).size() == 2);
  CHECK(notes::log(of.tablet).size() == 2);
}

TEST_CASE("an undo never goes over a later edit, whether its device has heard of it or not", "[rule-21]") {
  notes of;
  const std::string entry = of.disagree();
  SECTION("it has") {
    notes::title(of.phone, "later", 50);
    of.converge();
    const auto refused = of.tablet.engine.undo(entry, at(100));
    REQUIRE(!refused.has_value());
    CHECK(refused.error().message.find("later changes") != std::string::npos);
  }
  SECTION("it has not") {
    notes::title(of.phone, "later", 50);
    of.phone.sync(of.hub);
    REQUIRE(of.tablet.engine.undo(entry, at(100)).has_value());
  }
  SECTION("it has not, and is first") {
    notes::title(of.phone, "later", 50);
    REQUIRE(of.tablet.engine.undo(entry, at(100)).has_value());
    of.tablet.sync(of.hub);
  }
  of.converge();
  CHECK(notes::title(of.phone) == "later");
  CHECK(notes::title(of.tablet) == "later");
}

TEST_CASE("an edit of another field does not stand in the way of an undo") {
  notes of;
  const std::string entry = of.disagree();
  notes::text(of.phone, "new text", 50);
  of.converge();
  REQUIRE(of.phone.engine.undo(entry, at(100)).has_value());
  of.converge();
  CHECK(notes::title(of.tablet) == "mine");
  CHECK(notes::text(of.tablet) == "new text");
}

TEST_CASE("after a day a decision stands, and the time can be set") {
  notes of;
  const std::string entry = of.disagree();
  const auto refused = of.phone.engine.undo(entry, at(25 * 3600));
  REQUIRE(!refused.has_value());
  CHECK(refused.error().message.find("older than 24 hours") != std::string::npos);
  CHECK(!of.phone.engine.undo("nothing", at(1)).has_value());
}

TEST_CASE("a record that was deleted against an edit comes back with it, and goes again") {
  notes of;
  notes::title(of.phone, "mine", 10);
  REQUIRE(of.phone.engine.edit<note>("n", at(11), [](auto& e) { e[the<&note::reads>] = 3; }).has_value());
  REQUIRE(of.tablet.engine.remove<note>("n", at(20)).has_value());
  of.tablet.sync(of.hub);
  of.converge();
  REQUIRE(!of.phone.engine.find<note>("n")->has_value());
  REQUIRE(notes::log(of.tablet).size() == 1);
  const std::string entry = notes::log(of.tablet)[0].id;
  CHECK(notes::log(of.tablet)[0].values->front().why == rule::deleted);
  REQUIRE(of.tablet.engine.undo(entry, at(100)).has_value());
  of.converge();
  for (auto* on : {&of.phone, &of.tablet}) {
    const auto found = *on->engine.find<note>("n");
    REQUIRE(found);
    CHECK(*found->title == "mine");
    CHECK(*found->text == "old text");
    CHECK(*found->reads == 3);
  }
  REQUIRE(of.phone.engine.undo(undo_of(entry), at(110)).has_value());
  of.converge();
  CHECK(!of.tablet.engine.find<note>("n")->has_value());
}

/// A note that was deleted against an edit, a device that came afterwards, and the entry.
struct deleted_before {
  notes of{};
  phone_of_notes watch{"watch", 5};
  std::string entry{};

  explicit deleted_before(bool phone_decides = false) {
    std::string download;
    if (phone_decides) download = of.phone.sync(of.hub, message_kind::download);
    notes::title(of.phone, "mine", 10);
    REQUIRE(of.tablet.engine.remove<note>("n", at(20)).has_value());
    of.tablet.sync(of.hub);
    if (phone_decides) of.phone.take(of.hub.answer("phone", download));
    of.converge();
    entry = notes::entry_of(of.phone, "title");
  }
  void forget() {
    REQUIRE(of.hub.the_hub.collect("s", at(0) + std::chrono::days{1000}).has_value());
    REQUIRE(*of.hub.the_hub.collect("s", at(0) + std::chrono::days{2000}) == 1);
  }
  std::string refusal() {
    const auto refused = watch.engine.undo(entry, at(100));
    REQUIRE(!refused.has_value());
    return refused.error().message;
  }
};

TEST_CASE("a device that came after a deletion brings the record back") {
  deleted_before world;
  world.watch.sync(world.of.hub);
  CHECK(!world.watch.engine.find<note>("n")->has_value());
  REQUIRE(world.watch.engine.undo(world.entry, at(100)).has_value());
  world.watch.sync(world.of.hub);
  world.of.converge();
  const auto found = *world.of.phone.engine.find<note>("n");
  REQUIRE(found);
  CHECK((*found->title == "mine" && *found->text == "old text"));
}

TEST_CASE("before it has the record, a device says that it has to sync first") {
  deleted_before world;
  world.watch.engine.begin_session();
  for (;;) {
    const std::string download = world.watch.go_on(world.of.hub, message_kind::download);
    if (world.watch.engine.find<conflict>(world.entry)->has_value()) break;
    world.watch.take(world.of.hub.answer("watch", download));
  }
  CHECK(world.refusal().find("does not have yet: sync first") != std::string::npos);
  world.watch.go_on(world.of.hub);
  CHECK(world.watch.engine.undo(world.entry, at(100)).has_value());
}

TEST_CASE("a device without a record that the hub has forgotten says so, and whoever decided still brings it back") {
  const bool phone_decides = GENERATE(false, true);
  deleted_before world(phone_decides);
  world.forget();
  world.watch.sync(world.of.hub);
  CHECK(world.refusal().find(phone_decides ? "that the hub has forgotten: undo it on 'phone'" : "that the hub has forgotten") != std::string::npos);
  REQUIRE(world.of.phone.engine.undo(world.entry, at(100)).has_value());
  for (int i = 0; i < 2; ++i) world.of.phone.sync(world.of.hub), world.watch.sync(world.of.hub);
  CHECK(*(**world.watch.engine.find<note>("n")).text == "old text");
}

TEST_CASE("a value of the server's is asked for, a value that is written once stays", "[rule-21]") {
  notes of;
  const note draft{.id = {"m"}, .title = {"mine"}, .size = {7}, .author = {"Ana"}};
  note other = draft;
  other.title = "hers", other.size = 9, other.author = "Ben";
  REQUIRE(of.phone.engine.create(draft, at(10)).has_value());
  REQUIRE(of.tablet.engine.create(other, at(20)).has_value());
  of.phone.sync(of.hub);
  of.converge();
  REQUIRE(notes::log(of.phone).size() == 1);
  const conflict entry = notes::log(of.phone)[0];
  REQUIRE(entry.values->size() == 3);
  const auto report = of.phone.engine.undo(entry.id, at(100));
  REQUIRE(report.has_value());
  CHECK(report->restored == std::vector<std::string>{"title"});
  CHECK(report->asked == std::vector<std::string>{"size"});
  CHECK(report->changed_since == std::vector<std::string>{"author"});
  of.converge();
  const note now = **of.tablet.engine.find<note>("m");
  CHECK(*now.title == "mine");
  CHECK(*now.size == 7);
  CHECK(*now.author == "Ana");
  CHECK(*(*of.hub.the_hub.find<conflict>("s", *entry.id))->requested_by == "phone");
}

TEST_CASE("an undo is done whole or not at all, wherever the store fails") {
  int failures = 0;
  for (int fails_at = 1;; ++fails_at) {
    notes of;
    const std::string entry = of.disagree();
    int operations = 0;
    of.phone.store.before_operation = [&](std::string_view) { return ++operations != fails_at; };
    const bool is_done = of.phone.engine.undo(entry, at(100)).has_value();
    of.phone.store.before_operation = {};
    const bool is_restored = notes::title(of.phone) == "mine";
    CHECK((notes::log(of.phone).size() == 2) == is_restored);
    if (is_done) {
      CHECK(is_restored);
      break;
    }
    ++failures;
    if (!is_restored) REQUIRE(of.phone.engine.undo(entry, at(101)).has_value());
    of.converge();
    CHECK(notes::title(of.tablet) == "mine");
  }
  CHECK(failures > 8);
}

TEST_CASE("a record that was changed and deleted waits for a person, who keeps it or lets it go") {
  notes of;
  REQUIRE(of.phone.engine.edit<kept_note>("k", at(10), [](auto& e) { e[the<&kept_note::title>] = "new"; }).has_value());
  REQUIRE(of.tablet.engine.remove<kept_note>("k", at(20)).has_value());
  of.phone.sync(of.hub);
  of.converge();
  REQUIRE(of.tablet.engine.find<kept_note>("k")->has_value());
  REQUIRE(notes::log(of.phone).size() == 1);
  CHECK(is_open(notes::log(of.phone)[0]));
  const std::string entry = notes::log(of.phone)[0].id;
  SECTION("it stays") {
    REQUIRE(of.phone.engine.settle(entry, at(100)).has_value());
    of.converge();
    CHECK(!is_open(notes::log(of.tablet)[0]));
    CHECK(of.tablet.engine.find<kept_note>("k")->has_value());
  }
  SECTION("it goes") {
    REQUIRE(of.phone.engine.undo(entry, at(100)).has_value());
    of.converge();
    CHECK(!of.tablet.engine.find<kept_note>("k")->has_value());
  }
}

TEST_CASE("what the server is asked for is granted once, comes to all, and can be asked back") {
  notes of;
  const std::string entry = of.ask_for_size();
  CHECK(notes::size(of.tablet) == 7);
  REQUIRE(of.hub.the_hub.requests("s")->size() == 1);
  const auto again = of.phone.engine.undo(entry, at(101));
  REQUIRE(!again.has_value());
  CHECK(again.error().message.find("waits for the server: 'tablet' asked") != std::string::npos);

  const auto granted = of.hub.the_hub.grant("s", entry, at(200));
  REQUIRE(granted.has_value());
  CHECK(granted->restored == std::vector<std::string>{"size"});
  CHECK(of.hub.the_hub.requests("s")->empty());
  of.converge();
  for (auto* on : {&of.phone, &of.tablet}) {
    CHECK(notes::size(*on) == 9);
    const auto log = notes::log(*on);
    REQUIRE(log.size() == 2);
    CHECK(*log[0].granted == true);
    CHECK(*log[1].id == granted_of(entry));
    CHECK(*log[1].undoes == entry);
    CHECK(log[1].values->front().why == rule::undone);
    CHECK(*decode<int>(log[1].values->front().dropped.bytes) == 7);
    const auto kept = *on->engine.find_record<note>("m");
    const auto why = std::find_if(kept->reasons.begin(), kept->reasons.end(), [](const auto& r) { return r.field == the<&note::size>.index; });
    REQUIRE(why != kept->reasons.end());
    CHECK((why->why == rule::undone && why->by == "hub"));
  }
  SECTION("a second answer does nothing, and says so") {
    for (const auto& second : {of.hub.the_hub.grant("s", entry, at(201)).error(), of.hub.the_hub.decline("s", entry, at(201)).error()}) {
      CHECK(second.message.find("was granted already") != std::string::npos);
    }
    const auto asked = of.phone.engine.undo(entry, at(201));
    REQUIRE(!asked.has_value());
    CHECK(asked.error().message.find("was taken back by the server") != std::string::npos);
  }
  SECTION("it is asked back") {
    REQUIRE(of.phone.engine.undo(granted_of(entry), at(201)).has_value());
    of.converge();
    REQUIRE(of.hub.the_hub.grant("s", granted_of(entry), at(202)).has_value());
    of.converge();
    CHECK(notes::size(of.tablet) == 7);
  }
}

TEST_CASE("what the server declines stays, and whoever asked finds out") {
  notes of;
  const std::string entry = of.ask_for_size();
  REQUIRE(of.hub.the_hub.decline("s", entry, at(200)).has_value());
  of.converge();
  CHECK(notes::size(of.tablet) == 7);
  CHECK(*notes::log(of.tablet)[0].granted == false);
  CHECK(of.hub.the_hub.requests("s")->empty());
  const auto late = of.hub.the_hub.grant("s", entry, at(201));
  REQUIRE(!late.has_value());
  CHECK(late.error().message.find("was declined already") != std::string::npos);
  CHECK(!of.tablet.engine.undo(entry, at(202)).has_value());
}

TEST_CASE("the server does not grant what it wrote again since, nor what nobody asked for") {
  notes of;
  const std::string entry = of.ask_for_size();
  SECTION("it wrote since, even the same value") {
    for (const int size : {8, 7}) {
      REQUIRE(of.hub.the_hub.edit<note>("s", "m", at(150), [&](auto& e) { e[the<&note::size>] = size; }).has_value());
    }
    const auto late = of.hub.the_hub.grant("s", entry, at(200));
    REQUIRE(!late.has_value());
    CHECK(late.error().message.find("were written again since") != std::string::npos);
    CHECK(*(*of.hub.the_hub.find<note>("s", "m"))->size == 7);
    CHECK(of.hub.the_hub.requests("s")->size() == 1);
  }
  SECTION("the record is gone") {
    REQUIRE(of.hub.the_hub.remove<note>("s", "m", at(150)).has_value());
    const auto late = of.hub.the_hub.grant("s", entry, at(200));
    REQUIRE(!late.has_value());
    CHECK(late.error().message.find("deleted since") != std::string::npos);
  }
  SECTION("nobody asked") {
    const std::string other = of.disagree();
    CHECK(of.hub.the_hub.grant("s", other, at(200)).error().message.find("nobody asked") != std::string::npos);
    CHECK(of.hub.the_hub.grant("s", "nothing", at(200)).error().message.find("has no entry") != std::string::npos);
  }
}

TEST_CASE("a decision that came too late is in the log with who decided before, and can be had again") {
  for (const bool hears_first : {false, true}) {
    notes of;
    of.contest_plan();
    notes::decide(of.phone, "monday", 20);
    notes::decide(of.tablet, "sunday", 30);
    of.phone.sync(of.hub);
    if (hears_first) {  // the tablet takes a page before its envelope leaves
      of.tablet.engine.begin_session();
      of.tablet.go_on(of.hub, message_kind::upload);
    }
    of.converge();
    for (auto* on : {&of.phone, &of.tablet}) {
      CHECK(notes::day(*on) == "monday");
      CHECK(!in_conflict(**on->engine.find<plan>("p")));
      const auto log = notes::log(*on);
      REQUIRE(log.size() == 1);
      const superseded& value = log[0].values->front();
      CHECK((value.field == "day" && value.why == rule::settled));
      CHECK((value.kept_by == "phone" && value.dropped_by == "tablet"));
      CHECK(**decode<candidates<std::string>>(value.dropped.bytes) == "sunday");
      CHECK(**decode<candidates<std::string>>(value.kept.bytes) == "monday");
    }
    const std::string entry = notes::log(of.tablet)[0].id;
    const auto undone = of.tablet.engine.undo(entry, at(100));
    REQUIRE(undone.has_value());
    CHECK(undone->restored == std::vector<std::string>{"day"});
    of.converge();
    CHECK(notes::day(of.phone) == "sunday");
    CHECK(!in_conflict(**of.phone.engine.find<plan>("p")));
    REQUIRE(of.phone.engine.undo(undo_of(entry), at(110)).has_value());
    of.converge();
    CHECK(notes::day(of.tablet) == "monday");
  }
}

TEST_CASE("a decision that came too late does not come back over a later write") {
  notes of;
  of.contest_plan();
  notes::decide(of.phone, "monday", 20);
  notes::decide(of.tablet, "sunday", 30);
  of.phone.sync(of.hub);
  of.converge();
  REQUIRE(notes::log(of.tablet).size() == 1);
  notes::decide(of.phone, "saturday", 40);
  of.converge();
  CHECK(!of.tablet.engine.undo(notes::log(of.tablet)[0].id, at(100)).has_value());
  of.converge();
  CHECK(notes::day(of.phone) == "saturday");
}

TEST_CASE("two who decide the same leave nothing in the log") {
  notes of;
  of.contest_plan();
  notes::decide(of.phone, "monday", 20);
  notes::decide(of.tablet, "monday", 30);
  of.converge();
  CHECK(notes::day(of.tablet) == "monday");
  CHECK(notes::log(of.phone).empty());
}

TEST_CASE("old entries of the log are deleted everywhere, but for those that wait for somebody") {
  notes of;
  of.disagree();
  const std::string asked = of.ask_for_size();
  REQUIRE(of.phone.engine.edit<kept_note>("k", at(10), [](auto& e) { e[the<&kept_note::title>] = "new"; }).has_value());
  REQUIRE(of.tablet.engine.remove<kept_note>("k", at(20)).has_value());
  of.phone.sync(of.hub);
  of.converge();
  REQUIRE(notes::log(of.phone).size() == 3);
  const auto forget = [&](int before, std::size_t limit = 256) { return *of.hub.the_hub.forget_conflicts("s", at(before), at(1000), limit); };
  CHECK(forget(-1000) == 0);
  CHECK(forget(500) == 1);
  of.converge();
  CHECK(notes::log(of.phone).size() == 2);
  CHECK(notes::log(of.tablet).size() == 2);
  CHECK(!of.hub.the_hub.requests("s")->empty());

  REQUIRE(of.hub.the_hub.grant("s", asked, at(300)).has_value());
  for (const conflict& each : notes::log(of.phone)) {
    if (is_open(each)) REQUIRE(of.phone.engine.undo(each.id, at(100)).has_value());
  }
  of.converge();
  REQUIRE(notes::log(of.phone).size() == 4);
  CHECK(forget(500, 3) == 3);
  CHECK(forget(500, 3) == 1);
  CHECK(forget(500, 3) == 0);
  of.converge();
  CHECK(notes::log(of.phone).empty());
  CHECK(notes::log(of.tablet).empty());
}

TEST_CASE("what the hub noted of old losses is forgotten, the oldest first, and a device that comes later is not told") {
  notes of;
  phone_of_notes watch("watch", 5);
  const auto disagree = [&](std::int64_t seconds) {  // the phone's value, which the hub hears of later, is the one that loses
    notes::title(of.tablet, "hers " + std::to_string(seconds), static_cast<int>(seconds));
    notes::title(of.phone, "mine " + std::to_string(seconds), static_cast<int>(seconds) - 1);
    for (auto* on : {&of.tablet, &of.phone, &of.tablet}) {
      on->engine.begin_session();
      for (auto message = on->engine.next_message(at(seconds)); *message; message = on->engine.next_message(at(seconds))) {
        REQUIRE(on->engine.receive(of.hub.the_hub.handle("s", on->name, **message, at(seconds)), at(seconds), 7).has_value());
      }
    }
  };
  disagree(10);
  watch.sync(of.hub);
  disagree(100);
  disagree(200);
  const auto left = [&] { return of.hub.the_hub.dropped("s", {}, 100)->size(); };
  REQUIRE(left() == 3);
  CHECK(*of.hub.the_hub.forget_dropped("s", at(10)) == 0);
  CHECK(*of.hub.the_hub.forget_dropped("s", at(150), 1) == 1);
  CHECK(*of.hub.the_hub.forget_dropped("s", at(150), 1) == 1);
  CHECK(*of.hub.the_hub.forget_dropped("s", at(150), 1) == 0);
  REQUIRE(left() == 1);
  CHECK(*decode<std::string>(of.hub.the_hub.dropped("s", {}, 100)->front().second.value.bytes) == "mine 200");
  CHECK(*of.hub.the_hub.forget_dropped("s", at(1000)) == 1);
  watch.sync(of.hub);
  CHECK(notes::title(watch) == "hers 200");
  CHECK(notes::log(watch).size() == 3);  // the log that is records has its own time
}

}  // namespace

// SPDX-License-Identifier: BSL-1.0
#include <syncline/queue/outbox.hpp>
#include <syncline/testing/memory_store.hpp>

#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace syncline;
using namespace std::chrono_literals;
using kind = change_kind;

using store = memory_store<>;
using box = outbox<store::transaction>;
using names = std::vector<std::string>;

constexpr timestamp start{std::chrono::milliseconds{1'700'000'000'000}};

record_reference plan(std::string_view key) { return {"plans", {std::string(key)}}; }
error refusal() { return make_error(error_code::refused, phase::upload, "no"); }
std::string because(const outbox_item& dead) { return "after " + dead.key.bytes + ": " + dead.last_error; }

/// An outbox in one open transaction.
struct waiting_records {
  store disk{};
  store::transaction open = disk.begin("me").value();
  box items{open};

  void put(std::string_view table, std::string_view key, const queue_terms& terms = {}, std::uint8_t priority = 0) {
    REQUIRE(items.enqueue(table, key, kind::updated, priority, terms).has_value());
  }
  outbox_item taken(std::string_view key) {
    for (const outbox_item& each : items.take_batch(start, 100).value()) {
      if (each.key.bytes == key) return each;
    }
    FAIL("not due: " << key);
    return {};
  }
  names due(const batch_terms& terms = {}, std::size_t most = 100) {
    names found;
    for (const outbox_item& each : items.take_batch(start, most, terms).value()) found.push_back(each.key.bytes);
    return found;
  }
  names dead() {
    names found;
    for (const outbox_item& each : items.dead_letters().value()) found.push_back(each.key.bytes);
    return found;
  }
  // The hub refuses it, and whoever took its answer buries what depends on it.
  void refuse(std::string_view key) {
    const outbox_item item = taken(key);
    REQUIRE(items.failed(item, refusal(), start, 0).value().what == fate::dead);
    REQUIRE(items.bury_dependents(item.sequence, because).has_value());
  }
};

}  // namespace

TEST_CASE("an item is not taken before what it depends on is settled, in whatever order they stand") {
  waiting_records w;
  w.put("plans", "p", {}, 2);
  w.put("workouts", "w", {.after = {plan("p")}}, 0);
  w.put("workouts", "free", {}, 1);
  CHECK(w.due() == names{"free", "p"});
  CHECK(w.items.next_due(start).value() == start);
  REQUIRE(w.items.done(w.taken("p")).has_value());
  CHECK(w.due() == names{"w", "free"});
}

TEST_CASE("an item depends on what the other was then, and not on what is written to it later") {
  waiting_records w;
  w.put("plans", "p");
  w.put("workouts", "w", {.after = {plan("p")}});
  const outbox_item first = w.taken("p");
  w.put("plans", "p");  // while it is on its way
  CHECK(w.due() == names{"p"});
  REQUIRE(w.items.done(first).has_value());
  CHECK(w.due() == names{"p", "w"});
}

TEST_CASE("an item does not depend on what is settled, on itself, or on what is queued anew") {
  waiting_records w;
  w.put("plans", "p", {.after = {plan("p"), plan("nowhere")}});
  CHECK(w.due() == names{"p"});
  w.put("workouts", "w", {.after = {plan("p")}});
  REQUIRE(w.items.forget("plans", "p").value());
  w.put("plans", "p");
  CHECK(w.due() == names{"w", "p"});
}

TEST_CASE("two items that would wait for each other do not: the one that is queued last goes first") {
  waiting_records w;
  w.put("plans", "p");
  w.put("workouts", "w", {.after = {plan("p")}});
  w.put("sets", "s", {.after = {{"workouts", {"w"}}}});
  w.put("plans", "p", {.after = {{"sets", {"s"}}}});
  CHECK(w.due() == names{"p"});
}

TEST_CASE("what depends on a refused item becomes a dead letter that names it, and all else goes on", "[rule-3]") {
  waiting_records w;
  w.put("plans", "p");
  w.put("workouts", "w", {.after = {plan("p")}});
  w.put("sets", "s", {.after = {{"workouts", {"w"}}}});
  w.put("workouts", "free");
  w.refuse("p");
  CHECK(w.due() == names{"free"});
  CHECK(w.dead() == names{"p", "w", "s"});
  CHECK(w.items.dead_size().value() == 3);
  CHECK(w.items.size().value() == 1);
  const auto found = w.items.find("sets", "s").value();
  CHECK(found->item.last_error == "after w: after p: no");
}

TEST_CASE("an edit, a person, or its end brings a dead letter back with all that died with it") {
  for (const std::string_view how : {"edited", "revived", "dependent revived", "dependent edited", "newly wanted", "forgotten", "arrived"}) {
    INFO(how);
    waiting_records w;
    w.put("plans", "p");
    w.put("workouts", "w", {.after = {plan("p")}});
    w.put("sets", "s", {.after = {{"workouts", {"w"}}}});
    const outbox_item plan_item = w.taken("p");
    w.refuse("p");
    names first{"p"};
    if (how == "edited") w.put("plans", "p");
    if (how == "revived") CHECK(w.items.revive(plan_item.sequence).value());
    if (how == "dependent revived") CHECK(w.items.revive_if([](const outbox_item& i) { return i.key.bytes == "w"; }).value() == 1);
    if (how == "dependent edited") w.put("workouts", "w");
    if (how == "newly wanted") w.put("workouts", "new", {.after = {plan("p")}});
    if (how == "forgotten") CHECK(w.items.forget("plans", "p").value());
    if (how == "arrived") REQUIRE(w.items.done(plan_item).has_value());
    if (how == "forgotten" || how == "arrived") first = {"w"};
    CHECK(w.dead().empty());
    CHECK(w.items.dead_size().value() == 0);
    CHECK(w.due() == first);
  }
}

TEST_CASE("by age the oldest are taken, whatever their priority; and none below the last priority") {
  waiting_records w;
  w.put("articles", "old", {}, 2);
  w.put("advice", "hint", {}, 1);
  w.put("rides", "new", {}, 0);
  CHECK(w.due() == names{"new", "hint", "old"});
  CHECK(w.due({.order = take_order::by_age}, 2) == names{"old", "hint"});
  CHECK(w.due({.last_priority = 1}) == names{"new", "hint"});
  CHECK(w.due({.order = take_order::by_age, .last_priority = 0}) == names{"new"});
}

TEST_CASE("beyond its limits an outbox takes no further record, in one sentence, and edits of what waits still go in") {
  waiting_records w;
  const outbox_limits two{.items = 2, .bytes = 100};
  w.put("rides", "a", {.bytes = 40, .limits = two});
  const auto too_much = w.items.enqueue("rides", "b", kind::created, 0, {.after = {}, .bytes = 61, .limits = two});
  REQUIRE_FALSE(too_much.has_value());
  CHECK(too_much.error().message ==
        "no more can wait to be sent: 1 records with 40 bytes wait, and 100 bytes are the most; sync first, or allow more");
  w.put("rides", "b", {.bytes = 60, .limits = two});
  const auto too_many = w.items.enqueue("rides", "c", kind::created, 0, {.after = {}, .bytes = 0, .limits = two});
  REQUIRE_FALSE(too_many.has_value());
  CHECK(too_many.error().message ==
        "no more can wait to be sent: 2 records with 100 bytes wait, and 2 records are the most; sync first, or allow more");
  w.put("rides", "a", {.bytes = 90, .limits = two});
  CHECK(w.due() == names{"a", "b"});
  REQUIRE(w.items.done(w.taken("a")).has_value());
  w.put("rides", "c", {.bytes = 40, .limits = two});
  CHECK(w.due() == names{"b", "c"});
}

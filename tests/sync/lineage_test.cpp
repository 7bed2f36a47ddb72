// SPDX-License-Identifier: BSL-1.0
// Devices and hubs that have different versions of a record.

#include "sync/lineage_world.hpp"

#include <catch2/generators/catch_generators.hpp>

#include <algorithm>

using namespace lineages;

TEST_CASE("an older app works with a newer hub, and its edits keep the fields that it does not know", "[rule-23]") {
  store_type hub_disk, old_disk, new_disk;
  hub_of<trip_2> hub(hub_disk);
  auto older = open<trip_1>(old_disk, "older");
  auto newer = open<trip_2>(new_disk, "newer");

  REQUIRE_DONE(newer.create(trip_2{.id = {"alps"},
                                   .mood = {"merry"},
                                   .distance_m = {12'345},
                                   .stops = {2},
                                   .title = {"Alps"},
                                   .tags = {{"snow"}}},
                            at(1)));
  REQUIRE_DONE(sync(hub, newer));
  REQUIRE_DONE(sync(hub, older));
  const auto first = seen<trip_1>(older, "alps");
  CHECK(*first.title == "Alps");
  CHECK(*first.distance_km == 12.3);
  CHECK(*first.stops == 2);

  REQUIRE_DONE(older.edit<trip_1>("alps", at(2), [](auto& e) {
    e[the<&trip_1::title>] = "High Alps";
    e[the<&trip_1::stops>] += 3;
  }));
  REQUIRE_DONE(newer.edit<trip_2>("alps", at(3), [](auto& e) {
    e[the<&trip_2::mood>] = "tired";
    e[the<&trip_2::stops>] += 1;
  }));
  REQUIRE_DONE(sync(hub, newer));
  REQUIRE_DONE(sync(hub, older));
  auto there = at_hub<trip_2>(hub, "alps");
  CHECK(*there.title == "High Alps");
  CHECK(*there.mood == "tired");
  CHECK(*there.distance_m == 12'345);  // not what the older app shows of it
  CHECK(*there.stops == 6);
  CHECK(*there.tags == std::set<std::string>{"snow"});
  REQUIRE_DONE(sync(hub, newer));
  CHECK(is_same_value(seen<trip_2>(newer, "alps"), there));
  CHECK(is_same_value(seen<trip_1>(older, "alps"), down(there)));

  SECTION("an edit of what a step computes from changes what it computes") {
    REQUIRE_DONE(older.edit<trip_1>("alps", at(4), [](auto& e) { e[the<&trip_1::distance_km>] = 20.0; }));
    REQUIRE_DONE(sync(hub, older));
    CHECK(*at_hub<trip_2>(hub, "alps").distance_m == 20'000);
    CHECK(*at_hub<trip_2>(hub, "alps").mood == "tired");
  }
  SECTION("what the newer version has no place for, or gives to the hub, did not stand, and the app is told") {
    REQUIRE_DONE(older.edit<trip_1>("alps", at(4), [](auto& e) {
      e[the<&trip_1::colour>] = "red";
      e[the<&trip_1::guide>] = "me";
      e[the<&trip_1::title>] = "Mine";
    }));
    REQUIRE_DONE(sync(hub, older));
    CHECK(*at_hub<trip_2>(hub, "alps").title == "Mine");
    CHECK(at_hub<trip_2>(hub, "alps").guided_by->empty());
    CHECK(seen<trip_1>(older, "alps").colour->empty());
    CHECK(seen<trip_1>(older, "alps").guide->empty());
    const auto log = conflicts(old_disk);
    REQUIRE(log.size() == 2);
    CHECK((schema<trip_1>::names[log[0].field] == "colour" &&
           decode<std::string>(log[0].dropped.bytes).value() == "red"));
    CHECK(
        (schema<trip_1>::names[log[1].field] == "guide" && decode<std::string>(log[1].dropped.bytes).value() == "me"));
  }
  SECTION("a record that it makes gets what the step computes, and the defaults") {
    REQUIRE_DONE(older.create(trip_1{.id = {"sea"}, .title = {"Sea"}, .distance_km = {1.5}, .stops = {7}}, at(4)));
    REQUIRE_DONE(sync(hub, older));
    const auto made = at_hub<trip_2>(hub, "sea");
    CHECK((*made.distance_m == 1'500 && *made.mood == "plain" && *made.stops == 7 && *made.title == "Sea"));
  }
  SECTION("a record that both make has the newer fields of the one who knows them") {
    REQUIRE_DONE(newer.create(trip_2{.id = {"sea"}, .mood = {"calm"}, .distance_m = {9'999}, .title = {"Sea"}}, at(4)));
    REQUIRE_DONE(older.create(trip_1{.id = {"sea"}, .title = {"The sea"}}, at(5)));
    REQUIRE_DONE(sync(hub, newer));
    REQUIRE_DONE(sync(hub, older));
    const auto made = at_hub<trip_2>(hub, "sea");
    CHECK((*made.mood == "calm" && *made.title == "The sea" && *made.distance_m == 9'999));
  }
  SECTION("deletions go both ways") {
    REQUIRE_DONE(older.remove<trip_1>("alps", at(4)));
    REQUIRE_DONE(sync(hub, older));
    REQUIRE_DONE(sync(hub, newer));
    CHECK(!newer.find<trip_2>("alps")->has_value());
    REQUIRE_DONE(newer.create(trip_2{.id = {"alps"}, .title = {"Again"}}, at(5)));
    REQUIRE_DONE(sync(hub, newer));
    REQUIRE_DONE(sync(hub, older));
    CHECK(*seen<trip_1>(older, "alps").title == "Again");
  }
  SECTION("an edit of what was deleted is told to the older app in its own words") {
    REQUIRE_DONE(newer.remove<trip_2>("alps", at(4)));
    REQUIRE_DONE(sync(hub, newer));
    REQUIRE_DONE(older.edit<trip_1>("alps", at(5), [](auto& e) { e[the<&trip_1::distance_km>] = 3.0; }));
    REQUIRE_DONE(sync(hub, older));
    CHECK(!older.find<trip_1>("alps")->has_value());
    const auto log = conflicts(old_disk);
    REQUIRE(log.size() == 1);
    CHECK(
        (schema<trip_1>::names[log[0].field] == "distance_km" && decode<double>(log[0].dropped.bytes).value() == 3.0));
  }
}

TEST_CASE("what an older app writes while its clock is hours ahead is shifted like anything else, and what it loses too") {
  store_type hub_disk, old_disk, new_disk;
  hub_of<trip_2> hub(hub_disk);
  auto older = open<trip_1>(old_disk, "older");
  auto newer = open<trip_2>(new_disk, "newer");
  REQUIRE_DONE(newer.create(trip_2{.id = {"alps"}, .title = {"Alps"}}, at(1)));
  REQUIRE_DONE(sync(hub, newer));
  REQUIRE_DONE(sync(hub, older));
  REQUIRE_DONE(older.edit<trip_1>("alps", at(20'000), [](auto& e) {
    e[the<&trip_1::title>] = "from tomorrow";
    e[the<&trip_1::colour>] = "red";
  }));
  REQUIRE_DONE(sync(hub, older, 10));
  const auto lost = conflicts(old_disk);
  REQUIRE(lost.size() == 1);
  CHECK(lost[0].written_at == hybrid_time::at(at(10)).ticks);
  CHECK(older.state().clock == hybrid_time::at(at(10)).ticks);
  REQUIRE_DONE(newer.edit<trip_2>("alps", at(20), [](auto& e) { e[the<&trip_2::title>] = "later"; }));
  REQUIRE_DONE(sync(hub, newer, 20));
  REQUIRE_DONE(sync(hub, older, 20));
  CHECK(*at_hub<trip_2>(hub, "alps").title == "later");
  CHECK(*seen<trip_1>(older, "alps").title == "later");
}

TEST_CASE("an app that was updated before its hub sends what the hub can know and keeps the rest until it knows more") {
  store_type hub_disk, old_disk, new_disk;
  hub_of<trip_1> hub(hub_disk);
  auto older = open<trip_1>(old_disk, "older");
  auto newer = open<trip_2>(new_disk, "newer");

  REQUIRE_DONE(newer.create(trip_2{.id = {"alps"},
                                   .mood = {"merry"},
                                   .distance_m = {12'345},
                                   .stops = {2},
                                   .title = {"Alps"},
                                   .tags = {{"snow"}}},
                            at(1)));
  const auto made = seen<trip_2>(newer, "alps");
  REQUIRE_DONE(sync(hub, newer, 1, [](message_kind kind) {
    return kind == message_kind::download ? fate_of::is_lost : fate_of::arrives;
  }));
  CHECK(is_same_value(seen<trip_2>(newer, "alps"), made));  // answered, and the hub's word not read yet
  REQUIRE_DONE(sync(hub, newer));
  CHECK(newer.report().held == 1);
  auto there = at_hub<trip_1>(hub, "alps");
  CHECK((*there.title == "Alps" && *there.distance_km == 12.3 && *there.stops == 2));
  auto mine = seen<trip_2>(newer, "alps");
  CHECK((*mine.mood == "merry" && *mine.distance_m == 12'345 && *mine.tags == std::set<std::string>{"snow"} &&
         *mine.stops == 2));

  REQUIRE_DONE(sync(hub, older));
  REQUIRE_DONE(older.edit<trip_1>("alps", at(2), [](auto& e) {
    e[the<&trip_1::title>] = "High Alps";
    e[the<&trip_1::stops>] += 3;
  }));
  REQUIRE_DONE(newer.edit<trip_2>("alps", at(3), [](auto& e) {
    e[the<&trip_2::mood>] = "tired";
    e[the<&trip_2::stops>] += 1;
  }));
  REQUIRE_DONE(sync(hub, older));
  REQUIRE_DONE(sync(hub, newer));
  there = at_hub<trip_1>(hub, "alps");
  CHECK((*there.title == "High Alps" && *there.stops == 6));
  mine = seen<trip_2>(newer, "alps");
  CHECK((*mine.mood == "tired" && *mine.distance_m == 12'345 && *mine.tags == std::set<std::string>{"snow"} &&
         *mine.stops == 6 && *mine.title == "High Alps"));

  // The hub is updated: what was kept gets there.
  hub_of<trip_2> updated(hub_disk);
  REQUIRE_DONE(sync(updated, newer));
  CHECK(newer.report().held == 0);
  const auto now = at_hub<trip_2>(updated, "alps");
  CHECK((*now.mood == "tired" && *now.distance_m == 12'345 && *now.tags == std::set<std::string>{"snow"} &&
         *now.stops == 6 && *now.title == "High Alps"));
  CHECK(is_same_value(seen<trip_2>(newer, "alps"), now));
  REQUIRE_DONE(sync(updated, older));
  CHECK(is_same_value(seen<trip_1>(older, "alps"), down(now)));
  CHECK(conflicts(new_disk).empty());
}

TEST_CASE("an app that is updated keeps what waits, and learns what it could not read before") {
  store_type hub_disk, disk, new_disk;
  hub_of<trip_2> hub(hub_disk);
  auto newer = open<trip_2>(new_disk, "newer");
  REQUIRE_DONE(
      newer.create(trip_2{.id = {"alps"}, .mood = {"merry"}, .distance_m = {12'345}, .title = {"Alps"}}, at(1)));
  REQUIRE_DONE(newer.create(trip_2{.id = {"sea"}, .mood = {"calm"}, .title = {"Sea"}}, at(1)));
  REQUIRE_DONE(newer.create(trip_2{.id = {"lost"}, .title = {"Lost"}}, at(1)));
  REQUIRE_DONE(sync(hub, newer));
  {
    auto before = open<trip_1>(disk, "older");
    REQUIRE_DONE(sync(hub, before));
    REQUIRE_DONE(before.edit<trip_1>("alps", at(2), [](auto& e) { e[the<&trip_1::title>] = "High Alps"; }));
    REQUIRE_DONE(before.edit<trip_1>("alps", at(3), [](auto& e) { e[the<&trip_1::stops>] += 4; }));
    REQUIRE_DONE(before.create(trip_1{.id = {"new"}, .title = {"New"}, .distance_km = {2}}, at(4)));
    REQUIRE_DONE(before.remove<trip_1>("lost", at(5)));
  }
  auto after = open<trip_2>(disk, "older");
  CHECK(*seen<trip_2>(after, "alps").title == "High Alps");
  CHECK(*seen<trip_2>(after, "alps").stops == 4);
  CHECK(*seen<trip_2>(after, "new").distance_m == 2'000);
  CHECK(!after.find<trip_2>("lost")->has_value());
  const auto record = *after.find_record<trip_2>("alps");
  REQUIRE(record->pending.has_value());
  CHECK(record->pending->times[the<&trip_2::title>.index] == hybrid_time::at(at(2)));
  CHECK(record->pending->times[the<&trip_2::stops>.index] == hybrid_time::at(at(3)));
  CHECK(record->pending->what.fields == field_set<trip_2>::of(the<&trip_2::title>, the<&trip_2::stops>));

  SECTION("all of it arrives, and what others wrote in newer fields comes") {
    REQUIRE_DONE(sync(hub, after));
    REQUIRE_DONE(sync(hub, newer));
    for (const char* const id : {"alps", "sea", "new"}) {
      CHECK(is_same_value(seen<trip_2>(after, id), at_hub<trip_2>(hub, id)));
      CHECK(is_same_value(seen<trip_2>(newer, id), at_hub<trip_2>(hub, id)));
    }
    const auto alps = at_hub<trip_2>(hub, "alps");
    CHECK((*alps.title == "High Alps" && *alps.stops == 4 && *alps.mood == "merry" && *alps.distance_m == 12'345));
    CHECK(!newer.find<trip_2>("lost")->has_value());
    CHECK(conflicts(disk).empty());
  }
  SECTION("a newer field that it writes before it could read it is no write by somebody who had seen it") {
    REQUIRE_DONE(after.edit<trip_2>("alps", at(9), [](auto& e) { e[the<&trip_2::mood>] = "sleepy"; }));
    REQUIRE_DONE(sync(hub, after));
    CHECK(*at_hub<trip_2>(hub, "alps").mood == "sleepy");
    const auto log = conflicts(disk);
    REQUIRE(log.size() == 1);
    CHECK((schema<trip_2>::names[log[0].field] == "mood" &&
           decode<std::string>(log[0].dropped.bytes).value() == "merry"));
  }
}

TEST_CASE("an envelope that has no answer yet stays as it is when the app is updated, and counts once", "[rule-23]") {
  const bool hub_is_new = GENERATE(false, true);
  const bool was_applied = GENERATE(false, true);
  store_type hub_disk, disk;
  std::string frozen;
  {
    hub_of<trip_1> hub(hub_disk);
    auto before = open<trip_1>(disk, "phone");
    REQUIRE_DONE(before.create(trip_1{.id = {"alps"}, .title = {"Alps"}, .distance_km = {1}, .stops = {1}}, at(1)));
    REQUIRE_DONE(sync(hub, before));
    REQUIRE_DONE(before.edit<trip_1>("alps", at(2), [](auto& e) { e[the<&trip_1::stops>] += 10; }));
    REQUIRE_DONE(before.create(trip_1{.id = {"sea"}, .title = {"Sea"}, .colour = {"blue"}}, at(2)));
    REQUIRE_DONE(sync(hub, before, 2, [&](message_kind kind) {
      return kind != message_kind::upload ? fate_of::arrives : was_applied ? fate_of::loses_answer : fate_of::is_lost;
    }));
    REQUIRE(before.state().unanswered);
    auto tx = disk.begin("s");
    frozen = (*tx->list("sent", {}, 1))[0].bytes;
  }
  const auto update = [&]<class R>(std::type_identity<R>) {
    auto after = open<R>(disk, "phone");
    {
      auto tx = disk.begin("s");
      CHECK((*tx->list("sent", {}, 1))[0].bytes == frozen);
    }
    REQUIRE_DONE(after.template edit<R>("alps", at(3), [](auto& e) { e[the<&R::stops>] += 100; }));
    REQUIRE_DONE(after.template edit<R>("alps", at(4), [](auto& e) { e[the<&R::mood>] = "merry"; }));
    CHECK(*seen<R>(after, "alps").stops == 111);
    const auto finish = [&](auto& hub) {
      REQUIRE_DONE(sync(hub, after, 5));
      CHECK(!after.state().unanswered);
      CHECK(*seen<R>(after, "alps").stops == 111);
      CHECK(*seen<R>(after, "sea").title == "Sea");
    };
    if constexpr (std::is_same_v<R, trip_2>) {
      if (!hub_is_new) {
        hub_of<trip_1> hub(hub_disk);
        finish(hub);
        CHECK(*at_hub<trip_1>(hub, "alps").stops == 111);
      }
    }
    hub_of<R> hub(hub_disk);
    finish(hub);
    const auto there = at_hub<R>(hub, "alps");
    CHECK((*there.stops == 111 && *there.distance_m == 1'000));
    CHECK(is_same_value(there, seen<R>(after, "alps")));
    CHECK(is_same_value(at_hub<R>(hub, "sea"), seen<R>(after, "sea")));
    if constexpr (std::is_same_v<R, trip_2>) CHECK(*there.mood == "merry");
    if constexpr (std::is_same_v<R, trip_3>) CHECK(*there.mood == std::optional<std::string>("merry"));
  };
  SECTION("by one version") { update(std::type_identity<trip_2>{}); }
  SECTION("by two versions: the hub does not read it any more, so what it never took is built anew") {
    update(std::type_identity<trip_3>{});
  }
}

TEST_CASE("more than one version apart is refused in a sentence that names both, and nothing is lost") {
  store_type hub_disk, disk;
  SECTION("an app that is too old") {
    hub_of<trip_3> hub(hub_disk);
    auto phone = open<trip_1>(disk, "phone");
    REQUIRE_DONE(phone.create(trip_1{.id = {"alps"}, .title = {"Alps"}}, at(1)));
    const auto refused = sync(hub, phone);
    REQUIRE(!refused.has_value());
    CHECK(refused.error().code == error_code::wrong_version);
    CHECK(refused.error().message ==
          "table 'trips': the app has version 1 and the hub has version 3, and one version apart is the most: update "
          "the app");
    auto updated = open<trip_3>(disk, "phone");
    REQUIRE_DONE(sync(hub, updated));
    CHECK(*at_hub<trip_3>(hub, "alps").title == "Alps");
  }
  SECTION("a hub that is too old") {
    hub_of<trip_1> hub(hub_disk);
    auto phone = open<trip_3>(disk, "phone");
    REQUIRE_DONE(phone.create(trip_3{.id = {"alps"}, .title = {"Alps"}}, at(1)));
    const auto refused = sync(hub, phone);
    REQUIRE(!refused.has_value());
    CHECK(refused.error().message ==
          "table 'trips': the app has version 3 and the hub has version 1, and one version apart is the most: update "
          "the hub");
    hub_of<trip_2> updated(hub_disk);
    REQUIRE_DONE(sync(updated, phone));
    CHECK(*at_hub<trip_2>(updated, "alps").title == "Alps");
  }
}

namespace {

struct photo {
  static constexpr record_info sync{.table = "photos", .version = 1};

  key<std::string> id{};
  lww<std::string> caption{};
};

}  // namespace

TEST_CASE("records of a table that the hub does not have yet wait for it, and hold up nothing") {
  using both = memory_store<trip_2, photo>;
  both hub_disk, disk;
  hub<both, trip_1> before(hub_disk);
  auto opened = replica<both, photo, trip_2>::open(disk, "s", "phone", 1, {.batch = 2});
  REQUIRE(opened.has_value());
  auto& phone = *opened;
  for (const char* const id : {"a", "b", "c"})
    REQUIRE_DONE(phone.create(photo{.id = {id}, .caption = {"Peak"}}, at(1)));
  REQUIRE_DONE(phone.create(trip_2{.id = {"alps"}, .title = {"Alps"}}, at(1)));
  REQUIRE_DONE(sync(before, phone));
  CHECK(*at_hub<trip_1>(before, "alps").title == "Alps");
  CHECK(phone.report().held == 3);
  CHECK(*seen<photo>(phone, "b").caption == "Peak");

  hub<both, trip_2, photo> after(hub_disk);
  REQUIRE_DONE(sync(after, phone));
  CHECK(phone.report().held == 0);
  for (const char* const id : {"a", "b", "c"}) CHECK(*at_hub<photo>(after, id).caption == "Peak");

  // An app that has fewer tables than its hub is none that is old.
  both watch_disk;
  auto watch = replica<both, photo>::open(watch_disk, "s", "watch", 2);
  REQUIRE_DONE(sync(after, *watch));
  CHECK(*seen<photo>(*watch, "c").caption == "Peak");
}

namespace {

struct mark_1 {
  static constexpr record_info sync{.table = "marks", .version = 1};

  key<std::string> id{};
  lww<int> mark{};
};
std::string violation(const mark_1& m) { return *m.mark > 6 ? "a mark is at most 6" : ""; }

struct mark_2 {
  static constexpr record_info sync{.table = "marks", .version = 2};
  using previous = mark_1;

  key<std::string> id{};
  lww<int> mark{};
  lww<std::string> why{};
};

}  // namespace

TEST_CASE("what an older hub refuses becomes a dead letter, with the part that it could not know") {
  using disk_type = memory_store<mark_2>;
  disk_type hub_disk, disk;
  hub<disk_type, mark_1> before(hub_disk);
  auto opened = replica<disk_type, mark_2>::open(disk, "s", "phone", 1);
  REQUIRE_DONE(opened->create(mark_2{.id = {"m"}, .mark = {10}, .why = {"new scale"}}, at(1)));
  REQUIRE_DONE(sync(before, *opened));
  CHECK(opened->report().refused == 1);
  CHECK((*seen<mark_2>(*opened, "m").mark == 10 && *seen<mark_2>(*opened, "m").why == "new scale"));
  REQUIRE_DONE(opened->edit<mark_2>("m", at(2), [](auto& e) { e[the<&mark_2::mark>] = 5; }));
  REQUIRE_DONE(sync(before, *opened));
  CHECK(*at_hub<mark_1>(before, "m").mark == 5);
  hub<disk_type, mark_2> after(hub_disk);
  REQUIRE_DONE(sync(after, *opened));
  CHECK((*at_hub<mark_2>(after, "m").mark == 5 && *at_hub<mark_2>(after, "m").why == "new scale"));
}

TEST_CASE("the conflict log and the reasons of a folder come along, and what has no field any more stays as it was") {
  store_type hub_disk, disk, other_disk;
  {
    hub_of<trip_1> hub(hub_disk);
    auto phone = open<trip_1>(disk, "phone"), other = open<trip_1>(other_disk, "other");
    REQUIRE_DONE(phone.create(trip_1{.id = {"alps"}, .title = {"Alps"}}, at(1)));
    REQUIRE_DONE(sync(hub, phone));
    REQUIRE_DONE(sync(hub, other));
    REQUIRE_DONE(phone.edit<trip_1>("alps", at(2), [](auto& e) {
      e[the<&trip_1::title>] = "Mine";
      e[the<&trip_1::distance_km>] = 7.0;
    }));
    REQUIRE_DONE(other.edit<trip_1>("alps", at(3), [](auto& e) {
      e[the<&trip_1::title>] = "Theirs";
      e[the<&trip_1::distance_km>] = 8.0;
    }));
    REQUIRE_DONE(sync(hub, other));
    REQUIRE_DONE(sync(hub, phone));
    REQUIRE(conflicts(disk).size() == 2);
  }
  auto phone = open<trip_2>(disk, "phone");
  const auto log = conflicts(disk);
  REQUIRE(log.size() == 2);
  CHECK((log[0].version == 2 && schema<trip_2>::names[log[0].field] == "title"));
  CHECK(decode<std::string>(log[0].dropped.bytes).value() == "Mine");
  CHECK((log[1].version == 1 && schema<trip_1>::names[log[1].field] == "distance_km"));
  CHECK(decode<double>(log[1].dropped.bytes).value() == 7.0);
  const auto record = *phone.find_record<trip_2>("alps");
  const auto why = std::find_if(record->reasons.begin(), record->reasons.end(),
                                [](const field_reason& r) { return r.field == the<&trip_2::title>.index; });
  REQUIRE(why != record->reasons.end());
  CHECK((why->why == rule::later_write && why->by == "other" && why->dropped == blob{encode(std::string("Mine"))}));
}

TEST_CASE("what a client may not write it does not write in the words of an older version either") {
  store_type hub_disk, disk;
  hub_of<trip_2> hub(hub_disk);
  REQUIRE_DONE(hub.create("s", trip_2{.id = {"alps"}, .score = {5}, .guided_by = {"Ida"}}, at(1)));
  change<trip_1> made{.base = 1};
  made.what = diff(trip_1{}, trip_1{.title = {"Alps"}, .score = {99}, .guide = {"me"}});
  stamp_fields(made, hybrid_time::at(at(2)));
  upload_message envelope{"phone", 1, 1, catalog<trip_1>::declarations(), {{{{0, {}}}}}};
  encode_to<trip_1>(envelope.groups[0].changes[0].bytes.bytes, "alps", made);
  const std::string answered = hub.handle("s", "phone", pack(envelope), at(2));
  const auto answer = unpack<uploaded_message>(*unframe(answered));
  REQUIRE(answer.has_value());
  CHECK(answer->groups[0].verdict == group_verdict::applied);
  const auto there = at_hub<trip_2>(hub, "alps");
  CHECK((*there.title == "Alps" && *there.score == 5 && *there.guided_by == "Ida"));
  REQUIRE(answer->dropped.size() == 2);
  CHECK((schema<trip_1>::names[answer->dropped[0].field] == "score" && answer->dropped[0].why == rule::server_owned));
  CHECK(decode<std::int32_t>(answer->dropped[0].value.bytes).value() == 99);
  CHECK((schema<trip_1>::names[answer->dropped[1].field] == "guide" && answer->dropped[1].why == rule::server_owned));
  const auto log = hub.dropped("s", {}, 10).value();
  REQUIRE(log.size() == 1);  // as the hub's version has it
  CHECK(schema<trip_2>::names[log[0].second.field] == "score");
  CHECK(decode<std::int64_t>(log[0].second.value.bytes).value() == 99);
  const dropped_value& lost = log[0].second;
  const auto later = raise_encoded<trip_3>(lost.version, lost.field, lost.value.bytes);  // by a hub that is newer still
  REQUIRE(later.has_value());
  CHECK((schema<trip_3>::names[later->field] == "score" && later->bytes == lost.value.bytes));
}

namespace {

struct measure_1 {
  static constexpr record_info sync{.table = "measures", .version = 1};

  key<std::string> id{};
  lww<std::string> value{};
  lww<std::string> unit{};
};
struct measure_2 {
  static constexpr record_info sync{.table = "measures", .version = 2};
  using previous = measure_1;

  key<std::string> id{};
  lww<std::string> value{};  // with its unit
};
void carry(const measure_1& from, measure_2& to) { to.value = *from.value + " " + *from.unit; }
void carry(const measure_2& from, measure_1& to) {
  const auto space = from.value->rfind(' ');
  to.value = from.value->substr(0, space);
  to.unit = space == from.value->npos ? std::string() : from.value->substr(space + 1);
}

}  // namespace

TEST_CASE("a field of the same name that a step makes of others as well is news when one of those has changed") {
  using disk_type = memory_store<measure_2>;
  disk_type hub_disk, old_disk, new_disk;
  hub<disk_type, measure_1> before(hub_disk);
  auto older = replica<disk_type, measure_1>::open(old_disk, "s", "older", 1);
  auto newer = replica<disk_type, measure_2>::open(new_disk, "s", "newer", 2);
  REQUIRE_DONE(older->create(measure_1{.id = {"m"}, .value = {"5"}, .unit = {"ft"}}, at(1)));
  REQUIRE_DONE(sync(before, *older));
  REQUIRE_DONE(sync(before, *newer));
  CHECK(*seen<measure_2>(*newer, "m").value == "5 ft");
  REQUIRE_DONE(older->edit<measure_1>("m", at(2), [](auto& e) { e[the<&measure_1::unit>] = "m"; }));
  REQUIRE_DONE(sync(before, *older));
  hub<disk_type, measure_2> after(hub_disk);
  REQUIRE_DONE(sync(after, *newer));
  CHECK(*seen<measure_2>(*newer, "m").value == "5 m");

  // Each of an older app's two fields is changed for itself, whatever the other is by then.
  REQUIRE_DONE(older->edit<measure_1>("m", at(3), [](auto& e) { e[the<&measure_1::value>] = "6"; }));
  REQUIRE_DONE(sync(after, *older));
  CHECK(*at_hub<measure_2>(after, "m").value == "6 m");
}

TEST_CASE("what the hub keeps of how a large value changed goes when its record becomes one of another version") {
  store_type hub_disk, old_disk, new_disk;
  hub_of<trip_1> before(hub_disk);
  auto older = open<trip_1>(old_disk, "older");
  const auto kept = [&] { return hub_disk.begin("s")->get("differences", record_name<trip_1>("alps"))->has_value(); };
  std::string title;
  for (int i = 0; i < 200; ++i) title += "word " + std::to_string(i) + " ";
  REQUIRE_DONE(older.create(trip_1{.id = {"alps"}, .title = {title}}, at(1)));
  REQUIRE_DONE(sync(before, older));
  REQUIRE_DONE(older.edit<trip_1>("alps", at(2), [](auto& e) { e[the<&trip_1::title>] += "Alps"; }));
  REQUIRE_DONE(sync(before, older));
  CHECK(kept());

  hub_of<trip_2> after(hub_disk);
  auto newer = open<trip_2>(new_disk, "newer");
  CHECK(*at_hub<trip_2>(after, "alps").title == title + "Alps");
  CHECK(!kept());
  REQUIRE_DONE(sync(after, newer));
  REQUIRE_DONE(sync(after, older));
  REQUIRE_DONE(older.edit<trip_1>("alps", at(3), [](auto& e) { e[the<&trip_1::title>] += "!"; }));
  REQUIRE_DONE(sync(after, older));
  CHECK(kept());
  REQUIRE_DONE(sync(after, newer));
  CHECK(*seen<trip_2>(newer, "alps").title == title + "Alps!");
}

// SPDX-License-Identifier: BSL-1.0
// Two devices that were offline and did different things to the same records.
#include "end_to_end/world.hpp"

#include <set>

namespace {

using namespace stride_test;

void sync_all(const place& a, const place& b) {
  for (const place* each : {&a, &b, &a, &b}) CHECK(each->json({"sync"})["ok"].number == 1);
}

void same_everywhere(const world& all, const place& a, const place& b, const std::string& table) {
  const std::string on_hub = all.hub.text({"--json", "hub", "list", "--user", "ada", table});
  CHECK(a.text({"--json", "list", table}) == on_hub);
  CHECK(b.text({"--json", "list", table}) == on_hub);
}

std::set<std::string> tags_of(const json_value& record) {
  std::set<std::string> all;
  for (const json_value& tag : record["tags"].items) all.insert(tag.text);
  return all;
}

TEST_CASE("additions and removals of tags on two offline devices all count") {
  const world all;
  const place phone = all.device("phone"), laptop = all.device("laptop");
  phone.text({"put", "activities", "id=a", "type=running", "tags=[\"old\",\"kept\"]"});
  sync_all(phone, laptop);
  phone.text({"edit", "activities", "a", "tags=[\"kept\",\"from phone\"]"});
  laptop.text({"edit", "activities", "a", "tags=[\"old\",\"kept\",\"from laptop\"]"});
  sync_all(phone, laptop);
  CHECK(tags_of(phone.json({"show", "a"})) == std::set<std::string>{"kept", "from phone", "from laptop"});
  same_everywhere(all, phone, laptop, "activities");
}

TEST_CASE("a record deleted on one device while the other edits it is deleted everywhere, whoever syncs first") {
  for (const bool deleter_first : {true, false}) {
    INFO("the deleting device syncs first: " << deleter_first);
    const world all;
    const place phone = all.device("phone"), laptop = all.device("laptop");
    phone.text({"put", "goals", "id=g", "title=doomed"});
    phone.text({"put", "goals", "id=h", "title=spared"});
    sync_all(phone, laptop);
    phone.text({"delete", "goals", "g"});
    laptop.text({"edit", "goals", "g", "note=still here?"});
    if (deleter_first) {
      sync_all(phone, laptop);
    } else {
      sync_all(laptop, phone);
    }
    same_everywhere(all, phone, laptop, "goals");
    REQUIRE(laptop.json({"list", "goals"}).items.size() == 1);
    CHECK(laptop.json({"list", "goals"}).items[0]["id"].text == "h");
    CHECK(laptop.json({"status"})["pending"].count() == 0);
  }
}

TEST_CASE("a record made again after its deletion lives, with the new values only") {
  const world all;
  const place phone = all.device("phone"), laptop = all.device("laptop");
  phone.text({"put", "goals", "id=g", "title=first", "note=of the first life"});
  sync_all(phone, laptop);
  phone.text({"delete", "goals", "g"});
  sync_all(phone, laptop);
  CHECK(laptop.json({"list", "goals"}).items.empty());
  laptop.text({"put", "goals", "id=g", "title=second"});
  sync_all(laptop, phone);
  const json_value goals = phone.json({"list", "goals"});
  REQUIRE(goals.items.size() == 1);
  CHECK(goals.items[0]["title"].text == "second");
  CHECK(goals.items[0]["note"].text.empty());
  same_everywhere(all, phone, laptop, "goals");
}

TEST_CASE("deleted and made again while offline is one record with the new values") {
  const world all;
  const place phone = all.device("phone"), laptop = all.device("laptop");
  phone.text({"put", "goals", "id=g", "title=first", "note=old"});
  sync_all(phone, laptop);
  phone.text({"delete", "goals", "g"});
  phone.text({"put", "goals", "id=g", "title=second"});
  sync_all(phone, laptop);
  const json_value goals = laptop.json({"list", "goals"});
  REQUIRE(goals.items.size() == 1);
  CHECK(goals.items[0]["title"].text == "second");
  CHECK(goals.items[0]["note"].text.empty());
  same_everywhere(all, phone, laptop, "goals");
}

TEST_CASE("a record that was made and deleted before any sync never reaches the hub") {
  const world all;
  const place phone = all.device("phone");
  phone.text({"put", "goals", "id=g", "title=a whim"});
  phone.text({"delete", "goals", "g"});
  CHECK(phone.json({"status"})["pending"].count() == 0);
  CHECK(phone.json({"sync"})["pushed"].count() == 0);
}

TEST_CASE("two devices that made the same record offline end with one") {
  const world all;
  const place phone = all.device("phone"), laptop = all.device("laptop");
  phone.text({"put", "daily_metrics", "id=d", "day=2026-11-21", "sleep_minutes=420"});
  laptop.text({"put", "daily_metrics", "id=d", "day=2026-11-21", "weight_kg=70.5"});
  sync_all(phone, laptop);
  same_everywhere(all, phone, laptop, "daily_metrics");
  const json_value days = phone.json({"list", "daily_metrics"});
  REQUIRE(days.items.size() == 1);
  CHECK(days.items[0]["sleep_minutes"].number == 420);
  CHECK(days.items[0]["weight_kg"].number == 70.5);
}

TEST_CASE("the same file imported on two offline devices is one activity") {
  const world all;
  const place phone = all.device("phone"), laptop = all.device("laptop");
  const std::string file = all.ride(3, 20).string();
  const std::string id = phone.json({"import", file}).items.at(0)["id"].text;
  CHECK(laptop.json({"import", file}).items.at(0)["id"].text == id);
  sync_all(phone, laptop);
  same_everywhere(all, phone, laptop, "activities");
  CHECK(phone.json({"list"}).items.size() == 1);
  CHECK(all_series(phone, id) == all_series(laptop, id));
  CHECK(phone.json({"status"})["light"].text == "green");
  CHECK(laptop.json({"status"})["light"].text == "green");
}

TEST_CASE("an edit made by another process while a sync runs is neither lost nor undone") {
  const world all;
  const place phone = all.device("phone"), laptop = all.device("laptop");
  phone.text({"put", "goals", "id=g", "title=0"});
  phone.text({"import", all.ride(5, 120).string()});
  for (int i = 1; i <= 12; ++i) {
    process syncing = phone.start({"sync"});
    for (int j = 0; j < 4; ++j) {
      const finished edited = phone.run({"edit", "goals", "g", "title=" + std::to_string(i), "note=" + std::to_string(j)});
      INFO(edited.err);
      CHECK(edited.status == 0);
    }
    const finished ended = syncing.wait();
    INFO(ended.err);
    CHECK(ended.status == 0);
  }
  sync_all(phone, laptop);
  same_everywhere(all, phone, laptop, "goals");
  const json_value goal = laptop.json({"list", "goals"}).items.at(0);
  CHECK(goal["title"].text == "12");
  CHECK(goal["note"].text == "3");
  CHECK(phone.json({"status"})["light"].text == "green");
}

}  // namespace

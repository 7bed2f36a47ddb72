// SPDX-License-Identifier: BSL-1.0
// Processes killed in the middle of what they do, again and again: nothing is lost, nothing is there twice.
#include "end_to_end/world.hpp"

#include <random>

namespace {

using namespace stride_test;

void nap(std::mt19937& dice, int up_to_ms) {
  std::this_thread::sleep_for(std::chrono::milliseconds{dice() % static_cast<unsigned>(up_to_ms)});
}

// Syncs until both have everything; a session that was cut off may leave work for one more.
void settle(const place& a, const place& b) {
  for (const place* each : {&a, &b, &a, &b}) {
    const auto [ended, session] = each->try_json({"sync"});
    INFO(ended.err);
    CHECK(ended.status == 0);
  }
  for (const place* each : {&a, &b}) {
    const json_value status = each->json({"status"});
    CHECK(status["pending"].count() == 0);
    CHECK(status["failed"].count() == 0);
    CHECK(status["in_progress"].number == 0);
    CHECK(status["light"].text == "green");
  }
}

void same_everywhere(const world& all, const place& a, const place& b, const std::string& table, std::size_t count) {
  INFO(table);
  const std::string on_hub = all.hub.text({"--json", "hub", "list", "--user", "ada", table});
  CHECK(a.text({"--json", "list", table}) == on_hub);
  CHECK(b.text({"--json", "list", table}) == on_hub);
  CHECK(a.json({"list", table}).items.size() == count);
}

TEST_CASE("a hub killed in mid-upload again and again loses nothing and doubles nothing") {
  world all;
  const place phone = all.device("phone"), laptop = all.device("laptop");
  std::mt19937 dice(20261121);
  const std::string id = phone.json({"import", all.ride(7, 180).string()}).items.at(0)["id"].text;
  const auto made = all_series(phone, id);
  int records = 0, cut_off = 0;
  for (int round = 0; round < 10; ++round) {
    for (int i = 0; i < 10; ++i, ++records) {
      const std::string number = std::to_string(records);
      (records % 2 == 0 ? phone : laptop).text({"put", "goals", "id=g" + number, "title=goal " + number});
    }
    phone.text({"edit", "activities", id, "rpe=" + std::to_string(round)});
    if (round > 0) phone.text({"edit", "goals", "g0", "note=round " + std::to_string(round)});
    process on_phone = phone.start({"--json", "sync"}), on_laptop = laptop.start({"--json", "sync"});
    nap(dice, 60);
    all.hub.kill();
    nap(dice, 30);
    all.hub.restart();
    for (process* each : {&on_phone, &on_laptop}) {
      const finished ended = each->wait();
      const auto session = parse_json(ended.out);
      REQUIRE(session.has_value());
      CHECK(ended.status == ((*session)["ok"].number == 1 ? 0 : 1));
      if (ended.status == 1) CHECK(is_one_sentence(ended.err));
      if (ended.status == 1 || (*session)["retries"].count() > 0) ++cut_off;
    }
  }
  INFO("sessions that were cut off: " << cut_off);
  CHECK(cut_off > 0);
  settle(phone, laptop);
  same_everywhere(all, phone, laptop, "goals", static_cast<std::size_t>(records));
  same_everywhere(all, phone, laptop, "activities", 1);
  CHECK(laptop.json({"show", "g0"})["note"].text == "round 9");
  CHECK(laptop.json({"show", id})["rpe"].number == 9);
  for (int i = 0; i < records; i += 17) {
    const std::string number = std::to_string(i);
    CHECK(laptop.json({"show", "g" + number})["title"].text == "goal " + number);
  }
  CHECK(all_series(laptop, id) == made);
  CHECK(all_series(phone, id) == made);
}

TEST_CASE("a device killed in mid-sync again and again loses nothing and doubles nothing") {
  world all;
  const place phone = all.device("phone"), laptop = all.device("laptop");
  std::mt19937 dice(11);
  const std::string id = phone.json({"import", all.ride(8, 120).string()}).items.at(0)["id"].text;
  const auto made = all_series(phone, id);
  int records = 0, killed = 0;
  for (int round = 0; round < 12; ++round) {
    for (int i = 0; i < 5; ++i, ++records) {
      const std::string number = std::to_string(records);
      phone.text({"put", "goals", "id=p" + number, "title=" + number});
      laptop.text({"put", "goals", "id=l" + number, "title=" + number});
    }
    phone.text({"edit", "goals", "p0", "note=" + std::to_string(round)});
    process on_phone = phone.start({"sync"}), on_laptop = laptop.start({"sync"});
    nap(dice, 40);
    on_phone.signal(SIGKILL);
    nap(dice, 10);
    on_laptop.signal(SIGKILL);
    for (process* each : {&on_phone, &on_laptop}) killed += each->wait().status == -SIGKILL;
  }
  CHECK(killed > 0);
  settle(phone, laptop);
  same_everywhere(all, phone, laptop, "goals", static_cast<std::size_t>(2 * records));
  same_everywhere(all, phone, laptop, "activities", 1);
  CHECK(laptop.json({"show", "p0"})["note"].text == "11");
  CHECK(all_series(laptop, id) == made);
}

TEST_CASE("a device killed in mid-import has the whole activity or none of it") {
  const world all;
  const std::string file = all.ride(9, 180).string();
  const place reference = all.device("reference", "eve");
  const auto began = std::chrono::steady_clock::now();
  const std::string id = reference.json({"import", file}).items.at(0)["id"].text;
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - began);
  const auto made = all_series(reference, id);
  std::mt19937 dice(12);
  int killed = 0;
  const place phone = all.device("phone"), laptop = all.device("laptop");
  for (int round = 0; round < 8; ++round) {
    process importing = phone.start({"import", file});
    nap(dice, static_cast<int>(took.count()) + 1);
    importing.signal(SIGKILL);
    killed += importing.wait().status == -SIGKILL;
    const json_value rows = phone.json({"list"});
    REQUIRE(rows.items.size() <= 1);
    if (rows.items.empty()) {
      CHECK(phone.json({"status"})["pending"].count() == 0);
    } else {
      CHECK(all_series(phone, id) == made);
      phone.text({"delete", "activities", id});  // so that the next round has something to do
    }
  }
  CHECK(killed > 0);
  const json_value last = phone.json({"import", file}).items.at(0);
  CHECK(last["status"].text == "imported");
  CHECK(all_series(phone, id) == made);
  settle(phone, laptop);
  CHECK(all_series(laptop, id) == made);
}

}  // namespace

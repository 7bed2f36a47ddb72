// SPDX-License-Identifier: BSL-1.0
// Rows that somebody changed by SQL, on a device and at the hub: `stride verify` finds them.
#include "end_to_end/sql.hpp"
#include "end_to_end/world.hpp"

#include <algorithm>

namespace {

using namespace stride_test;

const json_value& table_in(const json_value& document, const std::string& name) {
  const auto& tables = document["tables"].items;
  const auto found = std::find_if(tables.begin(), tables.end(), [&](const json_value& each) { return each["table"].text == name; });
  REQUIRE(found != tables.end());
  return *found;
}

struct two_devices : world {
  const place phone = device("phone"), laptop = device("laptop");

  two_devices() {
    for (const char* id : {"a", "b", "c"}) phone.text({"put", "goals", std::string("id=") + id, std::string("title=goal ") + id});
    phone.text({"put", "daily_metrics", "id=today", "readiness=5"});
    phone.text({"sync"});
    laptop.text({"sync"});
  }
};

TEST_CASE("where nothing is damaged, verify says so") {
  const two_devices all;
  const std::string said = all.laptop.text({"verify"});
  CHECK(said.find("goals                 3 compared, all as the hub has them\n") != std::string::npos);
  CHECK(said.find("daily_metrics         1 compared") != std::string::npos);
  const json_value document = all.laptop.json({"verify", "--repair"});
  CHECK(document["ok"].count() == 1);
  CHECK(table_in(document, "goals")["compared"].count() == 3);
  CHECK(table_in(document, "goals")["differed"].count() == 0);
}

TEST_CASE("rows that were changed and removed by SQL on a device are found, and repaired when that is asked for") {
  const two_devices all;
  run_sql(all.laptop.folder() / "stride.db", "UPDATE goals SET title = 'rotten' WHERE id = 'b'; DELETE FROM goals WHERE id = 'c'");
  all.laptop.text({"edit", "goals", "b", "note=mine"});
  const auto [ended, reported] = all.laptop.try_json({"verify"});
  CHECK(ended.status == 1);
  CHECK(ended.err.find("2 records are not as the hub has them: `stride verify --repair` puts that right") != std::string::npos);
  CHECK(table_in(reported, "goals")["differed"].count() == 2);
  CHECK(table_in(reported, "goals")["repaired"].count() == 0);
  CHECK(all.laptop.json({"show", "b"})["title"].text == "rotten");
  const json_value repaired = all.laptop.json({"verify", "--repair"});
  CHECK(table_in(repaired, "goals")["differed"].count() == 2);
  CHECK(table_in(repaired, "goals")["repaired"].count() == 2);
  CHECK(all.laptop.json({"show", "b"})["title"].text == "goal b");
  CHECK(all.laptop.json({"show", "b"})["note"].text == "mine");
  CHECK(all.laptop.json({"list", "goals"}).items.size() == 3);
  all.phone.text({"sync"});
  CHECK(all.phone.json({"show", "b"})["title"].text == "goal b");
  CHECK(all.phone.json({"show", "b"})["note"].text == "mine");
  CHECK(all.laptop.json({"verify"})["ok"].count() == 1);
}

TEST_CASE("rows that were changed and removed by SQL at the hub are reported, and spread to nobody") {
  two_devices all;
  REQUIRE(all.hub.stop().status == 0);
  run_sql(all.hub.folder() / "hub.db", "UPDATE goals SET title = 'rotten' WHERE id = 'b'; DELETE FROM goals WHERE id = 'c'");
  all.hub.restart();
  for (const char* repair : {"", "--repair"}) {
    const auto [ended, reported] = all.laptop.try_json(*repair == '\0' ? std::vector<std::string>{"verify"} : std::vector<std::string>{"verify", repair});
    CHECK(ended.status == 1);
    CHECK(ended.err.find("2 records are damaged or lost at the hub, and nothing here was changed") != std::string::npos);
    CHECK(table_in(reported, "goals")["damaged_at_hub"].count() == 2);
    CHECK(table_in(reported, "goals")["repaired"].count() == 0);
  }
  CHECK(all.laptop.json({"show", "b"})["title"].text == "goal b");
  CHECK(all.laptop.json({"list", "goals"}).items.size() == 3);
  const place fresh = all.device("fresh");
  fresh.text({"sync"});
  const json_value goals = fresh.json({"list", "goals"});
  REQUIRE(goals.items.size() == 1);
  CHECK(goals.items[0]["id"].text == "a");
}

TEST_CASE("without a hub verify says what is missing") {
  const world all;
  const place alone(all.device("alone").folder().parent_path() / "nowhere");
  alone.text({"init", "--user", "ada"});
  const auto [ended, document] = alone.try_json({"verify"});
  CHECK(ended.status == 1);
  CHECK(ended.err.find("this device has no hub") != std::string::npos);
  CHECK(document["error"].text.find("this device has no hub") != std::string::npos);
}

}  // namespace

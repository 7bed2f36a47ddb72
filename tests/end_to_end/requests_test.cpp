// SPDX-License-Identifier: BSL-1.0
// An athlete's wish for another day, and a plan that says otherwise.
#include "end_to_end/world.hpp"

namespace {

using namespace stride_test;

struct wish {
  world all{};
  place phone = all.device("phone"), laptop = all.device("laptop");

  wish() {
    all.hub.text({"hub", "put", "--user", "ada", "scheduled_workouts", "id=w", "day=2026-11-24", "title=Tempo"});
    sync({&phone, &laptop});
    phone.text({"edit", "scheduled_workouts", "w", "requested_day=2026-11-25"});
  }

  void sync(std::initializer_list<const place*> devices) {
    for (const place* each : devices) CHECK(each->json({"sync"})["ok"].number == 1);
  }
  void move(const std::string& day) { all.hub.text({"hub", "edit", "--user", "ada", "scheduled_workouts", "w", "day=" + day}); }

  /// The one entry of the log says that the phone's wish gave way to `day`, and so does the record. \return its id
  std::string check_superseded(const std::string& day) {
    for (const place* each : {&phone, &laptop}) {
      const json_value workout = each->json({"show", "w"});
      CHECK(workout["day"].text == day);
      CHECK(workout["superseded_request"].text == "2026-11-25");
      const json_value log = each->json({"conflicts"});
      REQUIRE(log.items.size() == 1);
      const json_value& value = log.items[0]["values"].items.at(0);
      CHECK(value["field"].text == "day");
      CHECK(value["rule"].text == "superseded");
      CHECK(value["kept"].text == day);
      CHECK(value["kept_by"].text == "hub");
      CHECK(value["dropped"].text == "2026-11-25");
      CHECK(value["dropped_by"].text == "phone");
      CHECK(each->text({"conflicts"}).find("day: " + day + " (hub) instead of 2026-11-25 (phone): what was asked for was replaced by the server's plan") !=
            std::string::npos);
      const json_value why = each->json({"why", "w"})["fields"]["day"];
      CHECK(why["rule"].text == "superseded");
      CHECK(why["by"].text == "hub");
      CHECK(why["dropped"].text == "2026-11-25");
      CHECK(each->text({"why", "w"}).find("hub: what was asked for was replaced by the server's plan") != std::string::npos);
    }
    return phone.json({"conflicts"}).items.at(0)["id"].text;
  }
};

TEST_CASE("a wish that the plan replaces is told on every device, and can be asked for again and granted") {
  wish of;
  of.sync({&of.phone, &of.laptop});
  CHECK(of.laptop.json({"conflicts"}).items.empty());
  of.move("2026-11-27");
  of.sync({&of.phone, &of.laptop});
  const std::string entry = of.check_superseded("2026-11-27");
  CHECK(of.all.hub.json({"hub", "requests", "--user", "ada"}).items.empty());

  CHECK(of.phone.json({"undo", entry})["outcome"].text == "asked");
  of.sync({&of.phone});
  const json_value open = of.all.hub.json({"hub", "requests", "--user", "ada"});
  REQUIRE(open.items.size() == 1);
  CHECK(open.items[0]["id"].text == entry);
  CHECK(open.items[0]["values"].items.at(0)["rule"].text == "superseded");
  CHECK(of.all.hub.json({"hub", "grant", "--user", "ada", entry})["outcome"].text == "granted");
  of.sync({&of.phone, &of.laptop});
  for (const place* each : {&of.phone, &of.laptop}) {
    const json_value workout = each->json({"show", "w"});
    CHECK(workout["day"].text == "2026-11-25");
    CHECK(workout["superseded_request"].text.empty());
    CHECK(each->text({"why", "w"}).find("phone asked the server to take back " + entry + ", which did so") != std::string::npos);
  }
}

TEST_CASE("a wish that arrives when the plan had moved the day already is superseded, and one that the plan meets is not") {
  SECTION("the plan says otherwise") {
    wish of;
    of.move("2026-11-27");
    of.sync({&of.phone, &of.laptop});
    of.check_superseded("2026-11-27");
  }
  SECTION("the plan says the same") {
    wish of;
    of.sync({&of.phone});
    of.move("2026-11-25");
    of.sync({&of.phone, &of.laptop});
    CHECK(of.laptop.json({"conflicts"}).items.empty());
    CHECK(of.laptop.json({"show", "w"})["superseded_request"].text.empty());
  }
}

}  // namespace

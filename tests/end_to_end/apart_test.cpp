// SPDX-License-Identifier: BSL-1.0
// Two records that the hub joined, taken apart by `stride undo` and joined again by another one.
#include "end_to_end/world.hpp"

#include <algorithm>
#include <optional>

namespace {

using namespace stride_test;

struct one_ride {
  world all{};
  place phone = all.device("phone"), web = all.device("web");

  one_ride() {
    phone.text({"put", "activities", "id=ride", "type=running", "started_at=2024-05-04T07:00:00Z", "name=Run", "rpe=3"});
    web.text({"put", "activities", "id=typed", "type=running", "started_at=2024-05-04T07:05:00Z", "notes=windy", "rpe=6"});
    sync({&phone, &web, &phone});
  }

  void sync(std::initializer_list<const place*> devices) {
    for (const place* each : devices) CHECK(each->json({"sync"})["ok"].number == 1);
  }

  /// The latest entry that says what became of the id that vanished.
  json_value about_alias(const place& on) {
    const json_value log = on.json({"conflicts"});
    const auto found = std::find_if(log.items.begin(), log.items.end(), [](const json_value& entry) {
      return entry["record"].text == "typed" && entry["values"].items.at(0)["field"].text == "id";
    });
    REQUIRE(found != log.items.end());
    return *found;
  }

  void check_one() {
    const std::string at_hub = all.hub.text({"--json", "hub", "list", "--user", "ada", "activities"});
    for (const place* each : {&phone, &web}) {
      CHECK(each->text({"--json", "list"}) == at_hub);
      REQUIRE(each->json({"list"}).items.size() == 1);
      const json_value shown = each->json({"show", "typed"});
      CHECK(shown["id"].text == "ride");
      CHECK(shown["alias"].text == "typed");
      CHECK(shown["name"].text == "Run");
      CHECK(shown["notes"].text == "windy");
      CHECK(shown["rpe"].count() == 6);
      CHECK(each->json({"why", "typed"})["alias"].text == "typed");
      CHECK(each->text({"why", "typed"}).starts_with("typed is a duplicate; ride stands for it\n"));
    }
  }

  void check_two() {
    const std::string at_hub = all.hub.text({"--json", "hub", "list", "--user", "ada", "activities"});
    for (const place* each : {&phone, &web}) {
      CHECK(each->text({"--json", "list"}) == at_hub);
      REQUIRE(each->json({"list"}).items.size() == 2);
      const json_value ride = each->json({"show", "ride"}), typed = each->json({"show", "typed"});
      CHECK(ride["name"].text == "Run");
      CHECK(ride["notes"].text.empty());
      CHECK(ride["rpe"].count() == 3);
      CHECK(ride["started_at"].text == "2024-05-04T07:00:00Z");
      CHECK_FALSE(typed.has("alias"));
      CHECK(typed["name"].text.empty());
      CHECK(typed["notes"].text == "windy");
      CHECK(typed["rpe"].count() == 6);
      CHECK(typed["started_at"].text == "2024-05-04T07:05:00Z");
    }
  }
};

TEST_CASE("undo takes two rides apart that the hub joined, undoing that joins them again, and both are told in words") {
  one_ride of;
  of.check_one();
  const std::string joined = of.about_alias(of.web)["id"].text;
  CHECK(of.phone.text({"conflicts"}).find("id: ride (hub) instead of typed (web): two records were one thing") != std::string::npos);

  const json_value asked = of.web.json({"undo", joined});
  CHECK(asked["outcome"].text == "asked");
  REQUIRE(asked["asked"].items.size() == 1);
  CHECK(asked["asked"].items[0].text == "id");
  CHECK(of.web.text({"why", "typed"}).find("web asked the server to take back " + joined + ", which has not answered") != std::string::npos);
  CHECK(of.web.json({"list"}).items.size() == 1);
  of.sync({&of.web, &of.phone});
  of.check_two();
  const json_value apart = of.about_alias(of.phone);
  CHECK(apart["undoes"].text == joined);
  CHECK(apart["values"].items.at(0)["rule"].text == "undone");
  for (const place* each : {&of.phone, &of.web}) {
    CHECK(each->text({"conflicts"}).find("takes back " + joined + "\n  id: typed (web) instead of ride (hub): taken back") != std::string::npos);
    CHECK(each->text({"why", "typed"}).find("web asked the server to take back " + joined + ", which did so") != std::string::npos);
    CHECK(each->json({"why", "ride"})["fields"]["rpe"]["rule"].text == "undone");
    check_refused(each->run({"undo", joined}), 1, "was taken back by the server");
  }

  of.phone.text({"undo", apart["id"].text});
  of.sync({&of.phone, &of.web});
  of.check_one();
  CHECK(of.web.text({"why", "typed"}).find("phone asked the server to take back " + apart["id"].text + ", which did so") != std::string::npos);

  of.phone.text({"undo", of.about_alias(of.phone)["id"].text});
  of.sync({&of.phone, &of.web});
  of.check_two();
}

TEST_CASE("what was written while two rides were one stays with the one that stood for both, also when it was written offline") {
  one_ride of;
  of.phone.run({"edit", "activities", "typed", "feeling=4"});
  of.web.text({"undo", of.about_alias(of.web)["id"].text});
  of.sync({&of.web, &of.phone, &of.web});
  of.check_two();
  for (const place* each : {&of.phone, &of.web}) {
    CHECK(each->json({"show", "ride"})["feeling"].count() == 4);
    CHECK_FALSE(each->json({"show", "typed"})["feeling"].count() == 4);
    CHECK(each->json({"status"})["pending"].count() == 0);
  }
}

}  // namespace

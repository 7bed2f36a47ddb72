// SPDX-License-Identifier: BSL-1.0
// What `why` says of values that met at the hub, of deletions and of new creations: who, when, by which rule, instead of what.
#include "end_to_end/world.hpp"

namespace {

using namespace stride_test;

void sync(std::initializer_list<const place*> devices) {
  for (const place* each : devices) CHECK(each->json({"sync"})["ok"].number == 1);
}

TEST_CASE("of a conflict both devices say who won, by which rule, when that was written and what lost") {
  const world all;
  const place phone = all.device("phone"), laptop = all.device("laptop");
  phone.text({"put", "goals", "id=g", "title=first"});
  sync({&phone, &laptop});
  phone.text({"edit", "goals", "g", "title=early"});
  laptop.text({"edit", "goals", "g", "title=late"});
  CHECK(laptop.text({"why", "g"}).find("written knowing the value before, not sent yet, 20") != std::string::npos);
  const std::string written = laptop.json({"why", "g"})["fields"]["title"]["at"].text;
  sync({&laptop, &phone, &laptop});
  for (const place* each : {&phone, &laptop}) {
    const json_value title = each->json({"why", "g"})["fields"]["title"];
    CHECK(title["value"].text == "late");
    CHECK(title["side"].text == (each == &laptop ? "local" : "remote"));
    CHECK(title["by"].text == "laptop");
    CHECK(title["rule"].text == "later write");
    CHECK(title["at"].text == written);
    CHECK(title["dropped"].text == "early");
  }
  CHECK(phone.json({"why", "g"})["fields"]["title"]["decided_at"].text > written);
  CHECK(laptop.text({"why", "g"}).find("nobody else changed it") == std::string::npos);
}

TEST_CASE("who deleted a record is said, and when, also where an edit lost against it") {
  const world all;
  const place phone = all.device("phone"), laptop = all.device("laptop"), tablet = all.device("tablet");
  phone.text({"put", "goals", "id=g", "title=doomed"});
  sync({&phone, &laptop, &tablet});
  laptop.text({"delete", "goals", "g"});
  const json_value at_once = laptop.json({"why", "g"});
  CHECK(at_once["deleted_by"].text == "laptop");
  phone.text({"edit", "goals", "g", "title=saved?"});
  sync({&laptop, &phone, &tablet, &laptop});
  for (const place* each : {&phone, &laptop, &tablet}) {
    const json_value why = each->json({"why", "g"});
    CHECK(why["deleted_by"].text == "laptop");
    CHECK(why["deleted_at"].text == at_once["deleted_at"].text);
  }
  const json_value title = phone.json({"why", "g"})["fields"]["title"];
  CHECK(title["rule"].text == "deleted");
  CHECK(title["by"].text == "laptop");
  CHECK(title["at"].text == at_once["deleted_at"].text);
  CHECK(title["dropped"].text == "saved?");
  CHECK(phone.text({"why", "g"}).find("  deleted by laptop, 20") != std::string::npos);

  all.hub.text({"hub", "put", "--user", "ada", "recommendations", "id=r", "title=Rest"});
  sync({&phone});
  all.hub.text({"hub", "delete", "--user", "ada", "recommendations", "r"});
  sync({&phone});
  CHECK(phone.json({"why", "r"})["deleted_by"].text == "hub");
}

TEST_CASE("a field that a new creation emptied is said to be") {
  const world all;
  const place phone = all.device("phone"), laptop = all.device("laptop");
  phone.text({"put", "goals", "id=g", "title=first", "note=of the first life"});
  sync({&phone, &laptop});
  phone.text({"delete", "goals", "g"});
  sync({&phone, &laptop});
  laptop.text({"put", "goals", "id=g", "title=second"});
  sync({&laptop, &phone});
  for (const place* each : {&phone, &laptop}) {
    const json_value note = each->json({"why", "g"})["fields"]["note"];
    CHECK(note["rule"].text == "made anew");
    CHECK(note["by"].text == "laptop");
    CHECK(note["side"].text == (each == &laptop ? "local" : "remote"));
    CHECK(note["at"].text.starts_with("20"));
  }
}

}  // namespace

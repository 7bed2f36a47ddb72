// SPDX-License-Identifier: BSL-1.0
// The conflict log of the command line: what did not stand is listed on every device, and can be taken back from any.
#include "end_to_end/world.hpp"

namespace {

using namespace stride_test;

void sync(std::initializer_list<const place*> devices) {
  for (const place* each : devices) CHECK(each->json({"sync"})["ok"].number == 1);
}

// The laptop's title, written later, stands.
struct disagreement {
  world all{};
  place phone = all.device("phone"), laptop = all.device("laptop");

  disagreement() {
    phone.text({"put", "goals", "id=g", "title=first"});
    sync({&phone, &laptop});
    phone.text({"edit", "goals", "g", "title=early"});
    laptop.text({"edit", "goals", "g", "title=late"});
    sync({&phone, &laptop, &phone});
  }
  std::string title(const place& on) { return on.json({"show", "g"})["title"].text; }
};

TEST_CASE("a decision is listed on every device, with both values, who wrote them and the rule") {
  disagreement of;
  for (const place* each : {&of.phone, &of.laptop}) {
    const json_value log = each->json({"conflicts"});
    REQUIRE(log.items.size() == 1);
    CHECK(log.items[0]["table"].text == "goals");
    CHECK(log.items[0]["record"].text == "g");
    REQUIRE(log.items[0]["values"].items.size() == 1);
    const json_value value = log.items[0]["values"].items[0];
    CHECK(value["field"].text == "title");
    CHECK(value["rule"].text == "later write");
    CHECK(value["kept"].text == "late");
    CHECK(value["kept_by"].text == "laptop");
    CHECK(value["dropped"].text == "early");
    CHECK(value["dropped_by"].text == "phone");
  }
  CHECK(of.phone.text({"conflicts"}).find("title: late (laptop) instead of early (phone)") != std::string::npos);
}

TEST_CASE("an undo on one device comes out on all, is said to be done when it is asked for again, and can be undone") {
  disagreement of;
  const std::string entry = of.phone.json({"conflicts"}).items[0]["id"].text;
  CHECK(of.laptop.json({"undo", entry})["restored"].items[0].text == "title");
  CHECK(of.title(of.laptop) == "early");
  sync({&of.laptop, &of.phone});
  CHECK(of.title(of.phone) == "early");
  const finished again = of.phone.run({"undo", entry});
  CHECK(again.status == 1);
  CHECK(again.err.find("was taken back already by 'laptop'") != std::string::npos);
  of.phone.text({"undo", entry + ".undo"});
  sync({&of.phone, &of.laptop});
  CHECK(of.title(of.laptop) == "late");
  CHECK(of.phone.run({"undo", "nothing"}).status == 1);
}

TEST_CASE("a person settles with this device's value, the other one, or another") {
  disagreement of;
  SECTION("local") {
    CHECK(of.phone.json({"resolve", "g", "--use", "local"})["outcome"].text == "undone");
    CHECK(of.title(of.phone) == "early");
  }
  SECTION("remote") {
    CHECK(of.phone.json({"resolve", "g", "--use", "remote"})["outcome"].text == "kept");
    CHECK(of.title(of.phone) == "late");
  }
  SECTION("merge") {
    CHECK(of.phone.json({"resolve", "g", "--use", "merge", "title=both"})["outcome"].text == "merged");
    CHECK(of.title(of.phone) == "both");
  }
  SECTION("skip") {
    CHECK(of.phone.json({"resolve", "g", "--use", "skip"})["outcome"].text == "skipped");
    CHECK(of.title(of.phone) == "late");
  }
  const std::string here = of.title(of.phone);
  sync({&of.phone, &of.laptop});
  CHECK(of.title(of.laptop) == here);
  CHECK(of.phone.run({"resolve", "g", "--use", "neither"}).status == 2);
  CHECK(of.phone.run({"resolve", "other", "--use", "local"}).status == 1);
}

}  // namespace

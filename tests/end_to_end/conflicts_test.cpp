// SPDX-License-Identifier: BSL-1.0
// The conflict log of the command line: what did not stand is listed on every device, and can be taken back from any.
#include "end_to_end/world.hpp"
#include "transport/http_client.hpp"

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

// Two devices make one activity, each with a distance of its own, which is the server's: the laptop's does not stand, and
// the laptop asks for it.
struct request {
  world all{};
  place phone = all.device("phone"), laptop = all.device("laptop");
  std::string entry{};

  request() {
    make(phone, "1000");
    make(laptop, "2000");
    sync({&phone, &laptop, &phone});
    REQUIRE(distance(laptop) == 1000);
    entry = laptop.json({"conflicts"}).items.at(0)["id"].text;
    const json_value asked = laptop.json({"undo", entry});
    CHECK(asked["outcome"].text == "asked");
    REQUIRE(asked["asked"].items.size() == 1);
    CHECK(asked["asked"].items[0].text == "distance_m");
    CHECK(laptop.text({"why", "a"}).find("laptop asked the server to take back " + entry + ", which has not answered") != std::string::npos);
    sync({&laptop, &phone});
  }
  static void make(const place& on, const std::string& metres) {
    on.text({"put", "activities", "id=a", "type=running", "started_at=2026-01-02T07:00:00Z", "created_at=2026-01-02T07:00:00Z", "distance_m=" + metres});
  }
  static double distance(const place& on) { return on.json({"show", "a"})["distance_m"].number; }
  finished answer(const char* how) const { return all.hub.run({"hub", how, "--user", "ada", entry}); }
  json_value seen(const place& on) const {
    for (const json_value& each : on.json({"conflicts"}).items) {
      if (each["id"].text == entry) return each;
    }
    return {};
  }
};

TEST_CASE("what the server is asked to take back is listed at the hub, granted once, and comes to all devices") {
  request of;
  const json_value open = of.all.hub.json({"hub", "requests", "--user", "ada"});
  REQUIRE(open.items.size() == 1);
  CHECK(open.items[0]["id"].text == of.entry);
  CHECK(open.items[0]["requested_by"].text == "laptop");
  CHECK(of.all.hub.text({"hub", "requests", "--user", "ada"}).find("distance_m: 1000 (phone) instead of 2000 (laptop)") != std::string::npos);

  const json_value granted = of.all.hub.json({"hub", "grant", "--user", "ada", of.entry});
  CHECK(granted["outcome"].text == "granted");
  CHECK(granted["restored"].items.at(0).text == "distance_m");
  CHECK(of.all.hub.text({"hub", "requests", "--user", "ada"}) == "nobody waits for an answer\n");
  for (const char* again : {"grant", "decline"}) {
    const finished second = of.answer(again);
    CHECK(second.status == 1);
    CHECK(second.err.find("was granted already") != std::string::npos);
  }
  sync({&of.laptop, &of.phone});
  for (const place* each : {&of.phone, &of.laptop}) {
    CHECK(request::distance(*each) == 2000);
    CHECK(of.seen(*each)["granted"].number == 1);
    const json_value why = each->json({"why", "a"});
    CHECK(why["fields"]["distance_m"]["rule"].text == "undone");
    CHECK(why["fields"]["distance_m"]["by"].text == "hub");
    CHECK(why["requests"].items.at(0)["granted"].number == 1);
    CHECK(each->json({"conflicts"}).items.at(0)["undoes"].text == of.entry);
  }
  CHECK(of.phone.text({"conflicts"}).find("laptop asked the server, which did so") != std::string::npos);
}

TEST_CASE("what the server declines stays as it is, and whoever asked is told") {
  request of;
  CHECK(of.all.hub.json({"hub", "decline", "--user", "ada", of.entry})["outcome"].text == "declined");
  sync({&of.laptop});
  CHECK(request::distance(of.laptop) == 1000);
  CHECK(of.seen(of.laptop).has("granted"));
  CHECK(of.laptop.text({"why", "a"}).find("which declined") != std::string::npos);
  const finished again = of.laptop.run({"undo", of.entry});
  CHECK(again.status == 1);
  CHECK(again.err.find("was left as it is by the server") != std::string::npos);
  CHECK(of.answer("grant").status == 1);
}

TEST_CASE("the server grants nothing that nobody asked for, and nothing over a later word of its own") {
  request of;
  of.all.hub.text({"hub", "edit", "--user", "ada", "activities", "a", "distance_m=1500"});
  const finished late = of.answer("grant");
  CHECK(late.status == 1);
  CHECK(late.err.find("written again since") != std::string::npos);
  CHECK(of.all.hub.run({"hub", "grant", "--user", "ada", "nothing"}).status == 1);
  CHECK(of.all.hub.run({"hub", "grant", "--user", "ada"}).status == 2);
  CHECK(of.all.hub.run({"hub", "requests"}).status == 2);
}

TEST_CASE("a hub that serves deletes old entries of the log, and keeps those of the last 90 days") {
  const world all;
  const place phone = all.device("phone");
  stride::http_client web(all.hub.url(), all.hub.token("ada", "browser"));
  const auto entry = [](const std::string& id, const std::string& when) {
    return R"([{"table": "conflicts", "id": ")" + id + R"(", "kind": "created", "fields": {"table": "goals", "decided_at": ")" + when + R"("}}])";
  };
  const std::string now = phone.json({"put", "activities", "type=running"})["created_at"].text;
  const auto sent = web.exchange({.method = "POST", .path = "/sync/upload", .content_type = "application/json",
                                  .body = R"({"incarnation": 77, "number": 1, "groups": [)" + entry("old", "2020-01-02T03:04:05Z") + "," + entry("new", now) + "]}"});
  REQUIRE(sent.has_value());
  REQUIRE(sent->status == 200);
  CHECK(all.hub.json({"hub", "list", "--user", "ada", "conflicts"}).items.size() == 2);
  sync({&phone});
  const json_value left = all.hub.json({"hub", "list", "--user", "ada", "conflicts"});
  REQUIRE(left.items.size() == 1);
  CHECK(left.items[0]["id"].text == "new");
  CHECK(phone.json({"conflicts"}).items.size() == 1);
}

}  // namespace

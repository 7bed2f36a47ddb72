// SPDX-License-Identifier: BSL-1.0
// What the hub refused, and is tried again; what waits for a better network or a charger.
#include "end_to_end/sql.hpp"
#include "end_to_end/world.hpp"

#include <catch2/generators/catch_generators.hpp>

namespace {

using namespace stride_test;

std::size_t activities_at(const world& all) { return all.hub.json({"hub", "list", "--user", "ada", "activities"}).items.size(); }

// A record is damaged at the hub, so that it takes no edit of it: "rpe" is out of its range there.
struct refusal {
  world all{};
  place phone = all.device("phone");

  refusal() {
    phone.text({"put", "activities", "id=a", "type=running", "rpe=9", "name=Run"});
    phone.text({"sync"});
    at_hub("UPDATE activities SET rpe = 11");
    phone.text({"edit", "activities", "a", "name=Hills"});
    phone.text({"put", "social_posts", "id=post", "activity_id=a", "text=hard"});
    phone.text({"put", "goals", "id=g", "title=other"});
    check_refused(phone.run({"sync"}), 1, "refused by the hub: `stride why ID` says why");
  }
  void at_hub(const char* sql) { run_sql(all.hub.folder() / "hub.db", sql); }
  std::string waits(const std::string& id) { return phone.json({"why", id})["waiting_for"].text; }
};

TEST_CASE("retry sends again what the hub refused and what waited for it, and nothing of it was lost") {
  refusal of;
  CHECK(of.phone.json({"status"})["failed"].count() == 2);
  CHECK(of.phone.json({"status"})["light"].text == "red");
  CHECK(of.phone.json({"status"})["reason"].text.find("`stride retry` tries again") != std::string::npos);
  CHECK(of.waits("a").find("the hub refused it: field 'rpe' of table 'activities' is 11") != std::string::npos);
  CHECK(of.waits("post").find("it depends on record 'a' of table 'activities'") != std::string::npos);
  CHECK(of.waits("g").starts_with("nothing"));  // what has nothing to do with it left
  check_refused(of.phone.run({"retry", "g"}), 1, "the hub refused no record 'g'");

  CHECK(of.phone.json({"retry"})["retried"].count() == 2);  // before anything was mended
  CHECK(of.phone.json({"status"})["pending"].count() == 2);
  CHECK(of.phone.run({"sync"}).status == 1);
  CHECK(of.phone.json({"status"})["failed"].count() == 2);

  of.at_hub("UPDATE activities SET rpe = 9");
  CHECK(of.phone.run({"sync"}).status == 0);  // by itself it is not tried
  CHECK(of.phone.json({"status"})["failed"].count() == 2);
  const std::string id = GENERATE("", "a", "post");
  std::vector<std::string> retry{"retry"};
  if (!id.empty()) retry.push_back(id);
  CHECK(of.phone.text(retry) == "2 records or chunks are tried again: run `stride sync`\n");
  CHECK(of.waits("a").starts_with("a session with the hub"));
  CHECK(of.waits("post").find("record 'a' of table 'activities', which goes to the hub before it") != std::string::npos);
  CHECK(of.phone.json({"sync"})["pushed"].count() == 2);
  CHECK(of.phone.json({"status"})["light"].text == "green");
  CHECK(of.all.hub.json({"hub", "list", "--user", "ada", "activities"}).items.at(0)["name"].text == "Hills");
  CHECK(of.all.hub.json({"hub", "list", "--user", "ada", "social_posts"}).items.at(0)["text"].text == "hard");
  CHECK(of.phone.text({"retry"}) == "0 records or chunks are tried again: run `stride sync`\n");
}

TEST_CASE("retry sends a chunk again that the hub refused, once its bytes are whole again") {
  const world all;
  const place phone = all.device("phone"), laptop = all.device("laptop");
  const std::string id = phone.json({"import", all.ride(7, 12).string()}).items.at(0)["id"].text;
  const auto db = phone.folder() / "stride.db";
  run_sql(db,
          "CREATE TABLE kept AS SELECT name, bytes FROM entries WHERE space = 'chunk' AND name = "
          "(SELECT name FROM entries WHERE space = 'chunk_out' ORDER BY name LIMIT 1);"
          "UPDATE entries SET bytes = zeroblob(length(bytes)) WHERE space = 'chunk' AND name IN (SELECT name FROM kept)");
  CHECK(phone.run({"sync"}).status == 1);
  CHECK(phone.json({"why", id})["waiting_for"].text == "a person: the hub refused 1 chunk of its series");
  run_sql(db, "UPDATE entries SET bytes = (SELECT bytes FROM kept) WHERE space = 'chunk' AND name IN (SELECT name FROM kept); DROP TABLE kept");
  CHECK(phone.text({"retry"}) == "1 record or chunk is tried again: run `stride sync`\n");
  CHECK(phone.json({"sync"})["chunks_sent"].count() == 1);
  CHECK(phone.json({"status"})["light"].text == "green");
  CHECK(phone.json({"why", id})["waiting_for"].text.starts_with("nothing"));
  laptop.text({"sync"});
  CHECK(all_series(laptop, id) == all_series(phone, id));
}

TEST_CASE("on a metered network or a low battery records go and series wait, offline or with an empty battery nothing goes, and status and why say for what") {
  const world all;
  const place phone = all.device("phone");
  const std::string id = phone.json({"import", all.ride(7, 12).string()}).items.at(0)["id"].text;
  const auto waits = [&] { return phone.json({"why", id})["waiting_for"].text; };
  const auto reason = [&] { return phone.json({"status"})["reason"].text; };

  check_refused(phone.run({"sync", "--network", "offline"}), 1, "nothing was sent, and nothing is lost: everything waits for a network");
  CHECK(waits() == "a network, to send it");
  CHECK(reason().ends_with("wait for a network"));
  check_refused(phone.run({"sync", "--network", "wet"}), 2, "wet not in {metered,offline,unmetered}");
  check_refused(phone.run({"sync", "--send", "some"}), 2, "some not in {auto,everything,nothing}");
  check_refused(phone.run({"sync", "--battery", "5"}), 1, "everything waits for a charger, since the battery is low");
  CHECK(waits() == "a charger, since the battery is low, to send it");
  check_refused(phone.run({"sync", "--send", "nothing"}), 1, "everything waits for the user, who turned sending off");
  CHECK(activities_at(all) == 0);

  struct condition {
    std::vector<std::string> options;
    std::string remedy;
  };
  const condition poor = GENERATE(condition{{"--network", "metered"}, "an unmetered network"},
                                  condition{{"--battery", "20"}, "a charger, since the battery is low"},
                                  condition{{"--network", "metered", "--battery", "20"}, "a charger, since the battery is low"});
  std::vector<std::string> sync{"sync"};
  sync.insert(sync.end(), poor.options.begin(), poor.options.end());
  INFO(poor.remedy);
  const json_value session = phone.json(sync);
  CHECK(session["pushed"].count() == 1);
  CHECK(session["chunks_sent"].count() == 0);
  CHECK(activities_at(all) == 1);
  const auto chunks = phone.json({"status"})["pending"].count();
  CHECK(chunks > 1);
  CHECK(phone.json({"status"})["light"].text == "yellow");
  CHECK(reason().ends_with("wait to be sent, some for " + poor.remedy));
  CHECK(waits() == poor.remedy + ", to send " + std::to_string(chunks) + " chunks of its series");
  const json_value shown = phone.json({"show", id});
  for (const json_value& stream : shown["streams"].items) CHECK(stream["sync_status"].text == "local_only");

  if (poor.options.size() == 2) {
    CHECK(phone.json({"sync"})["chunks_sent"].count() == chunks);
  } else {  // a person's word goes before both
    sync.insert(sync.end(), {"--send", "everything"});
    CHECK(phone.json(sync)["chunks_sent"].count() == chunks);
  }
  CHECK(phone.json({"status"})["light"].text == "green");
  CHECK(waits().starts_with("nothing"));
}

}  // namespace

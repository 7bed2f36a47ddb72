// SPDX-License-Identifier: BSL-1.0
// What the hub writes as the server while it serves, and what a device answers.
#include "end_to_end/world.hpp"

namespace {

using namespace stride_test;

TEST_CASE("a plan written on the hub while it serves reaches a device, and the device's wish reaches the hub") {
  const world all;
  const place phone = all.device("phone");
  phone.text({"sync"});
  all.hub.text({"hub", "put", "--user", "ada", "training_plans", "id=p", "title=Base", "day=2026-11-23"});
  all.hub.text({"hub", "put", "--user", "ada", "scheduled_workouts", "id=w", "plan_id=p", "day=2026-11-24", "title=Tempo", "target_minutes=50"});
  CHECK(phone.json({"sync"})["pulled"].count() == 2);
  const json_value workout = phone.json({"list", "scheduled_workouts"}).items.at(0);
  CHECK(workout["title"].text == "Tempo");
  CHECK(workout["target_minutes"].number == 50);

  check_refused(phone.run({"edit", "scheduled_workouts", "w", "day=2026-11-25"}), 1, "field 'day' of table 'scheduled_workouts' is 'server'");
  phone.text({"edit", "scheduled_workouts", "w", "requested_day=2026-11-25"});
  phone.text({"sync"});
  CHECK(all.hub.json({"hub", "list", "--user", "ada", "scheduled_workouts"}).items.at(0)["requested_day"].text == "2026-11-25");
  check_refused(all.hub.run({"hub", "edit", "--user", "ada", "scheduled_workouts", "w", "requested_day=2026-11-26"}), 1,
                "field 'requested_day' of table 'scheduled_workouts' is 'client'");

  CHECK(all.hub.json({"hub", "edit", "--user", "ada", "scheduled_workouts", "w", "day=2026-11-25"})["day"].text == "2026-11-25");
  phone.text({"sync"});
  CHECK(phone.json({"show", "w"})["day"].text == "2026-11-25");
  const json_value why = phone.json({"why", "w"});
  CHECK(why["fields"]["day"]["side"].text == "remote");
  CHECK(why["fields"]["requested_day"]["value"].text == "2026-11-25");

  all.hub.text({"hub", "delete", "--user", "ada", "scheduled_workouts", "w"});
  phone.text({"sync"});
  CHECK(phone.json({"list", "scheduled_workouts"}).items.empty());
  CHECK(phone.json({"list", "training_plans"}).items.size() == 1);
}

TEST_CASE("a record that the hub makes without an id gets one") {
  const world all;
  const json_value made = all.hub.json({"hub", "put", "--user", "ada", "recommendations", "title=Rest"});
  CHECK(!made["id"].text.empty());
  CHECK(!made["created_at"].text.empty());
  CHECK(made["title"].text == "Rest");
  CHECK(all.hub.json({"hub", "list", "--user", "ada", "recommendations"}).items.at(0)["id"].text == made["id"].text);
}

TEST_CASE("what the hub cannot write is refused with one sentence") {
  const world all;
  const auto refused = [&](std::vector<std::string> arguments, std::string_view words) {
    arguments.insert(arguments.begin(), "hub");
    INFO(arguments[1]);
    check_refused(all.hub.run(arguments), 1, words);
  };
  all.hub.text({"hub", "put", "--user", "ada", "scheduled_workouts", "id=w", "day=2026-11-24"});
  refused({"put", "--user", "ada", "scheduled_workouts", "id=w"}, "already has a record");
  refused({"put", "--user", "ada", "scheduled_workouts", "id=x", "day=soon"}, "allowed is a day");
  refused({"put", "--user", "ada", "nowhere", "id=x"}, "there is no table 'nowhere'");
  refused({"put", "--user", "ada", "goals", "id=x", "nothing=1"}, "has no field 'nothing'");
  refused({"edit", "--user", "ada", "scheduled_workouts", "y", "day=2026-11-24"}, "has no record 'y'");
  refused({"edit", "--user", "bob", "scheduled_workouts", "w", "day=2026-11-24"}, "user 'bob' has no record 'w'");
  refused({"delete", "--user", "ada", "scheduled_workouts", "y"}, "has no record 'y'");
  refused({"list", "--user", "ada", "nowhere"}, "there is no table 'nowhere'");
  refused({"edit", "--user", "ada", "scheduled_workouts", "w", "requested_day=2026-11-24"}, "is 'client', which is not yours to write here: the user writes it, on a device");
  refused({"put", "--user", "ada", "activities", "id=a", "type=running", "rpe=7"}, "field 'rpe' of table 'activities' is 'client'");
  refused({"put", "--user", "", "goals", "id=x"}, "Name the user with --user");
  refused({"list", "--user", "", "goals"}, "Name the user with --user");
  CHECK(all.hub.json({"hub", "list", "--user", "ada", "scheduled_workouts"}).items.size() == 1);
}

TEST_CASE("a hub ends cleanly on SIGTERM, and its data is there when it serves again") {
  world all;
  const place phone = all.device("phone");
  phone.text({"put", "goals", "id=g", "title=kept"});
  phone.text({"sync"});
  const finished ended = all.hub.stop();
  CHECK(ended.status == 0);
  check_refused(phone.run({"sync"}), 1, "could not reach the hub");
  all.hub.restart();
  CHECK(phone.json({"sync"})["ok"].number == 1);
  CHECK(all.hub.json({"hub", "list", "--user", "ada", "goals"}).items.at(0)["title"].text == "kept");
}

}  // namespace

// SPDX-License-Identifier: BSL-1.0
// Several processes that do their work on one folder at the same moment.
#include "end_to_end/world.hpp"
#include "hub/token.hpp"

namespace {

using namespace stride_test;

// Starts all commands at once and waits until they have ended well.
std::vector<finished> all_at_once(const place& at, const std::vector<std::vector<std::string>>& commands) {
  std::vector<process> running;
  for (const auto& each : commands) running.push_back(at.start(each));
  std::vector<finished> ended;
  for (process& each : running) {
    ended.push_back(each.wait());
    INFO(ended.back().err);
    CHECK(ended.back().status == 0);
  }
  return ended;
}

TEST_CASE("edits of different fields by processes at the same moment all count") {
  const temporary_folder folder;
  const place phone(folder.path() / "phone"), hub(folder.path() / "hub");
  phone.text({"init", "--user", "ada"});
  phone.text({"put", "goals", "id=g"});
  make_hub(hub.folder());
  hub.text({"hub", "put", "--user", "ada", "scheduled_workouts", "id=w"});
  for (int i = 1; i <= 40; ++i) {
    const std::string value = std::to_string(i);
    std::vector<std::vector<std::string>> on_phone, on_hub;
    for (const char* field : {"title=", "note=", "kind=", "target_value="}) on_phone.push_back({"edit", "goals", "g", field + value});
    for (const char* field : {"title=", "plan_id=", "kind=", "target_minutes="}) {
      on_hub.push_back({"hub", "edit", "--user", "ada", "scheduled_workouts", "w", field + value});
    }
    all_at_once(phone, on_phone);
    all_at_once(hub, on_hub);
    const json_value goal = phone.json({"show", "g"}), workout = hub.json({"hub", "list", "--user", "ada", "scheduled_workouts"}).items.at(0);
    for (const char* field : {"title", "note", "kind"}) CHECK(goal[field].text == value);
    for (const char* field : {"title", "plan_id", "kind"}) CHECK(workout[field].text == value);
    CHECK(goal["target_value"].number == i);
    CHECK(workout["target_minutes"].number == i);
  }
}

TEST_CASE("processes that make one hub folder at the same moment agree on its secret") {
  for (int round = 0; round < 5; ++round) {
    const temporary_folder folder;
    const place hub(folder.path() / "hub");
    const std::vector<std::string> token{"hub", "token", "--user", "ada", "--device", "phone"};
    std::vector<process> serving;
    for (int i = 0; i < 4; ++i) serving.push_back(hub.start({"hub", "serve", "--listen", "127.0.0.1:0"}));
    const auto ended = all_at_once(hub, {token, token, token, token});  // which wait for the hub that is being made
    for (process& each : serving) {
      CHECK(each.first_line().starts_with("listening on "));
      each.signal(SIGTERM);
      CHECK(each.wait().status == 0);
    }
    std::string secret = read_bytes(hub.folder() / "hub.secret");
    REQUIRE(secret.size() == 65);
    secret.pop_back();
    for (const finished& each : ended) {
      const std::string signed_token = each.out.substr(0, each.out.find('\n'));
      CHECK(stride::check_token(secret, signed_token, std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now())).has_value());
    }
    for (const auto& file : fs::directory_iterator(hub.folder())) {
      CHECK((file.path().filename() == "hub.secret" || file.path().filename().string().starts_with("hub.db")));
    }
    CHECK(fs::status(hub.folder() / "hub.secret").permissions() == (fs::perms::owner_read | fs::perms::owner_write));
  }
}

}  // namespace

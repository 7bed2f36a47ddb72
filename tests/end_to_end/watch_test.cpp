// SPDX-License-Identifier: BSL-1.0
// Sessions with a trigger, and a device that stays in touch with its hub.
#include "end_to_end/world.hpp"

namespace {

using namespace stride_test;

// Whether `is_so` becomes true within ten seconds.
template <class Claim>
bool soon(Claim is_so) {
  for (int i = 0; i < 1000; ++i) {
    if (is_so()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds{10});
  }
  return false;
}

std::size_t goals_on(const world& all) { return all.hub.json({"hub", "list", "--user", "ada", "goals"}).items.size(); }

TEST_CASE("a session says what it was begun for") {
  const world all;
  const place phone = all.device("phone");
  CHECK(phone.json({"sync"})["trigger"].text == "user");
  CHECK(phone.run({"sync"}).err.empty());
  for (const char* trigger : {"user", "wifi", "foreground", "timer", "recording_ended"}) {
    const auto [ended, session] = phone.try_json({"sync", "--trigger", trigger});
    CHECK(ended.status == 0);
    CHECK(ended.err == "session for " + std::string(trigger) + "\n");
    CHECK(session["trigger"].text == trigger);
    CHECK(session["sessions"].count() == 1);
  }
  const finished unknown = phone.run({"sync", "--trigger", "boredom"});
  check_refused(unknown, 2, "boredom");
  CHECK(unknown.err.find("recording_ended") != std::string::npos);
  check_refused(phone.run({"sync", "--every", "5"}), 2, "--watch");
  check_refused(phone.run({"sync", "--watch", "--every", "0"}), 2, "--every");
}

TEST_CASE("a device that watches sends each local write of another process at once, and ends cleanly when it is told to") {
  for (const int ending : {SIGTERM, SIGINT}) {
    const world all;
    const place phone = all.device("phone");
    process watching = phone.start({"--json", "sync", "--watch", "--trigger", "foreground", "--every", "3600"});
    CHECK(soon([&] { return watching.err() == "session for foreground\n"; }));
    phone.text({"put", "goals", "id=a", "title=first"});
    CHECK(soon([&] { return goals_on(all) == 1; }));
    phone.text({"put", "goals", "id=b", "title=second"});
    CHECK(soon([&] { return goals_on(all) == 2; }));
    const auto sessions = [&] {  // told of when they are over: a signal in one of them would cut it off
      const std::string told = watching.err();
      std::size_t count = 0;
      for (auto at = told.find("session for "); at != told.npos; at = told.find("session for ", at + 1)) ++count;
      return count;
    };
    CHECK(soon([&] { return sessions() >= 3; }));
    CHECK(watching.err().find("session for local_write\n") != std::string::npos);
    watching.signal(ending);
    const finished ended = watching.wait();
    CHECK(ended.status == 0);
    const auto sum = parse_json(ended.out);
    REQUIRE(sum.has_value());
    CHECK((*sum)["ok"].number == 1);
    CHECK((*sum)["pushed"].count() == 2);
    CHECK((*sum)["sessions"].count() >= 3);
    CHECK((*sum)["failed_sessions"].count() == 0);
    CHECK((*sum)["trigger"].text == "foreground");
    CHECK(phone.json({"status"})["light"].text == "green");
  }
}

TEST_CASE("a device that watches fetches by the timer what others wrote") {
  const world all;
  const place phone = all.device("phone"), laptop = all.device("laptop");
  process watching = phone.start({"sync", "--watch", "--every", "1"});
  CHECK(!watching.first_line().empty());
  laptop.text({"put", "goals", "id=g", "title=from the laptop"});
  laptop.text({"sync"});
  CHECK(soon([&] { return phone.json({"list", "goals"}).items.size() == 1; }));
  CHECK(soon([&] { return watching.err().find("session for timer\n") != std::string::npos; }));
  watching.signal(SIGTERM);
  const finished ended = watching.wait();
  CHECK(ended.status == 0);
  CHECK(ended.out.starts_with("synced: "));
}

TEST_CASE("a device that watches outlasts a hub that is away") {
  world all;
  const place phone = all.device("phone");
  all.hub.kill();
  process watching = phone.start({"--json", "sync", "--watch", "--every", "1"});
  CHECK(soon([&] { return watching.err().find("session for user failed: could not reach the hub") != std::string::npos; }));
  phone.text({"put", "goals", "id=g", "title=patient"});
  all.hub.restart();
  CHECK(soon([&] { return goals_on(all) == 1; }));
  watching.signal(SIGTERM);
  const finished ended = watching.wait();
  CHECK(ended.status == 0);
  const auto sum = parse_json(ended.out);
  REQUIRE(sum.has_value());
  CHECK((*sum)["ok"].number == 1);
  CHECK((*sum)["failed_sessions"].count() >= 1);
}

TEST_CASE("a hub that stays away is left alone for a while, but for a person who asks") {
  world all;
  const place phone = all.device("phone");
  all.hub.kill();
  phone.text({"put", "goals", "id=g", "title=patient"});
  for (int i = 0; i < 4; ++i) check_refused(phone.run({"sync"}), 1, "could not reach the hub");
  CHECK(phone.json({"status"})["paused_until"].text.empty());
  process watching = phone.start({"--json", "sync", "--watch", "--every", "1"});  // the fifth
  CHECK(soon([&] { return watching.err().find("session for user failed") != std::string::npos; }));
  std::this_thread::sleep_for(std::chrono::seconds{3});
  CHECK(watching.err().find("session for timer") == std::string::npos);
  const json_value paused = phone.json({"status"});
  CHECK(paused["light"].text == "yellow");
  CHECK(paused["reason"].text.find("paused until " + paused["paused_until"].text) != std::string::npos);
  all.hub.restart();
  CHECK(phone.json({"sync"})["pushed"].count() == 1);
  CHECK(phone.json({"status"})["paused_until"].text.empty());
  CHECK(soon([&] { return watching.err().find("session for timer\n") != std::string::npos; }));
  watching.signal(SIGTERM);
  CHECK(watching.wait().status == 0);
}

TEST_CASE("a device that asks too often is told how long to wait, and loses nothing") {
  world all;
  const place phone = all.device("phone"), laptop = all.device("laptop");
  all.hub.stop();
  all.hub.restart({"--requests-per-minute", "2"});
  phone.text({"put", "goals", "id=g", "title=patient"});
  laptop.text({"put", "goals", "id=h", "title=patient, too"});
  const auto [refused, session] = phone.try_json({"sync"});
  CHECK(refused.status == 1);
  CHECK(session["error"].text.find("more than 2 times in a minute: it may ask again in ") != std::string::npos);
  CHECK(session["retries"].count() == 0);
  CHECK_FALSE(phone.json({"status"})["paused_until"].text.empty());
  check_refused(laptop.run({"sync"}), 1, "more than 2 times in a minute");  // each device has a count of its own
  all.hub.stop();
  all.hub.restart();
  CHECK(phone.json({"sync"})["ok"].number == 1);
  CHECK(goals_on(all) == 2);
  CHECK(phone.json({"status"})["light"].text == "green");
}

TEST_CASE("a device that has no hub cannot watch it") {
  const temporary_folder folder;
  const place phone(folder.path() / "phone");
  phone.text({"init", "--user", "ada"});
  check_refused(phone.run({"sync", "--watch"}), 1, "this device has no hub");
}

}  // namespace

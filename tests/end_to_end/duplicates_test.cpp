// SPDX-License-Identifier: BSL-1.0
// One ride: imported from two files on two devices, and entered by hand on a third.
#include "end_to_end/world.hpp"

#include <algorithm>
#include <array>

namespace {

using namespace stride_test;

// The ride of `world::ride`, as another program wrote it: the last second is missing.
fs::path other_file_of(const world& all, std::uint64_t seed, int minutes) {
  stride::ride_wish wish;
  wish.seed = seed;
  wish.duration = std::chrono::minutes{minutes};
  stride::ride ridden = stride::generate_ride(wish);
  ridden.points.pop_back();
  const fs::path file = all.folder.path() / "other.fit";
  write_bytes(file, stride::write_fit(ridden));
  return file;
}

void sync(const place& device) {
  const json_value outcome = device.json({"sync"});
  INFO(outcome["error"].text);
  CHECK(outcome["ok"].number == 1);
}

TEST_CASE("a ride imported on two devices and entered by hand on a third becomes one, in every order of sync") {
  std::array<std::size_t, 3> order{0, 1, 2};
  std::string survivor, distance;
  do {
    INFO("order of sync " << order[0] << order[1] << order[2]);
    const world all;
    const std::array devices{all.device("phone"), all.device("laptop"), all.device("web")};
    const std::string file = all.ride(7, 12).string(), other = other_file_of(all, 7, 12).string();
    const std::string first = devices[0].json({"import", file}).items.at(0)["id"].text;
    const std::string second = devices[1].json({"import", other}).items.at(0)["id"].text;
    REQUIRE(first != second);
    devices[2].text({"put", "activities", "id=hand", "type=cycling", "started_at=2024-05-04T07:04:00Z", "name=With Eva", "rpe=7",
                     "distance_m=99999", "notes=windy"});
    for (const std::size_t each : order) sync(devices[each]);
    for (int round = 0; round < 2; ++round) {
      for (const place& each : devices) sync(each);
    }
    const json_value there = all.hub.json({"hub", "list", "--user", "ada", "activities"});
    REQUIRE(there.items.size() == 1);
    const json_value& one = there.items[0];
    CHECK(one["id"].text == std::min(first, second));
    CHECK(one["name"].text == "With Eva");
    CHECK(one["rpe"].count() == 7);
    CHECK(one["notes"].text == "windy");
    CHECK(one["source"].text == "fit");
    CHECK(one["started_at"].text == "2024-05-04T07:00:00Z");
    CHECK(one["distance_m"].number > 1'000);
    CHECK(one["distance_m"].number < 50'000);
    if (survivor.empty()) survivor = one["id"].text;
    CHECK(one["id"].text == survivor);
    const std::string measured = std::to_string(one["distance_m"].number) + " " + std::to_string(one["avg_power_w"].number);
    if (distance.empty()) distance = measured;
    CHECK(measured == distance);
    const auto series = all_series(devices[0], survivor);
    CHECK(series.size() == 8);
    for (const place& each : devices) {
      CHECK(each.text({"--json", "list"}) == all.hub.text({"--json", "hub", "list", "--user", "ada", "activities"}));
      CHECK(each.json({"status"})["pending"].count() == 0);
      for (const std::string& id : {first, second, std::string("hand")}) {
        const json_value shown = each.json({"show", id});
        CHECK(shown["id"].text == survivor);
        CHECK(shown["alias"].text == (id == survivor ? "" : id));
        for (const json_value& stream : shown["streams"].items) CHECK(stream["sync_status"].text == "synced");
      }
      CHECK(all_series(each, "hand") == series);
    }
    CHECK(devices[0].json({"import", file}).items.at(0)["status"].text == "duplicate");
    CHECK(devices[1].json({"import", other}).items.at(0)["status"].text == "duplicate");
    CHECK(devices[1].json({"list"}).items.size() == 1);
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST_CASE("the id of a duplicate that vanished can still be shown, edited, explained and deleted, offline too") {
  const world all;
  const place phone = all.device("phone"), web = all.device("web");
  phone.text({"put", "activities", "id=ride", "type=running", "started_at=2024-05-04T07:00:00Z", "name=Run"});
  web.text({"put", "activities", "id=typed", "type=running", "started_at=2024-05-04T07:10:00Z", "rpe=4"});
  web.text({"put", "activities", "id=apart", "type=running", "started_at=2024-05-04T07:20:01Z"});
  sync(phone);
  sync(web);
  CHECK(web.json({"list"}).items.size() == 2);
  CHECK(web.text({"show", "typed"}).starts_with("typed is a duplicate; this record stands for it\n"));
  CHECK(web.text({"why", "typed"}).starts_with("typed is a duplicate; ride stands for it\nactivities ride is "));
  CHECK(web.json({"why", "typed"})["alias"].text == "typed");
  const finished edited = web.run({"edit", "activities", "typed", "rpe=8"});
  CHECK(edited.status == 0);
  CHECK(edited.err.find("typed is a duplicate") != std::string::npos);
  CHECK(web.json({"show", "ride"})["rpe"].count() == 8);
  sync(web);
  sync(phone);
  CHECK(phone.json({"show", "typed"})["rpe"].count() == 8);
  CHECK(all.hub.json({"hub", "edit", "--user", "ada", "activities", "typed", "distance_m=5"})["id"].text == "ride");
  CHECK(phone.run({"delete", "activities", "typed"}).status == 0);
  sync(phone);
  sync(web);
  CHECK(web.json({"list"}).items.size() == 1);
  CHECK(web.json({"list"}).items[0]["id"].text == "apart");
}

}  // namespace

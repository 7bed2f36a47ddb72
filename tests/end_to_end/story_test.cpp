// SPDX-License-Identifier: BSL-1.0
// A ride's way from one device through the hub to the other, with edits on both sides.
#include "end_to_end/world.hpp"

#include <algorithm>

namespace {

using namespace stride_test;

struct recording {
  fs::path file{};
  std::size_t points{};
  std::map<std::string, std::size_t> counts{};  ///< by series, as another decoder counted them
};

// A real ride where there is one, else a made-up one.
recording a_recording(const world& all) {
  const fs::path real = fs::path(SHARED_DATA_DIR) / "fit" / "sample-activity.fit";
  if (!fs::exists(real)) return {all.ride(7, 60), 3600, {{"heart_rate_bpm", 3600}, {"power_w", 3600}, {"position", 3600}}};
  const auto expected = parse_json(read_bytes(real.parent_path() / "expected" / "sample-activity.json"));
  REQUIRE(expected.has_value());
  const json_value& summary = (*expected)["summary"];
  return {real,
          summary["record_count"].count(),
          {{"position", summary["with_position"].count()},
           {"altitude_m", summary["with_altitude"].count()},
           {"heart_rate_bpm", summary["with_heart_rate"].count()},
           {"cadence_rpm", summary["with_cadence"].count()},
           {"speed_mps", summary["with_speed"].count()},
           {"distance_m", summary["with_distance"].count()},
           {"temperature_c", summary["with_temperature"].count()}}};
}

std::size_t lines_of(const std::string& text) { return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')); }

TEST_CASE("a ride imported on one device and edited offline on two comes out the same everywhere, and is explained") {
  const world all;
  const place phone = all.device("phone"), laptop = all.device("laptop");
  const recording from = a_recording(all);

  const json_value imported = phone.json({"import", from.file.string()});
  REQUIRE(imported.items.size() == 1);
  const std::string id = imported.items[0]["id"].text;
  CHECK(imported.items[0]["status"].text == "imported");
  CHECK(imported.items[0]["points"].count() == from.points);
  const json_value first = phone.json({"sync"});
  CHECK(first["pushed"].count() == 1);
  CHECK(first["chunks_sent"].count() > from.points / 1000);
  CHECK(phone.json({"status"})["light"].text == "green");
  CHECK(laptop.json({"sync"})["pulled"].count() >= 1);

  const auto on_phone = all_series(phone, id);
  CHECK(on_phone == all_series(laptop, id));
  for (const auto& [type, count] : from.counts) {
    INFO(type);
    REQUIRE(on_phone.contains(type));
    CHECK(lines_of(on_phone.at(type)) == count + 1);  // a line of names above
  }

  phone.text({"edit", "activities", id, "rpe=7", "name=Hill repeats", "tags=[\"hills\",\"solo\"]"});
  laptop.text({"edit", "activities", id, "name=Sunday ride", "notes=headwind", "tags=[\"commute\"]"});
  CHECK(phone.json({"status"})["light"].text == "yellow");
  for (const place* each : {&phone, &laptop, &phone}) CHECK(each->json({"sync"})["ok"].number == 1);

  const std::string same = phone.text({"--json", "list"});
  CHECK(laptop.text({"--json", "list"}) == same);
  CHECK(all.hub.text({"--json", "hub", "list", "--user", "ada"}) == same);
  const auto parsed = parse_json(same);
  REQUIRE(parsed.has_value());
  REQUIRE(parsed->items.size() == 1);
  const json_value& ride = parsed->items[0];
  CHECK(ride["name"].text == "Sunday ride");
  CHECK(ride["rpe"].number == 7);
  CHECK(ride["notes"].text == "headwind");
  std::vector<std::string> tags;
  for (const json_value& tag : ride["tags"].items) tags.push_back(tag.text);
  CHECK(tags == std::vector<std::string>{"commute", "hills", "solo"});
  CHECK(ride["distance_m"].number > 1000);

  for (const place* each : {&phone, &laptop}) {
    const json_value why = each->json({"why", id});
    CHECK(why["state"].text == "synced");
    CHECK(why["waiting_for"].text.starts_with("nothing"));
    for (const auto& [name, reason] : why["fields"].members) {
      INFO(name);
      CHECK(!reason["side"].text.empty());
      CHECK(!reason["rule"].text.empty());
    }
    const json_value& fields = why["fields"];
    CHECK(fields["tags"]["side"].text == "both");
    CHECK(fields["rpe"]["value"].number == 7);
  }
  const json_value name_on_phone = phone.json({"why", id})["fields"]["name"];
  CHECK(name_on_phone["value"].text == "Sunday ride");
  CHECK(name_on_phone["side"].text == "remote");
  CHECK(name_on_phone["by"].text == "laptop");
  CHECK(name_on_phone["dropped"].text == "Hill repeats");
  // The laptop's later name met the phone's.
  CHECK(phone.json({"status"})["conflicts"].count() == 1);  // one decision, in the log of both
  CHECK(laptop.json({"status"})["conflicts"].count() == 1);
  CHECK(laptop.json({"why", id})["fields"]["distance_m"]["side"].text == "remote");
  CHECK(phone.json({"status"})["pending"].count() == 0);
}

TEST_CASE("a sync without news sends and gets no records") {
  const world all;
  const place phone = all.device("phone");
  phone.text({"put", "goals", "id=g", "title=Run a marathon"});
  CHECK(phone.json({"sync"})["pushed"].count() == 1);
  const json_value again = phone.json({"sync"});
  CHECK(again["ok"].number == 1);
  CHECK(again["pushed"].count() == 0);
  CHECK(again["pulled"].count() == 0);
  CHECK(again["bytes_sent"].count() > 0);
}

TEST_CASE("data of one user never reaches another") {
  const world all;
  const place ada = all.device("phone"), bob = all.device("phone", "bob");
  ada.text({"put", "goals", "id=g", "title=ada's"});
  ada.text({"sync"});
  bob.text({"put", "goals", "id=g", "title=bob's"});
  bob.text({"sync"});
  ada.text({"sync"});
  CHECK(ada.json({"list", "goals"}).items.at(0)["title"].text == "ada's");
  CHECK(bob.json({"list", "goals"}).items.at(0)["title"].text == "bob's");
}

}  // namespace

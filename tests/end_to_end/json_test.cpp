// SPDX-License-Identifier: BSL-1.0
// The fields and types of what --json prints, as others read it.
#include "end_to_end/json_types.hpp"
#include "end_to_end/world.hpp"

#include <algorithm>
#include <sstream>

namespace {

using namespace stride_test;

json_shape shape(const place& of, std::vector<std::string> arguments, int status = 0) {
  arguments.insert(arguments.begin(), "--json");
  const finished ended = of.run(arguments);
  INFO(ended.out << ended.err);
  CHECK(ended.status == status);
  const auto found = shape_of(ended.out);
  REQUIRE(found.has_value());
  return *found;
}

void has(const json_shape& found, const json_shape& wanted) {
  for (const auto& [path, type] : wanted) {
    INFO("at '" << path << "'");
    CHECK((found.contains(path) ? found.at(path) : "nothing") == type);
  }
}

TEST_CASE("every command's JSON has the fields that others rely on, with their types") {
  const world all;
  const fs::path file = all.ride(7, 40);
  const place phone(all.folder.path() / "phone");
  has(shape(all.hub, {"hub", "token", "--user", "ada", "--device", "phone"}), {{"", "object"}, {"token", "string"}});
  has(shape(phone, {"init", "--user", "ada", "--device", "phone"}),
      {{"", "object"}, {"user", "string"}, {"device", "string"}, {"hub", "null"}});
  has(shape(phone, {"init", "--user", "ada", "--hub", all.hub.url(), "--token", all.hub.token("ada", "phone")}),
      {{"user", "string"}, {"device", "string"}, {"hub", "string"}});
  has(shape(phone, {"list"}), {{"", "array"}});
  has(shape(phone, {"status"}),
      {{"online", "boolean"}, {"last_synced", "null"}, {"pending", "number"}, {"failed", "number"}, {"conflicts", "number"},
       {"in_progress", "boolean"}, {"light", "string"}, {"reason", "string"}, {"last_attempt", "null"}, {"last_error", "null"}});

  const json_shape imported = shape(phone, {"import", file.string()});
  has(imported, {{"", "array"}, {"[].file", "string"}, {"[].id", "string"}, {"[].status", "string"}, {"[].points", "number"}, {"[].error", "null"}});
  has(shape(phone, {"import", "no such file"}, 1), {{"[].id", "null"}, {"[].status", "string"}, {"[].points", "number"}, {"[].error", "string"}});
  const std::string id = phone.json({"list"}).items.at(0)["id"].text;

  json_shape record;
  for (const char* text : {"id", "name", "type", "started_at", "source", "created_at"}) record[text] = "string";
  for (const char* empty : {"notes", "rpe", "feeling"}) record[empty] = "null";
  for (const char* number : {"total_time_s", "moving_time_s", "distance_m", "avg_speed_mps", "max_speed_mps", "avg_heart_rate_bpm",
                             "max_heart_rate_bpm", "avg_power_w", "peak_power_w", "normalized_power_w", "avg_cadence_rpm",
                             "max_cadence_rpm", "total_ascent_m", "total_descent_m"}) {
    record[number] = "number";
  }
  // Nobody said how strong or how heavy the athlete is.
  for (const char* empty : {"intensity_factor", "tss", "snapshot_weight_kg", "snapshot_ftp_w", "snapshot_threshold_hr_bpm"}) record[empty] = "null";
  record["tags"] = "array";
  json_shape rows;
  for (const auto& [name, type] : record) rows["[]." + name] = type;
  has(shape(phone, {"list"}), rows);

  has(shape(phone, {"show", id}), record);
  const json_shape streams{{"streams", "array"}, {"streams[].type", "string"}, {"streams[].points", "number"}, {"streams[].chunks", "number"},
                           {"streams[].bytes", "number"}, {"streams[].original_size", "number"}, {"streams[].sync_status", "string"},
                           {"streams[].first", "string"}, {"streams[].last", "string"}, {"laps", "array"}, {"deleted", "boolean"}, {"sync", "object"},
                           {"sync.state", "string"}, {"sync.revision", "number"}, {"sync.dirty", "array"}, {"sync.dirty[]", "string"}};
  has(shape(phone, {"show", id}), streams);
  has(shape(phone, {"streams", id, "--type", "position"}), {{"", "array"}, {"[].t", "string"}, {"[].lat_deg", "number"}, {"[].lon_deg", "number"}});
  has(shape(phone, {"streams", id, "--type", "power_w"}), {{"[].t", "string"}, {"[].power_w", "number"}});
  has(shape(phone, {"put", "goals", "id=g", "title=t", "target_value=3.5"}),
      {{"", "object"}, {"id", "string"}, {"title", "string"}, {"target_value", "number"}, {"note", "null"}});
  has(shape(phone, {"edit", "goals", "g", "note=n"}), {{"", "object"}, {"note", "string"}});

  const json_shape session{{"ok", "boolean"}, {"pushed", "number"}, {"pulled", "number"}, {"conflicts", "number"},
                           {"chunks_sent", "number"}, {"bytes_sent", "number"}, {"bytes_received", "number"},
                           {"retries", "number"}, {"duration_ms", "number"}, {"error", "null"},
                           {"trigger", "string"}, {"sessions", "number"}, {"failed_sessions", "number"}};
  has(shape(phone, {"sync"}), session);
  has(shape(phone, {"status"}), {{"last_synced", "string"}, {"online", "boolean"}});
  has(shape(phone, {"why", id}),
      {{"state", "string"}, {"deleted", "boolean"}, {"waiting_for", "string"}, {"next_attempt", "null"}, {"fields", "object"}, {"fields.name", "object"},
       {"fields.name.value", "string"}, {"fields.name.side", "string"}, {"fields.name.rule", "string"}, {"fields.name.at", "string"},
       {"fields.name.dropped", "null"}, {"fields.distance_m.value", "number"}, {"fields.distance_m.side", "string"}});
  has(shape(phone, {"why", "g"}), {{"fields.title.decided_at", "null"}, {"fields.title.waiting", "boolean"}});
  has(shape(phone, {"delete", "goals", "g"}), {{"", "object"}, {"id", "string"}});
  has(shape(all.hub, {"hub", "list", "--user", "ada"}), rows);
  has(shape(all.hub, {"hub", "put", "--user", "ada", "recommendations", "id=r", "title=Rest"}), {{"", "object"}, {"title", "string"}});

  phone.text({"init", "--user", "ada", "--hub", "http://127.0.0.1:1"});
  json_shape failed = session;
  failed["error"] = "string";
  has(shape(phone, {"sync"}, 1), failed);
}

TEST_CASE("a series as CSV has a line of names and one line per point, in full precision") {
  const world all;
  const place phone = all.device("phone");
  const std::string id = phone.json({"import", all.ride(7, 10).string()}).items.at(0)["id"].text;
  const std::string csv = phone.text({"streams", id, "--type", "position", "--csv"});
  CHECK(csv.starts_with("t,lat_deg,lon_deg\n2024-05-04T07:00:00Z,"));
  CHECK(std::count(csv.begin(), csv.end(), '\n') == 601);
  std::istringstream lines(csv);
  std::string line;
  std::getline(lines, line);
  const json_value points = phone.json({"streams", id, "--type", "position"});
  for (const json_value& point : points.items) {
    std::getline(lines, line);
    const auto comma = line.find(','), second = line.find(',', comma + 1);
    REQUIRE(line.substr(0, comma) == point["t"].text);
    REQUIRE(std::stod(line.substr(comma + 1)) == point["lat_deg"].number);
    REQUIRE(std::stod(line.substr(second + 1)) == point["lon_deg"].number);
  }
  CHECK(phone.text({"streams", id, "--type", "heart_rate_bpm", "--csv"}).starts_with("t,heart_rate_bpm\n"));
}

TEST_CASE("a field takes JSON where it parses as its type, text otherwise, and null empties it") {
  const world all;
  const place phone = all.device("phone");
  phone.text({"put", "activities", "id=a", "type=running", "name=\"quoted\"", "rpe=7", "notes=a = b"});
  const json_value made = phone.json({"show", "a"});
  CHECK(made["name"].text == "quoted");
  CHECK(made["notes"].text == "a = b");
  CHECK(made["rpe"].number == 7);
  phone.text({"edit", "activities", "a", "name=not quoted", "rpe=null", "notes=null", "tags=[\"a\"]"});
  const finished edited = phone.run({"--json", "show", "a"});
  CHECK(edited.out.find("\"name\":\"not quoted\",\"notes\":null,\"rpe\":null") != std::string::npos);
  CHECK(edited.out.find("\"tags\":[\"a\"]") != std::string::npos);
}

TEST_CASE("a failure with --json is one document with the sentence, and people are told of an empty table") {
  const world all;
  const place phone = all.device("phone");
  for (const auto& [arguments, status] : std::vector<std::pair<std::vector<std::string>, int>>{
           {{"show", "nothing"}, 1}, {{"fly"}, 2}, {{"put", "goals", "title"}, 2}, {{"put", "goals", "colour=red"}, 1}, {{"list", "nowhere"}, 1}}) {
    const auto [ended, document] = phone.try_json(arguments);
    CHECK(ended.status == status);
    CHECK("stride: " + document["error"].text + "\n" == ended.err);
  }
  CHECK(phone.text({"list"}) == "no activities yet\n");
  CHECK(phone.text({"list", "daily_metrics"}) == "no daily metrics yet\n");
  CHECK(phone.text({"--json", "list", "goals"}) == "[]\n");
  CHECK(all.hub.text({"hub", "list", "--user", "bob", "goals"}) == "user 'bob' has no goals yet\n");
}

TEST_CASE("without --data the folder of XDG_DATA_HOME is used, else that of HOME") {
  const temporary_folder folder;
  const std::string xdg = (folder.path() / "xdg").string(), home = (folder.path() / "home").string();
  CHECK(run({"init", "--user", "ada"}, {.environment = {{"XDG_DATA_HOME", xdg}, {"HOME", home}}}).status == 0);
  CHECK(fs::exists(fs::path(xdg) / "stride" / "device.json"));
  CHECK(!fs::exists(home));
  CHECK(run({"init", "--user", "ada"}, {.environment = {{"XDG_DATA_HOME", ""}, {"HOME", home}}}).status == 0);
  CHECK(fs::exists(fs::path(home) / ".local/share/stride/device.json"));
}

}  // namespace

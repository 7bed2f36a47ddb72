// SPDX-License-Identifier: BSL-1.0
// What people read and programs parse.
#include "cli/render.hpp"
#include "reference-app/json_value.hpp"

#include <catch2/catch_test_macros.hpp>

#include <string>
#include <vector>

namespace {

using namespace stride;
using stride_test::parse_json;

syncline::timestamp at(std::int64_t ms) { return syncline::timestamp{std::chrono::milliseconds{ms}}; }

const record_view a_record{{"id", "\"g\""}, {"title", "\"say \\\"hi\\\"\""}, {"tags", "[]"}, {"note", "null"}, {"value", "3.5"}};

TEST_CASE("as text a record's empty fields are left out and texts have no quotes") {
  CHECK(render(output::text, a_record) == "id     g\ntitle  say \"hi\"\nvalue  3.5\n");
  CHECK(render(output::text, std::vector<record_view>{a_record}) == "g  title=say \"hi\"  value=3.5\n");
  CHECK(render(output::text, std::vector<record_view>{}).empty());
}

TEST_CASE("as JSON a record has all of its fields, in order") {
  CHECK(render(output::json, a_record) == "{\"id\":\"g\",\"title\":\"say \\\"hi\\\"\",\"tags\":[],\"note\":null,\"value\":3.5}\n");
  CHECK(render(output::json, std::vector<record_view>{}) == "[]\n");
}

TEST_CASE("a file that could not be imported is in the JSON and not in the text") {
  const std::vector<import_outcome> outcomes{{"a.fit", "1", "imported", 60, ""}, {"b.fit", "", "failed", 0, "b.fit is no FIT file"},
                                             {"c.fit", "2", "salvaged", 7, "the file ends here"}};
  CHECK(render(output::text, outcomes) == "imported  1  60 points  a.fit\nsalvaged  2  7 points  c.fit  (the file ends here)\n");
  CHECK(render(output::json, outcomes) ==
        "[{\"file\":\"a.fit\",\"id\":\"1\",\"status\":\"imported\",\"points\":60,\"error\":null},"
        "{\"file\":\"b.fit\",\"id\":null,\"status\":\"failed\",\"points\":0,\"error\":\"b.fit is no FIT file\"},"
        "{\"file\":\"c.fit\",\"id\":\"2\",\"status\":\"salvaged\",\"points\":7,\"error\":\"the file ends here\"}]\n");
}

TEST_CASE("points keep their full precision, and a point without a time has an empty one") {
  const stream_points points{"position", {"lat_deg", "lon_deg"}, {{at(1'500), {47.123456789012345, -8.0}}, {std::nullopt, {0.1, 1e-7}}}};
  CHECK(render(output::text, points, true) == "t,lat_deg,lon_deg\n1970-01-01T00:00:01.500Z,47.123456789012344,-8\n,0.1,1e-07\n");
  CHECK(render(output::text, points, false) == "t\tlat_deg\tlon_deg\n1970-01-01T00:00:01.500Z\t47.123456789012344\t-8\n\t0.1\t1e-07\n");
  const auto json = parse_json(render(output::json, points, false));
  REQUIRE(json.has_value());
  REQUIRE(json->items.size() == 2);
  CHECK(json->items[0]["t"].text == "1970-01-01T00:00:01.500Z");
  CHECK(json->items[0]["lat_deg"].number == 47.123456789012345);
  CHECK(json->items[1]["lon_deg"].number == 1e-7);
}

TEST_CASE("why says for each field who won, by which rule and instead of what") {
  const why_view why{"goals", "g", "synced", "nothing: the hub has everything", std::nullopt,
                     {{"title", "\"mine\"", "local", "alone", "phone", at(0), std::nullopt},
                      {"note", "\"theirs\"", "remote", "later", "laptop", at(1'000), "\"mine\""}}};
  const std::string text = render(output::text, why);
  CHECK(text.find("goals g is synced; it waits for nothing") == 0);
  CHECK(text.find("title  mine    this device: nobody else changed it") != std::string::npos);
  CHECK(text.find("note   theirs  laptop: later, 1970-01-01T00:00:01Z, instead of mine") != std::string::npos);
  const auto json = parse_json(render(output::json, why));
  REQUIRE(json.has_value());
  CHECK((*json)["fields"]["note"]["dropped"].text == "mine");
  CHECK((*json)["fields"]["note"]["by"].text == "laptop");
  CHECK((*json)["fields"]["title"].has("dropped"));
}

TEST_CASE("a session that failed says so, with what it did before") {
  sync_outcome outcome;
  outcome.pushed = 3;
  outcome.retries = 2;
  outcome.error = "the hub is \"gone\"";
  CHECK(render(output::text, outcome).starts_with("not synced: 3 records pushed"));
  CHECK(render(output::text, outcome).ends_with("2 retries\n"));
  const auto json = parse_json(render(output::json, outcome));
  REQUIRE(json.has_value());
  CHECK((*json)["error"].text == "the hub is \"gone\"");
  CHECK((*json)["ok"].number == 0);
}

}  // namespace

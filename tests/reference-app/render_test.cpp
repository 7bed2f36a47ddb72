// SPDX-License-Identifier: BSL-1.0
// What people read and programs parse.
#include "cli/render.hpp"
#include "reference-app/json_value.hpp"

#include <syncline/wire/json.hpp>
#include <syncline/wire/reader.hpp>

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
  const why_view why{"goals", "g", "synced", false, "nothing: the hub has everything", std::nullopt,
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
  CHECK((*json)["fields"]["title"].has("decided_at"));
  CHECK(!json->has("deleted_by"));

  why_view gone{"goals", "g", "synced", true, "nothing: the hub has everything", std::nullopt,
                {{"title", "\"mine\"", "remote", "deleted", "laptop", at(0), "\"lost\"", at(2'000), false}}, "laptop", at(0)};
  const std::string told = render(output::text, gone);
  CHECK(told.find("\n  deleted by laptop, 1970-01-01T00:00:00Z\n") != std::string::npos);
  CHECK(told.find("title  mine  laptop: deleted the record, 1970-01-01T00:00:00Z, instead of lost") != std::string::npos);
  CHECK(parse_json(render(output::json, gone)).value()["deleted_by"].text == "laptop");
}

TEST_CASE("long texts are cut between characters, and columns are as wide as what is seen in them") {
  std::string long_text, short_text;
  for (int i = 0; i < 101; ++i) long_text += "\u00fc";
  for (int i = 0; i < 100; ++i) short_text += "\u00fc";
  const auto shown = [](const std::string& text) { return render(output::text, record_view{{"note", syncline::json_text(text)}}); };
  CHECK(shown(short_text) == "note  " + short_text + "\n");
  CHECK(shown(long_text) == "note  " + short_text.substr(0, 2 * 97) + "...\n");

  const std::string emoji = "\U0001F6B4";
  std::string ride;
  for (int i = 0; i < 33; ++i) ride += emoji;
  const why_view why{"goals", "g", "synced", false, "nothing", std::nullopt,
                     {{"title", syncline::json_text(ride), "local", "alone", "phone", std::nullopt, std::nullopt},
                      {"note", "\"caf\u00e9\"", "local", "alone", "phone", std::nullopt, std::nullopt}}};
  const std::string text = render(output::text, why);
  CHECK(syncline::is_utf8(text));
  CHECK(text.find("  title  " + ride.substr(0, 4 * 29) + "...  this device") != std::string::npos);
  CHECK(text.find("  note   caf\u00e9" + std::string(28, ' ') + "  this device") != std::string::npos);
}

TEST_CASE("a record that is deleted is called that") {
  const shown_record shown{"goals", true, a_record, {}, {"local_only", 4, {}}};
  CHECK(render(output::text, shown).starts_with("deleted: this is what it was\nid "));
  const auto json = parse_json(render(output::json, shown));
  REQUIRE(json.has_value());
  CHECK((*json)["deleted"].number == 1);
  CHECK((*json)["title"].text == "say \"hi\"");
}

TEST_CASE("a record that stands for a duplicate says so, and one that was asked for itself does not") {
  shown_record shown{"goals", false, a_record, {}, {"synced", 4, {}}};
  CHECK_FALSE(parse_json(render(output::json, shown))->has("alias"));
  shown.alias = "h";
  CHECK(render(output::text, shown).starts_with("h is a duplicate; this record stands for it\nid "));
  CHECK((*parse_json(render(output::json, shown)))["alias"].text == "h");
  why_view why{"goals", "g", "synced", false, "nothing", std::nullopt, {}};
  CHECK_FALSE(parse_json(render(output::json, why))->has("alias"));
  why.alias = "h";
  CHECK(render(output::text, why).starts_with("h is a duplicate; g stands for it\ngoals g is synced"));
  CHECK((*parse_json(render(output::json, why)))["alias"].text == "h");
}

TEST_CASE("several sessions add up, and the last one says how things stand") {
  sync_outcome sum{.ok = false, .pushed = 1, .retries = 2, .error = "away", .trigger = "wifi", .failed_sessions = 1};
  sum += {.ok = true, .pushed = 3, .bytes_sent = 10, .trigger = "timer"};
  CHECK(sum.ok);
  CHECK(sum.error.empty());
  CHECK(sum.pushed == 4);
  CHECK(sum.bytes_sent == 10);
  CHECK(sum.retries == 2);
  CHECK(sum.trigger == "wifi");
  CHECK(sum.sessions == 2);
  CHECK(sum.failed_sessions == 1);
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

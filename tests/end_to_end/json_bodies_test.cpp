// SPDX-License-Identifier: BSL-1.0
// A client that is not made from the declarations: it talks to the hub in JSON.
#include "end_to_end/world.hpp"
#include "transport/http_client.hpp"

namespace {

using namespace stride_test;
using stride::http_client;
using stride::http_request;
using stride::http_response;

constexpr const char* json = "application/json";

http_response answer(http_client& client, const http_request& request) {
  auto got = client.exchange(request);
  INFO((got ? std::string() : got.error().message));
  REQUIRE(got.has_value());
  return std::move(*got);
}

json_value document(http_client& client, const http_request& request) {
  const http_response got = answer(client, request);
  INFO(got.body);
  REQUIRE(got.status == 200);
  CHECK(got.content_type == json);
  const auto read = parse_json(got.body);
  REQUIRE(read.has_value());
  return *read;
}

json_value post(http_client& client, const std::string& path, const std::string& body) {
  return document(client, {.method = "POST", .path = path, .content_type = json, .body = body});
}

TEST_CASE("a client can check, upload and download in JSON, and meets devices that speak the binary form") {
  const world all;
  const place phone = all.device("phone");
  http_client web(all.hub.url(), all.hub.token("ada", "browser"));
  CHECK(post(web, "/sync/check", R"({"incarnation": 77})")["applied"].count() == 0);

  const std::string made = R"({"incarnation": 77, "number": 1, "groups": [[{"table": "goals", "id": "g", "kind": "created",
    "at": "2026-01-02T03:04:05Z", "fields": {"title": "Marathon", "target_value": 42.195}}]]})";
  json_value uploaded = post(web, "/sync/upload", made);
  CHECK(uploaded["number"].count() == 1);
  REQUIRE(uploaded["groups"].items.size() == 1);
  CHECK(uploaded["groups"].items[0]["verdict"].text == "applied");
  CHECK(post(web, "/sync/upload", made)["commit"].count() == uploaded["commit"].count());  // a repeat gets the same answer

  phone.text({"sync"});
  CHECK(phone.json({"list", "goals"}).items.at(0)["target_value"].number == 42.195);
  const json_value why = phone.json({"why", "g"})["fields"]["title"];
  CHECK(why["by"].text == "browser");
  CHECK(why["at"].text == "2026-01-02T03:04:05Z");
  phone.text({"edit", "goals", "g", "title=Half marathon"});
  phone.text({"sync"});

  // An edit that had not seen the phone's, and is older: it loses, and the answer says so in full.
  uploaded = post(web, "/sync/upload", R"({"incarnation": 77, "number": 2, "groups": [[{"table": "goals", "id": "g", "kind": "updated",
    "base": 1, "at": "2026-01-02T03:04:06Z", "fields": {"title": "Ultra", "note": "one day"}}]]})");
  REQUIRE(uploaded["records"].items.size() == 1);
  const json_value& record = uploaded["records"].items[0];
  CHECK(record["table"].text == "goals");
  CHECK(record["id"].text == "g");
  CHECK(record["fields"]["title"].text == "Half marathon");
  CHECK(record["written"]["title"]["by"].text == "phone");
  REQUIRE(uploaded["dropped"].items.size() == 1);
  CHECK(uploaded["dropped"].items[0]["field"].text == "title");
  CHECK(uploaded["dropped"].items[0]["value"].text == "Ultra");
  CHECK(uploaded["dropped"].items[0]["rule"].text == "later write");
  CHECK(uploaded["dropped"].items[0]["winner"].text == "remote");

  const json_value page = document(web, {.path = "/sync/download", .query = {{"since", "goals:0"}}, .accept = json});
  REQUIRE(page["records"].items.size() == 1);
  CHECK(page["records"].items[0]["fields"]["note"].text == "one day");
  CHECK(page["records"].items[0]["whole"].number == 1);
  CHECK(page["ranges"].items.at(0)["up_to"].count() == page["snapshot"].count());

  post(web, "/sync/upload", R"({"incarnation": 77, "number": 3, "groups": [[{"table": "goals", "id": "g", "kind": "deleted", "base": 3}]]})");
  phone.text({"sync"});
  CHECK(phone.json({"list", "goals"}).items.empty());
  CHECK(phone.json({"why", "g"})["deleted_by"].text == "browser");
}

TEST_CASE("what is wrong with a JSON body is a problem that says where, and nothing is done") {
  const world all;
  http_client web(all.hub.url(), all.hub.token("ada", "browser"));
  const auto refused = [&](const std::string& path, const std::string& body, std::string_view words) {
    INFO(body);
    const http_response got = answer(web, {.method = "POST", .path = path, .content_type = json, .body = body});
    INFO(got.body);
    CHECK(got.status >= 400);
    CHECK(got.status < 500);
    CHECK(got.content_type == "application/problem+json");
    CHECK(parse_json(got.body).value()["detail"].text.find(words) != std::string::npos);
  };
  const auto change = [](const std::string& members) { return R"({"incarnation": 7, "number": 1, "groups": [[{)" + members + "}]]}"; };
  for (const char* path : {"/sync/check", "/sync/upload"}) {
    refused(path, "", "not JSON");
    refused(path, "{", "not JSON");
    refused(path, "[]", "expected");
  }
  refused("/sync/upload", R"({"colour": 1})", "colour");
  refused("/sync/upload", R"({"groups": 1})", "groups");
  refused("/sync/upload", R"({"groups": [[1]]})", "groups[0][0]");
  refused("/sync/upload", change(R"("table": "nowhere", "id": "g", "kind": "created")"), "there is no table 'nowhere'");
  refused("/sync/upload", change(R"("table": "goals", "id": 7, "kind": "created")"), "7");
  refused("/sync/upload", change(R"("table": "goals", "id": "g", "kind": "made")"), "'made'");
  refused("/sync/upload", change(R"("table": "goals", "id": "g", "kind": "created", "fields": {"colour": 1})"), "colour");
  refused("/sync/upload", change(R"("table": "goals", "id": "g", "kind": "created", "fields": {"title": 1})"), "title");
  refused("/sync/upload", change(R"("table": "goals", "id": "g", "kind": "deleted", "fields": {"title": "x"})"), "a deletion has no fields");
  refused("/sync/upload", R"({"digest": "00", "bytes": "AA=="})", "digest");
  refused("/sync/upload", R"({"incarnation": 7, "number": 5, "groups": []})", "1 is the next");
  CHECK(all.hub.json({"hub", "list", "--user", "ada", "goals"}).items.empty());

  // What the hub refuses of a change that it can read is a verdict, as in the binary form.
  const json_value answered = post(web, "/sync/upload", change(R"("table": "activities", "id": "a", "kind": "created", "fields": {"rpe": 99, "type": "running"})"));
  CHECK(answered["groups"].items.at(0)["verdict"].text == "refused");
  CHECK(answered["groups"].items.at(0)["reason"].text.find("allowed is 0 to 10") != std::string::npos);
}

TEST_CASE("a chunk comes and goes as JSON too, in base64") {
  const world all;
  const place phone = all.device("phone");
  phone.text({"import", all.ride(7, 10).string()});
  phone.text({"sync"});
  http_client web(all.hub.url(), all.hub.token("ada", "browser"));
  const json_value page = document(web, {.path = "/sync/download", .query = {{"since", "activities:0"}}, .accept = json});
  const json_value& series = page["records"].items.at(0)["fields"]["power_series"];
  REQUIRE(!series["chunks"].items.empty());
  const std::string digest = series["chunks"].items[0]["digest"].text;
  const http_response chunk = answer(web, {.path = "/sync/download", .query = {{"chunk", digest}}, .accept = json});
  INFO(chunk.body);
  const auto read = parse_json(chunk.body);
  REQUIRE(read.has_value());
  CHECK((*read)["digest"].text == digest);
  CHECK((*read)["bytes"].text.size() > 100);
  CHECK(post(web, "/sync/upload", chunk.body)["digest"].text == digest);
}

}  // namespace

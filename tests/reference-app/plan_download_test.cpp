// SPDX-License-Identifier: BSL-1.0
// What a device is sent when the coach changes one workout of a long plan.
#include "domain/training_plan.hpp"
#include "hub/hub_service.hpp"
#include "reference-app/json_value.hpp"
#include "temporary_folder.hpp"
#include "transport/hub_paths.hpp"

#include <syncline/sync/protocol.hpp>
#include <syncline/sync/update_differences.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstdio>
#include <string>

namespace {

using namespace stride;
using namespace syncline;

// Twelve weeks of workouts of eight steps, as JSON.
std::string twelve_weeks(std::string_view kind_of_day_38) {
  std::string text = "[";
  for (int day = 0; day < 84; ++day) {
    for (int i = 0; i < 8; ++i) {
      text += text.size() > 1 ? ",{" : "{";
      text += "\"kind\":\"" + (day == 38 && i == 3 ? std::string(kind_of_day_38) : std::string(i % 2 ? "work" : "recovery")) + "\",";
      text += "\"title\":\"Day " + std::to_string(day) + ", step " + std::to_string(i) +
              ": keep the cadence, breathe through the nose and look well ahead\",\"minutes\":" + std::to_string(5 + i) + "}";
    }
  }
  return text + "]";
}

TEST_CASE("a step of a plan of twelve weeks goes from tempo to easy in less than 200 bytes over HTTP, and whole in JSON") {
  const test::temporary_folder folder;
  auto hub = hub_service::open(folder.path() / "hub");
  REQUIRE(hub.has_value());
  const auto token = hub->token("ada", "phone", 60);
  REQUIRE(token.has_value());
  const auto download = [&](std::uint64_t after, std::string_view accept) {
    const download_message asked{.incarnation = 7, .cursors = {{"training_plans", after}}, .limit = 500, .whole = {}, .versions = {}};
    auto request = request_for(pack(asked));
    REQUIRE(request.has_value());
    request->accept = accept;
    request->authorization = "Bearer " + *token;
    const http_response answer = hub->answer(*request);
    INFO(answer.body);
    REQUIRE(answer.status == 200);
    return answer.body;
  };
  const auto page_in = [](const std::string& body) {
    auto page = unpack<page_message>(*unframe(body));
    REQUIRE(page.has_value());
    REQUIRE(page->records.size() == 1);
    return std::move(*page);
  };

  const auto put = hub->put("ada", "training_plans", {{"id", "p"}, {"title", "Marathon"}, {"steps", twelve_weeks("tempo")}});
  INFO((put ? std::string() : put.error().message));
  REQUIRE(put.has_value());
  const std::string first = download(0, syncline_media_type);
  const page_message before = page_in(first);
  record_update<training_plan> plan;
  REQUIRE(decode_into(before.records[0].bytes.bytes, plan).has_value());
  CHECK(encode(plan.value).size() > 50'000);

  REQUIRE(hub->edit("ada", "training_plans", "p", {{"steps", twelve_weeks("easy")}}).has_value());
  const std::string second = download(before.snapshot, syncline_media_type);
  std::printf("one step of a plan of %zu bytes: a page of %zu bytes\n", encode(plan.value).size(), second.size());
  CHECK(second.size() < 200);
  record_update<training_plan> changed;
  REQUIRE(decode_into(page_in(second).records[0].bytes.bytes, changed).has_value());
  REQUIRE(take_differences(changed, plan.value, before.snapshot));
  const auto& steps = *changed.value.steps;
  REQUIRE(steps.size() == 84 * 8);
  CHECK(steps[38 * 8 + 3].kind == "easy");

  const auto json = stride_test::parse_json(download(before.snapshot, "application/json"));
  REQUIRE(json.has_value());
  const auto& told = (*json)["records"].items.at(0)["fields"]["steps"].items;
  REQUIRE(told.size() == 84 * 8);
  CHECK(told[38 * 8 + 3]["kind"].text == "easy");
}

}  // namespace

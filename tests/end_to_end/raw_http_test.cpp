// SPDX-License-Identifier: BSL-1.0
// A hub that is talked to by something other than a device.
#include "end_to_end/world.hpp"
#include "transport/http_client.hpp"

namespace {

using namespace stride_test;
using stride::http_client;
using stride::http_request;
using stride::http_response;

constexpr const char* message_type = "application/vnd.syncline";

http_response answer(http_client& client, const http_request& request) {
  auto got = client.exchange(request);
  INFO((got ? std::string() : got.error().message));
  REQUIRE(got.has_value());
  return std::move(*got);
}

void is_problem(http_client& client, const http_request& request, unsigned status) {
  INFO(request.method << " " << request.path);
  const http_response got = answer(client, request);
  INFO(got.body);
  CHECK(got.status == status);
  CHECK(got.content_type == "application/problem+json");
  const auto problem = parse_json(got.body);
  REQUIRE(problem.has_value());
  CHECK((*problem)["status"].number == status);
  CHECK(!(*problem)["title"].text.empty());
  CHECK((*problem)["detail"].text.size() > 10);
}

TEST_CASE("a hub answers what it cannot do with a problem that says why, and goes on") {
  const world all;
  const place phone = all.device("phone");
  http_client stranger(all.hub.url(), ""), client(all.hub.url(), all.hub.token("ada", "phone"));

  CHECK(answer(stranger, {.path = "/healthz"}).status == 200);
  is_problem(stranger, {.path = "/nowhere"}, 404);
  is_problem(stranger, {.path = "/sync/download"}, 401);
  is_problem(stranger, {.method = "POST", .path = "/sync/upload", .content_type = message_type, .body = "x"}, 401);
  is_problem(stranger, {.path = "/sync/download", .authorization = "Basic YWRhOnB3"}, 401);
  is_problem(stranger, {.path = "/sync/download", .authorization = "Bearer a.b.c"}, 401);

  is_problem(client, {.path = "/sync/nowhere"}, 404);
  is_problem(client, {.method = "POST", .path = "/sync/download"}, 405);
  for (const char* path : {"/sync/check", "/sync/upload", "/sync/complete"}) is_problem(client, {.path = path}, 405);
  is_problem(client, {.method = "DELETE", .path = "/sync/upload"}, 405);
  is_problem(client, {.method = "POST", .path = "/sync/upload", .content_type = "text/plain", .body = "x"}, 415);
  for (const char* since : {"x", "goals", "goals:", "goals:-1", "goals:1x", "goals:99999999999999999999", ":"}) {
    INFO(since);
    is_problem(client, {.path = "/sync/download", .query = {{"since", since}}}, 400);
  }
  is_problem(client, {.path = "/sync/download", .query = {{"limit", "many"}}}, 400);
  is_problem(client, {.path = "/sync/download", .query = {{"whole", "1:zz"}}}, 400);
  is_problem(client, {.path = "/sync/download", .query = {{"chunk", "12"}}}, 400);
  is_problem(client, {.method = "POST", .path = "/sync/upload", .content_type = message_type, .body = std::string(11 * 1024 * 1024, 'x')}, 413);

  // What came whole but is no message is answered in the protocol's own words: with a refusal, never as if it were done.
  for (const std::string& body : {std::string(), std::string("garbage"), std::string(1000, '\0'), std::string(100'000, '\xff')}) {
    for (const char* path : {"/sync/check", "/sync/upload"}) {
      const http_response got = answer(client, {.method = "POST", .path = path, .content_type = message_type, .body = body});
      CHECK(((got.status == 200 && got.content_type == message_type) || got.status == 400));
    }
  }
  CHECK(answer(client, {.path = "/sync/download", .query = {{"since", "goals:0,nowhere:3"}}}).status == 200);

  phone.text({"put", "goals", "id=g", "title=still works"});
  CHECK(phone.json({"sync"})["pushed"].count() == 1);
}

}  // namespace

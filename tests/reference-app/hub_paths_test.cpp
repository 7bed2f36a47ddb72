// SPDX-License-Identifier: BSL-1.0
// A message becomes a request and the same message again, byte for byte.
#include "transport/hub_paths.hpp"

#include <syncline/sync/protocol.hpp>
#include <syncline/wire/frame.hpp>

#include <catch2/catch_test_macros.hpp>

#include <string>

namespace {

using namespace syncline;
using stride::http_request;

// Through the request line as it stands on the wire.
http_request over_the_wire(const http_request& request) {
  http_request seen = request;
  seen.query.clear();
  REQUIRE(stride::set_target(seen, stride::target_of(request)).has_value());
  return seen;
}

void comes_back(const std::string& message, std::string_view method, std::string_view path) {
  const auto request = stride::request_for(message);
  REQUIRE(request.has_value());
  CHECK(request->method == method);
  CHECK(request->path == path);
  CHECK(request->accept == stride::syncline_media_type);
  const auto again = stride::message_in(over_the_wire(*request));
  INFO((again ? std::string() : again.error().message));
  REQUIRE(again.has_value());
  CHECK(*again == message);
}

std::string framed(message_kind kind, std::string_view payload) { return frame(static_cast<std::uint8_t>(kind), payload); }

TEST_CASE("checks, comparisons, uploads and chunks are posted as they are") {
  comes_back(framed(message_kind::check, "c"), "POST", "/sync/check");
  comes_back(framed(message_kind::compare, "d"), "POST", "/sync/compare");
  comes_back(framed(message_kind::upload, std::string("u\0\xff", 3)), "POST", "/sync/upload");
  comes_back(framed(message_kind::chunk, ""), "POST", "/sync/upload");
}

TEST_CASE("a download is a query that says what the message says") {
  download_message message{.incarnation = 18446744073709551615u, .cursors = {{"activities", 7}, {"goals", 0}}, .limit = 50, .whole = {}, .versions = {}};
  comes_back(pack(message), "GET", "/sync/download");
  const auto request = stride::request_for(pack(message));
  REQUIRE(request.has_value());
  CHECK(request->query.at("since") == "activities:7,goals:0");
  CHECK(request->query.at("limit") == "50");
  CHECK(request->body.empty());
  message.whole = {{0, {std::string("\0\xff key", 6)}}, {1, {"second"}}};
  message.versions = {3, 4294967295u};
  message.count = true;
  comes_back(pack(message), "GET", "/sync/download");
  message.cursors.clear();
  message.whole.clear();
  message.versions.clear();
  comes_back(pack(message), "GET", "/sync/download");
}

TEST_CASE("the longest request that a replica makes fits into a hub's limit for headers") {
  download_message message{.incarnation = 18446744073709551615u, .cursors = {}, .limit = 500, .whole = {}, .versions = {}};
  for (int i = 0; i < 18; ++i) message.cursors.push_back({"scheduled_workouts", 9007199254740991u});
  message.versions.assign(18, 100);
  message.whole.resize(100);
  for (std::uint32_t i = 0; i < 100; ++i) {
    message.whole[i].table = i % 18;
    message.whole[i].key.bytes.assign(35, static_cast<char>(i));
  }
  const auto request = stride::request_for(pack(message));
  REQUIRE(request.has_value());
  CHECK(stride::target_of(*request).size() < 14'000);  // 16 KB, less a token of the usual size and the other headers
}

TEST_CASE("a chunk is asked for by its digest") {
  want_chunk_message message;
  for (std::size_t i = 0; i < message.digest.bytes.size(); ++i) message.digest.bytes[i] = static_cast<std::uint8_t>(i * 17);
  comes_back(pack(message), "GET", "/sync/download");
}

TEST_CASE("whether the hub has a chunk is asked where chunks are sent") {
  comes_back(pack(has_chunk_message{}), "POST", "/sync/upload");
  comes_back(pack(forwarded_message{"watch", {pack(has_chunk_message{})}}), "POST", "/sync/upload");
}

TEST_CASE("what no device sends to a hub is no request") {
  CHECK(!stride::request_for("").has_value());
  CHECK(!stride::request_for("garbage").has_value());
  for (const message_kind kind : {message_kind::checked, message_kind::uploaded, message_kind::page, message_kind::refusal}) {
    const auto request = stride::request_for(framed(kind, "x"));
    REQUIRE(!request.has_value());
    CHECK(request.error().message.find("not sent to a hub") != std::string::npos);
  }
  CHECK(!stride::request_for(framed(message_kind::download, "x")).has_value());
}

TEST_CASE("a query that cannot be read says which part of it and what was expected") {
  const auto refused = [](std::map<std::string, std::string> query, std::string_view words) {
    http_request request{.method = "GET", .path = "/sync/download"};
    request.query = std::move(query);
    const auto message = stride::message_in(request);
    REQUIRE(!message.has_value());
    INFO(message.error().message);
    CHECK(message.error().code == error_code::malformed);
    CHECK(message.error().message.find(words) != std::string::npos);
  };
  refused({{"since", "goals"}}, "'since' is 'goals', and TABLE:NUMBER");
  refused({{"since", "goals:1,activities:x"}}, "'since' is 'activities:x'");
  refused({{"since", "goals:-1"}}, "'since'");
  refused({{"since", "goals:18446744073709551616"}}, "'since'");
  refused({{"whole", "1:abc"}}, "'whole'");
  refused({{"whole", "x:ab"}}, "'whole'");
  refused({{"limit", "1e3"}}, "'limit'");
  refused({{"incarnation", " 1"}}, "'incarnation'");
  refused({{"chunk", ""}}, "'chunk'");
  refused({{"chunk", std::string(32, 'g')}}, "32 hexadecimal digits");
}

}  // namespace

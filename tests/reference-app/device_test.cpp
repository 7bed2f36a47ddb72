// SPDX-License-Identifier: BSL-1.0
// A device and the hub's service in one process: proposals and the hub's word on them.
#include "device/device.hpp"

#include "device/device_types.hpp"
#include "hub/hub_service.hpp"
#include "import/activity_from_ride.hpp"
#include "import/generate_ride.hpp"
#include "temporary_folder.hpp"
#include "transport/hub_paths.hpp"

#include <syncline/stream/split.hpp>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_floating_point.hpp>

#include <stdlib.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

using namespace stride;
using syncline::the;
using Catch::Matchers::WithinRel;
namespace fs = std::filesystem;

using test::temporary_folder;

// A session with the hub, whose requests are carried by hand.
void sync(device_replica& replica, hub_service& hub, const std::string& token) {
  replica.begin_session();
  for (int i = 0; i < 1000; ++i) {
    auto message = replica.next_message(now());
    REQUIRE(message.has_value());
    if (!*message) return;
    auto request = request_for(**message);
    REQUIRE(request.has_value());
    request->authorization = "Bearer " + token;
    const http_response answer = hub.answer(*request);
    INFO(answer.body);
    REQUIRE(answer.status == 200);
    const auto taken = replica.receive(answer.body, now(), random_bits());
    INFO((taken ? std::string() : taken.error().message));
    REQUIRE(taken.has_value());
  }
  FAIL("the session does not come to its end");
}

struct open_device {
  sqlite_tables store;
  device_replica replica;

  static std::unique_ptr<open_device> at(const fs::path& file, const std::string& name) {
    auto store = sqlite_tables::open(file);
    REQUIRE(store.has_value());
    auto made = std::unique_ptr<open_device>(new open_device(std::move(*store), name));
    return made;
  }

 private:
  open_device(sqlite_tables open, const std::string& name) : store(std::move(open)), replica(make(store, name)) {}

  static device_replica make(sqlite_tables& store, const std::string& name) {
    auto made = device_replica::open(store, "ada", name, random_bits());
    if (!made) throw std::runtime_error(made.error().message);
    return std::move(*made);
  }
};

template <auto Member>
void cut(activity& record, std::vector<std::string>& chunks, const auto& samples) {
  auto made = syncline::split(the<Member>, samples);
  (record.*Member).value = std::move(made.parts);
  for (auto& chunk : made.chunks) chunks.push_back(std::move(chunk.bytes));
}

TEST_CASE("a hub that serves forgets deletions after the time that it is told") {
  for (const int days : {0, 1}) {
    const temporary_folder folder;
    auto hub = hub_service::open(folder.path() / "hub");
    REQUIRE(hub.has_value());
    hub->keep_deletions_for(std::chrono::days{days});
    auto token = hub->token("ada", "phone", 60);
    REQUIRE(token.has_value());
    REQUIRE(hub->put("ada", "goals", {{"id", "gone"}, {"title", "first"}}).has_value());
    REQUIRE(hub->remove("ada", "goals", "gone").has_value());
    auto phone = open_device::at(folder.path() / "phone.db", "phone");
    sync(phone->replica, *hub, *token);
    const auto left = hub->collect("ada", std::chrono::days{0});
    REQUIRE(left.has_value());
    CHECK(*left == static_cast<std::size_t>(days));
  }
}

TEST_CASE("wrong objective values that a device proposes are replaced by what the hub computes from the points") {
  const temporary_folder folder;
  auto hub = hub_service::open(folder.path() / "hub");
  REQUIRE(hub.has_value());
  const auto token_of = [&](const std::string& name) {
    auto token = hub->token("ada", name, 60);
    REQUIRE(token.has_value());
    return *token;
  };
  auto phone = open_device::at(folder.path() / "phone.db", "phone"), laptop = open_device::at(folder.path() / "laptop.db", "laptop");

  ride_wish wish;
  wish.duration = std::chrono::minutes{50};
  const ride recorded = generate_ride(wish);
  imported_activity made = activity_from_ride(recorded, "ride", {.weight_kg = 75.0, .ftp_w = 240.0}, now());
  std::vector<std::string> chunks;
  cut<&activity::position_series>(made.record, chunks, made.series.position);
  cut<&activity::altitude_series>(made.record, chunks, made.series.altitude_m);
  cut<&activity::heart_rate_series>(made.record, chunks, made.series.heart_rate_bpm);
  cut<&activity::cadence_series>(made.record, chunks, made.series.cadence_rpm);
  cut<&activity::power_series>(made.record, chunks, made.series.power_w);
  cut<&activity::speed_series>(made.record, chunks, made.series.speed_mps);
  cut<&activity::distance_series>(made.record, chunks, made.series.distance_m);
  cut<&activity::temperature_series>(made.record, chunks, made.series.temperature_c);
  REQUIRE(chunks.size() == 24);  // 3000 points of eight series, 1000 in a chunk
  made.record.distance_m = 1.0;
  made.record.max_heart_rate_bpm = 299.0;
  made.record.avg_power_w = 1.0;
  made.record.tss = 9999.0;
  made.record.total_ascent_m = 8848.0;
  made.record.name = "Proposed";
  REQUIRE(phone->replica.create(made.record, now(), chunks).has_value());

  // Until the hub has spoken the device shows what it proposed.
  auto shown = phone->replica.find<activity>("ride");
  REQUIRE((shown.has_value() && shown->has_value()));
  CHECK(*(*shown)->distance_m == 1.0);

  sync(phone->replica, *hub, token_of("phone"));
  sync(phone->replica, *hub, token_of("phone"));
  sync(laptop->replica, *hub, token_of("laptop"));

  double power = 0, fastest_heart = 0;
  for (const ride_point& point : recorded.points) {
    power += *point.power_w;
    fastest_heart = std::max(fastest_heart, *point.heart_rate_bpm);
  }
  for (open_device* each : {phone.get(), laptop.get()}) {
    auto found = each->replica.find_record<activity>("ride");
    REQUIRE((found.has_value() && found->has_value()));
    const activity ride = (*found)->seen();
    CHECK_THAT(ride.distance_m->value(), WithinRel(*recorded.points.back().distance_m, 0.02));
    CHECK(ride.max_heart_rate_bpm->value() == fastest_heart);
    CHECK_THAT(ride.avg_power_w->value(), WithinRel(power / static_cast<double>(recorded.points.size()), 0.05));
    CHECK(ride.tss->value() < 300);
    CHECK(ride.total_ascent_m->value() < 2000);
    CHECK(ride.name->value() == "Proposed");
    // Why: the hub's word, and what it replaced.
    for (const std::size_t field : {the<&activity::distance_m>.index, the<&activity::tss>.index}) {
      const auto& reasons = (*found)->reasons;
      const auto reason = std::find_if(reasons.begin(), reasons.end(), [&](const auto& r) { return r.field == field; });
      REQUIRE(reason != reasons.end());
      CHECK(reason->winner == syncline::side::remote);
    }
  }
  CHECK(phone->replica.report().refused == 0);
}

TEST_CASE("a device that is opened again has everything that it had") {
  const temporary_folder folder;
  {
    REQUIRE(device::init(folder.path(), {.user = "ada", .device = "phone"}).has_value());
    auto phone = device::open(folder.path());
    REQUIRE(phone.has_value());
    REQUIRE(phone->put("goals", {{"id", "g"}, {"title", "kept"}}).has_value());
    REQUIRE(!phone->edit("goals", "g", {{"title", "lost"}, {"target_date", "some day"}}).has_value());
  }
  auto phone = device::open(folder.path());
  REQUIRE(phone.has_value());
  const auto goals = phone->list("goals");
  REQUIRE(goals.has_value());
  REQUIRE(goals->size() == 1);
  CHECK(goals->at(0).at(1).json == "\"kept\"");
  const auto status = phone->status();
  REQUIRE(status.has_value());
  CHECK(status->pending == 1);
  CHECK(!status->online);
}

TEST_CASE("a device gets a name of its own where none is given, and keeps it") {
  const temporary_folder folder;
  const auto first = device::init(folder.path() / "a", {.user = "ada"}), other = device::init(folder.path() / "b", {.user = "ada"});
  REQUIRE(first.has_value());
  REQUIRE(other.has_value());
  CHECK(first->device.starts_with("device-"));
  CHECK(first->device != other->device);
  const auto again = device::init(folder.path() / "a", {.user = "ada", .hub = "http://hub.example"});
  REQUIRE(again.has_value());
  CHECK(again->device == first->device);
  const auto third = device::init(folder.path() / "a", {.user = "ada", .token = "t"});
  REQUIRE(third.has_value());
  CHECK(third->hub == "http://hub.example");
}

}  // namespace

// SPDX-License-Identifier: BSL-1.0
// How far a session has come, and when it will be over.

#include "regressions/series.hpp"
#include "regressions/world.hpp"

#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <cstdint>
#include <numeric>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace regressions;
using std::chrono::milliseconds;

struct entry_of_a_list {
  static constexpr record_info sync{.table = "entries"};
  key<std::string> id{};
  lww<std::string> text{};
};

using list_device = device<entry_of_a_list>;

std::string id_of(int i) { return std::string(1, static_cast<char>('a' + i / 26)) + static_cast<char>('a' + i % 26); }

void write(list_device& on, int many) {
  for (int i = 0; i < many; ++i) REQUIRE(on.engine.create(entry_of_a_list{.id = {id_of(i)}, .text = {"x"}}, at(1)).has_value());
}

/// Runs a session and looks before each message.
template <class Device, class World>
std::vector<session_progress> watch(Device& on, World& with, progress_meter& meter) {
  std::vector<session_progress> seen;
  on.engine.begin_session();
  for (int messages = 0; messages < 200; ++messages) {
    auto message = on.engine.next_message(at(0));
    REQUIRE(message.has_value());
    const auto now = meter.look(on.engine, at(messages));
    REQUIRE(now.has_value());
    seen.push_back(*now);
    if (!*message) return seen;
    on.take(with.answer(on.name, **message));
  }
  FAIL("the session does not end");
  return seen;
}

std::vector<std::pair<std::uint64_t, std::uint64_t>> counts(const std::vector<session_progress>& seen, session_step step) {
  std::vector<std::pair<std::uint64_t, std::uint64_t>> all;
  for (const session_progress& each : seen) {
    if (each.step == step) all.emplace_back(each.done, each.total);
  }
  return all;
}

TEST_CASE("a steady pace says when it is over, however often it is told") {
  std::mt19937_64 random(7);
  for (int round = 0; round < 100; ++round) {
    const std::int64_t ms_each = 1 + static_cast<std::int64_t>(random() % 5000);
    pace steady;
    std::uint64_t done = 0;
    timestamp now = at(0);
    CHECK(!steady.time_for(1).has_value());
    CHECK(steady.time_for(0) == milliseconds{0});
    for (int i = 0; i < 30; ++i) {
      steady.note(now, done);
      const std::uint64_t more = 1 + random() % 100;
      done += more;
      now += milliseconds{ms_each * static_cast<std::int64_t>(more)};
    }
    steady.note(now, done);
    CHECK(steady.time_for(50) == milliseconds{50 * ms_each});
  }
}

TEST_CASE("a pace follows a link that became slower") {
  pace link;
  for (int i = 0; i <= 100; ++i) link.note(at(i), static_cast<std::uint64_t>(i) * 100);           // 100 a second
  for (int i = 1; i <= 60; ++i) link.note(at(100 + i), 10'000 + static_cast<std::uint64_t>(i) * 10);  // 10 a second, for a minute
  const auto left = link.time_for(1000);
  REQUIRE(left.has_value());
  CHECK(*left > milliseconds{80'000});  // 100 s, and what is left of the past makes it less: six half-lives, 1/64 of it
  CHECK(*left < milliseconds{100'000});
}

TEST_CASE("a clock that stands still or steps back spoils no pace") {
  pace steady;
  for (int i = 0; i < 10; ++i) steady.note(at(i), static_cast<std::uint64_t>(i) * 5);
  steady.note(at(9), 47);
  steady.note(at(10), 50);
  CHECK(steady.time_for(5) == milliseconds{1000});
  steady.note(at(2), 55);
  steady.note(at(3), 60);
  CHECK(steady.time_for(5) == milliseconds{1000});
}

TEST_CASE("an upload counts the records that the hub has and those that wait") {
  world<entry_of_a_list> hub;
  list_device phone("phone", 1, {.batch = 5});
  write(phone, 12);
  progress_meter meter;
  const auto seen = watch(phone, hub, meter);
  CHECK(seen.front().step == session_step::check);
  CHECK(!seen.front().percent().has_value());
  CHECK(counts(seen, session_step::upload) == std::vector<std::pair<std::uint64_t, std::uint64_t>>{{0, 12}, {5, 12}, {10, 12}});
  CHECK(seen.back().step == session_step::idle);
}

TEST_CASE("a download counts what pages told, and what the hub says is to come") {
  world<entry_of_a_list> hub;
  list_device phone("phone", 1, {.batch = 1}), tablet("tablet", 2, {.page = 10});
  write(phone, 35);
  phone.sync(hub);
  progress_meter meter;
  const auto seen = watch(tablet, hub, meter);
  CHECK(counts(seen, session_step::download) ==
        std::vector<std::pair<std::uint64_t, std::uint64_t>>{{0, 0}, {10, 35}, {20, 35}, {30, 35}});
  std::vector<std::optional<int>> percents;
  std::vector<std::optional<milliseconds>> left;
  for (const session_progress& each : seen) {
    if (each.step == session_step::download) percents.push_back(each.percent()), left.push_back(each.left);
  }
  CHECK(percents == std::vector<std::optional<int>>{{}, 28, 57, 85});
  CHECK(left == std::vector<std::optional<milliseconds>>{{}, {}, milliseconds{1500}, milliseconds{500}});  // a page a second
}

TEST_CASE("a download that goes on after an interruption counts what is left") {
  world<entry_of_a_list> hub;
  list_device phone("phone", 1, {.batch = 1}), tablet("tablet", 2, {.page = 10});
  write(phone, 35);
  phone.sync(hub);
  tablet.sync(hub, message_kind::download);
  tablet.take(hub.answer("tablet", tablet.next()));
  tablet.engine.interrupted();
  progress_meter meter;
  CHECK(counts(watch(tablet, hub, meter), session_step::download) ==
        std::vector<std::pair<std::uint64_t, std::uint64_t>>{{0, 0}, {10, 25}, {20, 25}});
}

TEST_CASE("what is asked for by key since it had no room in its page counts too") {
  world<entry_of_a_list> hub;
  list_device phone("phone", 1, {.batch = 1}), tablet("tablet", 2);
  for (int i = 0; i < 3; ++i) {
    REQUIRE(phone.engine.create(entry_of_a_list{.id = {id_of(i)}, .text = {std::string(700'000, 'x')}}, at(1)).has_value());
  }
  phone.sync(hub);
  progress_meter meter;
  CHECK(counts(watch(tablet, hub, meter), session_step::download) ==
        std::vector<std::pair<std::uint64_t, std::uint64_t>>{{0, 0}, {2, 3}});
}

TEST_CASE("only the first page of a session costs the hub a count") {
  world<entry_of_a_list> hub;
  list_device phone("phone", 1, {.batch = 1}), tablet("tablet", 2, {.page = 10});
  write(phone, 35);
  phone.sync(hub);
  tablet.engine.begin_session();
  std::vector<bool> asked;
  while (auto message = *tablet.engine.next_message(at(0))) {
    if (auto download = unpack<download_message>(*unframe(*message))) asked.push_back(download->count);
    tablet.take(hub.answer("tablet", *message));
  }
  CHECK(asked == std::vector<bool>{true, false, false, false});
}

TEST_CASE("chunks are counted, and their bytes, on the way there and back") {
  world<ride> hub;
  device<ride> phone("phone", 1), tablet("tablet", 2);
  std::vector<std::int64_t> points(5000);
  std::iota(points.begin(), points.end(), 0);
  const split_series series = series_of(points);
  make_ride(phone, "r", series);
  std::set<std::string> chunks;
  std::uint64_t bytes = 0;
  for (const auto& each : series.chunks) bytes += chunks.insert(each.bytes).second ? each.bytes.size() : 0;
  REQUIRE(chunks.size() > 1);
  for (device<ride>* each : {&phone, &tablet}) {
    progress_meter meter;
    const auto seen = watch(*each, hub, meter);
    const auto steps = counts(seen, session_step::chunks);
    REQUIRE(!steps.empty());
    CHECK(steps.front() == std::pair<std::uint64_t, std::uint64_t>{0, chunks.size()});
    CHECK(steps.back().first + 1 >= chunks.size());
    CHECK(seen.back().chunk_bytes >= bytes);
    CHECK(seen.back().chunk_bytes < bytes + chunks.size() * 256);
  }
}

}  // namespace

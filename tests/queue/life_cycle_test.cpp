// SPDX-License-Identifier: BSL-1.0
#include <syncline/queue/life_cycle.hpp>
#include <syncline/testing/random.hpp>

#include <catch2/catch_test_macros.hpp>

#include <initializer_list>
#include <map>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace {

using namespace syncline;
using s = record_state;
using e = record_event;

struct sample {
  std::uint32_t at{};
  double value{};
};

struct left_to_person {
  [[maybe_unused]] static constexpr std::string_view name = "left_to_person";
  static constexpr bool needs_person = true;
};
struct left_to_nobody {
  [[maybe_unused]] static constexpr std::string_view name = "left_to_nobody";
  static constexpr bool needs_person = false;
};

struct ride {
  static constexpr record_info sync{.table = "rides"};
  key<std::string> id{};
  lww<std::string> title{};
  chunked<sample> power{};
};
struct goal {
  static constexpr record_info sync{.table = "goals"};
  key<std::string> id{};
  field<int, left_to_nobody> target{};
};
struct diary {
  static constexpr record_info sync{.table = "diaries"};
  key<std::string> id{};
  field<std::string, left_to_person> text{};
};
struct race {
  static constexpr record_info sync{.table = "races"};
  key<std::string> id{};
  field<std::string, left_to_person> text{};
  chunked<sample> pace{};
};

// The tables, at compile time.
static_assert(has_series<ride> && !can_conflict<ride>);
static_assert(!has_series<goal> && !can_conflict<goal>);
static_assert(!has_series<diary> && can_conflict<diary>);
static_assert(has_series<race> && can_conflict<race>);

static_assert(life_cycle<ride>::initial == s::recording);
static_assert(life_cycle<goal>::initial == s::local_only);
static_assert(life_cycle<ride>::resting == s::synced);

static_assert(!life_cycle<goal>::contains(s::recording) && !life_cycle<goal>::contains(s::processing));
static_assert(!life_cycle<ride>::contains(s::conflict) && !life_cycle<goal>::contains(s::conflict));
static_assert(life_cycle<diary>::contains(s::conflict) && life_cycle<race>::contains(s::conflict));

static_assert(life_cycle<ride>::next(s::recording, e::finished) == s::processing);
static_assert(!life_cycle<goal>::next(s::recording, e::finished));
static_assert(life_cycle<diary>::next(s::synced, e::conflicted) == s::conflict);
static_assert(!life_cycle<ride>::next(s::synced, e::conflicted));
static_assert(life_cycle<ride>::next(s::syncing, e::confirmed_with_pending) == s::local_only);

static_assert(!chunk_life_cycle::contains(s::recording) && !chunk_life_cycle::contains(s::conflict));
static_assert(!chunk_life_cycle::next(s::synced, e::edited));

static_assert(!std::is_same_v<life_cycle<ride>, life_cycle<goal>>);
static_assert(to_string(s::sync_failed) == "sync_failed" && to_string(e::retry_due) == "retry_due");

template <class Machine>
std::vector<s> walk(std::initializer_list<e> events, s from = Machine::initial) {
  std::vector<s> path{from};
  for (const e event : events) {
    const auto to = Machine::next(path.back(), event);
    if (!to) break;
    path.push_back(*to);
  }
  return path;
}

// A second reading of a machine: its diagram, as text.
using diagram = std::map<std::pair<std::string, std::string>, std::string>;

diagram read_diagram(const std::string& text) {
  diagram arrows;
  std::istringstream lines(text);
  std::string line;
  while (std::getline(lines, line)) {
    std::istringstream words(line);
    std::string from, arrow, to, colon, event;
    words >> from >> arrow >> to >> colon;
    while (colon == ":" && words >> event) {
      if (event.back() == ',') event.pop_back();
      CHECK(arrows.emplace(std::pair{from, event}, to).second);
    }
  }
  return arrows;
}

template <class Machine>
void walk_at_random(std::uint64_t seed) {
  const diagram arrows = read_diagram(mermaid<typename Machine::table>());
  REQUIRE(arrows.size() > 10);
  random_source random(seed);
  s now = Machine::initial;
  std::set<s> seen{now};
  for (int step = 0; step < 5000; ++step) {
    const auto event = static_cast<e>(random.below(enumerator_count<e>));
    const auto next = Machine::next(now, event);
    const auto expected = arrows.find({std::string(to_string(now)), std::string(to_string(event))});
    REQUIRE(next.has_value() == (expected != arrows.end()));
    if (next) {
      REQUIRE(to_string(*next) == expected->second);
      now = *next;
    }
    REQUIRE(Machine::contains(now));
    seen.insert(now);
  }
  for (std::size_t i = 0; i < enumerator_count<s>; ++i) {
    CHECK(Machine::contains(static_cast<s>(i)) == seen.contains(static_cast<s>(i)));
  }
}

}  // namespace

TEST_CASE("a recorded record goes from recording to synced") {
  CHECK(walk<life_cycle<ride>>({e::finished, e::processed, e::sent, e::confirmed}) ==
        std::vector{s::recording, s::processing, s::local_only, s::syncing, s::synced});
}

TEST_CASE("a record without a series goes from local_only to synced") {
  CHECK(walk<life_cycle<goal>>({e::sent, e::confirmed}) == std::vector{s::local_only, s::syncing, s::synced});
}

TEST_CASE("an edit made during an upload stays pending") {
  CHECK(walk<life_cycle<goal>>({e::sent, e::edited, e::confirmed_with_pending, e::sent, e::confirmed}) ==
        std::vector{s::local_only, s::syncing, s::syncing, s::local_only, s::syncing, s::synced});
}

TEST_CASE("a failed upload is retried until it gets through") {
  CHECK(walk<life_cycle<goal>>({e::sent, e::failed, e::retry_due, e::sent, e::failed, e::sent, e::confirmed}) ==
        std::vector{s::local_only, s::syncing, s::retrying, s::local_only, s::syncing, s::retrying, s::syncing,
                    s::synced});
}

TEST_CASE("a dead letter is left by a revival, by an edit, by a late confirmation and by a person who gives it up") {
  CHECK(walk<life_cycle<goal>>({e::sent, e::gave_up, e::revived, e::sent, e::confirmed}).back() == s::synced);
  CHECK(walk<life_cycle<goal>>({e::sent, e::refused, e::edited}).back() == s::local_only);
  CHECK(walk<life_cycle<goal>>({e::sent, e::gave_up, e::confirmed}).back() == s::synced);
  CHECK(walk<life_cycle<goal>>({e::sent, e::failed, e::gave_up, e::confirmed_with_pending}) ==
        std::vector{s::local_only, s::syncing, s::retrying, s::sync_failed, s::local_only});
  CHECK(walk<life_cycle<goal>>({e::sent, e::refused, e::discarded}).back() == s::synced);
}

TEST_CASE("a conflict waits for a person, whose choice is sent") {
  CHECK(walk<life_cycle<diary>>({e::sent, e::confirmed, e::conflicted, e::downloaded, e::settled, e::sent, e::confirmed}) ==
        std::vector{s::local_only, s::syncing, s::synced, s::conflict, s::conflict, s::local_only, s::syncing, s::synced});
  CHECK(walk<life_cycle<diary>>({e::sent, e::confirmed, e::conflicted, e::absorbed}).back() == s::synced);
  CHECK(walk<life_cycle<diary>>({e::conflicted, e::sent}).back() == s::syncing);  // a candidate does not wait
}

TEST_CASE("a record that the hub has lost is sent again") {
  CHECK(walk<life_cycle<goal>>({e::lost, e::sent, e::confirmed}, s::synced) ==
        std::vector{s::synced, s::local_only, s::syncing, s::synced});
}

TEST_CASE("a chunk is sent once, fails like a record, and needs no sending if the hub has it") {
  CHECK(walk<chunk_life_cycle>({e::sent, e::confirmed}) == std::vector{s::local_only, s::syncing, s::synced});
  CHECK(walk<chunk_life_cycle>({e::confirmed}) == std::vector{s::local_only, s::synced});
  CHECK(walk<chunk_life_cycle>({e::sent, e::failed, e::sent, e::gave_up, e::revived, e::retry_due, e::sent,
                                e::confirmed}) ==
        std::vector{s::local_only, s::syncing, s::retrying, s::syncing, s::sync_failed, s::retrying, s::local_only,
                    s::syncing, s::synced});
}

TEST_CASE("random lives follow the diagram, and visit every state and no other") {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    walk_at_random<life_cycle<ride>>(seed);
    walk_at_random<life_cycle<goal>>(seed);
    walk_at_random<life_cycle<diary>>(seed);
    walk_at_random<life_cycle<race>>(seed);
    walk_at_random<chunk_life_cycle>(seed);
  }
}

TEST_CASE("in no life does an event leave a record that waits without a way to synced") {
  // By walking, unlike the check while compiling: from each state some sequence of events ends in synced.
  const diagram arrows = read_diagram(mermaid<life_cycle<race>::table>());
  std::set<std::string> states;
  for (const auto& [from, to] : arrows) states.insert({from.first, to});
  CHECK(states.size() == enumerator_count<s>);
  for (const std::string& start : states) {
    std::set<std::string> reached{start};
    for (std::size_t i = 0; i < states.size(); ++i) {
      for (const auto& [from, to] : arrows) {
        if (reached.contains(from.first)) reached.insert(to);
      }
    }
    INFO(start);
    CHECK(reached.contains("synced"));
  }
}

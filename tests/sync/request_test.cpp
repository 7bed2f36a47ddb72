// SPDX-License-Identifier: BSL-1.0
// What a client asks the server for, and what becomes of it when the server writes otherwise.

#include "regressions/world.hpp"

#include <syncline/resolve/request.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

namespace {

using namespace syncline;
using regressions::device;

struct workout {
  static constexpr record_info sync{.table = "workouts"};
  key<std::string> id{};
  server<std::string> day{};
  server<std::string> superseded_request{};
  client<std::string> requested_day{};
  lww<std::string> note{};
  static constexpr auto request = request_by<&workout::requested_day, &workout::day, &workout::superseded_request>();
};

using world = regressions::world<workout, conflict>;
using phone = device<workout, conflict>;

workout asking(const char* day, const char* told, const char* asked) {
  workout w{};
  w.day = day;
  w.superseded_request = told;
  w.requested_day = asked;
  return w;
}

TEST_CASE("a request is open until the server does what is asked, or says that it is superseded") {
  CHECK(state_of_request(asking("mon", "", "")) == request_state::none);
  CHECK(state_of_request(asking("mon", "", "tue")) == request_state::open);
  CHECK(state_of_request(asking("tue", "", "tue")) == request_state::met);
  CHECK(state_of_request(asking("mon", "tue", "tue")) == request_state::none);
  CHECK(state_of_request(asking("mon", "tue", "wed")) == request_state::open);
}

struct plan {
  world all{};
  phone a{"a", 1}, b{"b", 3};

  plan() {
    workout w{};
    w.id = "w";
    w.day = "mon";
    REQUIRE(all.the_hub.create("s", w, regressions::at(0)).has_value());
    sync();
  }
  void sync() {
    for (int round = 0; round < 2; ++round) {
      a.sync(all);
      b.sync(all);
    }
  }
  void ask(const char* day, int second) {
    REQUIRE(a.engine.edit<workout>("w", regressions::at(second), [&](auto& e) { e[the<&workout::requested_day>] = day; }).has_value());
  }
  void move(const char* day, int second) {
    REQUIRE(all.the_hub.edit<workout>("s", "w", regressions::at(second), [&](auto& e) { e[the<&workout::day>] = day; }).has_value());
  }
  workout seen(phone& on) { return on.engine.find<workout>("w").value().value(); }
  std::vector<conflict> entries(phone& on) { return on.engine.list<conflict>().value(); }
};

// The one entry says: `asked`, which `a` wrote, did not stand against `day`, which the hub wrote.
void check_superseded(plan& p, const std::string& asked, const std::string& day) {
  for (phone* each : {&p.a, &p.b}) {
    CHECK(*p.seen(*each).day == day);
    CHECK(*p.seen(*each).superseded_request == asked);
    const auto log = p.entries(*each);
    REQUIRE(log.size() == 1);
    REQUIRE(log[0].values->size() == 1);
    const superseded& said = log[0].values->front();
    CHECK(said.field == "day");
    CHECK(said.why == rule::superseded);
    CHECK(said.kept.bytes == encode(day));
    CHECK(said.kept_by == hub_name);
    CHECK(said.dropped.bytes == encode(asked));
    CHECK(said.dropped_by == "a");
  }
  const auto record = p.a.engine.find_record<workout>("w").value().value();
  const std::size_t at = the<&workout::day>.index;
  const auto reason = std::find_if(record.reasons.begin(), record.reasons.end(), [&](const auto& each) { return each.field == at; });
  REQUIRE(reason != record.reasons.end());
  CHECK(reason->why == rule::superseded);
  CHECK(reason->dropped.has_value());
}

TEST_CASE("a request that waits when the server writes otherwise is superseded, and the log of every device says so") {
  plan p;
  p.ask("tue", 10);
  p.sync();
  CHECK(p.entries(p.a).empty());
  p.move("wed", 20);
  p.sync();
  check_superseded(p, "tue", "wed");
  p.move("thu", 30);  // it was told already
  p.sync();
  CHECK(p.entries(p.a).size() == 1);
  CHECK(*p.seen(p.a).superseded_request == "tue");
}

TEST_CASE("a request whose device had not seen what the server wrote meanwhile is superseded") {
  plan p;
  p.move("wed", 5);
  p.ask("tue", 10);  // it still sees "mon"
  p.sync();
  check_superseded(p, "tue", "wed");
}

TEST_CASE("a request made knowing what the server wrote waits, and one that is met is superseded by nothing") {
  plan p;
  p.move("wed", 5);
  p.sync();
  p.ask("tue", 10);
  p.sync();
  CHECK(p.seen(p.b).superseded_request->empty());
  p.move("tue", 20);
  p.sync();
  p.move("fri", 30);
  p.sync();
  // What was met once is a request again when the server moves on.
  check_superseded(p, "tue", "fri");
}

TEST_CASE("an edit of something else leaves a request as it is") {
  plan p;
  p.ask("tue", 10);
  p.sync();
  REQUIRE(p.b.engine.edit<workout>("w", regressions::at(11), [](auto& e) { e[the<&workout::note>] = "hm"; }).has_value());
  p.move("mon", 12);
  p.sync();
  CHECK(p.entries(p.a).empty());
  CHECK(p.seen(p.a).superseded_request->empty());
}

TEST_CASE("to take back that a request was superseded is to ask the server, who may grant it") {
  plan p;
  p.ask("tue", 10);
  p.sync();
  p.move("wed", 20);
  p.sync();
  const std::string id = *p.entries(p.b).front().id;
  const auto asked = p.b.engine.undo(id, regressions::at(30));
  REQUIRE(asked.has_value());
  CHECK(asked->asked == std::vector<std::string>{"day"});
  p.sync();
  REQUIRE(p.all.the_hub.requests("s")->size() == 1);
  REQUIRE(p.all.the_hub.grant("s", id, regressions::at(40)).has_value());
  p.sync();
  CHECK(*p.seen(p.a).day == "tue");
  CHECK(p.seen(p.a).superseded_request->empty());
}

}  // namespace

// SPDX-License-Identifier: BSL-1.0
// Sessions about some of the tables: what is left out waits, and nothing of it is skipped.

#include "regressions/series.hpp"
#include "regressions/world.hpp"

#include <syncline/resolve/counter.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <type_traits>
#include <vector>

namespace {

using namespace regressions;

struct goal {
  static constexpr record_info sync{.table = "goals"};
  key<std::string> id{};
  lww<std::string> title{};
  merge<int, counter> score{};
};
struct task {
  static constexpr record_info sync{.table = "tasks"};
  key<std::string> id{};
  lww<std::string> title{};
  merge<int, counter> score{};
};

using hub_of_both = world<goal, task, ride>;
using phone_of_both = device<goal, task, ride>;

void sync_tables(phone_of_both& device, hub_of_both& hub, std::vector<std::string> tables) {
  device.engine.begin_session(comparing::nothing, {}, table_choice{std::move(tables)});
  device.go_on(hub);
}

template <class R>
void create(phone_of_both& on, std::string id) {
  REQUIRE(on.engine.create(R{.id = {id}, .title = {"old"}, .score = {1}}, at(1)).has_value());
}
template <class R>
void add(phone_of_both& on, const std::string& id, int more) {
  REQUIRE(on.engine.edit<R>(id, at(2), [&](auto& e) { e[the<&R::score>] = *e.record().score + more; }).has_value());
}
template <class R>
std::size_t many(phone_of_both& on) {
  return on.engine.template list<R>()->size();
}
std::size_t waiting(phone_of_both& on) {
  return *on.engine.read([](auto& tx) { return outbox<std::remove_cvref_t<decltype(tx)>>(tx).size(); });
}
std::size_t entries(phone_of_both& on, std::string_view space) {
  return on.engine.read([&](auto& tx) { return tx.list(space, {}, 1000); })->size();
}

template <class R>
void same(hub_of_both& hub, phone_of_both& on) {
  const auto there = *hub.the_hub.list<R>("s", {}, 1000), here = *on.engine.template list<R>({}, 1000);
  REQUIRE(there.size() == here.size());
  for (std::size_t i = 0; i < there.size(); ++i) CHECK(is_same_value(there[i], here[i]));
}

TEST_CASE("a session about some tables sends and reads these only, and a later one all that was left out", "[rule-8]") {
  hub_of_both hub;
  phone_of_both phone("phone", 1), tablet("tablet", 2);
  create<goal>(tablet, "g"), create<task>(tablet, "t");
  tablet.sync(hub);
  create<goal>(phone, "mine"), create<task>(phone, "mine too");
  sync_tables(phone, hub, {"goals"});
  CHECK(many<goal>(phone) == 2);
  CHECK(many<task>(phone) == 1);
  CHECK(waiting(phone) == 1);
  CHECK(!hub.the_hub.find<task>("s", "mine too")->has_value());
  CHECK(phone.engine.state().last_synced == timestamp{});
  add<goal>(tablet, "g", 1), add<task>(tablet, "t", 1);
  tablet.sync(hub);
  sync_tables(phone, hub, {"goals"});
  CHECK((*phone.engine.find<goal>("g"))->score == 2);
  phone.sync(hub);
  CHECK(waiting(phone) == 0);
  CHECK(phone.engine.state().last_synced != timestamp{});
  same<goal>(hub, phone), same<task>(hub, phone);
}

TEST_CASE("whatever is chosen in which order, all that was left out comes in the end", "[rule-8]") {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    INFO("seed " << seed);
    std::mt19937_64 random(seed);
    hub_of_both hub;
    std::array<phone_of_both, 2> devices{phone_of_both{"phone", 1, {.batch = 2, .page = 3}}, phone_of_both{"tablet", 2, {.page = 4}}};
    int goals = 0, tasks = 0;
    for (const char* id : {"a", "b", "c"}) create<goal>(devices[0], id), create<task>(devices[0], id), goals += 1, tasks += 1;
    devices[0].sync(hub), devices[1].sync(hub);
    for (int step = 0; step < 40; ++step) {
      phone_of_both& device = devices[random() % 2];
      const std::string id(1, static_cast<char>('a' + random() % 3));
      const int more = static_cast<int>(random() % 9);
      switch (random() % 6) {
        case 0: add<goal>(device, id, more), goals += more; break;
        case 1: add<task>(device, id, more), tasks += more; break;
        case 2: sync_tables(device, hub, {"goals"}); break;
        case 3: sync_tables(device, hub, {"tasks", "rides"}); break;
        case 4: device.sync(hub); break;
        default:  // interrupted somewhere, and taken up with another choice
          device.engine.begin_session(comparing::nothing, {}, table_choice{{random() % 2 == 0 ? "goals" : "tasks"}});
          for (auto left = random() % 5; left > 0; --left) {
            auto message = device.engine.next_message(at(0));
            REQUIRE(message.has_value());
            if (!*message) break;
            const std::string answer = hub.answer(device.name, **message);
            if (left > 1 || random() % 2 == 0) device.take(answer);
          }
      }
    }
    for (int i = 0; i < 2; ++i) devices[0].sync(hub), devices[1].sync(hub);
    int goals_there = 0, tasks_there = 0;
    for (const goal& each : *hub.the_hub.list<goal>("s", {}, 100)) goals_there += *each.score;
    for (const task& each : *hub.the_hub.list<task>("s", {}, 100)) tasks_there += *each.score;
    CHECK(goals_there == goals);
    CHECK(tasks_there == tasks);
    for (phone_of_both& each : devices) same<goal>(hub, each), same<task>(hub, each);
  }
}

TEST_CASE("what the device lacks of a table that is left out holds up no other") {
  hub_of_both hub;
  phone_of_both phone("phone", 1), tablet("tablet", 2);
  create<goal>(tablet, "g"), create<task>(tablet, "t");
  tablet.sync(hub), phone.sync(hub);
  auto tx = phone.store.begin("s");
  REQUIRE(tx->put("wanted", record_name<task>("t"), {}).has_value());
  REQUIRE(tx->put("wanted", record_name<goal>("g"), {}).has_value());
  REQUIRE(tx->commit().has_value());
  add<goal>(phone, "g", 1);
  sync_tables(phone, hub, {"goals", "rides"});
  CHECK(waiting(phone) == 0);
  CHECK(entries(phone, "wanted") == 1);
  phone.sync(hub);
  CHECK(entries(phone, "wanted") == 0);
}

TEST_CASE("what depends on a record of a table that is left out waits for it", "[rule-3]") {
  hub_of_both hub;
  phone_of_both phone("phone", 1);
  create<task>(phone, "t");
  REQUIRE(phone.engine.create(goal{.id = {"g"}}, at(1), {}, {reference_to<task>("t")}).has_value());
  sync_tables(phone, hub, {"goals"});
  CHECK(!hub.the_hub.find<goal>("s", "g")->has_value());
  sync_tables(phone, hub, {"tasks"});
  sync_tables(phone, hub, {"goals"});
  CHECK(hub.the_hub.find<goal>("s", "g")->has_value());
}

TEST_CASE("chunks wait where no table with series is chosen", "[rule-27]") {
  hub_of_both hub;
  phone_of_both phone("phone", 1), tablet("tablet", 2);
  const split_series series = series_of({1, 2, 3});
  ride made{.id{"r"}};
  made.power = series.parts;
  REQUIRE(phone.engine.create(made, at(1), {series.chunks.front().bytes}).has_value());
  sync_tables(phone, hub, {"goals"});
  CHECK(entries(phone, "chunk_out") == 1);
  sync_tables(phone, hub, {"rides"});
  CHECK(entries(phone, "chunk_out") == 0);
  sync_tables(tablet, hub, {"tasks"});
  CHECK(many<ride>(tablet) == 0);
  sync_tables(tablet, hub, {"rides"});
  CHECK(many<ride>(tablet) == 1);
  CHECK(entries(tablet, "chunk") == 1);
}

TEST_CASE("a device that may have missed deletions reads all tables, whatever was chosen", "[rule-19]") {
  hub_of_both hub;
  phone_of_both phone("phone", 1), tablet("tablet", 2);
  for (const char* id : {"a", "b"}) create<goal>(tablet, id), create<task>(tablet, id);
  tablet.sync(hub), phone.sync(hub);
  REQUIRE(tablet.engine.remove<task>("a", at(3)).has_value());
  tablet.sync(hub);
  const timestamp late = at(0) + std::chrono::days{1000};
  REQUIRE(hub.the_hub.collect("s", late).has_value());
  REQUIRE(*hub.the_hub.collect("s", late + std::chrono::days{91}) == 1);
  add<task>(phone, "b", 4), add<goal>(phone, "b", 4);
  sync_tables(phone, hub, {"goals"});
  CHECK(phone.engine.state().walk == 0);
  CHECK(!phone.engine.find<task>("a")->has_value());
  CHECK(waiting(phone) == 1);  // the task's edit was not chosen
  phone.sync(hub);
  same<goal>(hub, phone), same<task>(hub, phone);
}

TEST_CASE("a late page of fewer tables does not end a session that reads more") {
  hub_of_both hub;
  phone_of_both phone("phone", 1), tablet("tablet", 2);
  phone.engine.begin_session(comparing::nothing, {}, table_choice{{"goals"}});
  const std::string asked = phone.go_on(hub, message_kind::download);
  const std::string page = hub.answer("phone", asked);
  phone.engine.interrupted();
  create<task>(tablet, "t");
  tablet.sync(hub);
  phone.sync(hub, message_kind::download);
  phone.take(page);
  phone.go_on(hub);
  CHECK(many<task>(phone) == 1);
}

}  // namespace

// SPDX-License-Identifier: BSL-1.0
// A file that an older program has written, opened by a newer one.
#include "storage/sqlite_store.hpp"

#include "temporary_folder.hpp"

#include <syncline/stream/split.hpp>
#include <syncline/sync.hpp>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include <cmath>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace syncline;
using Catch::Matchers::ContainsSubstring;

struct pulse {
  std::int64_t at_ms{};
  std::int32_t bpm{};
};

struct run_1 {
  static constexpr record_info sync{.table = "runs", .version = 1};

  key<std::string> id{};
  lww<std::string> name{};
  lww<double> distance_km{};
  lww<std::string> shoe{};
  chunked<pulse> pulses{};
};

// A column goes, two come, one has another type, and the order is another.
struct run_2 {
  static constexpr record_info sync{.table = "runs", .version = 2};
  using previous = run_1;

  key<std::string> id{};
  lww<std::optional<std::int32_t>> effort{};
  lww<std::int64_t> distance_m{};
  chunked<pulse> pulses{};
  lww<std::optional<std::string>> name{};
};
void carry(const run_1& from, run_2& to) { to.distance_m = std::llround(*from.distance_km * 1000); }
void carry(const run_2& from, run_1& to) {
  to.distance_km = static_cast<double>(*from.distance_m) / 1000;
  to.name = from.name->value_or("");
}

// Knows nothing of those before it.
struct run_3 {
  static constexpr record_info sync{.table = "runs", .version = 3};

  key<std::string> id{};
  lww<std::string> name{};
};

using older_store = stride::sqlite_store<run_1>;
using newer_store = stride::sqlite_store<run_2>;
using older_replica = replica<older_store, run_1>;
using newer_replica = replica<newer_store, run_2>;

timestamp at(std::int64_t seconds) { return timestamp{std::chrono::seconds{1'700'000'000 + seconds}}; }

std::string query(const std::filesystem::path& path, const std::string& sql) {
  auto database = stride::sqlite_database::open(path, {});
  REQUIRE(database.has_value());
  auto statement = database->prepare(sql, "ask");
  INFO((statement ? std::string() : statement.error().message));
  REQUIRE(statement.has_value());
  std::string answer;
  for (;;) {
    auto stepped = statement->step();
    REQUIRE(stepped.has_value());
    if (!*stepped) return answer;
    if (!answer.empty()) answer += '\n';
    for (int i = 0; i < statement->columns(); ++i) answer.append(i == 0 ? "" : "|").append(statement->text(i));
  }
}

template <class Store>
Store open(const std::filesystem::path& file) {
  auto store = Store::open(file);
  INFO((store ? std::string() : store.error().message));
  REQUIRE(store.has_value());
  return std::move(*store);
}

template <class Replica, class Store>
Replica replica_in(Store& store) {
  auto opened = Replica::open(store, "s", "phone", 7);
  INFO((opened ? std::string() : opened.error().message));
  REQUIRE(opened.has_value());
  return std::move(*opened);
}

template <class Hub, class Replica>
void sync(Hub& hub, Replica& device) {
  device.begin_session();
  for (int messages = 0; messages < 100; ++messages) {
    auto message = device.next_message(at(9));
    REQUIRE(message.has_value());
    if (!*message) return;
    const auto taken = device.receive(hub.handle("s", "phone", **message, at(9)), at(9), 5);
    INFO((taken ? std::string() : taken.error().message));
    REQUIRE(taken.has_value());
  }
  FAIL("the session does not end");
}

// A hub's and a device's file as an older program leaves them: records of all kinds, and edits that wait.
struct older_files {
  older_files() {
    auto hub_store = open<older_store>(hub_file), store = open<older_store>(file);
    hub<older_store, run_1> the_hub(hub_store);
    auto device = replica_in<older_replica>(store);
    for (int i = 0; i < 100; ++i) {
      REQUIRE(device.create(
          run_1{.id = {"run " + std::to_string(i)}, .name = {"Run"}, .distance_km = {i / 10.0}, .shoe = {"red"}},
          at(1)));
    }
    sync(the_hub, device);
    REQUIRE(device.edit<run_1>("run 7", at(2), [](auto& e) { e[the<&run_1::distance_km>] = 42.195; }));
    REQUIRE(device.remove<run_1>("run 8", at(3)));
    REQUIRE(device.create(run_1{.id = {"new"}, .name = {"New"}, .distance_km = {5}}, at(4)));
  }

  test::temporary_folder folder{};
  std::filesystem::path file = folder.path() / "stride.db", hub_file = folder.path() / "hub.db";
};

}  // namespace

TEST_CASE("a file of an older version is brought up: columns, rows, and what waits in them") {
  older_files files;
  {
    auto store = open<newer_store>(files.file);
    CHECK(query(files.file, "SELECT count(*) FROM runs_v1") == "101");
    auto device = replica_in<newer_replica>(store);
    CHECK(query(files.file, "SELECT count(*) FROM runs_v1") == "0");
    CHECK(query(files.file,
                "SELECT id, distance_m, name, effort FROM runs WHERE id IN ('run 7', 'new', 'run 15') ORDER BY id") ==
          "new|5000|New|\nrun 15|1500|Run|\nrun 7|42195|Run|");
    CHECK(query(files.file, "SELECT _deleted FROM runs WHERE id = 'run 8'") == "1");
    const auto record = *device.find_record<run_2>("run 7");
    REQUIRE(record->pending.has_value());
    CHECK(record->pending->times[the<&run_2::distance_m>.index] == hybrid_time::at(at(2)));
    REQUIRE(device.edit<run_2>("run 7", at(5), [](auto& e) { e[the<&run_2::effort>] = 9; }).has_value());

    auto hub_store = open<newer_store>(files.hub_file);
    hub<newer_store, run_2> the_hub(hub_store);
    sync(the_hub, device);
    const auto there = *the_hub.find<run_2>("s", "run 7");
    REQUIRE(there.has_value());
    CHECK((*there->distance_m == 42'195 && *there->effort == 9));
    CHECK(!the_hub.find<run_2>("s", "run 8")->has_value());
    CHECK(*(*the_hub.find<run_2>("s", "new"))->distance_m == 5'000);
    CHECK(*(*the_hub.find<run_2>("s", "run 99"))->distance_m == 9'900);
  }
  for (const auto& file : {files.file, files.hub_file}) {
    open<newer_store>(file);  // what is empty goes
    CHECK(query(file, "SELECT count(*) FROM sqlite_schema WHERE name LIKE 'runs_v1%'") == "0");
    CHECK(query(file, "PRAGMA integrity_check") == "ok");
    CHECK(query(file, "PRAGMA foreign_key_check").empty());
  }
}

TEST_CASE("bringing a file up goes on where it ended") {
  older_files files;
  {
    auto store = open<newer_store>(files.file);
    auto tx = store.begin("s");
    REQUIRE(tx.has_value());
    CHECK(replica_lineage<newer_store::transaction>::move_up<run_2>(*tx).value() == 64);
    REQUIRE(tx->commit().has_value());
    auto dropped = store.begin("s");
    CHECK(replica_lineage<newer_store::transaction>::move_up<run_2>(*dropped).value() == 37);
  }  // the process ends
  CHECK(query(files.file, "SELECT (SELECT count(*) FROM runs), (SELECT count(*) FROM runs_v1)") == "64|37");
  auto store = open<newer_store>(files.file);
  auto device = replica_in<newer_replica>(store);
  CHECK(query(files.file, "SELECT (SELECT count(*) FROM runs), (SELECT count(*) FROM runs_v1)") == "101|0");
  CHECK(*(*device.find<run_2>("run 7"))->distance_m == 42'195);
}

TEST_CASE("an older program says that the file is newer, also one that had it open, and changes nothing") {
  older_files files;
  auto had_it_open = open<older_store>(files.file);
  REQUIRE(had_it_open.begin("s").has_value());
  auto newer = open<newer_store>(files.file);
  auto device = replica_in<newer_replica>(newer);
  const std::string before = query(files.file, "SELECT count(*), sum(distance_m), max(length(_sync)) FROM runs");
  const auto transaction = had_it_open.begin("s");
  REQUIRE(!transaction.has_value());
  CHECK(transaction.error().code == error_code::wrong_version);
  const auto opened = older_store::open(files.file);
  REQUIRE(!opened.has_value());
  CHECK_THAT(opened.error().message,
             ContainsSubstring("'runs' was written by version 2") && ContainsSubstring("use a newer program"));
  CHECK(query(files.file, "SELECT count(*), sum(distance_m), max(length(_sync)) FROM runs") == before);
  CHECK(device.find<run_2>("run 7")->has_value());
}

TEST_CASE("a file from which there is no way is refused, and stays as it is") {
  older_files files;
  const auto opened = stride::sqlite_store<run_3>::open(files.file);
  REQUIRE(!opened.has_value());
  CHECK_THAT(opened.error().message, ContainsSubstring("was written by version 1 of its declaration") &&
                                         ContainsSubstring("version 3 and no way from there"));
  CHECK(query(files.file, "SELECT count(*) FROM runs") == "101");
}

TEST_CASE("the chunks of a series stay with their record when a file is brought up") {
  test::temporary_folder folder;
  const auto file = folder.path() / "stride.db";
  const split_series series = split(the<&run_1::pulses>, std::vector<pulse>(10));
  const chunk_entry entry = series.chunks.front().entry;
  {
    auto store = open<older_store>(file);
    auto device = replica_in<older_replica>(store);
    run_1 made{.id = {"long"}, .name = {"Long"}};
    made.pulses = series.parts;
    REQUIRE(device.create(made, at(1), {series.chunks.front().bytes}).has_value());
  }
  auto store = open<newer_store>(file);
  CHECK(query(file, "SELECT id, points FROM runs_v1_streams") == "long|10");
  auto device = replica_in<newer_replica>(store);
  CHECK(query(file, "SELECT id, field, points FROM runs_streams") == "long|pulses|10");
  CHECK(query(file, "SELECT count(*) FROM runs_v1_streams") == "0");
  CHECK((*device.find<run_2>("long"))->pulses->chunks == std::vector<chunk_entry>{entry});
}

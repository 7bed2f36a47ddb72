// SPDX-License-Identifier: BSL-1.0
#include "storage/sqlite_store.hpp"

#include <syncline/testing/check_store_laws.hpp>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <ratio>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace {

using namespace syncline;
using Catch::Matchers::ContainsSubstring;
using std::chrono::milliseconds;

// A folder of its own for each test, gone after it.
class scratch_folder {
 public:
  scratch_folder() {
    std::string name = (std::filesystem::temp_directory_path() / "stride-store-XXXXXX").string();
    if (mkdtemp(name.data()) != nullptr) path_ = name;
  }
  scratch_folder(scratch_folder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  ~scratch_folder() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  std::filesystem::path operator/(std::string_view name) const { return path_ / name; }

  // Every file in it, with its bytes.
  std::map<std::string, std::string> contents() const {
    std::map<std::string, std::string> all;
    for (const auto& file : std::filesystem::directory_iterator(path_)) {
      std::ifstream in(file.path(), std::ios::binary);
      all[file.path().filename().string()] = {std::istreambuf_iterator<char>(in), {}};
    }
    return all;
  }

 private:
  std::filesystem::path path_;
};

struct workout {
  static constexpr record_info sync{.table = "workouts"};
  key<std::string> id{};
  lww<std::string> name{};
  lww<std::optional<double>> distance_m{};
  lww<std::set<std::string>> tags{};
  lww<timestamp> started_at{};
  chunked<double> heart_rate{};
  chunked<double> power{};
};

using workout_store = stride::sqlite_store<workout>;
static_assert(store_for<workout_store, workout>);

row<workout> workout_row(std::string id, std::string name = "Ride") {
  return {{.id{std::move(id)}, .name{std::move(name)}}, false, "sync"};
}

manifest manifest_of(std::uint32_t chunks) {
  manifest made;
  for (std::uint32_t i = 0; i < chunks; ++i)
    made.chunks.push_back({{{static_cast<std::uint8_t>(i)}}, 1000 + i, 2000 + i, 3000 + i});
  return made;
}

workout_store open(const std::filesystem::path& path, const stride::sqlite_options& options = {}) {
  auto store = workout_store::open(path, options);
  if (!store) FAIL(store.error().message);
  return std::move(*store);
}

void save(workout_store& store, const row<workout>& kept) {
  auto t = store.begin("s");
  REQUIRE(t.has_value());
  const auto saved = t->save(kept);
  INFO((saved ? std::string() : saved.error().message));
  REQUIRE(saved.has_value());
  REQUIRE(t->commit());
}

std::optional<row<workout>> load(workout_store& store, const std::string& id) {
  auto t = store.begin("s");
  REQUIRE(t.has_value());
  auto loaded = t->load<workout>(id);
  INFO((loaded ? std::string() : loaded.error().message));
  REQUIRE(loaded.has_value());
  return *loaded;
}

// What another program sees: the answer's columns with '|' between, its rows with '\n'.
std::string query(const std::filesystem::path& path, const std::string& sql) {
  auto database = stride::sqlite_database::open(path, {});
  REQUIRE(database.has_value());
  auto statement = database->prepare(sql, "ask");
  INFO((statement ? std::string() : statement.error().message));
  REQUIRE(statement.has_value());
  std::string answer;
  for (;;) {
    auto stepped = statement->step();
    INFO((stepped ? std::string() : stepped.error().message));
    REQUIRE(stepped.has_value());
    if (!*stepped) return answer;
    if (!answer.empty()) answer += '\n';
    for (int i = 0; i < statement->columns(); ++i) answer.append(i == 0 ? "" : "|").append(statement->text(i));
  }
}

using law_store = store_laws::store_for_laws<stride::sqlite_store>;

// One folder; while failing, no file of this process may grow, as on a disk that is full.
struct sqlite_place {
  scratch_folder folder{};

  result<law_store> open() {
    return law_store::open(folder / "store.db", {.is_fully_synchronous = false, .busy_timeout = milliseconds(20)});
  }

  void set_failing(bool fails) {
    std::signal(SIGXFSZ, SIG_IGN);
    rlimit limit{};
    getrlimit(RLIMIT_FSIZE, &limit);
    limit.rlim_cur = fails ? 0 : limit.rlim_max;
    setrlimit(RLIMIT_FSIZE, &limit);
  }
};

TEST_CASE("the SQLite store obeys every law of a store") {
  int claims = 0;
  check_store_laws([] { return sqlite_place{}; },
                   [&](bool holds, std::string_view what) {
                     ++claims;
                     INFO(what);
                     CHECK(holds);
                   });
  CHECK(claims > 300);
}

TEST_CASE("the SQLite store does what the model does for many seeds", "[slow]") {
  for (std::uint64_t seed = 100; seed < 110; ++seed) {
    sqlite_place place;
    CHECK(store_laws::check_store_against_model(place, seed, 1000) == "");
  }
}

TEST_CASE("a process that is killed before its commit leaves nothing of it, and one that is killed after it all") {
  for (const bool is_committed : {false, true}) {
    scratch_folder folder;
    {
      auto store = open(folder / "a.db");
      save(store, workout_row("a", "old"));
    }
    const pid_t child = fork();
    if (child == 0) {
      auto store = workout_store::open(folder / "a.db");
      auto t = store->begin("s");
      bool is_done = t && t->save(workout_row("a", "new"));
      // More than the page cache holds, so that pages are in the log before the commit.
      for (int i = 0; i < 3000 && is_done; ++i) {
        is_done = t->save(workout_row(std::to_string(i), std::string(2000, 'x'))).has_value();
      }
      if (is_done && is_committed) is_done = t->commit().has_value();
      if (is_done) kill(getpid(), SIGKILL);
      _exit(1);
    }
    int status = 0;
    REQUIRE(waitpid(child, &status, 0) == child);
    REQUIRE(WIFSIGNALED(status));
    auto store = open(folder / "a.db");
    CHECK(load(store, "a")->value.name.value == (is_committed ? "new" : "old"));
    CHECK(load(store, "2999").has_value() == is_committed);
    CHECK(query(folder / "a.db", "PRAGMA integrity_check") == "ok");
  }
}

TEST_CASE("a store that a newer version has written is refused with a sentence and left as it was") {
  scratch_folder folder;
  {
    auto store = open(folder / "a.db");
    save(store, workout_row("a"));
  }
  SECTION("a newer storage version") {
    query(folder / "a.db", "UPDATE meta SET value = 99 WHERE name = 'storage_version'");
  }
  SECTION("a newer version of a record") {
    query(folder / "a.db", "UPDATE meta SET value = 99 WHERE name = 'workouts.version'");
  }
  const auto before = folder.contents();
  {
    const auto store = workout_store::open(folder / "a.db");
    REQUIRE(!store.has_value());
    CHECK(store.error().code == error_code::wrong_version);
    CHECK(store.error().severity == error_class::fatal);
    CHECK(store.error().phase == phase::store);
    CHECK_THAT(store.error().message, ContainsSubstring("99") && ContainsSubstring("this program knows 1") &&
                                          ContainsSubstring("use a newer program"));
  }
  CHECK(folder.contents() == before);
}

TEST_CASE("the log of a newer version's store that was not closed is left as it was") {
  scratch_folder folder, copied;
  auto store = open(folder / "a.db");
  query(folder / "a.db", "UPDATE meta SET value = 99 WHERE name = 'storage_version'");
  save(store, workout_row("a"));  // stays in the log while the store is open
  for (const char* const file : {"a.db", "a.db-wal"}) std::filesystem::copy(folder / file, copied / file);
  const auto before = copied.contents();
  REQUIRE(!before.at("a.db-wal").empty());
  CHECK(!workout_store::open(copied / "a.db").has_value());
  auto after = copied.contents();
  after.erase("a.db-shm");  // an index of the log, which holds nothing of its own
  CHECK(after == before);
}

TEST_CASE("a store whose entries stand in their index, as those of older programs do, is read and written as before") {
  scratch_folder folder;
  const std::string large(300'000, 'x');
  {
    auto store = open(folder / "a.db");
    save(store, workout_row("a"));
  }
  query(folder / "a.db", "DROP TABLE entries");
  query(folder / "a.db",
        "CREATE TABLE entries(_scope TEXT NOT NULL, space TEXT NOT NULL, name BLOB NOT NULL, bytes BLOB NOT NULL, "
        "PRIMARY KEY(_scope, space, name)) WITHOUT ROWID");
  for (int opened = 0; opened < 2; ++opened) {
    auto store = open(folder / "a.db");
    auto tx = store.begin("me");
    REQUIRE(tx);
    if (opened == 0) {
      REQUIRE(tx->put("chunk", "a", large));
      REQUIRE(tx->put("have", "a", {}));
      REQUIRE(tx->commit());
    } else {
      CHECK(*tx->get("chunk", "a") == large);
      CHECK(tx->list("have", {}, 9)->size() == 1);
    }
  }
}

TEST_CASE("a file that is no store is refused with a sentence and left as it was") {
  scratch_folder folder;
  std::string expected;
  SECTION("text") {
    std::ofstream(folder / "a.db")
        << "This is a shopping list: milk, bread and enough of it to fill more than a header of "
           "a hundred bytes.";
    expected = "it is not a database";
  }
  SECTION("another program's database") {
    query(folder / "a.db", "CREATE TABLE moz_places(id INTEGER)");
    expected = "another program's database";
  }
  const auto before = folder.contents();
  {
    const auto store = workout_store::open(folder / "a.db");
    REQUIRE(!store.has_value());
    CHECK(store.error().code == error_code::malformed);
    CHECK_THAT(store.error().message, ContainsSubstring(expected) && ContainsSubstring("a.db"));
  }
  CHECK(folder.contents() == before);
}

TEST_CASE("a store in a folder that does not exist is refused with a sentence") {
  scratch_folder folder;
  const auto store = workout_store::open(folder / "nowhere" / "a.db");
  REQUIRE(!store.has_value());
  CHECK(store.error().code == error_code::store_failed);
  CHECK_THAT(store.error().message,
             ContainsSubstring("cannot be opened") && ContainsSubstring("check that the folder exists"));
}

namespace earlier {
struct shoe {
  static constexpr record_info sync{.table = "shoes", .version = 1};
  key<std::string> id{};
  lww<std::string> brand{};
};
}  // namespace earlier
namespace later {
struct shoe {
  static constexpr record_info sync{.table = "shoes", .version = 1};
  key<std::string> id{};
  lww<int> size{42};
  lww<std::string> brand{};
  lww<std::optional<double>> worn_m{};
  chunked<double> steps{};
};
}  // namespace later

TEST_CASE("a field that is added to a record gets a column, and older rows its default") {
  scratch_folder folder;
  const auto save_in = [&]<class R>(const R& value) {
    auto store = stride::sqlite_store<R>::open(folder / "a.db");
    REQUIRE(store.has_value());
    auto t = store->begin("s");
    REQUIRE(t->save(row<R>{value, false, {}}));
    REQUIRE(t->commit());
  };
  save_in(earlier::shoe{.id{"old"}, .brand{"Adi"}});
  save_in(later::shoe{.id{"new"}, .size{44}, .brand{"Puma"}, .worn_m{1.5}, .steps{manifest_of(2)}});
  {
    auto store = stride::sqlite_store<later::shoe>::open(folder / "a.db");
    REQUIRE(store.has_value());
    auto t = store->begin("s");
    const auto old = t->load<later::shoe>("old"), young = t->load<later::shoe>("new");
    REQUIRE(old.has_value());
    CHECK((**old).value.size.value == 42);
    CHECK((**old).value.brand.value == "Adi");
    CHECK(!(**old).value.worn_m.value.has_value());
    CHECK((**young).value.size.value == 44);
    CHECK((**young).value.steps.value.chunks.size() == 2);
  }
  // The earlier program still works on the file, and does not drop what it does not know.
  save_in(earlier::shoe{.id{"new"}, .brand{"Asics"}});
  CHECK(query(folder / "a.db", "SELECT id, size, brand, worn_m FROM shoes ORDER BY id") ==
        "new|44|Asics|1.5\nold||Adi|");
}

TEST_CASE("opening a store that is up to date writes nothing") {
  scratch_folder folder;
  { auto store = open(folder / "a.db"); }
  const auto before = folder.contents();
  { auto store = open(folder / "a.db"); }
  CHECK(folder.contents() == before);
}

TEST_CASE("a row reads well in plain SQL") {
  scratch_folder folder;
  auto store = open(folder / "a.db");
  row<workout> kept = workout_row("a", "Morning ride");
  kept.value.distance_m = std::optional<double>(42195.5);
  kept.value.tags = std::set<std::string>{"road", "long"};
  kept.value.started_at = timestamp(milliseconds(1763712000000));
  save(store, kept);
  kept.value.id = std::string("b");
  kept.value.distance_m = std::optional<double>();
  kept.value.started_at.value += milliseconds(250);
  kept.deleted = true;
  save(store, kept);
  CHECK(query(folder / "a.db",
              "SELECT _scope, id, name, distance_m, tags, started_at, _deleted FROM workouts ORDER BY id") ==
        "s|a|Morning ride|42195.5|[\"long\",\"road\"]|2025-11-21T08:00:00Z|0\n"
        "s|b|Morning ride||[\"long\",\"road\"]|2025-11-21T08:00:00.250Z|1");
  CHECK(query(folder / "a.db",
              "SELECT count(*) FROM workouts, json_each(workouts.tags) WHERE json_each.value = 'road'") == "2");
}

TEST_CASE("the table of chunks follows the manifests of its rows") {
  scratch_folder folder;
  auto store = open(folder / "a.db");
  const auto chunks = [&] {
    return query(folder / "a.db",
                 "SELECT id || ' ' || field || ' ' || group_concat(chunk_index || ':' || hex(digest) || ':' "
                 "|| points || ':' || encoded_size || ':' || original_size) FROM "
                 "(SELECT * FROM workouts_streams ORDER BY id, field, chunk_index) GROUP BY id, field");
  };
  const std::string zero = "0:00000000000000000000000000000000:1000:2000:3000",
                    one = "1:01000000000000000000000000000000:1001:2001:3001";
  auto a = workout_row("a"), b = workout_row("b");
  a.value.heart_rate = manifest_of(2);
  a.value.power = manifest_of(1);
  b.value.power = manifest_of(1);
  save(store, a);
  save(store, b);
  CHECK(chunks() == "a heart_rate " + zero + "," + one + "\na power " + zero + "\nb power " + zero);
  CHECK(is_same_value(load(store, "a")->value, a.value));

  a.value.heart_rate = manifest_of(1);
  a.value.power = manifest{};
  save(store, a);
  CHECK(chunks() == "a heart_rate " + zero + "\nb power " + zero);

  // A save that leaves the manifests alone leaves their table alone.
  query(folder / "a.db",
        "CREATE TRIGGER still BEFORE DELETE ON workouts_streams BEGIN SELECT RAISE(ABORT, 'moved'); END");
  a.value.name = std::string("renamed");
  save(store, a);
  query(folder / "a.db", "DROP TRIGGER still");

  auto t = store.begin("s");
  REQUIRE(t->erase<workout>("a"));
  REQUIRE(t->commit());
  CHECK(chunks() == "b power " + zero);
}

TEST_CASE("a second connection waits for the first, and is busy when that takes too long") {
  scratch_folder folder;
  auto first = open(folder / "a.db"), second = open(folder / "a.db", {.busy_timeout = milliseconds(30)}),
       patient = open(folder / "a.db", {.busy_timeout = milliseconds(60'000)});
  auto held = first.begin("s");
  REQUIRE(held.has_value());
  REQUIRE(held->save(workout_row("a")));
  {
    const auto begun = std::chrono::steady_clock::now();
    const auto t = second.begin("s");
    REQUIRE(!t.has_value());
    CHECK(t.error().code == error_code::busy);
    CHECK(t.error().severity == error_class::transient);
    CHECK_THAT(t.error().message, ContainsSubstring("another connection is writing to it"));
    CHECK(std::chrono::steady_clock::now() - begun >= milliseconds(25));
  }
  std::thread waiting([&] {
    auto t = patient.begin("s");
    if (t && t->save(workout_row("b"))) (void)t->commit();
  });
  std::this_thread::sleep_for(milliseconds(20));
  const auto committed = held->commit();
  waiting.join();
  REQUIRE(committed);
  CHECK(load(second, "a").has_value());
  CHECK(load(second, "b").has_value());
}

TEST_CASE("many connections may make the same store at the same time") {
  scratch_folder folder;
  std::vector<std::string> failures(8);
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < failures.size(); ++i) {
    threads.emplace_back([&, i] {
      auto store = workout_store::open(folder / "a.db", {.busy_timeout = milliseconds(60'000)});
      if (!store) {
        failures[i] = store.error().message;
        return;
      }
      auto t = store->begin("s");
      if (!t || !t->save(workout_row(std::to_string(i))) || !t->commit()) failures[i] = "cannot write";
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(failures == std::vector<std::string>(8));
  CHECK(query(folder / "a.db", "SELECT count(*) FROM workouts") == "8");
}

TEST_CASE("a column that somebody filled with nonsense is named in the error") {
  scratch_folder folder;
  auto store = open(folder / "a.db");
  save(store, workout_row("a"));
  query(folder / "a.db", "UPDATE workouts SET tags = 'road, long'");
  auto t = store.begin("s");
  const auto loaded = t->load<workout>("a");
  REQUIRE(!loaded.has_value());
  CHECK(loaded.error().code == error_code::malformed);
  CHECK_THAT(loaded.error().message, ContainsSubstring("'workouts'") && ContainsSubstring("column 'tags'"));
  CHECK(!t->scan<workout>(std::nullopt, 10).has_value());
}

TEST_CASE("a row that could not be loaded again is not saved") {
  scratch_folder folder;
  auto store = open(folder / "a.db");
  auto kept = workout_row("a");
  kept.value.tags = std::set<std::string>{"\xFF"};
  auto t = store.begin("s");
  const auto saved = t->save(kept);
  REQUIRE(!saved.has_value());
  CHECK(saved.error().code == error_code::invalid_value);
  CHECK_THAT(saved.error().message, ContainsSubstring("field 'tags'") && ContainsSubstring("not UTF-8"));
}

TEST_CASE("a full disk is told as such") {
  scratch_folder folder;
  auto database = stride::sqlite_database::open(folder / "b.db", {});
  REQUIRE(database.has_value());
  REQUIRE(database->run("PRAGMA max_page_count = 8; CREATE TABLE t(x)", "begin"));
  const auto filled = database->run("INSERT INTO t VALUES(zeroblob(100000))", "fill the disk");
  REQUIRE(!filled.has_value());
  CHECK(filled.error().code == error_code::store_failed);
  CHECK(filled.error().severity == error_class::retryable);
  CHECK_THAT(filled.error().message,
             ContainsSubstring("cannot fill the disk in '") && ContainsSubstring("the disk is full; free some space"));
}

TEST_CASE("a commit survives a power cut unless the store was told otherwise") {
  // 3 is EXTRA and 1 is NORMAL. Asked of the store's own connection, since the setting is not in the file.
  for (const bool is_full : {true, false}) {
    scratch_folder folder;
    auto database = stride::sqlite_database::open(folder / "a.db", {.is_fully_synchronous = is_full});
    REQUIRE(database.has_value());
    REQUIRE(database->configure());
    auto asked = database->prepare("PRAGMA synchronous", "ask");
    REQUIRE(asked->step());
    CHECK(asked->integer(0) == (is_full ? 3 : 1));
    auto mode = database->prepare("PRAGMA journal_mode", "ask");
    REQUIRE(mode->step());
    CHECK(mode->text(0) == "wal");
  }
}

struct odd_kinds {
  static constexpr record_info sync{.table = "order"};  // a word of SQL
  using thirds = std::chrono::duration<std::int64_t, std::ratio<1, 3>>;

  key<std::string> select{};
  lww<std::chrono::sys_time<thirds>> group{};
  lww<std::vector<std::chrono::sys_time<thirds>>> where{};
  lww<std::chrono::sys_days> day{};
};

TEST_CASE("clocks of odd ticks and names that are words of SQL are kept too") {
  scratch_folder folder;
  auto store = stride::sqlite_store<odd_kinds>::open(folder / "a.db");
  REQUIRE(store.has_value());
  row<odd_kinds> kept;
  kept.value.select = std::string("a");
  kept.value.group.value += odd_kinds::thirds(7);
  kept.value.where.value.push_back(kept.value.group.value);
  kept.value.day = std::chrono::sys_days(std::chrono::days(20000));
  auto t = store->begin("s");
  REQUIRE(t->save(kept));
  const auto loaded = t->load<odd_kinds>("a");
  REQUIRE(loaded.has_value());
  CHECK(**loaded == kept);
  REQUIRE(t->commit());
  CHECK(query(folder / "a.db", "SELECT \"group\", day FROM \"order\"") == "7|2024-10-04T00:00:00Z");
}

}  // namespace

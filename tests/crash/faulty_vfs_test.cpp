// SPDX-License-Identifier: BSL-1.0
// That the disks lose what real ones lose, held against databases that are less careful than the store is.
#include "crash/faulty_vfs.hpp"

#include "storage/sqlite_database.hpp"
#include "temporary_folder.hpp"

#include <catch2/catch_test_macros.hpp>

#include <cstdint>
#include <filesystem>
#include <string>

namespace {

using crash::fault;
using stride::sqlite_database;
using stride::sqlite_options;
namespace fs = std::filesystem;

// Opens the database of a folder and writes a row in a transaction of its own, as often as said; how often it was acknowledged.
int add_rows(const fs::path& folder, int count, const sqlite_options& options, const char* setting = "") {
  auto file = sqlite_database::open(folder / "a.db", options);
  if (!file || !file->configure() || !file->run(setting, "set") || !file->run("CREATE TABLE IF NOT EXISTS t(x)", "make")) return 0;
  int acknowledged = 0;
  for (int i = 0; i < count; ++i) acknowledged += file->run("INSERT INTO t VALUES(randomblob(3000))", "add").has_value();
  file->keep_log_on_close(true);
  return acknowledged;
}

// The answer to a question, or why there is none.
std::string ask(const fs::path& folder, const char* question) {
  auto file = sqlite_database::open(folder / "a.db", {});
  if (!file) return file.error().message;
  auto asked = file->prepare(question, "ask");
  if (!asked) return asked.error().message;
  auto stepped = asked->step();
  return stepped ? std::string(asked->text(0)) : stepped.error().message;
}

TEST_CASE("a power cut takes commits that were not synced, and damages what is never synced") {
  int kept = 0, lost = 0, damaged = 0;
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    for (const bool is_synced : {true, false}) {
      const test::temporary_folder folder;
      crash::faulty_vfs disks;
      const int rows = 20 + static_cast<int>(seed);
      CHECK(add_rows(folder.path(), rows, {.is_fully_synchronous = is_synced}) == rows);
      disks.cut_power(folder.path(), seed);
      CHECK(ask(folder.path(), "PRAGMA integrity_check") == "ok");
      const bool is_whole = ask(folder.path(), "SELECT count(*) FROM t") == std::to_string(rows);
      if (is_synced) CHECK(is_whole);
      ++(is_whole ? kept : lost);
    }
    const test::temporary_folder folder;
    crash::faulty_vfs disks;
    CHECK(add_rows(folder.path(), 40, {}, "PRAGMA synchronous = OFF") == 40);
    disks.cut_power(folder.path(), seed);
    damaged += ask(folder.path(), "PRAGMA integrity_check") != "ok";
  }
  CHECK(kept >= 40);
  CHECK(lost > 0);
  CHECK(damaged > 0);
}

TEST_CASE("a process that is killed leaves what it wrote, and its machine answers nothing until it is started again") {
  const test::temporary_folder folder;
  crash::faulty_vfs disks;
  disks.arm({fault::kill, 100});
  const int acknowledged = add_rows(folder.path(), 1000, {.is_fully_synchronous = false});
  CHECK(acknowledged > 0);
  CHECK(acknowledged < 100);
  CHECK(disks.struck() == 1);
  CHECK(disks.is_dead(folder.path()));
  CHECK(add_rows(folder.path(), 1, {}) == 0);
  disks.restart(folder.path());
  CHECK(ask(folder.path(), "SELECT count(*) FROM t") == std::to_string(acknowledged));
  CHECK(add_rows(folder.path(), 1, {}) == 1);
}

TEST_CASE("a full disk lets nothing grow until it is healed, and a fault that comes once comes once") {
  const test::temporary_folder folder;
  crash::faulty_vfs disks;
  CHECK(add_rows(folder.path(), 1, {}) == 1);
  disks.arm({fault::disk_full, 1, true});
  CHECK(add_rows(folder.path(), 5, {}) == 0);
  disks.heal();
  CHECK(add_rows(folder.path(), 5, {}) == 5);
  disks.arm({fault::io_error, 80});
  CHECK(add_rows(folder.path(), 30, {}) >= 29);
  CHECK(disks.struck() == 1);
  CHECK(ask(folder.path(), "PRAGMA integrity_check") == "ok");
}

// The journal with which SQLite turns the log on came back after the power cut, and undid the making of the file: nothing had
// synced its removal, since a log that is there already is not made again.
TEST_CASE("a file whose maker died or failed anywhere is made by the next process, and no power cut undoes that") {
  std::uint64_t struck = 0;
  for (const fault what : {fault::kill, fault::io_error}) {
    for (std::uint64_t at = 1;; ++at) {
      bool is_over = false;
      for (const std::uint64_t seed : {1, 2, 3, 4}) {
        const test::temporary_folder folder;
        crash::faulty_vfs disks;
        disks.arm({what, at, false, seed});
        int acknowledged = add_rows(folder.path(), 2, {});
        is_over = disks.struck() == 0;
        struck += disks.struck();
        disks.heal();
        disks.restart(folder.path());
        acknowledged += add_rows(folder.path(), 2, {});
        disks.cut_power(folder.path(), seed);
        INFO("at operation " << at << " with chance " << seed);
        CHECK(acknowledged >= 2);
        CHECK(std::stoi("0" + ask(folder.path(), "SELECT count(*) FROM t")) >= acknowledged);
      }
      if (is_over) break;
    }
  }
  CHECK(struck > 100);
}

}  // namespace

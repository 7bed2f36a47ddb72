// SPDX-License-Identifier: BSL-1.0
// What C++ programs would use instead: one record with edits of this side takes the edits of another side.
// Usage: rivals, which prints lines of: name, fields, ns per record (the best tenth of the turns), bytes of the update

#include "interleave.hpp"
#include "same_work.hpp"
#include "width_values.hpp"

#include <syncline/wire.hpp>

#include <sqlite3.h>

#include <cstdio>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#if __has_include(<nlohmann/json.hpp>)
#include <nlohmann/json.hpp>
#define BENCH_HAS_NLOHMANN
#endif

namespace {

using bench::edited_records;
using bench::require;

constexpr std::size_t count = 200;  // records of a turn

/// One way of merging: all records of a turn, and the way back.
struct way {
  std::string name;
  std::function<void()> restore, merge;
  std::size_t bytes = 0;
  bench::samples times{};
};

/// Three versions in memory.
template <class R>
way three_versions() {
  auto w = std::make_shared<edited_records<R>>(count);
  return {"Syncline, three versions", [w] { for (std::size_t i = 0; i < count; ++i) w->restore(i); },
          [w] {
            for (std::size_t i = 0; i < count; ++i) {
              syncline::resolve_onto(w->base[i], w->local[i], w->at_local[i], w->remote[i], w->at_remote[i], w->how);
            }
          }};
}

/// The other side's change as bytes: checked, decoded, merged.
template <class R>
way update_from_bytes() {
  auto w = std::make_shared<edited_records<R>>(count);
  std::vector<std::string> updates(count);
  for (std::size_t i = 0; i < count; ++i) {
    syncline::change<R> change;
    change.what = syncline::diff(w->base[i], w->remote[i]);
    syncline::stamp_fields(change, {9500});
    syncline::encode_to(updates[i], *w->base[i].id, change);
  }
  const std::size_t bytes = updates[0].size();
  return {"Syncline, update from bytes", [w] { for (std::size_t i = 0; i < count; ++i) w->restore(i); },
          [w, updates = std::move(updates), change = syncline::change<R>{}, id = std::string()]() mutable {
            const syncline::device_id by("phone");
            for (std::size_t i = 0; i < count; ++i) {
              syncline::reader in(updates[i]);
              syncline::internal::take_change(in, id, change);
              require(in.finish("a change").has_value(), "an update");
              syncline::resolve_change(change, by, syncline::role::client, bench::edited_here<R>, w->local[i],
                                       w->at_local[i], w->how);
            }
          },
          bytes};
}

[[maybe_unused]] std::string name_of(std::size_t field) { return "f" + std::to_string(field); }

#ifdef BENCH_HAS_NLOHMANN

nlohmann::json json_value(const auto& value) {
  if constexpr (requires { value.has_value(); }) return *value;
  else return value;
}

template <class R>
nlohmann::json json_of(const R& record, syncline::field_set<R> fields) {
  nlohmann::json made = nlohmann::json::object();
  syncline::for_each_field(
      [&](auto at, const auto& field) {
        if (fields.contains(at)) made[name_of(at)] = json_value(field.value);
      },
      record);
  return made;
}

template <class R>
struct documents {
  std::vector<nlohmann::json> edited, local, patches;
  std::vector<std::string> texts;

  documents() {
    edited_records<R> w(count);
    for (std::size_t i = 0; i < count; ++i) {
      edited.push_back(json_of(w.edited[i], syncline::field_set<R>::all()));
      patches.push_back(json_of(w.remote[i], bench::edited_there<R>));
      texts.push_back(patches.back().dump());
    }
    local = edited;
    local[0].merge_patch(patches[0]);
    auto expected = edited[0];
    expected.update(patches[0]);
    require(local[0] == expected, "a merged document");
  }
};

template <class R>
void add_nlohmann(std::vector<way>& ways) {
  auto w = std::make_shared<documents<R>>();
  const auto restore = [w] { w->local = w->edited; };
  const std::size_t bytes = w->texts[0].size();
  ways.push_back({"nlohmann::json merge_patch", restore,
                  [w] { for (std::size_t i = 0; i < count; ++i) w->local[i].merge_patch(w->patches[i]); }, bytes});
  ways.push_back({"nlohmann::json merge_patch, from text", restore,
                  [w] {
                    for (std::size_t i = 0; i < count; ++i) {
                      w->local[i].merge_patch(nlohmann::json::parse(w->texts[i]));
                    }
                  },
                  bytes});
}

#else
template <class R>
void add_nlohmann(std::vector<way>&) {}
#endif

#ifdef SQLITE_ENABLE_SESSION

void must(int code, sqlite3* db) {
  if (code == SQLITE_OK || code == SQLITE_DONE || code == SQLITE_ROW) return;
  std::fprintf(stderr, "rivals: SQLite: %s\n", sqlite3_errmsg(db));
  std::exit(1);
}

/// A table of such records in memory.
template <class R>
class table {
 public:
  table() {
    must(sqlite3_open(":memory:", &db), db);
    std::string columns = "f0 TEXT PRIMARY KEY";
    for (std::size_t i = 1; i < syncline::field_count<R>; ++i) columns += ", " + name_of(i);
    run("CREATE TABLE r(" + columns + ") WITHOUT ROWID");
  }
  table(const table&) = delete;
  ~table() { sqlite3_close(db); }

  void run(const std::string& sql) { must(sqlite3_exec(db, sql.c_str(), nullptr, nullptr, nullptr), db); }

  void insert(const std::vector<R>& records) {
    std::string marks = "?1";
    for (std::size_t i = 1; i < syncline::field_count<R>; ++i) marks += ", ?" + std::to_string(i + 1);
    each(records, "INSERT INTO r VALUES(" + marks + ")");
  }
  void update(const std::vector<R>& records, syncline::field_set<R> fields) {
    std::string set;
    fields.for_each([&](std::size_t i) {
      set += (set.empty() ? "" : ", ") + name_of(i) + " = ?" + std::to_string(i + 1);
    });
    each(records, "UPDATE r SET " + set + " WHERE f0 = ?1");
  }

  sqlite3* db = nullptr;

 private:
  void each(const std::vector<R>& records, const std::string& sql) {
    sqlite3_stmt* statement = nullptr;
    must(sqlite3_prepare_v2(db, sql.c_str(), -1, &statement, nullptr), db);
    run("BEGIN");
    for (const R& record : records) {
      syncline::for_each_field(
          [&](auto at, const auto& field) { bind(statement, static_cast<int>(at) + 1, field.value); }, record);
      must(sqlite3_step(statement), db);
      must(sqlite3_reset(statement), db);
    }
    run("COMMIT");
    sqlite3_finalize(statement);
  }

  // what the statement has no place for is left out
  static void bind(sqlite3_stmt* s, int at, const std::string& v) {
    sqlite3_bind_text(s, at, v.data(), static_cast<int>(v.size()), SQLITE_TRANSIENT);
  }
  static void bind(sqlite3_stmt* s, int at, double v) { sqlite3_bind_double(s, at, v); }
  static void bind(sqlite3_stmt* s, int at, int v) { sqlite3_bind_int(s, at, v); }
  static void bind(sqlite3_stmt* s, int at, std::int64_t v) { sqlite3_bind_int64(s, at, v); }
  static void bind(sqlite3_stmt* s, int at, bool v) { sqlite3_bind_int(s, at, v); }
  template <class T>
  static void bind(sqlite3_stmt* s, int at, const std::optional<T>& v) {
    bind(s, at, *v);
  }
  static void bind(sqlite3_stmt* s, int at, const std::vector<std::string>& v) {
    std::string joined;
    for (const std::string& each : v) joined += each + ',';
    bind(s, at, joined);
  }
};

/// Applies the other side's changeset of all records at once; where both changed a column, theirs replaces it.
template <class R>
void add_sqlite(std::vector<way>& ways) {
  struct state {
    edited_records<R> records{count};
    table<R> local;
    void* changeset = nullptr;
    int size = 0;
    ~state() { sqlite3_free(changeset); }
  };
  auto w = std::make_shared<state>();
  table<R> remote;
  remote.insert(w->records.base);
  sqlite3_session* session = nullptr;
  must(sqlite3session_create(remote.db, "main", &session), remote.db);
  must(sqlite3session_attach(session, nullptr), remote.db);
  remote.update(w->records.remote, bench::edited_there<R>);
  must(sqlite3session_changeset(session, &w->size, &w->changeset), remote.db);
  sqlite3session_delete(session);
  w->local.insert(w->records.base);
  ways.push_back({"SQLite session, changeset applied",
                  [w] { w->local.update(w->records.edited, bench::edited_here<R> | bench::edited_there<R>); },
                  [w] {
                    const auto replace = [](void*, int why, sqlite3_changeset_iter*) -> int {
                      return why == SQLITE_CHANGESET_DATA ? SQLITE_CHANGESET_REPLACE : SQLITE_CHANGESET_ABORT;
                    };
                    sqlite3* const db = w->local.db;
                    must(sqlite3changeset_apply(db, w->size, w->changeset, nullptr, replace, nullptr), db);
                  },
                  static_cast<std::size_t>(w->size) / count});
}

#else
template <class R>
void add_sqlite(std::vector<way>&) {}
#endif

template <class R>
void rows() {
  std::vector<way> ways{three_versions<R>(), update_from_bytes<R>()};
  add_nlohmann<R>(ways);
  add_sqlite<R>(ways);
  for (int turn = 0; turn < 200; ++turn) {
    for (way& each : ways) {
      each.restore();
      auto all = [&](std::size_t) { each.merge(); };
      each.times.add(bench::time_batch(all, 0, 1) / count);
    }
  }
  for (way& each : ways) {
    const double ns = each.times.quantile(0.1);
    std::printf("%s\t%zu\t%.1f\t%zu\n", each.name.c_str(), syncline::field_count<R>, ns, each.bytes);
  }
  std::fflush(stdout);
}

}  // namespace

int main() {
  rows<bench::lww_4>(), rows<bench::lww_16>(), rows<bench::lww_28>(), rows<bench::lww_60>();
#ifndef BENCH_HAS_NLOHMANN
  std::printf("nlohmann::json merge_patch\t-\tleft out: nlohmann-json3-dev was not there at the build\n");
#endif
#ifndef SQLITE_ENABLE_SESSION
  std::printf("SQLite session, changeset applied\t-\tleft out: this SQLite was built without the session extension\n");
#endif
}

// SPDX-License-Identifier: BSL-1.0
#include "storage/sqlite_store.hpp"

#include <syncline/core/version.hpp>

#include <algorithm>
#include <system_error>

namespace stride::internal {

using syncline::error;
using syncline::error_code;
using syncline::phase;
using syncline::result;

namespace {

std::string in_quotes(std::string_view text) { return "'" + std::string(text) + "'"; }

std::string chunk_table(const sqlite_table& table) { return sql_name(std::string(table.name) + "_streams"); }

std::string key_name(const sqlite_table& table) { return sql_name(table.columns[table.key].name); }

bool has_chunks(const sqlite_table& table) {
  return std::any_of(table.columns.begin(), table.columns.end(), [](const auto& c) { return c.is_chunked; });
}

std::string column_names(const sqlite_table& table) {
  std::string names;
  for (const auto& column : table.columns) names += sql_name(column.name) + ", ";
  return names;
}

std::string create(const sqlite_table& table) {
  const std::string key = key_name(table);
  std::string sql = "CREATE TABLE IF NOT EXISTS " + sql_name(table.name) + "(_scope TEXT NOT NULL, ";
  for (const auto& column : table.columns) {
    sql += sql_name(column.name).append(" ").append(column.type);
    sql += &column == &table.columns[table.key] ? " NOT NULL, " : ", ";
  }
  sql += "_deleted INTEGER NOT NULL DEFAULT 0, _sync BLOB NOT NULL DEFAULT x'', PRIMARY KEY(_scope, " + key + "));";
  if (has_chunks(table)) {
    sql +=
        "CREATE TABLE IF NOT EXISTS " + chunk_table(table) + "(_scope TEXT NOT NULL, id " +
        std::string(table.columns[table.key].type) +
        " NOT NULL, field TEXT NOT NULL, chunk_index INTEGER NOT NULL, digest BLOB NOT NULL, points INTEGER NOT NULL, "
        "original_size INTEGER NOT NULL, encoded_size INTEGER NOT NULL, "
        "PRIMARY KEY(_scope, id, field, chunk_index), FOREIGN KEY(_scope, id) REFERENCES " +
        sql_name(table.name) + "(_scope, " + key + ") ON DELETE CASCADE) WITHOUT ROWID;";
  }
  return sql;
}

// The SQL of one statement, and what it does in words.
struct worded {
  std::string sql;
  std::string doing;
};

worded words(store_statement which) {
  switch (which) {
    case store_statement::begin: return {"BEGIN IMMEDIATE", "begin a transaction"};
    case store_statement::commit: return {"COMMIT", "commit"};
    case store_statement::roll_back: return {"ROLLBACK", "roll back"};
    case store_statement::get:
      return {"SELECT bytes FROM entries WHERE _scope = ?1 AND space = ?2 AND name = ?3", "read an entry"};
    case store_statement::put:
      return {
          "INSERT INTO entries(_scope, space, name, bytes) VALUES(?1, ?2, ?3, ?4) "
          "ON CONFLICT DO UPDATE SET bytes = excluded.bytes",
          "write an entry"};
    case store_statement::remove:
      return {"DELETE FROM entries WHERE _scope = ?1 AND space = ?2 AND name = ?3", "remove an entry"};
    case store_statement::read_schema: return {"PRAGMA schema_version", "begin a transaction"};
    default:
      return {"SELECT name, bytes FROM entries WHERE _scope = ?1 AND space = ?2 AND name > ?3 ORDER BY name LIMIT ?4",
              "list entries"};
  }
}

worded words(const sqlite_table& table, table_statement which) {
  const std::string name = sql_name(table.name), key = key_name(table), of = " of " + in_quotes(table.name);
  const std::string select = "SELECT " + column_names(table) + "_deleted, _sync FROM " + name + " WHERE _scope = ?1";
  switch (which) {
    case table_statement::load: return {select + " AND " + key + " = ?2", "read a row" + of};
    case table_statement::erase:
      return {"DELETE FROM " + name + " WHERE _scope = ?1 AND " + key + " = ?2", "erase a row" + of};
    case table_statement::scan: return {select + " ORDER BY " + key + " LIMIT ?2", "read rows" + of};
    case table_statement::scan_after:
      return {select + " AND " + key + " > ?3 ORDER BY " + key + " LIMIT ?2", "read rows" + of};
    case table_statement::save: {
      // An upsert, since a replaced row would take its chunks with it.
      std::string values = "?1", sets;
      for (std::size_t i = 0; i < table.columns.size() + 2; ++i) values += ", ?" + std::to_string(i + 2);
      for (std::size_t i = 0; i < table.columns.size(); ++i) {
        if (i == table.key) continue;
        const std::string column = sql_name(table.columns[i].name);
        sets += column + " = excluded." + column + ", ";
      }
      return {"INSERT INTO " + name + "(_scope, " + column_names(table) + "_deleted, _sync) VALUES(" + values +
                  ") ON CONFLICT DO UPDATE SET " + sets + "_deleted = excluded._deleted, _sync = excluded._sync",
              "save a row" + of};
    }
    case table_statement::load_chunked: {
      std::string columns;
      for (const auto& column : table.columns) {
        if (column.is_chunked) columns += (columns.empty() ? "" : ", ") + sql_name(column.name);
      }
      return {"SELECT " + columns + " FROM " + name + " WHERE _scope = ?1 AND " + key + " = ?2", "read a row" + of};
    }
    case table_statement::drop_chunks:
      return {"DELETE FROM " + chunk_table(table) + " WHERE _scope = ?1 AND id = ?2 AND field = ?3",
              "rewrite the chunks of a row" + of};
    default:
      return {"INSERT INTO " + chunk_table(table) +
                  "(_scope, id, field, chunk_index, digest, points, original_size, encoded_size) "
                  "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
              "rewrite the chunks of a row" + of};
  }
}

}  // namespace

sqlite_file::sqlite_file(sqlite_database database, std::vector<sqlite_table> tables)
    : database_(std::move(database)), tables_(std::move(tables)), table_statements_(tables_.size()) {}

result<std::unique_ptr<sqlite_file>> sqlite_file::open(const std::filesystem::path& path, const sqlite_options& options,
                                                       std::vector<sqlite_table> tables) {
  // A log that is there may hold what its writer could not fold into the file: it stays until it is known that this
  // program may write. Without one, closing removes the empty log that opening makes.
  std::error_code absent;
  const auto log_size = std::filesystem::file_size(path.string() + "-wal", absent);
  auto database = sqlite_database::open(path, options);
  if (!database) return database.error();
  database->keep_log_on_close(!absent && log_size > 0);
  std::unique_ptr<sqlite_file> file(new sqlite_file(std::move(*database), std::move(tables)));
  if (auto prepared = file->prepare_file(); !prepared) return prepared.error();
  return file;
}

result<void> sqlite_file::prepare_file() {
  auto schema = read_schema();
  if (!schema) return schema.error();
  schema_ = *schema;
  auto current = is_up_to_date();
  if (!current) return current.error();
  database_.keep_log_on_close(false);
  auto set = database_.configure();
  if (!set || *current) return set;
  if (auto begun = begin(); !begun) return begun;
  // Asked again, since another process may have come first.
  current = is_up_to_date();
  result<void> done;
  if (!current) {
    done = current.error();
  } else if (!*current) {
    done = bring_up_to_date();
  }
  if (done) {
    schema = read_schema();
    if (schema) schema_ = *schema;
    done = schema ? database_.run("COMMIT", "open the store") : schema.error();
  }
  if (!done) roll_back();
  return done;
}

// Whether an older version's table has rows; notes whether it is there at all.
result<bool> sqlite_file::has_rows(sqlite_table& older) {
  auto there = has_table(older.name);
  if (!there) return there;
  older.is_there = *there;
  if (!*there) return false;
  auto some = database_.prepare("SELECT 1 FROM " + sql_name(older.name) + " LIMIT 1", "open the store");
  if (!some) return some.error();
  return some->step();
}

result<bool> sqlite_file::has_table(std::string_view name) {
  auto select = database_.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?1", "open the store");
  if (!select) return select.error();
  select->bind_text(1, name);
  return select->step();
}

// Renames the table that an older program has left, so that its rows and those of the new version are apart.
result<void> sqlite_file::set_older_apart(const sqlite_table& table) {
  auto stored = meta(std::string(table.record) + ".version");
  if (!stored) return stored.error();
  if (stored->value_or(table.version) == std::int64_t{table.version}) return {};
  const std::string name(table.record), apart = name + "_v" + std::to_string(**stored);
  for (const std::string part : {"", "_streams"}) {
    auto there = has_table(name + part);
    if (!there) return there.error();
    if (!*there) continue;
    if (auto renamed = database_.run("ALTER TABLE " + sql_name(name + part) + " RENAME TO " + sql_name(apart + part),
                                     "set apart the rows of an older version");
        !renamed) {
      return renamed;
    }
  }
  return {};
}

result<std::int64_t> sqlite_file::read_schema() {
  auto read = statement(store_statement::read_schema);
  if (!read) return read.error();
  auto row = (*read)->step();
  if (!row) return row.error();
  const std::int64_t schema = (*read)->integer(0);
  (*read)->reset();
  return schema;
}

// Another process may have changed the tables since, and be of a newer version.
result<void> sqlite_file::check_schema() {
  auto schema = read_schema();
  if (!schema) return schema.error();
  if (*schema == schema_) return {};
  auto current = is_up_to_date();
  if (!current) return current.error();
  schema_ = *schema;
  return {};
}

result<bool> sqlite_file::is_up_to_date() {
  auto names = database_.prepare("SELECT count(*), count(CASE WHEN name = 'meta' THEN 1 END) FROM sqlite_schema",
                                 "open the store");
  if (!names) return names.error();
  auto row = names->step();
  if (!row) return row.error();
  const bool is_empty = names->integer(0) == 0, is_ours = names->integer(1) == 1;
  names->reset();
  if (is_empty) return false;
  const auto refuse = [&](error_code code, std::string why) {
    return syncline::make_error(code, phase::store,
                                "cannot open the store in " + in_quotes(database_.file()) + ": " + std::move(why));
  };
  auto version = is_ours ? meta("storage_version") : result<std::optional<std::int64_t>>(std::nullopt);
  if (!version) return version.error();
  if (!*version) {
    return refuse(error_code::malformed,
                  "it is another program's database; name another file, nothing has been changed in this one");
  }
  if (**version > std::int64_t{syncline::storage_version}) {
    return refuse(error_code::wrong_version,
                  "it was written by storage version " + std::to_string(**version) + " and this program knows " +
                      std::to_string(syncline::storage_version) + "; use a newer program, nothing has been changed");
  }
  bool is_current = **version == std::int64_t{syncline::storage_version};
  for (const sqlite_table& table : tables_) {
    if (table.is_older) continue;
    const std::string name(table.name);
    auto stored = meta(name + ".version"), fingerprint = meta(name + ".fingerprint");
    if (!stored) return stored.error();
    if (!fingerprint) return fingerprint.error();
    if (stored->value_or(0) > std::int64_t{table.version}) {
      return refuse(error_code::wrong_version, in_quotes(name) + " was written by version " + std::to_string(**stored) +
                                                   " of its declaration and this program knows " +
                                                   std::to_string(table.version) +
                                                   "; use a newer program, nothing has been changed");
    }
    const auto is_its_older = [&](const sqlite_table& older) {
      return older.is_older && older.record == table.record && std::int64_t{older.version} == **stored;
    };
    if (*stored && **stored < std::int64_t{table.version} && std::none_of(tables_.begin(), tables_.end(), is_its_older)) {
      return refuse(error_code::wrong_version,
                    in_quotes(name) + " was written by version " + std::to_string(**stored) +
                        " of its declaration, and this program has version " + std::to_string(table.version) +
                        " and no way from there; use a program in between, nothing has been changed");
    }
    is_current = is_current && *stored == std::int64_t{table.version} &&
                 *fingerprint == static_cast<std::int64_t>(table.fingerprint);
  }
  for (sqlite_table& table : tables_) {
    if (!table.is_older) continue;
    auto rows = has_rows(table);
    if (!rows) return rows.error();
    is_current = is_current && *rows == table.is_there;  // else it can go
  }
  return is_current;
}

result<void> sqlite_file::bring_up_to_date() {
  // Entries have their bytes beside the index, not in it: a search copies every entry of an index that is too large for its
  // page each time it passes it, as it would a chunk for each look at a queue.
  std::string sql =
      "CREATE TABLE IF NOT EXISTS meta(name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;"
      "CREATE TABLE IF NOT EXISTS entries(_scope TEXT NOT NULL, space TEXT NOT NULL, name BLOB NOT NULL, "
      "bytes BLOB NOT NULL, PRIMARY KEY(_scope, space, name));";
  if (auto is_old = has_table("meta"); !is_old) {
    return is_old.error();
  } else if (*is_old) {
    for (const sqlite_table& table : tables_) {
      if (table.is_older) continue;
      if (auto apart = set_older_apart(table); !apart) return apart;
    }
  }
  for (const sqlite_table& table : tables_) {
    if (!table.is_older) sql += create(table);
  }
  if (auto created = database_.run(sql, "make the tables"); !created) return created;
  if (auto set = set_meta("storage_version", syncline::storage_version); !set) return set;
  for (const sqlite_table& table : tables_) {
    if (table.is_older) continue;
    const std::string name(table.name);
    if (auto added = add_missing_columns(table); !added) return added;
    if (auto set = set_meta(name + ".version", table.version); !set) return set;
    if (auto set = set_meta(name + ".fingerprint", static_cast<std::int64_t>(table.fingerprint)); !set) return set;
  }
  return drop_empty_older();
}

result<void> sqlite_file::drop_empty_older() {
  for (sqlite_table& table : tables_) {
    if (!table.is_older) continue;
    auto rows = has_rows(table);
    if (!rows) return rows.error();
    if (!table.is_there) continue;
    if (*rows) {
      if (auto added = add_missing_columns(table); !added) return added;
      continue;
    }
    if (auto dropped = database_.run("DROP TABLE IF EXISTS " + chunk_table(table) + "; DROP TABLE " + sql_name(table.name),
                                     "drop a table that is empty now");
        !dropped) {
      return dropped;
    }
    table.is_there = false;
  }
  return {};
}

result<void> sqlite_file::add_missing_columns(const sqlite_table& table) {
  auto present = database_.prepare("SELECT name FROM pragma_table_info(?1)", "read the columns of a table");
  if (!present) return present.error();
  present->bind_text(1, table.name);
  std::vector<std::string> names;
  for (;;) {
    auto row = present->step();
    if (!row) return row.error();
    if (!*row) break;
    names.emplace_back(present->text(0));
  }
  for (const auto& column : table.columns) {
    if (std::find(names.begin(), names.end(), column.name) != names.end()) continue;
    const std::string sql = "ALTER TABLE " + sql_name(table.name) + " ADD COLUMN " + sql_name(column.name) + " ";
    if (auto added = database_.run(sql + std::string(column.type), "add a column to " + in_quotes(table.name));
        !added) {
      return added;
    }
  }
  return {};
}

result<std::optional<std::int64_t>> sqlite_file::meta(std::string_view name) {
  auto select = database_.prepare("SELECT value FROM meta WHERE name = ?1", "read the version");
  if (!select) return select.error();
  select->bind_text(1, name);
  auto row = select->step();
  if (!row) return row.error();
  std::optional<std::int64_t> value;
  if (*row) value = select->integer(0);
  return value;
}

result<void> sqlite_file::set_meta(std::string_view name, std::int64_t value) {
  auto upsert =
      database_.prepare("INSERT INTO meta(name, value) VALUES(?1, ?2) ON CONFLICT DO UPDATE SET value = excluded.value",
                        "write the version");
  if (!upsert) return upsert.error();
  upsert->bind_text(1, name);
  upsert->bind(2, value);
  return upsert->run();
}

result<sqlite_statement*> sqlite_file::statement(store_statement which) {
  sqlite_statement& wanted = statements_[static_cast<std::size_t>(which)];
  if (!wanted) {
    const worded text = words(which);
    auto prepared = database_.prepare(text.sql, text.doing);
    if (!prepared) return prepared.error();
    wanted = std::move(*prepared);
  }
  return &wanted;
}

result<sqlite_statement*> sqlite_file::statement(std::size_t table, table_statement which) {
  sqlite_statement& wanted = table_statements_[table][static_cast<std::size_t>(which)];
  if (!wanted) {
    const worded text = words(tables_[table], which);
    auto prepared = database_.prepare(text.sql, text.doing);
    if (!prepared) return prepared.error();
    wanted = std::move(*prepared);
  }
  return &wanted;
}

result<void> sqlite_file::begin() {
  if (database_.is_in_transaction()) {
    return syncline::make_error(error_code::busy, phase::store,
                                "cannot begin a transaction in " + in_quotes(database_.file()) +
                                    ": another one of this connection is open; end that one first");
  }
  auto begin = statement(store_statement::begin);
  if (!begin) return begin.error();
  if (auto begun = (*begin)->run(); !begun) return begun;
  auto same = check_schema();
  if (!same) roll_back();
  return same;
}

void sqlite_file::roll_back() noexcept {
  if (!database_.is_in_transaction()) return;  // SQLite itself rolls back where the disk fails
  if (auto end = statement(store_statement::roll_back)) (void)(*end)->run();
}

error sqlite_file::unreadable(std::size_t table, std::size_t column) const {
  return syncline::make_error(
      error_code::malformed, phase::store,
      "cannot read a row of " + in_quotes(tables_[table].name) + " in " + in_quotes(database_.file()) + ": column " +
          in_quotes(tables_[table].columns[column].name) +
          " holds something that its field cannot be; correct it, or restore the file from a backup");
}

error sqlite_file::unwritable(std::size_t table, std::size_t column) const {
  return syncline::make_error(
      error_code::invalid_value, phase::store,
      "cannot save a row of " + in_quotes(tables_[table].name) + " in " + in_quotes(database_.file()) + ": field " +
          in_quotes(tables_[table].columns[column].name) + " has text in it that is not UTF-8; correct the text");
}

result<std::optional<std::string>> sqlite_transaction::get(std::string_view space, std::string_view name) {
  auto found = use(store_statement::get);
  if (!found) return found.error();
  sqlite_statement& select = **found;
  select.bind_text(2, space);
  select.bind_blob(3, name);
  auto row = select.step();
  if (!row) return remember(row.error());
  std::optional<std::string> bytes;
  if (*row) {
    bytes.emplace(select.blob(0));
    select.reset();
  }
  return bytes;
}

result<void> sqlite_transaction::put(std::string_view space, std::string_view name, std::string_view bytes) {
  auto found = use(store_statement::put);
  if (!found) return found.error();
  sqlite_statement& upsert = **found;
  upsert.bind_text(2, space);
  upsert.bind_blob(3, name);
  upsert.bind_blob(4, bytes);
  if (auto done = upsert.run(); !done) return remember(done.error());
  return {};
}

result<void> sqlite_transaction::remove(std::string_view space, std::string_view name) {
  auto found = use(store_statement::remove);
  if (!found) return found.error();
  (*found)->bind_text(2, space);
  (*found)->bind_blob(3, name);
  if (auto done = (*found)->run(); !done) return remember(done.error());
  return {};
}

result<std::vector<syncline::entry>> sqlite_transaction::list(std::string_view space, std::string_view after,
                                                              std::size_t limit) {
  auto found = use(store_statement::list);
  if (!found) return found.error();
  sqlite_statement& select = **found;
  select.bind_text(2, space);
  select.bind_blob(3, after);
  select.bind(4, row_limit(limit));
  std::vector<syncline::entry> entries;
  for (;;) {
    auto row = select.step();
    if (!row) return remember(row.error());
    if (!*row) return entries;
    entries.push_back({std::string(select.blob(0)), std::string(select.blob(1))});
  }
}

result<void> sqlite_transaction::commit() {
  if (failed_) return *failed_;
  auto found = file_->statement(store_statement::commit);
  if (!found) return remember(found.error());
  if (auto done = (*found)->run(); !done) return remember(done.error());
  file_ = nullptr;
  return {};
}

result<void> sqlite_transaction::save_chunks(std::string_view field, const syncline::manifest& chunks,
                                             sqlite_statement& drop, sqlite_statement& add) {
  drop.bind_text(3, field);
  if (auto dropped = drop.run(); !dropped) return remember(dropped.error());
  std::int64_t index = 0;
  for (const syncline::chunk_entry& chunk : chunks.chunks) {
    add.bind_text(3, field);
    add.bind(4, index++);
    add.bind_blob(5, {reinterpret_cast<const char*>(chunk.digest.bytes.data()), chunk.digest.bytes.size()});
    add.bind(6, std::int64_t{chunk.points});
    add.bind(7, std::int64_t{chunk.original_size});
    add.bind(8, std::int64_t{chunk.encoded_size});
    if (auto added = add.run(); !added) return remember(added.error());
  }
  return {};
}

}  // namespace stride::internal

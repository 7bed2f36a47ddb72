// SPDX-License-Identifier: BSL-1.0
#include "storage/sqlite_database.hpp"

#include <sqlite3.h>

#include <cerrno>
#include <chrono>
#include <thread>
#include <utility>

namespace stride {

using syncline::error;
using syncline::error_code;
using syncline::phase;
using syncline::result;

namespace {

// What to do about a failure, for those that a person can do something about.
error describe(int code, std::string_view file, std::string_view doing, std::string_view said) {
  error_code kind = error_code::store_failed;
  std::string advice;
  switch (code & 0xFF) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      kind = error_code::busy;
      advice = "another connection is writing to it; try again when that has finished";
      break;
    case SQLITE_FULL: advice = "the disk is full; free some space and try again"; break;
    case SQLITE_IOERR: advice = "the disk did not read or write; check the disk, then try again"; break;
    case SQLITE_READONLY:
    case SQLITE_PERM: advice = "it may not be written; check the permissions of the file and its folder"; break;
    case SQLITE_CANTOPEN:
      advice = "it cannot be opened; check that the folder exists and that it and the file may be read and written";
      break;
    case SQLITE_NOTADB:
      kind = error_code::malformed;
      advice = "it is not a database; move it away, or name another file";
      break;
    case SQLITE_CORRUPT:
      kind = error_code::malformed;
      advice = "it is damaged; restore it from a backup";
      break;
    case SQLITE_TOOBIG: advice = "a value is larger than SQLite takes"; break;
    default: break;
  }
  std::string message = "cannot ";
  message.append(doing).append(" in '").append(file).append("': ");
  if (advice.empty()) {
    message.append("SQLite says: ").append(said);
  } else {
    message.append(advice).append(" (SQLite says: ").append(said).append(")");
  }
  return syncline::make_error(kind, phase::store, std::move(message));
}

bool is_no_room(int cause) { return cause == ENOSPC || cause == EDQUOT || cause == EFBIG; }

// SQLite says that a disk is full only of writes without room: a file that cannot be made or mapped, or is over a quota, is
// any failure to it. It keeps the system's reason, but not that of a failed commit.
int with_cause(sqlite3* connection, int code) {
  const bool may_be = (code & 0xFF) == SQLITE_IOERR || (code & 0xFF) == SQLITE_CANTOPEN;
  return may_be && (is_no_room(errno) || is_no_room(sqlite3_system_errno(connection))) ? SQLITE_FULL : code;
}

error describe(sqlite3* connection, int code, std::string_view doing) {
  const char* const file = sqlite3_db_filename(connection, "main");
  return describe(with_cause(connection, code), file == nullptr ? "" : file, doing, sqlite3_errmsg(connection));
}

// A null pointer would bind NULL instead of no bytes.
const char* not_null(std::string_view bytes) { return bytes.data() == nullptr ? "" : bytes.data(); }

}  // namespace

sqlite_statement::sqlite_statement(sqlite_statement&& other) noexcept
    : statement_(std::exchange(other.statement_, nullptr)), doing_(std::move(other.doing_)), bound_(other.bound_) {}

sqlite_statement& sqlite_statement::operator=(sqlite_statement&& other) noexcept {
  std::swap(statement_, other.statement_);
  std::swap(doing_, other.doing_);
  std::swap(bound_, other.bound_);
  return *this;
}

sqlite_statement::~sqlite_statement() { sqlite3_finalize(statement_); }

void sqlite_statement::note(int code) noexcept {
  if (bound_ == SQLITE_OK) bound_ = code;
}

void sqlite_statement::bind_null(int parameter) noexcept { note(sqlite3_bind_null(statement_, parameter)); }

void sqlite_statement::bind(int parameter, std::int64_t number) noexcept {
  note(sqlite3_bind_int64(statement_, parameter, number));
}

void sqlite_statement::bind(int parameter, double number) noexcept {
  note(sqlite3_bind_double(statement_, parameter, number));
}

void sqlite_statement::bind_text(int parameter, std::string_view text) noexcept {
  note(sqlite3_bind_text64(statement_, parameter, not_null(text), text.size(), SQLITE_STATIC, SQLITE_UTF8));
}

void sqlite_statement::bind_blob(int parameter, std::string_view bytes) noexcept {
  note(sqlite3_bind_blob64(statement_, parameter, not_null(bytes), bytes.size(), SQLITE_STATIC));
}

void sqlite_statement::bind_text_copy(int parameter, std::string_view text) noexcept {
  note(sqlite3_bind_text64(statement_, parameter, not_null(text), text.size(), SQLITE_TRANSIENT, SQLITE_UTF8));
}

void sqlite_statement::bind_blob_copy(int parameter, std::string_view bytes) noexcept {
  note(sqlite3_bind_blob64(statement_, parameter, not_null(bytes), bytes.size(), SQLITE_TRANSIENT));
}

result<bool> sqlite_statement::step() {
  const int code = bound_ != SQLITE_OK ? bound_ : sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) {
    reset();
    return false;
  }
  error failure = describe(sqlite3_db_handle(statement_), code, doing_);  // before `reset` clears what SQLite says
  reset();
  return failure;
}

result<void> sqlite_statement::run() {
  auto stepped = step();
  if (!stepped) return stepped.error();
  if (*stepped) reset();
  return {};
}

void sqlite_statement::reset() noexcept {
  sqlite3_reset(statement_);
  bound_ = SQLITE_OK;
}

int sqlite_statement::columns() const noexcept { return sqlite3_column_count(statement_); }

sqlite_type sqlite_statement::type(int column) const noexcept {
  switch (sqlite3_column_type(statement_, column)) {
    case SQLITE_INTEGER: return sqlite_type::integer;
    case SQLITE_FLOAT: return sqlite_type::real;
    case SQLITE_TEXT: return sqlite_type::text;
    case SQLITE_BLOB: return sqlite_type::blob;
    default: return sqlite_type::null;
  }
}

std::int64_t sqlite_statement::integer(int column) const noexcept { return sqlite3_column_int64(statement_, column); }

double sqlite_statement::real(int column) const noexcept { return sqlite3_column_double(statement_, column); }

std::string_view sqlite_statement::text(int column) const noexcept {
  const auto* const bytes = sqlite3_column_text(statement_, column);  // asked for before its size, as SQLite wants it
  if (bytes == nullptr) return {};
  return {reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

std::string_view sqlite_statement::blob(int column) const noexcept {
  const void* const bytes = sqlite3_column_blob(statement_, column);
  if (bytes == nullptr) return {};
  return {static_cast<const char*>(bytes), static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

result<sqlite_database> sqlite_database::open(const std::filesystem::path& path, const sqlite_options& options) {
  const std::string file = path.string();
  sqlite_database opened;
  const int code = sqlite3_open_v2(
      file.c_str(), &opened.connection_,
      SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
  if (code != SQLITE_OK) {
    if (opened.connection_ == nullptr) return describe(code, file, "open the store", "no memory");
    return describe(with_cause(opened.connection_, code), file, "open the store", sqlite3_errmsg(opened.connection_));
  }
  sqlite3_busy_timeout(opened.connection_, static_cast<int>(options.busy_timeout.count()));
  opened.is_fully_synchronous_ = options.is_fully_synchronous;
  return opened;
}

sqlite_database::sqlite_database(sqlite_database&& other) noexcept
    : connection_(std::exchange(other.connection_, nullptr)), is_fully_synchronous_(other.is_fully_synchronous_) {}

sqlite_database& sqlite_database::operator=(sqlite_database&& other) noexcept {
  std::swap(connection_, other.connection_);
  std::swap(is_fully_synchronous_, other.is_fully_synchronous_);
  return *this;
}

sqlite_database::~sqlite_database() { sqlite3_close_v2(connection_); }

result<void> sqlite_database::configure() {
  // EXTRA is FULL, and first, since it makes sure that the journal is gone with which SQLite turns the log on: after a
  // power cut it could come back and undo the making of the whole file.
  const std::string settings = std::string("PRAGMA synchronous = ") + (is_fully_synchronous_ ? "EXTRA" : "NORMAL") +
                               "; PRAGMA journal_mode = WAL; PRAGMA foreign_keys = ON; PRAGMA cache_size = -16384; PRAGMA wal_autocheckpoint = 4096";
  for (int tries = 1;; ++tries) {  // SQLite does not wait for another process that makes the same file a WAL database
    auto done = run(settings, "open the store");
    if (done || done.error().code != syncline::error_code::busy || tries == 100) return done;
    std::this_thread::sleep_for(std::chrono::milliseconds{10});
  }
}

result<sqlite_statement> sqlite_database::prepare(std::string_view sql, std::string_view doing) {
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(connection_, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT,
                                      &statement, nullptr);
  if (code != SQLITE_OK) return describe(connection_, code, doing);
  return sqlite_statement(statement, doing);
}

result<void> sqlite_database::run(const std::string& sql, std::string_view doing) {
  const int code = sqlite3_exec(connection_, sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return describe(connection_, code, doing);
  return {};
}

bool sqlite_database::is_in_transaction() const noexcept { return sqlite3_get_autocommit(connection_) == 0; }

void sqlite_database::keep_log_on_close(bool keep) noexcept {
  sqlite3_db_config(connection_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, keep ? 1 : 0, nullptr);
}

std::string_view sqlite_database::file() const noexcept {
  const char* const name = sqlite3_db_filename(connection_, "main");
  return name == nullptr ? "" : name;
}

std::string sql_name(std::string_view name) {
  std::string quoted = "\"";
  for (const char c : name) {
    if (c == '"') quoted += c;
    quoted += c;
  }
  return quoted += '"';
}

}  // namespace stride

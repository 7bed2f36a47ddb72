// SPDX-License-Identifier: BSL-1.0
#pragma once
// A connection to one SQLite file and its prepared statements, with every failure as a sentence.

#include <syncline/core/result.hpp>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace stride {

/// How a file is opened.
struct sqlite_options {
  bool is_fully_synchronous = true;              ///< a commit survives a power cut; else only the end of the process
  std::chrono::milliseconds busy_timeout{5000};  ///< how long to wait for whoever else writes
};

/// What a column of a result row holds.
enum class sqlite_type : std::uint8_t { null, integer, real, text, blob };

/// A prepared statement: bind, step, read, reset. It must not outlive its database.
///
/// Parameters count from 1 and columns from 0, as in SQLite.
class sqlite_statement {
 public:
  sqlite_statement() = default;
  sqlite_statement(sqlite_statement&& other) noexcept;
  sqlite_statement& operator=(sqlite_statement&& other) noexcept;
  ~sqlite_statement();

  explicit operator bool() const noexcept { return statement_ != nullptr; }

  /// \name Parameters. Bytes are not copied, and stay where they are until `reset`, unless the name says otherwise.
  /// @{
  void bind_null(int parameter) noexcept;
  void bind(int parameter, std::int64_t number) noexcept;
  void bind(int parameter, double number) noexcept;
  void bind_text(int parameter, std::string_view text) noexcept;
  void bind_blob(int parameter, std::string_view bytes) noexcept;
  void bind_text_copy(int parameter, std::string_view text) noexcept;
  void bind_blob_copy(int parameter, std::string_view bytes) noexcept;
  /// @}

  /// Runs to the next row.
  ///
  /// \return whether there is a row; after false or an error the statement is ready to be bound anew
  syncline::result<bool> step();

  /// Runs a statement whose rows nobody wants.
  syncline::result<void> run();

  /// Ready to be bound anew.
  void reset() noexcept;

  /// \name The columns of the present row. Views hold until the next `step` or `reset`.
  /// @{
  int columns() const noexcept;
  sqlite_type type(int column) const noexcept;
  std::int64_t integer(int column) const noexcept;
  double real(int column) const noexcept;
  std::string_view text(int column) const noexcept;
  std::string_view blob(int column) const noexcept;
  /// @}

 private:
  friend class sqlite_database;
  sqlite_statement(sqlite3_stmt* statement, std::string_view doing) : statement_(statement), doing_(doing) {}

  void note(int code) noexcept;

  sqlite3_stmt* statement_ = nullptr;
  std::string doing_;
  int bound_ = 0;  // the first failure to bind: the next step reports it
};

/// One connection to one file. For one thread at a time; another thread or process opens its own.
class sqlite_database {
 public:
  /// Opens the file and makes an empty one if there is none. Nothing is written to it before the first statement.
  ///
  /// On failure: `store_failed` where it cannot be opened, `malformed` where it is no database.
  static syncline::result<sqlite_database> open(const std::filesystem::path& path, const sqlite_options& options);

  sqlite_database() = default;
  sqlite_database(sqlite_database&& other) noexcept;
  sqlite_database& operator=(sqlite_database&& other) noexcept;
  ~sqlite_database();

  /// Turns on the write-ahead log, foreign keys, and the durability that was asked for.
  syncline::result<void> configure();

  /// Compiles a statement.
  ///
  /// \param doing  what it does: completes "cannot ..." in the sentence of a failure
  syncline::result<sqlite_statement> prepare(std::string_view sql, std::string_view doing);

  /// Runs statements, separated by semicolons, and drops their rows.
  syncline::result<void> run(const std::string& sql, std::string_view doing);

  /// Whether a transaction is open.
  bool is_in_transaction() const noexcept;

  /// Whether closing the last connection folds the write-ahead log into the file; it does unless told otherwise.
  void keep_log_on_close(bool keep) noexcept;

  /// The file's whole path; it names the store in sentences.
  std::string_view file() const noexcept;

 private:
  sqlite3* connection_ = nullptr;
  bool is_fully_synchronous_ = true;
};

/// `name` as an SQL identifier, quoted.
std::string sql_name(std::string_view name);

}  // namespace stride

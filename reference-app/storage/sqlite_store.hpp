// SPDX-License-Identifier: BSL-1.0
#pragma once
// The store of an engine in one SQLite file: a table per record type, made from its declaration and open to plain SQL.

#include "storage/sqlite_column.hpp"
#include "storage/sqlite_database.hpp"

#include <syncline/port/store.hpp>
#include <syncline/record/lineage.hpp>

#include <array>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace stride {

namespace internal {

/// What the SQL of a record type is made from.
struct sqlite_table {
  struct column {
    std::string_view name;
    std::string_view type;
    bool is_chunked;
  };

  std::string name;
  std::string_view record;  // what it is called in its newest version
  std::uint32_t version;
  std::uint64_t fingerprint;
  std::size_t key;
  std::vector<column> columns;
  bool is_older = false;  // rows that an older program left, under a name of their own until they are brought up
  bool is_there = true;   // an older one is there only as long as it has rows
};

enum class table_statement : std::uint8_t { load, save, erase, scan, scan_after, load_chunked, drop_chunks, add_chunk };
enum class store_statement : std::uint8_t { begin, commit, roll_back, get, put, remove, list, read_schema };

/// The parts of a store that do not know its record types.
class sqlite_file {
 public:
  static syncline::result<std::unique_ptr<sqlite_file>> open(const std::filesystem::path& path,
                                                             const sqlite_options& options,
                                                             std::vector<sqlite_table> tables);

  /// A statement, compiled when it is first asked for.
  syncline::result<sqlite_statement*> statement(store_statement which);
  syncline::result<sqlite_statement*> statement(std::size_t table, table_statement which);

  syncline::result<void> begin();
  void roll_back() noexcept;

  bool is_there(std::size_t table) const noexcept { return tables_[table].is_there; }

  syncline::error unreadable(std::size_t table, std::size_t column) const;
  syncline::error unwritable(std::size_t table, std::size_t column) const;

 private:
  sqlite_file(sqlite_database database, std::vector<sqlite_table> tables);

  syncline::result<void> prepare_file();
  syncline::result<bool> is_up_to_date();
  syncline::result<void> bring_up_to_date();
  syncline::result<void> add_missing_columns(const sqlite_table& table);
  syncline::result<void> drop_empty_older();
  syncline::result<bool> has_rows(sqlite_table& older);
  syncline::result<void> set_older_apart(const sqlite_table& table);
  syncline::result<std::int64_t> read_schema();
  syncline::result<void> check_schema();
  syncline::result<bool> has_table(std::string_view name);
  syncline::result<std::optional<std::int64_t>> meta(std::string_view name);
  syncline::result<void> set_meta(std::string_view name, std::int64_t value);

  sqlite_database database_;  // above its statements, which have to go first
  std::vector<sqlite_table> tables_;
  std::int64_t schema_ = 0;  // SQLite's own count of changes to the schema, as this connection knows it
  std::array<sqlite_statement, 8> statements_{};
  std::vector<std::array<sqlite_statement, 8>> table_statements_;
};

/// The parts of a transaction that do not know the record types.
class sqlite_transaction {
 public:
  sqlite_transaction(sqlite_file& file, std::string_view scope) : file_(&file), scope_(scope) {}
  sqlite_transaction(sqlite_transaction&& other) noexcept
      : file_(std::exchange(other.file_, nullptr)),
        scope_(std::move(other.scope_)),
        failed_(std::move(other.failed_)) {}
  sqlite_transaction& operator=(sqlite_transaction&& other) noexcept {
    std::swap(file_, other.file_);
    std::swap(scope_, other.scope_);
    std::swap(failed_, other.failed_);
    return *this;
  }
  ~sqlite_transaction() {
    if (file_ != nullptr) file_->roll_back();
  }

  syncline::result<std::optional<std::string>> get(std::string_view space, std::string_view name);
  syncline::result<void> put(std::string_view space, std::string_view name, std::string_view bytes);
  syncline::result<void> remove(std::string_view space, std::string_view name);
  syncline::result<std::vector<syncline::entry>> list(std::string_view space, std::string_view after,
                                                      std::size_t limit);
  syncline::result<void> commit();

 protected:
  /// The statement with the scope bound, unless this transaction has failed.
  template <class... Which>
  syncline::result<sqlite_statement*> use(Which... which) {
    if (failed_) return *failed_;
    auto found = file_->statement(which...);
    if (!found) return remember(found.error());
    (*found)->bind_text(1, scope_);
    return *found;
  }

  /// Notes that the transaction can only be dropped: SQLite may have rolled it back, and what came after would be
  /// committed by itself.
  syncline::error remember(syncline::error failure) {
    failed_ = failure;
    return failure;
  }

  /// Rewrites the chunk table's rows of one field.
  syncline::result<void> save_chunks(std::string_view field, const syncline::manifest& chunks, sqlite_statement& drop,
                                     sqlite_statement& add);

  static std::int64_t row_limit(std::size_t limit) noexcept {
    constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
    return limit > static_cast<std::uint64_t>(most) ? most : static_cast<std::int64_t>(limit);
  }

  sqlite_file* file_;  // null once it has ended
  std::string scope_;
  std::optional<syncline::error> failed_;
};

template <class R>
sqlite_table describe_table() {
  using schema = syncline::schema<R>;
  static_assert(schema::table != "meta" && schema::table != "entries",
                "[stride] a record's table is named 'meta' or 'entries', which the store needs itself: rename it");
  sqlite_table table{std::string(schema::table), schema::table, schema::info.version, schema::fingerprint, schema::key_index, {}};
  [&]<std::size_t... I>(std::index_sequence<I...>) {
    (table.columns.push_back({schema::names[I], sql_type<typename schema::template value_type<I>>(),
                              syncline::policy::is_chunked<typename schema::template policy_type<I>>}),
     ...);
  }
  (std::make_index_sequence<schema::size>{});
  return table;
}

/// The tables of `Records`, each followed by those of its older versions.
template <class... Records>
std::vector<sqlite_table> describe_tables() {
  std::vector<sqlite_table> tables;
  const auto describe = [&]<class R>(std::type_identity<R>) {
    tables.push_back(describe_table<R>());
    syncline::for_each_older<R>([&]<class V>(std::type_identity<V>) {
      sqlite_table& older = tables.emplace_back(describe_table<V>());
      older.name += "_v" + std::to_string(older.version);
      older.is_older = true;
    });
  };
  (describe(std::type_identity<Records>{}), ...);
  return tables;
}

}  // namespace internal

/// A store of records of the types `Records` in one SQLite file.
///
/// Each type has a table under its own name with a column per field, readable with any SQLite tool, and `_scope`,
/// `_deleted` and `_sync` beside them. Where a type has `chunked` fields, `<table>_streams` lists their chunks, one row
/// each, and goes with its row. Other entries are in the table `entries`. What an older program left of a type that has a
/// newer version since stands in `<table>_v<version>`, until an engine has brought it up.
///
/// One object serves one thread and one transaction at a time; another thread or process opens the file itself and
/// waits its turn.
///
/// \see APP-5, PROTOCOL 6, syncline/port/store.hpp
template <class... Records>
class sqlite_store {
 public:
  class transaction;

  /// Opens the file, or makes it, and brings its tables up to date: columns are added and none is ever dropped. A table of
  /// an older version is set apart, for an engine to bring its rows up, and goes when it is empty.
  ///
  /// On failure: `malformed` for a file that is no database or another program's; `wrong_version` for one that a newer
  /// version has written; `store_failed` or `busy`. Such a file is left as it was.
  static syncline::result<sqlite_store> open(const std::filesystem::path& path, const sqlite_options& options = {}) {
    auto file = internal::sqlite_file::open(path, options, internal::describe_tables<Records...>());
    if (!file) return file.error();
    return sqlite_store(std::move(*file));
  }

  /// Opens a transaction on the data of one scope.
  ///
  /// On failure: `busy` when another connection has kept its own open for longer than the busy timeout, and at once
  /// when a transaction of this object is open.
  syncline::result<transaction> begin(std::string_view scope) {
    if (auto begun = file_->begin(); !begun) return begun.error();
    return transaction(*file_, scope);
  }

 private:
  explicit sqlite_store(std::unique_ptr<internal::sqlite_file> file) : file_(std::move(file)) {}

  std::unique_ptr<internal::sqlite_file> file_;
};

/// An open transaction of an `sqlite_store`. \see syncline::transaction_for
template <class... Records>
class sqlite_store<Records...>::transaction : public internal::sqlite_transaction {
  using which = internal::table_statement;
  template <class R>
  using row = syncline::row<R>;
  template <class R>
  using key_type = typename syncline::schema<R>::key_type;

 public:
  using internal::sqlite_transaction::sqlite_transaction;

  template <class R>
  syncline::result<std::optional<row<R>>> load(const key_type<R>& key) {
    if (is_absent<R>()) return std::optional<row<R>>{};
    auto found = use(place<R>, which::load);
    if (!found) return found.error();
    sqlite_statement& select = **found;
    bind_key(select, 2, key);
    std::optional<row<R>> loaded;
    auto stepped = select.step();
    if (!stepped) return remember(stepped.error());
    if (!*stepped) return loaded;
    auto taken = take_row(select, loaded.emplace());
    select.reset();
    if (!taken) return remember(taken.error());
    return loaded;
  }

  template <class R>
  syncline::result<void> save(const row<R>& kept) {
    constexpr bool has_chunks = chunked_fields<R> != 0;
    std::uint64_t stale = 0;
    if constexpr (has_chunks) {
      auto compared = compare_chunks(kept);
      if (!compared) return compared.error();
      stale = *compared;
    }
    auto found = use(place<R>, which::save);
    if (!found) return found.error();
    sqlite_statement& upsert = **found;
    std::size_t bad = syncline::schema<R>::size;
    syncline::for_each_field(
        [&]<std::size_t I>(std::integral_constant<std::size_t, I>, const auto& field) {
          constexpr int parameter = static_cast<int>(I) + 2;
          if constexpr (I == syncline::schema<R>::key_index) {
            bind_key(upsert, parameter, syncline::value_of(field));
          } else {
            if (!bind_value(upsert, parameter, syncline::value_of(field))) bad = I;
          }
        },
        kept.value);
    if (bad != syncline::schema<R>::size) return remember(file_->unwritable(place<R>, bad));
    upsert.bind(fields<R> + 2, std::int64_t{kept.deleted});
    upsert.bind_blob(fields<R> + 3, kept.sync);
    if (auto saved = upsert.run(); !saved) return remember(saved.error());
    if constexpr (has_chunks) return save_chunks_of(kept, stale);
    return {};
  }

  template <class R>
  syncline::result<void> erase(const key_type<R>& key) {
    if (is_absent<R>()) return syncline::result<void>{};
    auto found = use(place<R>, which::erase);
    if (!found) return found.error();
    bind_key(**found, 2, key);
    if (auto erased = (*found)->run(); !erased) return remember(erased.error());
    return {};
  }

  template <class R>
  syncline::result<std::vector<row<R>>> scan(const std::optional<key_type<R>>& after, std::size_t limit) {
    if (is_absent<R>()) return std::vector<row<R>>{};
    auto found = use(place<R>, after ? which::scan_after : which::scan);
    if (!found) return found.error();
    sqlite_statement& select = **found;
    select.bind(2, row_limit(limit));
    if (after) bind_key(select, 3, *after);
    std::vector<row<R>> rows;
    for (;;) {
      auto stepped = select.step();
      if (!stepped) return remember(stepped.error());
      if (!*stepped) return rows;
      if (auto taken = take_row(select, rows.emplace_back()); !taken) {
        select.reset();
        return remember(taken.error());
      }
    }
  }

 private:
  template <class R>
  static constexpr int fields = static_cast<int>(syncline::schema<R>::size);

  template <class R>
  static constexpr std::uint64_t chunked_fields =
      syncline::schema<R>::fields_where([]<class P>() { return syncline::policy::is_chunked<P>; });

  template <class R, std::size_t I>
  static constexpr bool is_chunked = (chunked_fields<R> & std::uint64_t{1} << I) != 0;

  // Where `describe_tables` puts it.
  template <class R>
  static constexpr std::size_t place = [] {
    std::size_t at = 0, found = 0;
    const auto look = [&]<class V>(std::type_identity<V>) {
      if (std::is_same_v<R, V>) found = at;
      ++at;
    };
    ((look(std::type_identity<Records>{}), syncline::for_each_older<Records>(look)), ...);
    return found;
  }();

  template <class R>
  bool is_absent() const noexcept {
    return !(std::is_same_v<R, Records> || ...) && !failed_ && !file_->is_there(place<R>);
  }

  template <class R>
  syncline::result<void> take_row(const sqlite_statement& from, row<R>& into) {
    std::size_t bad = syncline::schema<R>::size;
    syncline::for_each_field(
        [&]<std::size_t I>(std::integral_constant<std::size_t, I>, auto& field) {
          constexpr int column = static_cast<int>(I);
          if constexpr (I == syncline::schema<R>::key_index) {
            if (!take_key(from, column, syncline::value_of(field))) bad = I;
          } else {
            if (!take_value(from, column, syncline::value_of(field))) bad = I;
          }
        },
        into.value);
    if (bad != syncline::schema<R>::size) return file_->unreadable(place<R>, bad);
    into.deleted = from.integer(fields<R>) != 0;
    into.sync.assign(from.blob(fields<R> + 1));
    return {};
  }

  // Which of the chunked fields stand otherwise in their table than in `kept`, as bits.
  template <class R>
  syncline::result<std::uint64_t> compare_chunks(const row<R>& kept) {
    auto found = use(place<R>, which::load_chunked);
    if (!found) return found.error();
    sqlite_statement& select = **found;
    bind_key(select, 2, syncline::key_of(kept.value));
    auto stepped = select.step();
    if (!stepped) return remember(stepped.error());
    std::uint64_t stale = 0;
    int column = 0;
    syncline::for_each_field(
        [&]<std::size_t I>(std::integral_constant<std::size_t, I>, const auto& field) {
          if constexpr (is_chunked<R, I>) {
            const syncline::manifest& now = syncline::value_of(field);
            syncline::manifest before;
            if (*stepped) take_value(select, column++, before);
            if (before != now) stale |= std::uint64_t{1} << I;
          }
        },
        kept.value);
    select.reset();
    return stale;
  }

  template <class R>
  syncline::result<void> save_chunks_of(const row<R>& kept, std::uint64_t stale) {
    syncline::result<void> saved;
    syncline::for_each_field(
        [&]<std::size_t I>(std::integral_constant<std::size_t, I>, const auto& field) {
          if constexpr (is_chunked<R, I>) {
            if (!saved || (stale >> I & 1) == 0) return;
            auto drop = use(place<R>, which::drop_chunks), add = use(place<R>, which::add_chunk);
            if (!drop || !add) {
              saved = *failed_;
              return;
            }
            bind_key(**drop, 2, syncline::key_of(kept.value));
            bind_key(**add, 2, syncline::key_of(kept.value));
            saved = save_chunks(syncline::schema<R>::names[I], syncline::value_of(field), **drop, **add);
          }
        },
        kept.value);
    return saved;
  }
};

}  // namespace stride

// SPDX-License-Identifier: BSL-1.0
#pragma once
// A store in memory, for tests and simulations: it obeys every law of a store, and can fail before any operation.

#include <syncline/port/store.hpp>

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace syncline {

namespace internal {

// What a transaction replaced in an ordered map, so that it can be put back in reverse.
//
// Pointers to elements stay good: what is erased is kept as the map's own node, and a rollback puts back that very
// node.
template <class Map>
class undo_log {
 public:
  using key_type = typename Map::key_type;
  using mapped_type = typename Map::mapped_type;

  undo_log() = default;
  undo_log(const undo_log&) noexcept {}  // what can still be undone belongs to one store, and is not copied with it
  undo_log(undo_log&&) noexcept = default;
  undo_log& operator=(const undo_log&) noexcept {
    forget();
    return *this;
  }
  undo_log& operator=(undo_log&&) noexcept = default;

  template <class Key, class Value>
  void assign(Map& map, const Key& key, Value&& value) {
    const auto at = map.lower_bound(key);
    if (at != map.end() && !map.key_comp()(key, at->first)) {
      steps_.push_back({&map, &at->first, &at->second, {}, std::move(at->second)});
      at->second = std::forward<Value>(value);
    } else {
      const auto made = map.emplace_hint(at, key_type(key), std::forward<Value>(value));
      steps_.push_back({&map, &made->first, nullptr, {}, std::nullopt});
    }
  }

  template <class Key>
  void erase(Map& map, const Key& key) {
    const auto at = map.find(key);
    if (at != map.end()) steps_.push_back({&map, nullptr, nullptr, map.extract(at), std::nullopt});
  }

  void forget() noexcept { steps_.clear(); }

  void roll_back() {
    for (; !steps_.empty(); steps_.pop_back()) {
      step& last = steps_.back();
      if (!last.erased.empty()) {
        last.map->insert(std::move(last.erased));
      } else if (last.value != nullptr) {
        *last.value = std::move(*last.before);
      } else {
        last.map->erase(last.map->find(*last.key));
      }
    }
  }

 private:
  struct step {
    Map* map;
    const key_type* key;  // of an element that was added or replaced
    mapped_type* value;   // of one that was replaced
    typename Map::node_type erased;
    std::optional<mapped_type> before;
  };

  std::vector<step> steps_;
};

template <class R>
struct kept_rows {
  using map = std::map<typename schema<R>::key_type, row<R>>;

  map rows;
  undo_log<map> undo;
};

// The rows of `R` and of the versions before it.
template <class R>
struct kept_versions : kept_rows<R>, kept_versions<previous_of<R>> {
  template <class Use>
  void for_each(Use&& use) {
    use(static_cast<kept_rows<R>&>(*this));
    kept_versions<previous_of<R>>::for_each(use);
  }
};
template <>
struct kept_versions<void> {
  template <class Use>
  void for_each(Use&&) {}
};

struct kept_entries {
  using map = std::map<std::string, std::string, std::less<>>;

  std::map<std::string, map, std::less<>> spaces;
  undo_log<map> undo;
};

template <class... Records>
struct kept_scope {
  std::tuple<kept_versions<Records>...> tables;
  kept_entries entries;
  bool is_open = false;
};

}  // namespace internal

/// A store of records of the types `Records`, and of the versions before them, in memory. It outlives the engine on it,
/// as a disk outlives a process: a restart is a new engine on the same store, and an update one for newer versions. A copy is what a copied data folder is.
///
/// A transaction logs what it replaces and changes the maps in place, so it costs what it touches. Transactions on
/// different scopes may be open at once; a second one on a scope fails with `busy`. For one thread; while a transaction
/// is open its store is neither moved, copied nor destroyed.
///
/// \snippet examples/testing.cpp memory-store
/// \see PROTOCOL 6
template <class... Records>
class memory_store {
  using scope_data = internal::kept_scope<Records...>;

 public:
  class transaction;

  /// Asked before every operation, with its name: `begin`, `load`, `save`, `erase`, `scan`, `get`, `put`, `remove`,
  /// `list`, `commit`, and `committed` when a commit has happened and its caller has not heard of it. If it returns
  /// false the operation fails with `store_failed` and the transaction can only be dropped: a crash at that point.
  std::function<bool(std::string_view operation)> before_operation{};

  /// Opens a transaction on the data of one scope.
  ///
  /// On failure: `busy` while another one is open on that scope.
  result<transaction> begin(std::string_view scope) {
    if (!may("begin")) return refusal("begin");
    auto at = scopes_.find(scope);
    if (at == scopes_.end()) at = scopes_.emplace(std::string(scope), scope_data{}).first;
    if (at->second.is_open) {
      return make_error(error_code::busy, phase::store,
                        "cannot begin a transaction on scope '" + std::string(scope) +
                            "': another one is open on it; end that one first");
    }
    at->second.is_open = true;
    return transaction(*this, at->second);
  }

  /// How many transactions were committed, on all scopes: as long as it stays, so does what is kept.
  std::uint64_t commits() const noexcept { return commits_; }

 private:
  bool may(std::string_view operation) const { return !before_operation || before_operation(operation); }

  static error refusal(std::string_view operation) {
    return make_error(error_code::store_failed, phase::store,
                      "cannot do '" + std::string(operation) +
                          "' in the store in memory: the test made it fail here; drop the transaction and begin again");
  }

  std::map<std::string, scope_data, std::less<>> scopes_;
  std::uint64_t commits_ = 0;
};

/// An open transaction of a `memory_store`. \see transaction_for
template <class... Records>
class memory_store<Records...>::transaction {
 public:
  transaction(transaction&& other) noexcept
      : store_(other.store_), data_(std::exchange(other.data_, nullptr)), failed_(other.failed_) {}
  transaction& operator=(transaction&& other) noexcept {
    std::swap(store_, other.store_);
    std::swap(data_, other.data_);
    std::swap(failed_, other.failed_);
    return *this;
  }
  ~transaction() {
    if (data_ != nullptr) end(false);
  }

  template <class R>
  result<std::optional<row<R>>> load(const typename schema<R>::key_type& key) {
    if (!may("load")) return refusal("load");
    const auto& rows = table<R>().rows;
    const auto at = rows.find(key);
    return at == rows.end() ? std::optional<row<R>>() : std::optional<row<R>>(at->second);
  }

  template <class R>
  result<void> save(const row<R>& kept) {
    if (!may("save")) return refusal("save");
    table<R>().undo.assign(table<R>().rows, key_of(kept.value), kept);
    return {};
  }

  template <class R>
  result<void> erase(const typename schema<R>::key_type& key) {
    if (!may("erase")) return refusal("erase");
    table<R>().undo.erase(table<R>().rows, key);
    return {};
  }

  template <class R>
  result<std::vector<row<R>>> scan(const std::optional<typename schema<R>::key_type>& after, std::size_t limit) {
    if (!may("scan")) return refusal("scan");
    const auto& rows = table<R>().rows;
    std::vector<row<R>> found;
    for (auto at = after ? rows.upper_bound(*after) : rows.begin(); at != rows.end() && found.size() < limit; ++at) {
      found.push_back(at->second);
    }
    return found;
  }

  result<std::optional<std::string>> get(std::string_view space, std::string_view name) {
    if (!may("get")) return refusal("get");
    const auto names = data_->entries.spaces.find(space);
    if (names == data_->entries.spaces.end()) return std::optional<std::string>();
    const auto at = names->second.find(name);
    return at == names->second.end() ? std::optional<std::string>() : std::optional<std::string>(at->second);
  }

  result<void> put(std::string_view space, std::string_view name, std::string_view bytes) {
    if (!may("put")) return refusal("put");
    auto names = data_->entries.spaces.find(space);
    if (names == data_->entries.spaces.end()) {
      names = data_->entries.spaces.emplace(std::string(space), internal::kept_entries::map{}).first;
    }
    data_->entries.undo.assign(names->second, name, std::string(bytes));
    return {};
  }

  result<void> remove(std::string_view space, std::string_view name) {
    if (!may("remove")) return refusal("remove");
    const auto names = data_->entries.spaces.find(space);
    if (names != data_->entries.spaces.end()) data_->entries.undo.erase(names->second, name);
    return {};
  }

  result<std::vector<entry>> list(std::string_view space, std::string_view after, std::size_t limit) {
    if (!may("list")) return refusal("list");
    std::vector<entry> found;
    const auto names = data_->entries.spaces.find(space);
    if (names == data_->entries.spaces.end()) return found;
    const auto& entries = names->second;
    for (auto at = entries.upper_bound(after); at != entries.end() && found.size() < limit; ++at) {
      found.push_back({at->first, at->second});
    }
    return found;
  }

  result<void> commit() {
    if (!may("commit")) return refusal("commit");
    end(true);
    ++store_->commits_;
    if (!store_->may("committed")) return refusal("committed");
    return {};
  }

 private:
  friend memory_store;

  transaction(memory_store& store, scope_data& data) : store_(&store), data_(&data) {}

  template <class R>
  internal::kept_rows<R>& table() {
    constexpr bool is_in[]{std::is_base_of_v<internal::kept_rows<R>, internal::kept_versions<Records>>...};
    constexpr auto at = static_cast<std::size_t>(std::find(std::begin(is_in), std::end(is_in), true) - std::begin(is_in));
    return std::get<at>(data_->tables);
  }

  bool may(std::string_view operation) {
    assert(data_ != nullptr && "nothing may be called after commit");
    failed_ = failed_ || !store_->may(operation);
    return !failed_;
  }

  void end(bool keep) {
    const auto settle = [keep](auto& undo) { keep ? undo.forget() : undo.roll_back(); };
    std::apply([&](auto&... tables) { (tables.for_each([&](auto& rows) { settle(rows.undo); }), ...); }, data_->tables);
    settle(data_->entries.undo);
    data_->is_open = false;
    data_ = nullptr;
  }

  memory_store* store_;
  scope_data* data_;  // null once it has ended
  bool failed_ = false;
};

}  // namespace syncline

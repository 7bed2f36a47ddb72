// SPDX-License-Identifier: BSL-1.0
#pragma once
// What a hub forgets: tombstones of which every device that comes often enough has heard.

#include <syncline/port/store.hpp>
#include <syncline/resolve/duplicates.hpp>
#include <syncline/sync/catalog.hpp>
#include <syncline/sync/hub_commit.hpp>
#include <syncline/sync/hub_differences.hpp>
#include <syncline/sync/hub_members.hpp>
#include <syncline/sync/hub_record.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

namespace syncline {

/// What one step of a collection did.
struct collected_tombstones {
  std::size_t tombstones{};
  bool more = false;  ///< there is more to do
};

/// The collection of tombstones, inside a transaction. Functions write and never commit.
///
/// No device's clock has a say: the space "mark" keeps where the scope stood when a collection came by, and when that was
/// by the hub's clock. A mark that is older than the horizon is the number up to which deletions are forgotten. From the
/// commit on that says so, the tombstones up to there count as never known, whether their rows are gone yet or not.
/// \see DELTA-3, PROTOCOL 19
template <class Tx>
class hub_tombstones {
  using commit_type = hub_commit<Tx>;

 public:
  /// Marks where the scope stands, moves its collected number if a mark is old enough, and erases some tombstones.
  /// Complexity: at most `batch` entries of the log; over all calls each entry once.
  template <class Catalog>
  static result<collected_tombstones> collect(Tx& tx, timestamp now, std::chrono::milliseconds horizon) {
    auto state = commit_type::read_state(tx);
    if (!state) return state.error();
    if (auto put = mark(tx, *state, now); !put) return put.error();
    auto moved = move_number(tx, *state, now - horizon);
    if (!moved) return moved.error();
    collected_tombstones done;
    std::size_t room = batch;
    result<void> outcome;
    Catalog::for_each([&]<class R>(std::type_identity<R>) {
      if (outcome) outcome = sweep<R>(tx, state->collected, room, done.tombstones);
    });
    if (!outcome) return outcome.error();
    done.more = *moved || room == 0;
    return done;
  }

 private:
  static constexpr std::size_t batch = 256;

  static result<void> mark(Tx& tx, const scope_state& state, timestamp now) {
    if (state.number <= state.collected) return {};
    auto marked = tx.get("mark", ordered_bytes(state.number));
    if (!marked) return marked.error();
    return *marked ? result<void>{} : tx.put("mark", ordered_bytes(state.number), encode(now));
  }

  // Says whether there was a mark from before `horizon`; another one may follow.
  static result<bool> move_number(Tx& tx, scope_state& state, timestamp horizon) {
    auto first = tx.list("mark", {}, 1);
    if (!first) return first.error();
    if (first->empty()) return false;
    auto at = decode<timestamp>(first->front().bytes);
    if (!at) return at.error();
    if (*at > horizon) return false;
    state.collected = number_in(first->front().name);
    if (auto removed = tx.remove("mark", first->front().name); !removed) return removed.error();
    if (auto put = tx.put("hub", "state", encode(state)); !put) return put.error();
    return true;
  }

  // Every tombstone bears the number of its deletion, and is found by it.
  template <class R>
  static result<void> sweep(Tx& tx, std::uint64_t collected, std::size_t& room, std::size_t& tombstones) {
    const std::string prefix = std::string(schema<R>::table) + '\0', end = prefix + ordered_bytes(collected + 1);
    auto swept = tx.get("swept", schema<R>::table);
    if (!swept) return swept.error();
    std::string at = *swept ? std::move(**swept) : prefix;
    if (at >= end || room == 0) return {};
    auto entries = tx.list("log", at, room);
    if (!entries) return entries.error();
    const bool last = entries->size() < room;
    for (const entry& each : *entries) {
      if (each.name >= end) break;
      at = each.name;
      --room;
      auto key = decode<typename schema<R>::key_type>(std::string_view(at).substr(prefix.size() + 8));
      if (!key) return key.error();
      auto found = load<R>(tx, *key);
      if (!found) return found.error();
      if (!*found || (*found)->died != number_in(std::string_view(at).substr(prefix.size()))) continue;
      if (auto erased = erase(tx, **found); !erased) return erased;
      if (auto left = erase_aliases<R>(tx, *key); !left) return left;
      ++tombstones;
    }
    if (last || entries->back().name >= end) at = end;
    return tx.put("swept", schema<R>::table, at);
  }

  template <class R>
  static result<std::optional<hub_record<R>>> load(Tx& tx, const typename schema<R>::key_type& key) {
    auto kept = tx.template load<R>(key);
    if (!kept) return kept.error();
    if (!*kept) return std::optional<hub_record<R>>{};
    auto record = read_row(std::move(**kept));
    if (!record) return record.error();
    return std::optional<hub_record<R>>{std::move(*record)};
  }

  template <class R>
  static result<void> erase(Tx& tx, const hub_record<R>& record) {
    const auto& key = key_of(record.value);
    for (const std::uint64_t number : record.bears()) {
      if (auto removed = tx.remove("log", commit_type::template log_name<R>(number, key)); !removed) return removed;
    }
    if (auto forgotten = hub_differences<Tx>::template forget<R>(tx, key); !forgotten) return forgotten;
    if constexpr (has_duplicates<R>) {
      if (auto forgotten = hub_members<R, Tx>::forget(tx, key); !forgotten) return forgotten;
    }
    return tx.template erase<R>(key);
  }

  // Those that a deleted record stood for were deleted with it. \see PROTOCOL 22
  template <class R>
  static result<void> erase_aliases(Tx& tx, const typename schema<R>::key_type& survivor) {
    if constexpr (has_duplicates<R>) {
      const std::string name = record_name<R>(survivor);
      auto bytes = tx.get("group", name);
      if (!bytes) return bytes.error();
      if (!*bytes) return {};
      auto group = decode<duplicate_group<R>>(**bytes);
      if (!group) return group.error();
      for (const duplicate_member<R>& member : group->members) {
        auto alias = load<R>(tx, member.key);
        if (!alias) return alias.error();
        if (!*alias || !(*alias)->is_alias() || (*alias)->alias_of != survivor) continue;
        if (auto erased = erase(tx, **alias); !erased) return erased;
      }
      return tx.remove("group", name);
    } else {
      return {};
    }
  }
};

}  // namespace syncline

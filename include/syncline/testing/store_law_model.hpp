// SPDX-License-Identifier: BSL-1.0
#pragma once
// What a store has to be, in the simplest way: maps, copied whole where a real one has transactions.

#include <syncline/testing/store_law_records.hpp>

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace syncline::store_laws {

/// The data of one scope.
struct scope_model {
  template <class R>
  using rows = std::map<typename schema<R>::key_type, row<R>>;

  std::tuple<rows<every_kind>, rows<integer_key>, rows<natural_key>, rows<choice_key>> tables{};
  std::map<std::string, std::map<std::string, std::string>> spaces{};

  template <class R>
  rows<R>& table() {
    return std::get<rows<R>>(tables);
  }

  template <class R>
  void save(row<R> kept) {
    auto key = key_of(kept.value);
    table<R>().insert_or_assign(std::move(key), std::move(kept));
  }

  template <class R>
  std::vector<row<R>> scan(const std::optional<typename schema<R>::key_type>& after, std::size_t limit) {
    std::vector<row<R>> found;
    for (const auto& [key, kept] : table<R>()) {
      if (found.size() < limit && (!after || *after < key)) found.push_back(kept);
    }
    return found;
  }

  std::vector<entry> list(const std::string& space, const std::string& after, std::size_t limit) {
    std::vector<entry> found;
    for (const auto& [name, bytes] : spaces[space]) {
      if (found.size() < limit && after < name) found.push_back({name, bytes});
    }
    return found;
  }

  template <class Transaction>
  result<void> write_to(Transaction& t) const {
    result<void> written;
    const auto save_all = [&](const auto& table) {
      for (const auto& [key, kept] : table) {
        if (written) written = t.save(kept);
      }
    };
    std::apply([&](const auto&... table) { (save_all(table), ...); }, tables);
    for (const auto& [space, entries] : spaces) {
      for (const auto& [name, bytes] : entries) {
        if (written) written = t.put(space, name, bytes);
      }
    }
    return written;
  }

  /// Whether the transaction sees this data and no other, in the spaces that this has.
  template <class Transaction>
  bool is_in(Transaction& t) const {
    const auto has_table = [&]<class Key, class R>(const std::map<Key, row<R>>& table) {
      const auto scanned = t.template scan<R>(std::nullopt, table.size() + 1);
      if (!scanned || scanned->size() != table.size()) return false;
      std::size_t i = 0;
      for (const auto& [key, kept] : table) {
        if (!is_same_row((*scanned)[i++], kept)) return false;
        const auto loaded = t.template load<R>(key);
        if (!loaded || !is_same_row(*loaded, kept)) return false;
      }
      return true;
    };
    if (!std::apply([&](const auto&... table) { return (has_table(table) && ...); }, tables)) return false;
    for (const auto& [space, entries] : spaces) {
      const auto listed = t.list(space, "", entries.size() + 1);
      if (!listed || listed->size() != entries.size()) return false;
      std::size_t i = 0;
      for (const auto& [name, bytes] : entries) {
        if ((*listed)[i++] != entry{name, bytes}) return false;
      }
    }
    return true;
  }
};

/// A whole store, as it was last committed.
struct store_law_model {
  std::map<std::string, scope_model> scopes{};
};

/// Does `steps` random operations to a store and to the model, with commits, rollbacks and restarts between them, and
/// compares all that they answer.
///
/// \param place  see `check_store_laws`
/// \return nothing, or where they first differed: with the seed, it can be run again
template <class Place>
std::string check_store_against_model(Place& place, std::uint64_t seed, int steps) {
  law_random random(seed);
  store_law_model committed;
  const std::vector<std::string> texts = hard_texts(), names = hard_names();
  const auto text = [&] { return texts[random.below(8) * 3 % texts.size()]; };  // few, so that they meet
  const auto name = [&] { return names[random.below(6) * 2 % names.size()]; };
  int step = 0;
  const auto differs = [&](std::string_view what) {
    return "laws 1 to 6: the store differs from the model in " + std::string(what) + " at step " +
           std::to_string(step) + " of seed " + std::to_string(seed);
  };
  while (step < steps) {
    auto store = place.open();  // a restart, every few transactions
    if (!store) return differs("opening");
    for (std::size_t transactions = random.below(4) + 1; transactions > 0; --transactions) {
      const std::string scope(1, static_cast<char>('s' + random.below(3)));
      scope_model now = committed.scopes[scope];
      auto begun = (*store).begin(scope);
      if (!begun) return differs("begin: " + begun.error().message);
      auto& t = *begun;
      for (std::size_t operations = random.below(16); operations > 0; --operations, ++step) {
        const std::size_t limit = random.below(5);
        switch (random.below(11)) {
          case 0:
          case 1: {
            const auto made = hard_row(random, text());
            now.save(made);
            if (!t.save(made)) return differs("save");
            break;
          }
          case 2: {
            const std::string key = text();
            now.template table<every_kind>().erase(key);
            if (!t.template erase<every_kind>(key)) return differs("erase");
            break;
          }
          case 3: {
            const std::string key = text();
            const auto loaded = t.template load<every_kind>(key);
            const auto at = now.template table<every_kind>().find(key);
            const bool is_there = at != now.template table<every_kind>().end();
            if (!loaded || loaded->has_value() != is_there || (is_there && !is_same_row(**loaded, at->second)))
              return differs("load");
            break;
          }
          case 4: {
            const auto after = random.below(3) == 0 ? std::nullopt : std::optional(text());
            const auto scanned = t.template scan<every_kind>(after, limit);
            if (!scanned || !are_same_rows(*scanned, now.template scan<every_kind>(after, limit)))
              return differs("scan");
            break;
          }
          case 5: {
            const row<natural_key> made{
                {.id{static_cast<std::uint64_t>(hard_integer(random))}, .text{text()}}, false, name()};
            now.save(made);
            if (!t.save(made)) return differs("save");
            break;
          }
          case 6: {
            const auto key = static_cast<std::uint64_t>(hard_integer(random));
            const auto scanned = t.template scan<natural_key>(key, limit);
            if (!scanned || !are_same_rows(*scanned, now.template scan<natural_key>(key, limit)))
              return differs("scan");
            break;
          }
          case 7: {
            const std::string to = name(), bytes = text();
            now.spaces["x"][to] = bytes;
            if (!t.put("x", to, bytes)) return differs("put");
            break;
          }
          case 8: {
            const std::string gone = name();
            now.spaces["x"].erase(gone);
            if (!t.remove("x", gone)) return differs("remove");
            break;
          }
          case 9: {
            const std::string wanted = name();
            const auto bytes = t.get("x", wanted);
            const auto at = now.spaces["x"].find(wanted);
            const bool is_there = at != now.spaces["x"].end();
            if (!bytes || bytes->has_value() != is_there || (is_there && **bytes != at->second)) return differs("get");
            break;
          }
          default: {
            const std::string after = random.below(3) == 0 ? std::string() : name();
            const auto listed = t.list("x", after, limit);
            if (!listed || *listed != now.list("x", after, limit)) return differs("list");
            break;
          }
        }
      }
      if (!now.is_in(t)) return differs("what a transaction sees at its end");
      if (random.below(3) != 0) {
        if (auto done = t.commit(); !done) return differs("commit: " + done.error().message);
        committed.scopes[scope] = std::move(now);
      }
      ++step;
    }
  }
  auto store = place.open();
  if (!store) return differs("opening");
  for (const auto& [scope, data] : committed.scopes) {
    auto t = (*store).begin(scope);
    if (!t || !data.is_in(*t)) return differs("what is there in the end");
  }
  return {};
}

}  // namespace syncline::store_laws

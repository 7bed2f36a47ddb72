// SPDX-License-Identifier: BSL-1.0
#pragma once
// What the hub keeps of how large values changed, so that a device need not be told them whole.

#include <syncline/port/store.hpp>
#include <syncline/sync/catalog.hpp>
#include <syncline/sync/hub_record.hpp>
#include <syncline/sync/update_differences.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

namespace syncline {

/// How a hub tells values: by difference where it knows what the device has, or all of them whole.
enum class value_form : std::uint8_t { by_difference, whole };

/// The last changes of a large value, oldest first; together they take less than the value.
struct difference_chain {
  std::uint32_t field{};
  std::uint64_t since{};  ///< whoever has the value as of this commit, or of a later one, lacks no other change
  std::vector<numbered_difference> changes{};
};

/// The chains of the records of a scope, inside a transaction. They are a shortcut: the checksum that goes with one
/// tells a device whether it leads to the hub's value. \see DELTA-2, PROTOCOL 8
template <class Tx>
struct hub_differences {
  /// Notes how `record` differs from what `tx` has of it, before it is saved in commit `number`. `were_large` are its
  /// large values there: only those have chains. Costs nothing where none of them changed.
  template <class R>
  static result<void> note(Tx& tx, const hub_record<R>& record, field_set<R> were_large, std::uint64_t number) {
    if constexpr (!internal::find_large_fields<R>().empty()) {
      field_set<R> changed;
      were_large.for_each([&](std::size_t i) {
        if (record.numbers[i] == number) changed.insert(i);
      });
      if (changed.empty()) return {};
      const field_set<R> large = large_values(record.value);
      auto chains = read(tx, record);
      if (!chains) return chains.error();
      const bool had_any = !chains->empty();
      const bool is_anew = record.born == number;
      std::erase_if(*chains, [&](const difference_chain& each) {
        return is_anew || (changed.contains(each.field) && !large.contains(each.field));
      });
      if (!is_anew) {
        if (auto added = add_changes(tx, record, changed & large, number, *chains); !added) return added;
      }
      const std::string name = record_name<R>(key_of(record.value));
      if (!chains->empty()) return tx.put("differences", name, encode(*chains));
      return had_any ? tx.remove("differences", name) : result<void>{};
    }
    return {};
  }

  /// Lets `update`, which is `record` for a device that has it as of commit `after`, tell values by difference.
  template <class R>
  static result<void> tell(Tx& tx, const hub_record<R>& record, std::uint64_t after, record_update<R>& update) {
    if constexpr (!internal::find_large_fields<R>().empty()) {
      if (update.whole) return {};
      const field_set<R> large = update.fields & large_values(record.value);
      if (large.empty()) return {};
      auto chains = read(tx, record);
      if (!chains) return chains.error();
      internal::for_each_large(large, [&]<std::size_t I>(std::integral_constant<std::size_t, I>) {
        field_difference told{I, 0, {}};
        if (record.numbers[I] > after) {
          const auto chain = find(*chains, I);
          if (chain == chains->end() || chain->since > after) return;
          for (const numbered_difference& each : chain->changes) {
            if (each.number > after) told.changes.push_back(each);
          }
        }
        told.digest = checksum(encode(get_field<I>(record.value)));
        update.differences.push_back(std::move(told));
      });
    }
    return {};
  }

  /// Forgets the chains of the record with this key, whose values become others.
  template <class R>
  static result<void> forget(Tx& tx, const typename schema<R>::key_type& key) {
    if constexpr (internal::find_large_fields<R>().empty()) return {};
    return tx.remove("differences", record_name<R>(key));
  }

 private:
  using chain_list = std::vector<difference_chain>;

  template <class R>
  static result<chain_list> read(Tx& tx, const hub_record<R>& record) {
    auto bytes = tx.get("differences", record_name<R>(key_of(record.value)));
    if (!bytes) return bytes.error();
    if (!*bytes) return chain_list{};
    return decode<chain_list>(**bytes);
  }

  static chain_list::iterator find(chain_list& chains, std::size_t field) {
    return std::find_if(chains.begin(), chains.end(), [&](const difference_chain& each) { return each.field == field; });
  }

  template <class R>
  static result<void> add_changes(Tx& tx, const hub_record<R>& record, field_set<R> changed, std::uint64_t number,
                                  chain_list& chains) {
    if (changed.empty()) return {};
    auto kept = tx.template load<R>(key_of(record.value));
    if (!kept) return kept.error();
    if (!*kept) return {};
    auto read = read_row(std::move(**kept));
    if (!read) return read.error();
    const hub_record<R>& before = *read;
    internal::for_each_large(changed, [&]<std::size_t I>(std::integral_constant<std::size_t, I>) {
      const auto &was = get_field<I>(before.value), &is = get_field<I>(record.value);
      if (is_same_value(was, is)) return;
      if (is_planted(flaw::forget_a_difference) && number % 2 == 0) return;
      auto chain = find(chains, I);
      if (chain == chains.end()) chain = chains.insert(chain, {I, before.numbers[I], {}});
      chain->changes.push_back({number, {encode_difference(was, is)}});
      shorten(*chain, encode(is).size());
    });
    std::erase_if(chains, [](const difference_chain& each) { return each.changes.empty(); });
    return {};
  }

  // Drops the oldest changes until all take less than `whole` bytes.
  static void shorten(difference_chain& chain, std::size_t whole) {
    std::size_t bytes = 0;
    auto first = chain.changes.end();
    while (first != chain.changes.begin()) {
      bytes += sizeof(std::uint64_t) + std::prev(first)->bytes.bytes.size();
      if (bytes >= whole) break;
      --first;
    }
    if (first != chain.changes.begin()) chain.since = std::prev(first)->number;
    chain.changes.erase(chain.changes.begin(), first);
  }
};

}  // namespace syncline

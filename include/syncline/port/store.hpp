// SPDX-License-Identifier: BSL-1.0
#pragma once
// What an engine needs of a store: rows by type and key, an ordered map of bytes, and transactions that hold.

#include <syncline/core/result.hpp>
#include <syncline/record/lineage.hpp>

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace syncline {

/// A record as it is kept: its value, for whoever reads the store, and what the engine has to remember of it.
template <class R>
struct row {
  R value{};
  bool deleted = false;  ///< a tombstone: the value is the last one
  std::string sync{};    ///< the engine's own bytes

  friend bool operator==(const row& a, const row& b) {
    return is_same_value(a.value, b.value) && a.deleted == b.deleted && a.sync == b.sync;
  }
};

/// The name and the bytes of an entry of the ordered map.
struct entry {
  std::string name{};
  std::string bytes{};

  friend bool operator==(const entry&, const entry&) = default;
};

/// An open transaction on one scope of a store, for records of type `R`. Destroying it without `commit` rolls it back.
///
/// Two kinds of thing are kept. Rows, by record type and key. And entries of an ordered map, by space (a short literal)
/// and name (any bytes, ordered as unsigned bytes): everything else that an engine remembers, chunks included.
///
///   load<R>(key)                the row, or nothing
///   save<R>(row)                replaces the row with the same key, or adds it
///   erase<R>(key)               removes the row; nothing happens if there is none
///   scan<R>(after, limit)       up to `limit` rows in order of key, from the first one greater than `after` (or the
///                               first of all); keys are ordered as `operator<` orders their type
///   get(space, name)            the bytes, or nothing
///   put(space, name, bytes)     replaces or adds
///   remove(space, name)         removes; nothing happens if there is none
///   list(space, after, limit)   up to `limit` entries in order of name, from the first one greater than `after`
///   commit()                    makes all of it durable; nothing may be called after it
///
/// Laws (checked by `check_store_laws`):
///   1. What was saved or put is loaded or got, in the same transaction at once and in every later one after commit.
///   2. Nothing of a transaction that was not committed is ever seen, after a rollback or a restart.
///   3. What was committed is there after a restart, all of it.
///   4. Values come back bit for bit: NaN, -0.0, empty text, text and names with zeros, empty optionals, 64-bit extremes.
///   5. Scopes do not see each other. A second `begin` on a scope waits or fails with `busy`; it never interleaves.
///   6. scan and list give each row or entry once, in order, and see the transaction's own writes.
///   7. Failures are error values of phase `store`; after one, the transaction can only be dropped.
template <class T, class R>
concept transaction_for = requires(T& t, const typename schema<R>::key_type& key, const row<R>& kept,
                                   std::optional<typename schema<R>::key_type> after, std::string_view bytes,
                                   std::size_t limit) {
  { t.template load<R>(key) } -> std::same_as<result<std::optional<row<R>>>>;
  { t.template save<R>(kept) } -> std::same_as<result<void>>;
  { t.template erase<R>(key) } -> std::same_as<result<void>>;
  { t.template scan<R>(after, limit) } -> std::same_as<result<std::vector<row<R>>>>;
  { t.get(bytes, bytes) } -> std::same_as<result<std::optional<std::string>>>;
  { t.put(bytes, bytes, bytes) } -> std::same_as<result<void>>;
  { t.remove(bytes, bytes) } -> std::same_as<result<void>>;
  { t.list(bytes, bytes, limit) } -> std::same_as<result<std::vector<entry>>>;
  { t.commit() } -> std::same_as<result<void>>;
};

namespace internal {

/// `T` serves rows of `R` and of every version before it.
template <class T, class R>
inline constexpr bool serves_versions = transaction_for<T, R> && serves_versions<T, previous_of<R>>;
template <class T>
inline constexpr bool serves_versions<T, void> = true;

}  // namespace internal

/// A store of records of the types `Records`, and of their previous versions: rows of each version are apart, and what
/// an older program left is found as rows of its own version.
///
/// `begin(scope)` opens a transaction on the data of one scope and locks the scope until it ends.
/// \see PROTOCOL 6, docs/architecture.md
template <class S, class... Records>
concept store_for = requires(S& s, std::string_view scope) {
  { s.begin(scope).value() };
  requires(internal::serves_versions<std::remove_cvref_t<decltype(s.begin(scope).value())>, Records> && ...);
};

/// The transactions of a store.
template <class S>
using transaction_of = std::remove_cvref_t<decltype(std::declval<S&>().begin(std::string_view{}).value())>;

/// `number` as eight bytes that are ordered as the numbers are: a part of a name in the ordered map.
inline std::string ordered_bytes(std::uint64_t number) {
  std::string bytes(8, '\0');
  for (int i = 7; i >= 0; --i, number >>= 8) bytes[static_cast<std::size_t>(i)] = static_cast<char>(number & 0xFF);
  return bytes;
}

/// The number that `ordered_bytes` wrote at the front of `bytes`; 0 if they are too few.
inline std::uint64_t number_in(std::string_view bytes) noexcept {
  if (bytes.size() < 8) return 0;
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < 8; ++i) number = number << 8 | static_cast<unsigned char>(bytes[i]);
  return number;
}

}  // namespace syncline

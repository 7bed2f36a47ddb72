// SPDX-License-Identifier: BSL-1.0
#pragma once
// The record types of one app, looked up by the names that stand in messages and stores.

#include <syncline/sync/protocol.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <type_traits>

namespace syncline {

namespace internal {

inline constexpr std::string_view says_records = "[syncline] records '", says_and_record = "' and '",
                                  says_one_table = "' are both of table '",
                                  says_other_table = "': give one of them another `record_info::table`";

/// The first two of `Records` that are of one table, if there are such.
template <class... Records>
struct same_table {
  static constexpr std::size_t count = sizeof...(Records);
  static constexpr std::string_view tables[]{schema<Records>::table...}, names[]{type_name<Records>...};
  static constexpr std::size_t pair = [] {
    std::size_t at = 0;
    while (at < count * count && (at / count >= at % count || tables[at / count] != tables[at % count])) ++at;
    return at;
  }();
  static constexpr bool exists = pair < count * count;
  static constexpr std::string_view one = names[pair / count % count], other = names[pair % count],
                                    table = tables[pair % count];
};

/// Stops compilation where a table's name stands for two of `Records`.
template <class... Records>
consteval bool check_tables() {
  using same = same_table<Records...>;
  if constexpr (same::exists) {
    ill_formed<concatenated<says_records, same::one, says_and_record, same::other, says_one_table, same::table, says_other_table>()>();
  }
  return true;
}

}  // namespace internal

/// The record types that a replica and its hub share, each with a table of its own.
template <class... Records>
struct catalog {
  static_assert(sizeof...(Records) > 0, "[syncline] a catalog needs a record type: catalog<activity, goal>");
  static_assert(internal::check_tables<Records...>());

  /// Calls `use(std::type_identity<R>{})` for the record type whose table is called `table`; says whether there is one.
  template <class Use>
  static bool visit(std::string_view table, Use&& use) {
    return ((table == schema<Records>::table && (use(std::type_identity<Records>{}), true)) || ...);
  }

  /// Calls `use(std::type_identity<R>{})` for every record type, in order of declaration.
  template <class Use>
  static void for_each(Use&& use) {
    (use(std::type_identity<Records>{}), ...);
  }

  /// The position of the record type whose table is called `table`, which has to be one of them.
  static std::uint32_t position_of(std::string_view table) {
    std::uint32_t at = 0;
    static_cast<void>(((table == schema<Records>::table || (++at, false)) || ...));
    return at;
  }

  /// The tables, as the messages declare them.
  static std::vector<table_declaration> declarations() { return {declaration_of<Records>()...}; }

  /// Nothing if everything in `theirs` is declared here in the same way, else what is not, in one sentence.
  static result<void> check(const std::vector<table_declaration>& theirs) {
    for (const table_declaration& their : theirs) {
      std::string problem;
      const bool known = visit(their.table, [&]<class R>(std::type_identity<R>) {
        if (their.version != schema<R>::info.version) {
          problem = "the peer has version " + std::to_string(their.version) + " of table '" + their.table +
                    "' and this side has version " + std::to_string(schema<R>::info.version) + ": update the older app";
        } else if (their.fingerprint != schema<R>::fingerprint) {
          problem = "table '" + their.table + "' is declared differently by the peer, under the same version " +
                    std::to_string(their.version) + ": raise record_info::version when a declaration changes";
        }
      });
      if (!known) problem = "the peer has a table '" + their.table + "' that this side does not know: update the app";
      if (!problem.empty()) return make_error(error_code::wrong_version, phase::validate, std::move(problem));
    }
    return {};
  }
};

/// Whether an update of `R` stands against a deletion that had not seen it, and the rule by which it does. \see MERGE-5
template <class R>
inline constexpr bool keeps_updates = schema<R>::info.deletes != delete_policy::delete_wins;
template <class R>
inline constexpr rule rule_of_update = schema<R>::info.deletes == delete_policy::manual ? rule::undecided : rule::updated;

/// A chunk's name in the ordered map.
inline std::string digest_name(const chunk_digest& digest) { return {digest.bytes.begin(), digest.bytes.end()}; }

/// What is wrong with a value, in one sentence, or an empty text: whether it could be read again, and the record's own
/// check, if it has one.
///
/// A record takes part by a function `std::string violation(const R&)` that argument-dependent lookup finds.
template <class R>
std::string violation_of(const R& value) {
  if constexpr (kind_of<typename schema<R>::key_type> == value_kind::text) {
    if (key_of(value).empty()) return "a record of table '" + std::string(schema<R>::table) + "' has an empty key: give it one";
  }
  const std::string bytes = encode(value);
  if (bytes.size() > max_record_size) {
    return "a record of table '" + std::string(schema<R>::table) + "' takes " + std::to_string(bytes.size()) +
           " bytes, and 2 MiB are the most: shorten it, or declare what is long as a series";
  }
  if (auto again = decode<R>(bytes); !again) {
    return "a record of table '" + std::string(schema<R>::table) + "' could not be read again (" + again.error().message + ")";
  }
  if constexpr (requires { { violation(value) } -> std::convertible_to<std::string>; }) {
    return violation(value);
  } else {
    return {};
  }
}

/// `table`, a zero, and the key's bytes: how a record is named in the ordered map.
template <class R>
std::string record_name(const typename schema<R>::key_type& key) {
  std::string name(schema<R>::table);
  name += '\0';
  encode_to(name, key);
  return name;
}

}  // namespace syncline

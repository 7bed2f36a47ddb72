// SPDX-License-Identifier: BSL-1.0
#pragma once
// The record types of one app, looked up by the names that stand in messages and stores.

#include <syncline/record/lineage.hpp>
#include <syncline/sync/protocol.hpp>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

namespace syncline {

/// What the two sides of a link are called in sentences.
struct side_names {
  std::string_view peer{}, self{};
};

namespace internal {

inline constexpr std::string_view says_records = "[syncline] records '", says_and_record = "' and '",
                                  says_one_table = "' are both of table '",
                                  says_rename_table = "': give one of them another `record_info::table`, or of the versions "
                                                     "of a record name the newest only";

/// Stops compilation where a table's name stands for two of the records.
template <class R, class... Others>
consteval bool check_tables() {
  [[maybe_unused]] constexpr auto check = []<class Other>(std::type_identity<Other>) {
    if constexpr (schema<R>::table == schema<Other>::table) {
      ill_formed<concatenated<says_records, type_name<R>, says_and_record, type_name<Other>, says_one_table, schema<R>::table,
                              says_rename_table>()>();
    }
  };
  (check(std::type_identity<Others>{}), ...);
  if constexpr (sizeof...(Others) > 1) return check_tables<Others...>();
  return true;
}

}  // namespace internal

/// The record types that a replica and its hub share, each with a table of its own: of each the newest version, which
/// knows those before it.
template <class... Records>
struct catalog {
  static_assert(sizeof...(Records) > 0, "[syncline] a catalog needs a record type: catalog<activity, goal>");
  static_assert((internal::check_lineage<Records>() && ...) && internal::check_tables<Records...>());

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

  /// Nothing if this side and a peer that declares `theirs` can work together, else why not, in one sentence.
  ///
  /// Of each table they have the same version, or one is one version ahead: then the newer side speaks as the older one
  /// does. A table that only one has is one that the other has at version 0. \see DECL-7
  static result<void> check(const std::vector<table_declaration>& theirs, side_names names) {
    for (const table_declaration& their : theirs) {
      std::string problem;
      const bool known = visit(their.table, [&]<class R>(std::type_identity<R>) { problem = conflict_with<R>(their, names); });
      if (!known && their.version > 1) problem = apart(their.table, their.version, 0, names);
      if (!problem.empty()) return make_error(error_code::wrong_version, phase::validate, std::move(problem));
    }
    return {};
  }

  /// `check` of one table's version alone.
  static result<void> check_version(std::string_view table, std::uint32_t theirs, side_names names) {
    result<void> outcome;
    visit(table, [&]<class R>(std::type_identity<R>) {
      constexpr std::uint32_t mine = schema<R>::info.version;
      if (theirs == mine || theirs == mine + 1 || (has_previous<R> && theirs + 1 == mine)) return;
      outcome = make_error(error_code::wrong_version, phase::validate, apart(table, theirs, mine, names));
    });
    return outcome;
  }

  /// `check` of what a hub declares: it may have tables that this side does not have, and has to have those that this
  /// side has had for longer than one version.
  static result<void> check_hub(const std::vector<table_declaration>& theirs, side_names names) {
    std::string problem;
    for_each([&]<class R>(std::type_identity<R>) {
      const auto has_it = [](const table_declaration& their) { return their.table == schema<R>::table; };
      const auto found = std::find_if(theirs.begin(), theirs.end(), has_it);
      if (!problem.empty()) return;
      if (found != theirs.end()) {
        problem = conflict_with<R>(*found, names);
      } else if (schema<R>::info.version > 1) {
        problem = apart(schema<R>::table, 0, schema<R>::info.version, names);
      }
    });
    if (problem.empty()) return {};
    return make_error(error_code::wrong_version, phase::validate, std::move(problem));
  }

  /// Nothing if this side can read records that are written as `theirs` declares: of its own version or the one before.
  static result<void> check_written(const std::vector<table_declaration>& theirs, side_names names) {
    if (auto agree = check(theirs, names); !agree) return agree;
    for (const table_declaration& their : theirs) {
      bool is_newer = false;
      visit(their.table, [&]<class R>(std::type_identity<R>) { is_newer = their.version > schema<R>::info.version; });
      if (!is_newer) continue;
      return make_error(error_code::wrong_version, phase::validate,
                        "table '" + their.table + "' is written in version " + std::to_string(their.version) + ", which " +
                            std::string(names.self) + " does not know: write the one before");
    }
    return {};
  }

 private:
  static std::string apart(std::string_view table, std::uint32_t theirs, std::uint32_t mine, side_names names) {
    const auto has = [](std::string_view who, std::uint32_t version) {
      return std::string(who) + (version == 0 ? " does not have it" : " has version " + std::to_string(version));
    };
    const bool next = theirs + 1 == mine || theirs == mine + 1;
    return "table '" + std::string(table) + "': " + has(names.peer, theirs) + " and " + has(names.self, mine) +
           (next ? ", and there is no way between the two: update " : ", and one version apart is the most: update ") +
           std::string(theirs < mine ? names.peer : names.self);
  }

  template <class R>
  static std::string conflict_with(const table_declaration& their, side_names names) {
    constexpr std::uint32_t mine = schema<R>::info.version;
    const auto check_fingerprint = [&](std::uint64_t fingerprint) {
      if (their.fingerprint == fingerprint) return std::string();
      return "table '" + their.table + "' is declared differently by " + std::string(names.peer) + ", under the same version " +
             std::to_string(their.version) + ": raise record_info::version when a declaration changes";
    };
    if (their.version == mine) return check_fingerprint(schema<R>::fingerprint);
    if (their.version == mine + 1) return {};  // the newer side knows the way
    if constexpr (has_previous<R>) {
      if (their.version + 1 == mine) return check_fingerprint(schema<previous_of<R>>::fingerprint);
    }
    return apart(their.table, their.version, mine, names);
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

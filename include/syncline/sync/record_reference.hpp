// SPDX-License-Identifier: BSL-1.0
#pragma once
// Records that name others: what has to be at the hub before a write is sent, and how a record is called to a person.

#include <syncline/queue/outbox_item.hpp>
#include <syncline/record/schema.hpp>
#include <syncline/sync/catalog.hpp>
#include <syncline/wire/decode.hpp>
#include <syncline/wire/encode.hpp>

#include <concepts>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace syncline {

/// The record of `R` with this key, for `depends_on` and the doors of a replica.
template <class R>
record_reference reference_to(const typename schema<R>::key_type& key) {
  return {std::string(schema<R>::table), {encode(key)}};
}

/// What has to be at the hub before `value`.
///
/// A record takes part by a function `std::vector<syncline::record_reference> depends_on(const R&)` that
/// argument-dependent lookup finds: mostly the records that its foreign keys name. \see QUEUE-3
template <class R>
std::vector<record_reference> references_of(const R& value) {
  if constexpr (requires { { depends_on(value) } -> std::convertible_to<std::vector<record_reference>>; }) {
    return depends_on(value);
  } else {
    return {};
  }
}

/// "record 'k' of table 't'", for a sentence.
template <class Catalog>
std::string called(std::string_view table, std::string_view encoded_key) {
  std::string name;
  Catalog::visit(table, [&]<class R>(std::type_identity<R>) {
    using key_type = typename schema<R>::key_type;
    auto key = decode<key_type>(encoded_key);
    if (!key) return;
    if constexpr (kind_of<key_type> == value_kind::text) {
      name = "'" + *key + "' ";
    } else if constexpr (kind_of<key_type> == value_kind::enumeration) {
      name = std::to_string(static_cast<std::underlying_type_t<key_type>>(*key)) + ' ';
    } else {
      name = std::to_string(*key) + ' ';
    }
  });
  return "record " + name + "of table '" + std::string(table) + "'";
}

}  // namespace syncline

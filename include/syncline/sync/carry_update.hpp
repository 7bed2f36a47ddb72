// SPDX-License-Identifier: BSL-1.0
#pragma once
// What is said of one version of a record, said of another: updates, and single values as they stand in logs.

#include <syncline/change/carry_change.hpp>
#include <syncline/port/store.hpp>
#include <syncline/resolve/conflict.hpp>
#include <syncline/sync/record_update.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace syncline {

/// The version after `V` among those of `R`.
template <class R, class V>
struct version_after {
  using type = typename version_after<previous_of<R>, V>::type;
};
template <class R, class V>
requires std::is_same_v<previous_of<R>, V>
struct version_after<R, V> {
  using type = R;
};

/// `older`, a record as a hub or a device keeps it, in `R`, version by version.
template <class R, template <class> class Kept, class V>
Kept<R> raised_to(const Kept<V>& older) {
  if constexpr (std::is_same_v<R, V>) {
    return older;
  } else {
    return raised_to<R>(carry_kept<typename version_after<R, V>::type>(older));
  }
}

/// Hands some rows of older versions of `R` to `move`, a version at a time; says how many. None are left when it says 0.
template <class R, class Tx, class Move>
result<std::size_t> move_some(Tx& tx, Move&& move) {
  constexpr std::size_t batch = 64;
  std::size_t moved = 0;
  result<void> outcome;
  for_each_older<R>([&]<class V>(std::type_identity<V>) {
    if (!outcome || moved >= batch) return;
    auto rows = tx.template scan<V>({}, batch - moved);
    if (!rows) return void(outcome = rows.error());
    if (!rows->empty()) outcome = move(*rows);
    moved += rows->size();
  });
  if (!outcome) return outcome.error();
  return moved;
}

/// `update` of the version next to it. All fields are in it, since a step may have made any of them of any.
///
/// \pre all fields but the key are in `update`
template <class To, class From>
record_update<To> carry_update(const record_update<From>& update) {
  record_update<To> out;
  out.value = carried<To>(update.value);
  out.fields = field_set<To>::all();
  out.fields.erase(schema<To>::key_index);
  out.number = update.number;
  out.whole = true;
  out.deleted = update.deleted;
  out.life = update.life;
  out.alias_of = update.alias_of;
  const auto from =
      origins<To>(update.fields, [&](std::size_t a, std::size_t b) { return update.stamps[a] < update.stamps[b]; });
  out.fields.for_each([&](std::size_t i) {
    if (from[i] == field_count<From>) return;
    out.stamps[i] = update.stamps[from[i]];
    if (internal::namesakes<From, To>[from[i]] == i) out.rules[i] = update.rules[from[i]];
  });
  return out;
}

/// A field and its value, or an edit of it, as `encode` writes them.
struct encoded_field {
  std::size_t field{};
  std::string bytes{};
};

/// A value of field `field` of `From`, in `To`; nothing if `To` has no field of that name, or the bytes are no value.
template <class To, class From>
std::optional<encoded_field> carry_encoded(std::size_t field, std::string_view bytes) {
  std::optional<encoded_field> found;
  [&]<std::size_t... I>(std::index_sequence<I...>) {
    const auto one = [&]<std::size_t J>(std::integral_constant<std::size_t, J>) {
      constexpr std::size_t at = internal::namesake<From, To, J>;
      if constexpr (at != schema<To>::size) {
        if (field != J) return;
        using value = typename schema<From>::template value_type<J>;
        if constexpr (std::is_same_v<value, typename schema<To>::template value_type<at>>) {
          found = {at, std::string(bytes)};
        } else if (auto read = decode<value>(bytes)) {
          From holder{};
          get_field<J>(holder) = std::move(*read);
          const To now = carried<To>(holder);
          found = {at, encode(get_field<at>(now))};
        }
      }
    };
    (one(std::integral_constant<std::size_t, I>{}), ...);
  }
  (std::make_index_sequence<field_count<From>>{});
  return found;
}

/// A value of field `field` of version `version` of `R`, in `R` itself; nothing if it has no such field any more.
template <class R>
std::optional<encoded_field> raise_encoded(std::uint32_t version, std::size_t field, std::string_view bytes) {
  if (version == schema<R>::info.version) return encoded_field{field, std::string(bytes)};
  if constexpr (has_previous<R>) {
    if (auto older = raise_encoded<previous_of<R>>(version, field, bytes)) {
      return carry_encoded<R, previous_of<R>>(older->field, older->bytes);
    }
  }
  return std::nullopt;
}

/// The position of field `name` in version `version` of `R`, if they exist.
template <class R>
std::optional<std::size_t> position_in(std::uint32_t version, std::string_view name) {
  if constexpr (has_previous<R>) {
    if (version != schema<R>::info.version) return position_in<previous_of<R>>(version, name);
  }
  const std::size_t at = schema<R>::index_of(name);
  if (version != schema<R>::info.version || at == schema<R>::size) return std::nullopt;
  return at;
}

/// `entry`, which is about a record of `R`'s table, with its values as `R` has them, but for those that `R` has no place
/// for. One of a newer version stays as it is.
template <class R>
conflict carry_conflict(conflict entry) {
  if (*entry.version >= schema<R>::info.version) return entry;
  std::vector<superseded> values = *entry.values;
  std::erase_if(values, [&](superseded& each) {
    if (each.field.empty()) return false;  // a deletion
    const auto at = position_in<R>(*entry.version, each.field);
    for (blob* value : {&each.kept, &each.dropped}) {
      if (value->bytes.empty()) continue;
      auto raised = at ? raise_encoded<R>(*entry.version, *at, value->bytes) : std::nullopt;
      if (!raised) return true;
      value->bytes = std::move(raised->bytes);
    }
    return false;
  });
  entry.values = std::move(values);
  entry.version = schema<R>::info.version;
  return entry;
}

}  // namespace syncline

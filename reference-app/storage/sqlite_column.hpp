// SPDX-License-Identifier: BSL-1.0
#pragma once
// How a value of each kind stands in an SQLite column, bit for bit, and as readable as SQL allows.

#include "storage/sqlite_database.hpp"

#include <syncline/port/store.hpp>
#include <syncline/record/value_kind.hpp>
#include <syncline/wire/decode.hpp>
#include <syncline/wire/encode.hpp>
#include <syncline/wire/json.hpp>
#include <syncline/wire/time_text.hpp>

#include <cmath>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace stride {

namespace internal {

using syncline::kind_of;
using syncline::value_kind;

template <class T>
consteval bool is_integer_column() {
  constexpr value_kind kind = kind_of<T>;
  if constexpr (kind == value_kind::time) {
    return !syncline::internal::is_iso_clock<typename T::duration>();
  } else {
    return kind == value_kind::boolean || kind == value_kind::integer || kind == value_kind::enumeration ||
           kind == value_kind::duration;
  }
}

// Whether `T` is an optional whose empty value is NULL. One of an optional is not, as NULL would be two things.
template <class T>
inline constexpr bool is_nullable = false;
template <class T>
inline constexpr bool is_nullable<std::optional<T>> = kind_of<T> != value_kind::optional;

// Whether JSON has a way to write a `T`; a clock of odd ticks has none. A manifest is coded all the same: its chunks
// stand in a table of their own, and its JSON would be the largest thing in a row.
template <class T>
consteval bool has_json() {
  constexpr value_kind kind = kind_of<T>;
  if constexpr (std::is_same_v<T, syncline::manifest>) {
    return false;
  } else if constexpr (kind == value_kind::time) {
    return syncline::internal::is_iso_clock<typename T::duration>();
  } else if constexpr (kind == value_kind::map) {
    return has_json<typename T::key_type>() && has_json<typename T::mapped_type>();
  } else if constexpr (kind == value_kind::structure) {
    return syncline::with_fields(syncline::internal::nowhere<T>.value, []<class... Fields>(const Fields&...) {
      return std::bool_constant<(has_json<Fields>() && ...)>{};
    });
  } else if constexpr (requires { typename syncline::element_of<T>; }) {
    return has_json<syncline::element_of<T>>();
  } else {
    return true;
  }
}

template <class T>
SYNCLINE_NOINLINE bool bind_composite(sqlite_statement& to, int parameter, const T& value) {
  // Read back before it is written, since JSON does not keep everything (the payload of a NaN, very large values), and
  // neither keeps text that is not UTF-8: a row that cannot be loaded must never be saved.
  if constexpr (has_json<T>()) {
    const std::string json = syncline::json_text(value);
    const auto kept = syncline::from_json<T>(json);
    if (kept && syncline::is_same_value(*kept, value)) {
      to.bind_text_copy(parameter, json);
      return true;
    }
  }
  const std::string bytes = syncline::encode(value);
  to.bind_blob_copy(parameter, bytes);
  if constexpr (std::is_same_v<T, syncline::manifest>) {
    return true;
  } else {
    return syncline::decode<T>(bytes).has_value();
  }
}

template <class T>
SYNCLINE_NOINLINE bool take_composite(const sqlite_statement& from, int column, T& value) {
  if constexpr (has_json<T>()) {
    if (from.type(column) == sqlite_type::text) return syncline::from_json_into(from.text(column), value).has_value();
  }
  return from.type(column) == sqlite_type::blob && syncline::decode_into(from.blob(column), value).has_value();
}

template <class T>
constexpr std::int64_t as_integer(const T& value) {
  if constexpr (kind_of<T> == value_kind::duration) {
    return static_cast<std::int64_t>(value.count());
  } else if constexpr (kind_of<T> == value_kind::time) {
    return static_cast<std::int64_t>(value.time_since_epoch().count());
  } else {
    return static_cast<std::int64_t>(value);
  }
}

// False if the number is none of T's.
template <class T>
constexpr bool from_integer(std::int64_t number, T& value) {
  if constexpr (kind_of<T> == value_kind::boolean) {
    value = number != 0;
    return number == 0 || number == 1;
  } else if constexpr (kind_of<T> == value_kind::enumeration) {
    value = static_cast<T>(static_cast<std::underlying_type_t<T>>(number));
  } else if constexpr (kind_of<T> == value_kind::duration) {
    value = T{static_cast<typename T::rep>(number)};
  } else if constexpr (kind_of<T> == value_kind::time) {
    value = T{typename T::duration{static_cast<typename T::rep>(number)}};
  } else {
    value = static_cast<T>(number);
  }
  return as_integer(value) == number;
}

}  // namespace internal

/// The type that a field of type `T` declares in its SQL table.
template <class T>
consteval std::string_view sql_type() {
  using syncline::value_kind;
  constexpr value_kind kind = syncline::kind_of<T>;
  if constexpr (internal::is_integer_column<T>()) {
    return "INTEGER";
  } else if constexpr (kind == value_kind::number) {
    return "REAL";
  } else if constexpr (kind == value_kind::text || kind == value_kind::time) {
    return "TEXT";
  } else if constexpr (internal::is_nullable<T>) {
    return sql_type<syncline::element_of<T>>();
  } else if constexpr (kind != value_kind::blob && internal::has_json<T>()) {
    return "TEXT";
  } else {
    return "BLOB";
  }
}

/// Binds `value` to a parameter. Its bytes are not copied where they stand in `value` as they are.
///
/// Booleans, integers, enumerations and durations are integers, unsigned ones above 2^63 with the same bits; numbers
/// are reals, but NaN and -0.0, which SQLite does not keep, are their bytes; times are ISO 8601; an empty optional is
/// NULL; lists, sets, maps, arrays and structures are JSON, or bytes where JSON would lose something.
///
/// \return false if it could not be read back: a list or the like with text that is not UTF-8
template <class T>
SYNCLINE_NOINLINE bool bind_value(sqlite_statement& to, int parameter, const T& value) {
  using syncline::value_kind;
  constexpr value_kind kind = syncline::kind_of<T>;
  if constexpr (internal::is_integer_column<T>()) {
    to.bind(parameter, internal::as_integer(value));
  } else if constexpr (kind == value_kind::number) {
    if (std::isnan(value) || (value == 0 && std::signbit(value))) {
      to.bind_blob_copy(parameter, {reinterpret_cast<const char*>(&value), sizeof value});
    } else {
      to.bind(parameter, static_cast<double>(value));
    }
  } else if constexpr (kind == value_kind::text) {
    to.bind_text(parameter, value);
  } else if constexpr (kind == value_kind::time) {
    to.bind_text_copy(parameter, syncline::time_text(value));
  } else if constexpr (kind == value_kind::blob) {
    to.bind_blob(parameter, value.bytes);
  } else if constexpr (internal::is_nullable<T>) {
    if (value) return bind_value(to, parameter, *value);
    to.bind_null(parameter);
  } else {
    return internal::bind_composite(to, parameter, value);
  }
  return true;
}

/// Reads what `bind_value` wrote. NULL leaves `value` as it is: that is what a column has which was added later.
///
/// \return false if the column holds something that is no `T`
template <class T>
SYNCLINE_NOINLINE bool take_value(const sqlite_statement& from, int column, T& value) {
  using syncline::value_kind;
  constexpr value_kind kind = syncline::kind_of<T>;
  const sqlite_type type = from.type(column);
  if constexpr (internal::is_nullable<T>) {
    if (type == sqlite_type::null) {
      value.reset();
      return true;
    }
    if (!value) value.emplace();
    return take_value(from, column, *value);
  } else {
    if (type == sqlite_type::null) return true;
    if constexpr (internal::is_integer_column<T>()) {
      return type == sqlite_type::integer && internal::from_integer(from.integer(column), value);
    } else if constexpr (kind == value_kind::number) {
      if (type == sqlite_type::blob) {
        const std::string_view bytes = from.blob(column);
        if (bytes.size() != sizeof value) return false;
        std::memcpy(&value, bytes.data(), sizeof value);
      } else {
        value = static_cast<T>(from.real(column));
      }
      return type != sqlite_type::text;
    } else if constexpr (kind == value_kind::text) {
      value.assign(from.text(column));
      return type == sqlite_type::text;
    } else if constexpr (kind == value_kind::time) {
      auto time = syncline::parse_time<T>(from.text(column));
      if (time) value = *time;
      return time.has_value();
    } else if constexpr (kind == value_kind::blob) {
      value.bytes.assign(from.blob(column));
      return type == sqlite_type::blob;
    } else {
      return internal::take_composite(from, column, value);
    }
  }
}

/// Whether `T` is an unsigned integer that may have the top bit: the ones that SQLite orders otherwise than C++ does.
template <class T>
consteval bool is_wide_unsigned() {
  if constexpr (std::is_enum_v<T>) {
    return is_wide_unsigned<std::underlying_type_t<T>>();
  } else {
    return std::is_unsigned_v<T> && sizeof(T) == 8;
  }
}

/// Binds a key such that SQLite orders keys as C++ does: unsigned integers from 2^63 on are eight bytes, the highest
/// first, which stand behind all integers.
template <class T>
void bind_key(sqlite_statement& to, int parameter, const T& key) {
  if constexpr (is_wide_unsigned<T>()) {
    const auto number = static_cast<std::uint64_t>(key);
    if (number >> 63 != 0) {
      to.bind_blob_copy(parameter, syncline::ordered_bytes(number));
      return;
    }
  }
  bind_value(to, parameter, key);
}

/// Reads what `bind_key` wrote.
template <class T>
bool take_key(const sqlite_statement& from, int column, T& key) {
  if constexpr (is_wide_unsigned<T>()) {
    if (from.type(column) == sqlite_type::blob) {
      key = static_cast<T>(syncline::number_in(from.blob(column)));
      return from.blob(column).size() == 8;
    }
  }
  return from.type(column) != sqlite_type::null && take_value(from, column, key);
}

}  // namespace stride

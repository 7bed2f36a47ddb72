// SPDX-License-Identifier: BSL-1.0
#pragma once
// Which types a field's value can have: everything that is derived from a declaration (codecs, columns, fingerprints)
// asks here.

#include <syncline/core/chrono.hpp>
#include <syncline/core/enum_name.hpp>
#include <syncline/record/reflect.hpp>

#include <array>
#include <bit>
#include <concepts>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <type_traits>
#include <vector>

namespace syncline {

/// Milliseconds since 1970-01-01T00:00:00Z.
using timestamp = std::chrono::sys_time<std::chrono::milliseconds>;

/// The shape of a value. `none` is what cannot be coded.
enum class value_kind : std::uint8_t {
  none,
  boolean,
  integer,
  number,
  text,
  enumeration,
  duration,
  time,
  optional,
  list,
  set,
  map,
  array,
  structure,
  blob,
};

/// Bytes that are not text.
struct blob {
  std::string bytes{};

  friend bool operator==(const blob&, const blob&) = default;
  friend auto operator<=>(const blob&, const blob&) = default;
};

namespace internal {

template <class T>
struct shape {
  static constexpr value_kind kind = std::is_same_v<T, bool>                                ? value_kind::boolean
                                     : std::is_integral_v<T> && sizeof(T) <= 8              ? value_kind::integer
                                     : std::is_same_v<T, float> || std::is_same_v<T, double> ? value_kind::number
                                     : open_enum<T>                                         ? value_kind::enumeration
                                     : std::is_aggregate_v<T> && !std::is_array_v<T> && !std::is_empty_v<T>
                                         ? value_kind::structure
                                         : value_kind::none;
};
template <>
struct shape<std::string> {
  static constexpr value_kind kind = value_kind::text;
};
template <>
struct shape<blob> {
  static constexpr value_kind kind = value_kind::blob;
};
template <class Rep, class Period>
struct shape<std::chrono::duration<Rep, Period>> {
  static constexpr value_kind kind = std::is_integral_v<Rep> ? value_kind::duration : value_kind::none;
};
template <class Duration>
struct shape<std::chrono::sys_time<Duration>> {
  static constexpr value_kind kind =
      std::is_integral_v<typename Duration::rep> ? value_kind::time : value_kind::none;
};
template <class T>
struct shape<std::optional<T>> {
  static constexpr value_kind kind = value_kind::optional;
  using element = T;
};
template <class T, class A>
struct shape<std::vector<T, A>> {
  static constexpr value_kind kind = value_kind::list;
  using element = T;
};
template <class T, class C, class A>
struct shape<std::set<T, C, A>> {
  static constexpr value_kind kind = value_kind::set;
  using element = T;
};
template <class K, class V, class C, class A>
struct shape<std::map<K, V, C, A>> {
  static constexpr value_kind kind = value_kind::map;
  using element = V;
};
template <class T, std::size_t N>
struct shape<std::array<T, N>> {
  static constexpr value_kind kind = N == 0 ? value_kind::none : value_kind::array;
  using element = T;
};

}  // namespace internal

/// The shape of `T`.
template <class T>
inline constexpr value_kind kind_of = internal::shape<T>::kind;

/// What an optional, list, set, map or array holds.
template <class T>
using element_of = typename internal::shape<T>::element;

namespace internal {

template <class T>
consteval bool can_be_coded() {
  constexpr value_kind kind = kind_of<T>;
  if constexpr (kind == value_kind::none) {
    return false;
  } else if constexpr (kind == value_kind::map) {
    return can_be_coded<typename T::key_type>() && can_be_coded<typename T::mapped_type>();
  } else if constexpr (kind == value_kind::optional || kind == value_kind::list || kind == value_kind::set ||
                       kind == value_kind::array) {
    return can_be_coded<element_of<T>>();
  } else if constexpr (kind == value_kind::structure) {
    if constexpr (!plain_aggregate<T>) return false;
    else return with_fields(nowhere<T>.value, []<class... Fields>(const Fields&...) {
      return std::bool_constant<(can_be_coded<Fields>() && ...)>{};
    });
  } else {
    return true;
  }
}

}  // namespace internal

/// A type whose values can be stored, sent and compared: numbers, booleans, enumerations over a type, text,
/// chrono's durations and system times over integers, and optionals, vectors, sets, maps, arrays and plain aggregates of such.
template <class T>
concept codable = internal::can_be_coded<T>();

/// Whether two values are the same value: what their bytes say, so that a NaN equals itself and 0.0 is not -0.0.
///
/// Guarantee: an equivalence relation on every codable type. Complexity: linear in the values.
template <codable T>
SYNCLINE_INLINE constexpr bool is_same_value(const T& a, const T& b);

namespace internal {

template <class T>
SYNCLINE_NOINLINE constexpr bool is_same_range(const T& a, const T& b) {
  if (a.size() != b.size()) return false;
  auto other = b.begin();
  for (const auto& element : a) {
    if constexpr (kind_of<T> == value_kind::map) {
      if (!is_same_value(element.first, other->first) || !is_same_value(element.second, other->second)) return false;
    } else if constexpr (std::is_same_v<std::remove_cvref_t<decltype(element)>, bool> ||
                         !std::is_reference_v<decltype(*other)>) {  // vector<bool>
      if (element != *other) return false;
    } else {
      if (!is_same_value(element, *other)) return false;
    }
    ++other;
  }
  return true;
}

}  // namespace internal

template <codable T>
SYNCLINE_INLINE constexpr bool is_same_value(const T& a, const T& b) {
  constexpr value_kind kind = kind_of<T>;
  if constexpr (kind == value_kind::number) {
    using bits = std::conditional_t<sizeof(T) == 8, std::uint64_t, std::uint32_t>;
    return std::bit_cast<bits>(a) == std::bit_cast<bits>(b);
  } else if constexpr (kind == value_kind::optional) {
    return a.has_value() == b.has_value() && (!a.has_value() || is_same_value(*a, *b));
  } else if constexpr (kind == value_kind::list || kind == value_kind::set || kind == value_kind::map ||
                       kind == value_kind::array) {
    return internal::is_same_range(a, b);
  } else if constexpr (kind == value_kind::structure) {
    bool same = true;
    for_each_field([&](auto, const auto& x, const auto& y) { same = same && is_same_value(x, y); }, a, b);
    return same;
  } else {
    return a == b;
  }
}

}  // namespace syncline

// SPDX-License-Identifier: BSL-1.0
#pragma once
// The names of enumerators, as they are written in the enumeration.

#include <syncline/core/fixed_string.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>
#include <type_traits>
#include <utility>

namespace syncline {

/// An `enum class`: any value of its underlying type can be asked for its name.
template <class E>
concept scoped_enum = std::is_enum_v<E> && !std::is_convertible_v<E, std::underlying_type_t<E>>;

/// An enumeration over a declared type: it holds any number of that type, also what is an enumerator in a newer program
/// only. Not so `enum e {a, b}`.
template <class E>
concept open_enum = std::is_enum_v<E> && requires { E{std::underlying_type_t<E>{}}; };

namespace internal {

template <auto Value>
consteval auto spelled_enumerator() {
  return __PRETTY_FUNCTION__;
}

// "... [with auto Value = ns::colour::red]" gives "red"; a value without a name is spelled "(ns::colour)7".
constexpr std::string_view enumerator_in(std::string_view spelling) {
  const auto is_part = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  };
  spelling.remove_suffix(1);
  std::size_t begin = spelling.size();
  while (begin > 0 && is_part(spelling[begin - 1])) --begin;
  spelling.remove_prefix(begin);
  return spelling.empty() || (spelling[0] >= '0' && spelling[0] <= '9') ? std::string_view{} : spelling;
}

// A copy, so that a program keeps the name and not the whole spelling.
template <auto Value>
inline constexpr auto enumerator_text = [] {
  constexpr std::string_view name = enumerator_in(spelled_enumerator<Value>());
  fixed_string<name.size()> text;
  std::copy(name.begin(), name.end(), text.text);
  return text;
}();

template <scoped_enum E, std::size_t N = 0>
consteval std::size_t count_enumerators() {
  if constexpr (enumerator_text<static_cast<E>(N)>.size() == 0) {
    return N;
  } else {
    return count_enumerators<E, N + 1>();
  }
}

}  // namespace internal

/// The name of the enumerator `Value`, empty if that value has none.
template <auto Value>
  requires scoped_enum<decltype(Value)>
inline constexpr std::string_view enumerator_name = internal::enumerator_text<Value>.view();

/// How many enumerators `E` has, counted from 0 up to the first value without a name.
template <scoped_enum E>
inline constexpr std::size_t enumerator_count = internal::count_enumerators<E>();

/// The name of `value`, or "unknown" if it has none, as a value that came from bytes may.
///
/// \pre the enumerators of `E` count up from 0 without gaps; what follows a gap is unknown.
template <scoped_enum E>
constexpr std::string_view name_of(E value) noexcept {
  constexpr auto names = []<std::size_t... I>(std::index_sequence<I...>) {
    return std::array<std::string_view, sizeof...(I)>{enumerator_name<static_cast<E>(I)>...};
  }(std::make_index_sequence<enumerator_count<E>>{});
  const auto at = static_cast<std::size_t>(value);
  return at < names.size() ? names[at] : std::string_view{"unknown"};
}

}  // namespace syncline

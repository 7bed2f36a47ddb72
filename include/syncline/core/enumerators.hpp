// SPDX-License-Identifier: BSL-1.0
#pragma once
// Which numbers an enumeration gives a name to: for readers, which must not take the others.

#include <syncline/core/enum_name.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>

namespace syncline {

namespace internal {

inline constexpr int least_enumerator = -128, most_enumerator = 255;

template <auto... Values>
consteval auto spelled_enumerators() {
  return __PRETTY_FUNCTION__;
}

// Marks which of the values in "... [with auto ...Values = {ns::colour::red, (ns::colour)1}]" have a name.
template <std::size_t N>
consteval std::array<bool, N> named_in(std::string_view spelling) {
  std::array<bool, N> named{};
  std::size_t item = 0, begin = spelling.find("Values = ") + 10;
  for (std::size_t at = begin, depth = 0; item < N; ++at) {
    const char c = spelling[at];
    if (depth == 0 && (c == ',' || c == '}' || c == '>')) {
      named[item++] = !enumerator_in(spelling.substr(begin, at - begin + 1)).empty();
      begin = at + 1;
    } else if (c == '(' || c == '<' || c == '{') {
      ++depth;
    } else if (c == ')' || c == '>' || c == '}') {
      --depth;
    }
  }
  return named;
}

template <class E>
inline constexpr auto enumerator_list = [] {
  if constexpr (!open_enum<E> || std::is_same_v<std::underlying_type_t<E>, bool>) {
    return std::array<E, 0>{};
  } else {
    using U = std::underlying_type_t<E>;
    constexpr int least = std::is_signed_v<U> ? least_enumerator : 0;
    constexpr std::size_t count = (sizeof(U) == 1 && std::is_signed_v<U> ? 127 : most_enumerator) - least + 1;
    constexpr auto named = []<std::size_t... I>(std::index_sequence<I...>) {
      return named_in<count>(
          spelled_enumerators<static_cast<E>(static_cast<U>(static_cast<int>(I) + least))...>());
    }(std::make_index_sequence<count>{});
    std::array<E, static_cast<std::size_t>(std::count(named.begin(), named.end(), true))> found{};
    for (std::size_t i = 0, at = 0; i < count; ++i) {
      if (named[i]) found[at++] = static_cast<E>(static_cast<U>(static_cast<int>(i) + least));
    }
    return found;
  }
}();

}  // namespace internal

/// The enumerators of `E` between -128 and 255, least first. Empty where none can be known: an enumeration over `bool`
/// or over no type in particular, one whose enumerators all lie outside, and, under clang, one in a class template.
template <class E>
  requires std::is_enum_v<E>
inline constexpr std::span<const E> enumerators{internal::enumerator_list<E>};

/// Whether `value` is an enumerator, as far as that can be known: a number outside -128 to 255, and any number of an
/// enumeration of which none are known, passes.
template <class E>
  requires std::is_enum_v<E>
constexpr bool may_be_enumerator(E value) noexcept {
  using wide = std::conditional_t<std::is_signed_v<std::underlying_type_t<E>>, std::int64_t, std::uint64_t>;
  const wide number = static_cast<wide>(value);
  const bool is_far = number > static_cast<wide>(internal::most_enumerator) ||
                      (std::is_signed_v<wide> && number < static_cast<wide>(internal::least_enumerator));
  return is_far || enumerators<E>.empty() || std::ranges::find(enumerators<E>, value) != enumerators<E>.end();
}

}  // namespace syncline

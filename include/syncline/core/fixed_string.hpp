// SPDX-License-Identifier: BSL-1.0
#pragma once
// Text that is known at compile time: as a template argument, and put together.

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

namespace syncline {

/// Text of `N` characters that can be a template argument.
///
/// \snippet examples/errors.cpp fixed-string
template <std::size_t N>
struct fixed_string {
  char text[N + 1]{};

  constexpr fixed_string() = default;
  constexpr fixed_string(const char (&literal)[N + 1]) { std::copy_n(literal, N, text); }

  constexpr std::string_view view() const noexcept { return {text, N}; }
  constexpr const char* data() const noexcept { return text; }
  constexpr std::size_t size() const noexcept { return N; }

  friend constexpr bool operator==(const fixed_string&, const fixed_string&) = default;
};

template <std::size_t N>
fixed_string(const char (&)[N]) -> fixed_string<N - 1>;

/// The views in `Parts`, one after the other, as one `fixed_string`.
template <const std::string_view&... Parts>
consteval auto concatenated() {
  fixed_string<(Parts.size() + ... + 0)> whole;
  [[maybe_unused]] char* end = whole.text;
  ((end = std::copy(Parts.begin(), Parts.end(), end)), ...);
  return whole;
}

}  // namespace syncline

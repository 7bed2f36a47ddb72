// SPDX-License-Identifier: BSL-1.0
#pragma once
// A number that several sides add to: edits are what was added.

#include <concepts>
#include <type_traits>

namespace syncline {

namespace internal {

template <class T>
concept countable = std::integral<T> && !std::same_as<T, bool>;

}  // namespace internal

/// Merges increments: `merge<int, counter>`.
///
/// Algebra: the integers modulo 2^n under addition, an abelian group; an edit is an element, `apply` is +, so edits
/// commute, associate and invert, and every increment counts once.
/// \snippet examples/resolve.cpp counter
/// \see MERGE-4, docs/algebra.md
struct counter {
  static constexpr bool is_commutative = true;
  static constexpr bool is_idempotent = false;

  template <class T>
  using edit = T;

  template <internal::countable T>
  static constexpr T diff(const T& before, const T& after) {
    return wrap<T>(bits(after) - bits(before));
  }
  template <internal::countable T>
  static constexpr void apply(T& value, const T& added) {
    value = wrap<T>(bits(value) + bits(added));
  }
  template <internal::countable T>
  static constexpr void compose(T& first, const T& then) {
    apply(first, then);
  }
  template <internal::countable T>
  static constexpr T invert(const T& added) {
    return wrap<T>(0 - bits(added));
  }

 private:
  template <class T>
  static constexpr auto bits(T value) {
    return static_cast<std::make_unsigned_t<T>>(value);
  }
  template <class T>
  static constexpr T wrap(auto sum) {
    return static_cast<T>(static_cast<std::make_unsigned_t<T>>(sum));
  }
};

}  // namespace syncline

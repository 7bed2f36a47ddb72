// SPDX-License-Identifier: BSL-1.0
#pragma once
// Generated records that keep their own rules, where hardly any random value would.

#include <syncline/change/field_set.hpp>
#include <syncline/record/schema.hpp>
#include <syncline/record/value_kind.hpp>
#include <syncline/sync/catalog.hpp>

#include <array>
#include <cmath>
#include <cstddef>
#include <string>
#include <type_traits>
#include <utility>

namespace syncline {

namespace internal {

/// Values that many rules allow, made from one that was not: small numbers, days of the calendar, short words.
template <class T>
std::array<T, 4> likely_values(const T& old) {
  constexpr value_kind kind = kind_of<T>;
  std::array<T, 4> likely{};
  if constexpr (kind == value_kind::integer) {
    const auto small = static_cast<T>(static_cast<std::make_unsigned_t<T>>(old) % 4);
    likely = {small, static_cast<T>(small + 1), T{1}, T{2}};
  } else if constexpr (kind == value_kind::number) {
    const T small = std::isfinite(old) ? std::fmod(std::abs(old), T{4}) : T{3};
    likely = {small, small + T{1}, T{1}, T{2}};
  } else if constexpr (kind == value_kind::text) {
    const char digit = static_cast<char>('1' + old.size() % 8);
    const std::string day = std::string("2025-06-1") + digit;
    likely = {T(day), T("2025-06-19"), T(1, static_cast<char>('a' + old.size() % 8)), T("z")};
  } else if constexpr (kind == value_kind::optional) {
    if (!old) return likely;
    const auto within = likely_values(*old);
    for (std::size_t i = 0; i < likely.size(); ++i) likely[i] = within[i];
  }
  return likely;
}

}  // namespace internal

/// `made`, with those of `fields` to which the record's own `violation` objects replaced by others, as far as small numbers,
/// days, short words or nothing at all will do. Two likely values that are judged alike are taken for good ones: a sentence
/// about a bad one quotes it.
///
/// Equal records give equal records.
template <class R>
R amended(R made, field_set<R> fields) {
  std::string wrong = violation_of(made);
  for_each_field(
      [&]<std::size_t I>(std::integral_constant<std::size_t, I>, auto& field) {
        if (wrong.empty() || !fields.contains(I)) return;
        auto& value = value_of(field);
        using T = std::remove_cvref_t<decltype(value)>;
        const T before = value;
        const auto judged = [&](const T& instead) {
          value = instead;
          return violation_of(made);
        };
        const auto likely = internal::likely_values<T>(before);
        for (std::size_t i = 0; i < likely.size(); i += 2) {
          const std::string other = judged(likely[i + 1]), one = judged(likely[i]);
          if (one != other) continue;
          if (one != wrong) {
            wrong = one;
          } else {
            value = before;  // it is not this field
          }
          return;
        }
        if constexpr (I != schema<R>::key_index) {
          const std::string empty = judged(T{});
          if (empty.empty() || (kind_of<T> == value_kind::optional && empty != wrong)) {
            wrong = empty;
            return;
          }
        }
        value = before;
      },
      made);
  return made;
}

}  // namespace syncline

// SPDX-License-Identifier: BSL-1.0
#pragma once
// When a point of a series was taken, and what a series can be cut by.

#include <syncline/record/policies_of.hpp>
#include <syncline/record/value_kind.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

namespace syncline {

namespace internal {

template <class T>
inline constexpr bool tells_time = kind_of<T> == value_kind::time || kind_of<T> == value_kind::duration;
template <class T>
inline constexpr bool tells_time<std::optional<T>> = tells_time<T> && kind_of<T> != value_kind::optional;

/// The first member that is a time, or the number of members.
template <class Sample>
inline constexpr std::size_t time_member = []<std::size_t... I>(std::index_sequence<I...>) {
  std::size_t found = sizeof...(I);
  static_cast<void>(((tells_time<typename declared<member_at<Sample, I>>::value_type> && (found = I, true)) || ...));
  return found;
}(std::make_index_sequence<field_count<Sample>>{});

template <class Split>
inline constexpr bool is_split = false;
template <std::uint32_t N>
inline constexpr bool is_split<points<N>> = true;
template <std::uint32_t N>
inline constexpr bool is_split<bytes<N>> = true;
template <std::uint32_t N>
inline constexpr bool is_split<seconds<N>> = true;

/// Whether samples have what `Split` cuts them by.
template <class Split, class Sample>
inline constexpr bool can_split = true;
template <std::uint32_t N, class Sample>
inline constexpr bool can_split<seconds<N>, Sample> = time_member<Sample> < field_count<Sample>;

}  // namespace internal

}  // namespace syncline

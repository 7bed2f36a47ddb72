// SPDX-License-Identifier: BSL-1.0
#pragma once
// Where a series is cut: which points still belong to the chunk that is open.

#include <syncline/record/sample_time.hpp>
#include <syncline/stream/chunk.hpp>
#include <syncline/wire/encode.hpp>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <type_traits>

namespace syncline {

/// Cuts a series of `Sample`s as `Split` says: `points<N>`, `bytes<N>` or `seconds<N>`. It is told each point of the open
/// chunk, and asked of the next one whether it belongs to it.
///
/// Guarantee: looks at nothing but the points since `start`, so appending to a series cuts it as splitting it whole
/// does. No chunk has more than `most` points, whatever they say of themselves. \see DECL-3
template <class Split, class Sample>
struct cutter;

template <std::uint32_t N, class Sample>
struct cutter<points<N>, Sample> {
  static constexpr std::uint32_t most = N;

  constexpr void start() noexcept {}
  constexpr void add(const Sample&) noexcept {}
  constexpr bool takes(const Sample&) const noexcept { return true; }  // `most` is all that there is to say
};

namespace internal {

/// The most points that fit into a chunk and, in memory, into 4 GiB.
template <class Sample>
inline constexpr std::uint32_t most_points =
    std::max(1u, std::min(max_chunk_points, static_cast<std::uint32_t>(0xFFFFFFFF / sizeof(Sample))));

template <class Time>
constexpr auto duration_of(const Time& time) {
  if constexpr (kind_of<Time> == value_kind::time) {
    return time.time_since_epoch();
  } else {
    return time;
  }
}

/// Whether two times are `seconds` or more apart. Exact for every two of them.
template <class Duration>
constexpr bool are_apart(Duration a, Duration b, std::uint64_t seconds) {
  using period = typename Duration::period;
  constexpr auto most = std::numeric_limits<std::uint64_t>::max();
  constexpr auto num = static_cast<std::uint64_t>(period::num), den = static_cast<std::uint64_t>(period::den);
  const std::uint64_t ticks = seconds > most / den ? most : (seconds * den - 1) / num + 1;
  const auto low = static_cast<std::uint64_t>(std::min(a, b).count()), high = static_cast<std::uint64_t>(std::max(a, b).count());
  return high - low >= ticks;
}

}  // namespace internal

template <std::uint32_t N, class Sample>
struct cutter<bytes<N>, Sample> {
  static constexpr std::uint32_t most = internal::most_points<Sample>;

  void start() noexcept { used_ = 0; }
  void add(const Sample& point) { used_ += size_of(point); }
  bool takes(const Sample& point) { return used_ + size_of(point) <= N; }

 private:
  std::size_t size_of(const Sample& point) {
    const std::size_t most_bytes = internal::bound(point);
    if (scratch_.size() < most_bytes) scratch_.resize(most_bytes);
    writer to(scratch_.data());
    internal::put(to, point);
    return static_cast<std::size_t>(to.position() - scratch_.data());
  }

  std::size_t used_ = 0;
  std::string scratch_{};
};

template <std::uint32_t N, class Sample>
struct cutter<seconds<N>, Sample> {
  static constexpr std::size_t at = internal::time_member<Sample>;
  static_assert(at < field_count<Sample>, "[syncline] seconds<N> cuts by time, and these samples have none: give them a "
                                          "`syncline::timestamp` or a duration, or cut by points<N> or bytes<N>");
  static constexpr std::uint32_t most = internal::most_points<Sample>;

  void start() noexcept { first_.reset(); }
  void add(const Sample& point) {
    if (!first_) first_ = time_of(point);
  }
  bool takes(const Sample& point) const {
    const auto time = time_of(point);
    return !time || !first_ || !internal::are_apart(*first_, *time, N);
  }

 private:
  static auto time_of(const Sample& point) {
    const auto& time = get_field<at>(point);
    if constexpr (kind_of<std::remove_cvref_t<decltype(time)>> == value_kind::optional) {
      return time ? std::optional(internal::duration_of(*time)) : std::nullopt;
    } else {
      return std::optional(internal::duration_of(time));
    }
  }

  decltype(time_of(std::declval<const Sample&>())) first_{};
};

}  // namespace syncline

// SPDX-License-Identifier: BSL-1.0
#pragma once
// Random numbers that are the same on every machine: the same seed gives the same test.

#include <cstdint>
#include <limits>

namespace syncline {

/// A fast generator of 64 random bits, which also serves the standard library's distributions and `std::shuffle`.
///
/// Source: Vigna's splitmix64. Every seed is a good one.
class random_source {
 public:
  using result_type = std::uint64_t;

  constexpr explicit random_source(std::uint64_t seed) noexcept : state_(seed) {}

  static constexpr result_type min() noexcept { return 0; }
  static constexpr result_type max() noexcept { return std::numeric_limits<result_type>::max(); }

  constexpr result_type operator()() noexcept {
    std::uint64_t z = state_ += 0x9E3779B97F4A7C15ull;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ z >> 27) * 0x94D049BB133111EBull;
    return z ^ z >> 31;
  }

  /// A number from 0 to `count` - 1, nearly evenly. \pre count > 0
  constexpr std::uint64_t below(std::uint64_t count) noexcept {
    const std::uint64_t bits = (*this)();
    return count >> 32 != 0 ? bits % count : (bits >> 32) * count >> 32;
  }

  /// True with this probability.
  constexpr bool chance(double probability) noexcept {
    return static_cast<double>((*this)() >> 11) * 0x1p-53 < probability;
  }

  /// A seed for a source of its own, whose numbers have nothing to do with this one's.
  constexpr std::uint64_t fork() noexcept { return (*this)() ^ 0xD1B54A32D192ED03ull; }

  friend constexpr bool operator==(const random_source&, const random_source&) = default;

 private:
  std::uint64_t state_;
};

}  // namespace syncline

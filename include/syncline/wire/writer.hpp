// SPDX-License-Identifier: BSL-1.0
#pragma once
// Puts numbers and texts into bytes. All integers are little-endian or LEB128 varints, on every machine.

#include <syncline/core/config.hpp>

#include <bit>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <type_traits>

namespace syncline {

/// Maps small magnitudes to small numbers: 0, -1, 1, -2 become 0, 1, 2, 3.
template <std::signed_integral T>
constexpr auto zigzag(T value) noexcept {
  using U = std::make_unsigned_t<T>;
  return static_cast<U>((static_cast<U>(value) << 1) ^ static_cast<U>(value >> (sizeof(T) * 8 - 1)));
}

template <std::unsigned_integral U>
constexpr auto unzigzag(U value) noexcept {
  return static_cast<std::make_signed_t<U>>((value >> 1) ^ (~(value & 1) + 1));
}

/// The most bytes that a varint of 64 bits takes.
inline constexpr std::size_t max_varint_size = 10;

/// Writes into memory that is known to be large enough: see `encode`, which asks for the bound first.
class writer {
 public:
  explicit writer(char* at) noexcept : at_(at) {}

  char* position() const noexcept { return at_; }

  SYNCLINE_INLINE void byte(std::uint8_t value) noexcept { *at_++ = static_cast<char>(value); }

  SYNCLINE_INLINE void varint(std::uint64_t value) noexcept {
    if (value < 0x80) {
      *at_++ = static_cast<char>(value);
    } else if (value < 0x4000) {
      at_[0] = static_cast<char>(value | 0x80);
      at_[1] = static_cast<char>(value >> 7);
      at_ += 2;
    } else {
      at_ = long_varint(at_, value);
    }
  }

  /// `value` in sizeof(U) bytes, the lowest first.
  template <std::unsigned_integral U>
  SYNCLINE_INLINE void fixed(U value) noexcept {
    if constexpr (std::endian::native == std::endian::little) {
      std::memcpy(at_, &value, sizeof value);
      at_ += sizeof value;
    } else {
      for (std::size_t i = 0; i < sizeof value; ++i) byte(static_cast<std::uint8_t>(value >> (8 * i)));
    }
  }

  SYNCLINE_INLINE void raw(std::string_view bytes) noexcept {
    if (!bytes.empty()) std::memcpy(at_, bytes.data(), bytes.size());  // no bytes may be at no address
    at_ += bytes.size();
  }

  /// The size, then the bytes.
  SYNCLINE_INLINE void sized(std::string_view bytes) noexcept {
    varint(bytes.size());
    raw(bytes);
  }

 private:
  // By value: a writer whose address nobody has lives in a register.
  SYNCLINE_NOINLINE static char* long_varint(char* at, std::uint64_t value) noexcept {
    while (value >= 0x80) {
      *at++ = static_cast<char>(value | 0x80);
      value >>= 7;
    }
    *at++ = static_cast<char>(value);
    return at;
  }

  char* at_;
};

}  // namespace syncline

// SPDX-License-Identifier: BSL-1.0
#pragma once
// The checksum that ends every FIT file.

#include <array>
#include <cstdint>
#include <span>

namespace stride {

namespace internal {

inline constexpr std::array<std::uint16_t, 256> fit_checksum_table = [] {
  std::array<std::uint16_t, 256> table{};
  for (unsigned byte = 0; byte < table.size(); ++byte) {
    unsigned crc = byte;
    for (int bit = 0; bit < 8; ++bit) crc = (crc & 1U) != 0 ? crc >> 1U ^ 0xA001U : crc >> 1U;
    table[byte] = static_cast<std::uint16_t>(crc);
  }
  return table;
}();

}  // namespace internal

/// Adds bytes to a CRC-16 (polynomial 0x8005, reflected, no inversion; also known as CRC-16/ARC).
///
/// Guarantee: of a whole followed by its own checksum, low byte first, it is 0.
/// \see the FIT protocol, "CRC"
constexpr std::uint16_t fit_checksum(std::span<const std::uint8_t> bytes, std::uint16_t crc = 0) noexcept {
  for (const std::uint8_t b : bytes) {
    crc = static_cast<std::uint16_t>(crc >> 8U ^ internal::fit_checksum_table[(crc ^ b) & 0xFFU]);
  }
  return crc;
}

}  // namespace stride

// SPDX-License-Identifier: BSL-1.0
#pragma once
// The handle that a record carries for a long series: which chunks there are, not their points.

#include <array>
#include <cstdint>
#include <vector>

namespace syncline {

/// The 128-bit digest of a chunk's encoded bytes (XXH3, canonical big-endian), and its name in the stream store.
struct chunk_digest {
  std::array<std::uint8_t, 16> bytes{};

  friend constexpr auto operator<=>(const chunk_digest&, const chunk_digest&) = default;
};

/// What a record knows of one chunk. \see STREAM-1
struct chunk_entry {
  chunk_digest digest{};
  std::uint32_t points{};         ///< samples in the chunk
  std::uint32_t encoded_size{};   ///< bytes, header included
  std::uint32_t original_size{};  ///< bytes of the samples before coding

  friend bool operator==(const chunk_entry&, const chunk_entry&) = default;
};

/// The chunks of one series, in order: the value of a `chunked` field.
///
/// Guarantee: appending points to a series changes its last entry or adds one; the others stay, bit for bit.
struct manifest {
  std::vector<chunk_entry> chunks{};

  std::uint64_t points() const noexcept {
    std::uint64_t sum = 0;
    for (const chunk_entry& chunk : chunks) sum += chunk.points;
    return sum;
  }
  bool empty() const noexcept { return chunks.empty(); }

  friend bool operator==(const manifest&, const manifest&) = default;
};

}  // namespace syncline

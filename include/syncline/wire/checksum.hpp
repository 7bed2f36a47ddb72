// SPDX-License-Identifier: BSL-1.0
#pragma once
// Checksums and digests, by xxHash's XXH3: fast, not against an attacker.

#include <syncline/record/manifest.hpp>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <cstdint>
#include <string_view>

namespace syncline {

/// A 64-bit checksum of `bytes`, which differs for another `seed`. \see WIRE-4
inline std::uint64_t checksum(std::string_view bytes, std::uint64_t seed = 0) noexcept {
  return XXH3_64bits_withSeed(bytes.data(), bytes.size(), seed);
}

/// The 128-bit digest of `bytes`, in XXH3's canonical (big-endian) form. \see WIRE-4, STREAM-1
inline chunk_digest digest_of(std::string_view bytes) noexcept {
  XXH128_canonical_t canonical;
  XXH128_canonicalFromHash(&canonical, XXH3_128bits(bytes.data(), bytes.size()));
  chunk_digest digest;
  std::copy_n(canonical.digest, digest.bytes.size(), digest.bytes.begin());
  return digest;
}

}  // namespace syncline

// SPDX-License-Identifier: BSL-1.0
#pragma once
// Which release this is, and which formats it speaks.

#include <cstdint>

namespace syncline {

/// The framework's version, as semantic versioning has it.
struct version_info {
  int major, minor, patch;
};

inline constexpr version_info framework_version{0, 1, 0};

/// The version of the messages between a replica and a hub; a peer that speaks another is refused with a sentence.
inline constexpr std::uint32_t protocol_version = 1;

/// The version of what the engines store; a folder written by a newer one is left alone.
inline constexpr std::uint32_t storage_version = 1;

}  // namespace syncline

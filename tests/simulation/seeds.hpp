// SPDX-License-Identifier: BSL-1.0
#pragma once
// How many seeds a test takes: an eighth of them where AddressSanitizer watches each access.

#include <cstdint>

#if defined(__SANITIZE_ADDRESS__)
#define SYNCLINE_TEST_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SYNCLINE_TEST_SANITIZED 1
#endif
#endif

namespace simulated {

#if defined(SYNCLINE_TEST_SANITIZED)
inline constexpr bool is_sanitized = true;
#else
inline constexpr bool is_sanitized = false;
#endif

constexpr std::uint64_t seeds(std::uint64_t count) { return is_sanitized ? count / 8 : count; }

}  // namespace simulated

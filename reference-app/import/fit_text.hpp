// SPDX-License-Identifier: BSL-1.0
#pragma once
// Text of unknown origin, made fit to be stored and shown.

#include <string>
#include <string_view>

namespace stride {

/// The text as valid UTF-8 without control characters: each byte that is not part of a valid sequence becomes U+FFFD.
/// \see RFC 3629, section 4
std::string clean_text(std::string_view stored);

}  // namespace stride

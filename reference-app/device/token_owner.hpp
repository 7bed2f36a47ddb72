// SPDX-License-Identifier: BSL-1.0
#pragma once
// Whose a token is, as far as a device can read it: only the hub can check its signature.

#include <syncline/core/result.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace stride {

/// The claims of a token that say whose it is.
struct token_claims {
  std::string sub{};  ///< the user
  std::string dev{};  ///< the device
  std::int64_t exp{};  ///< until when it is valid, in seconds since 1970
};

/// A token's claims, unchecked; nothing where there are none to be read, which the hub will say better.
std::optional<token_claims> claims_of(std::string_view token);

/// Nothing, or one sentence: the token is another's. The hub files what comes under the token's user, so with another's
/// token this device's data would become theirs. \see SEC-1
syncline::result<void> check_owner(std::string_view token, std::string_view user, std::string_view device);

}  // namespace stride

// SPDX-License-Identifier: BSL-1.0
#pragma once
// The signed tokens that say which user and which device a request comes from (JWT, HS256).

#include <syncline/core/result.hpp>

#include <chrono>
#include <string>
#include <string_view>

namespace stride {

/// Who a token speaks for, and until when.
struct identity {
  std::string user{};
  std::string device{};
  std::chrono::sys_seconds expires_at{};

  friend bool operator==(const identity&, const identity&) = default;
};

/// A new secret to sign tokens with: 32 random bytes in hexadecimal. The text itself is the key.
///
/// On failure: `store_failed`, when the machine gives no random numbers.
syncline::result<std::string> make_secret();

/// Signs a token: claims `sub`, `dev`, `iat` and `exp`.
///
/// \param secret  the key, at least 32 bytes of any value
/// \param ttl     how long it is good for, at least a second
///
/// On failure: `usage` for a short secret, `invalid_value` for a name that is empty or not UTF-8, or no time to
/// live.
/// \see SEC-1, RFC 7519, RFC 7518 3.2
syncline::result<std::string> make_token(std::string_view secret, std::string_view user, std::string_view device,
                                         std::chrono::seconds ttl, std::chrono::sys_seconds now);

/// Checks a token and says whom it speaks for.
///
/// Only HS256 is taken: a token that names another algorithm, or none, is refused before its signature is looked at.
///
/// On failure: `malformed` for what is no token, `not_allowed` for a wrong algorithm, a wrong signature, a token that
/// has expired or one that lacks a claim; each with its own sentence, and none repeats the token.
/// \see SEC-1
syncline::result<identity> check_token(std::string_view secret, std::string_view token, std::chrono::sys_seconds now);

}  // namespace stride

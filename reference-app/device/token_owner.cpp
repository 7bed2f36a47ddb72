// SPDX-License-Identifier: BSL-1.0

#include "device/token_owner.hpp"

#include "transport/base64url.hpp"

#include <syncline/wire/json.hpp>

#include <utility>

namespace stride {

std::optional<token_claims> claims_of(std::string_view token) {
  const auto first = token.find('.'), second = token.find('.', first + 1);
  if (first == token.npos || second == token.npos) return std::nullopt;
  const auto json = from_base64url(token.substr(first + 1, second - first - 1));
  if (!json) return std::nullopt;
  auto claims = syncline::from_json<token_claims>(*json, {.ignore_unknown = true});
  if (!claims) return std::nullopt;
  return std::move(*claims);
}

syncline::result<void> check_owner(std::string_view token, std::string_view user, std::string_view device) {
  const auto claims = claims_of(token);
  if (!claims || (claims->sub == user && claims->dev == device)) return {};
  return make_error(syncline::error_code::not_allowed, syncline::phase::local,
                    "the token is that of device '" + claims->dev + "' of user '" + claims->sub + "', and this is device '" +
                        std::string(device) + "' of user '" + std::string(user) +
                        "': get its own with `stride hub token` and give it to `stride init --token`");
}

}  // namespace stride

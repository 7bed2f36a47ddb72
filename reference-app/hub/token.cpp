// SPDX-License-Identifier: BSL-1.0
#include "hub/token.hpp"

#include "transport/base64url.hpp"

#include <jwt.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>

namespace stride {
namespace {

using syncline::error_code;

// A token of ours has about 200 bytes; the library keeps what it decodes on the stack, so there has to be a limit.
constexpr std::size_t max_token_bytes = 4096;
constexpr std::size_t min_secret_bytes = 32;
constexpr long last_second_of_9999 = 253402300799;

struct free_token {
  void operator()(jwt_t* token) const noexcept { jwt_free(token); }
};
struct free_text {
  void operator()(char* text) const noexcept { std::free(text); }
};
using token_handle = std::unique_ptr<jwt_t, free_token>;

syncline::error token_error(error_code code, std::string message) {
  return syncline::make_error(code, syncline::phase::validate, std::move(message));
}

syncline::error not_a_token(std::string_view why) {
  return token_error(error_code::malformed, "this is not a token: " + std::string(why));
}

syncline::error short_secret(std::string_view secret) {
  return token_error(error_code::usage, "could not use the secret: it has " + std::to_string(secret.size()) +
                                            " bytes, and a token's signature needs at least " +
                                            std::to_string(min_secret_bytes));
}

/// The algorithm that a header names. Asked for before anything is decoded: the library calls a token of an algorithm
/// that it does not know malformed, takes names in any case, and knows nothing of `crit`.
syncline::result<std::string> algorithm_of(std::string_view header) {
  const auto text = from_base64url(header);
  if (!text || text->find('\0') != std::string::npos) return not_a_token("its header is not base64url of a text");
  jwt_t* made = nullptr;
  if (jwt_new(&made) != 0) return not_a_token("there is no memory to read it");
  const token_handle handle(made);
  if (jwt_add_headers_json(made, text->c_str()) != 0) return not_a_token("its header is not a JSON object");
  const std::unique_ptr<char, free_text> extensions(jwt_get_headers_json(made, "crit"));
  if (extensions) return not_a_token("its header asks for extensions, and there are none");
  const char* name = jwt_get_header(made, "alg");
  if (name == nullptr) return not_a_token("its header names no algorithm");
  return std::string(name);
}

syncline::result<token_handle> decode(std::string_view token, std::string_view secret) {
  const std::string text(token);
  jwt_t* made = nullptr;
  const auto* key = secret.empty() ? nullptr : reinterpret_cast<const unsigned char*>(secret.data());
  const int failed = jwt_decode(&made, text.c_str(), key, static_cast<int>(secret.size()));
  token_handle handle(made);
  if (failed != 0 || !handle) {
    return secret.empty() ? not_a_token("its claims are not a JSON object")
                          : token_error(error_code::not_allowed,
                                        "the token's signature is wrong: it was changed, or another hub signed it; "
                                        "ask this hub for a new one");
  }
  return handle;
}

syncline::result<std::string> text_claim(jwt_t* token, const char* name) {
  const char* value = jwt_get_grant(token, name);
  if (value == nullptr || *value == '\0') {
    return token_error(error_code::not_allowed, "the token lacks the claim '" + std::string(name) +
                                                    "' (a text); ask the hub for a new one");
  }
  return std::string(value);
}

/// Read as text, because the library takes a claim that is no whole number for 0.
syncline::result<long> time_claim(jwt_t* token, const char* name) {
  const std::unique_ptr<char, free_text> text(jwt_get_grants_json(token, name));
  const std::string_view digits = text ? text.get() : "";
  long value = -1;
  const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (failed != std::errc{} || end != digits.data() + digits.size() || value < 0 || value > last_second_of_9999) {
    return token_error(error_code::not_allowed, "the token lacks the claim '" + std::string(name) +
                                                    "' (whole seconds since 1970); ask the hub for a new one");
  }
  return value;
}

std::string to_iso(std::chrono::sys_seconds at) {
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(at - day);
  std::array<char, 64> out{};
  std::snprintf(out.data(), out.size(), "%04d-%02u-%02uT%02d:%02d:%02dZ", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                static_cast<int>(time.seconds().count()));
  return out.data();
}

}  // namespace

syncline::result<std::string> make_secret() {
  std::array<unsigned char, 32> bytes{};
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) {
    return token_error(error_code::store_failed, "could not make a secret: the system gave no random numbers");
  }
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  for (const unsigned char byte : bytes) {
    out += digits[byte >> 4];
    out += digits[byte & 15];
  }
  return out;
}

syncline::result<std::string> make_token(std::string_view secret, std::string_view user, std::string_view device,
                                         std::chrono::seconds ttl, std::chrono::sys_seconds now) {
  if (secret.size() < min_secret_bytes) return short_secret(secret);
  const auto refused = [](std::string_view why) {
    return token_error(error_code::invalid_value, "could not make a token: " + std::string(why));
  };
  const long issued = now.time_since_epoch().count();
  if (issued < 0 || issued > last_second_of_9999) return refused("the clock is not between 1970 and 9999");
  if (ttl.count() < 1) return refused("it has to be good for at least a second");
  if (ttl.count() > last_second_of_9999 - issued) return refused("it would be good beyond the year 9999");
  for (const auto& [what, name] : {std::pair{"user", user}, std::pair{"device", device}}) {
    if (name.empty()) return refused("the " + std::string(what) + " has no name");
    if (name.find('\0') != std::string_view::npos) return refused("the " + std::string(what) + "'s name holds a zero");
  }

  jwt_t* made = nullptr;
  if (jwt_new(&made) != 0) return refused("there is no memory for it");
  const token_handle token(made);
  const auto* key = reinterpret_cast<const unsigned char*>(secret.data());
  if (jwt_set_alg(made, JWT_ALG_HS256, key, static_cast<int>(secret.size())) != 0) {
    return refused("the secret was not taken");
  }
  if (jwt_add_grant(made, "sub", std::string(user).c_str()) != 0) return refused("the user's name is not UTF-8");
  if (jwt_add_grant(made, "dev", std::string(device).c_str()) != 0) return refused("the device's name is not UTF-8");
  if (jwt_add_grant_int(made, "iat", issued) != 0 || jwt_add_grant_int(made, "exp", issued + ttl.count()) != 0) {
    return refused("its times were not taken");
  }
  const std::unique_ptr<char, free_text> text(jwt_encode_str(made));
  if (!text) return refused("it could not be signed");
  std::string out(text.get());
  // What could not be checked again must not be handed out.
  if (out.size() > max_token_bytes) return refused("the names of user and device are too long");
  return out;
}

syncline::result<identity> check_token(std::string_view secret, std::string_view token, std::chrono::sys_seconds now) {
  if (secret.size() < min_secret_bytes) return short_secret(secret);
  if (token.empty()) return not_a_token("it is empty");
  if (token.size() > max_token_bytes) {
    return not_a_token("it has " + std::to_string(token.size()) + " bytes, and at most " +
                       std::to_string(max_token_bytes) + " are read");
  }
  if (!std::all_of(token.begin(), token.end(), [](char c) { return c == '.' || base64url_value(c) >= 0; }) ||
      std::count(token.begin(), token.end(), '.') != 2) {
    return not_a_token("expected three parts in base64url with a dot between them");
  }

  const auto algorithm = algorithm_of(token.substr(0, token.find('.')));
  if (!algorithm) return algorithm.error();
  if (*algorithm != "HS256") {
    // The name is a stranger's text, so only one that looks like an algorithm's is repeated.
    const bool is_name = algorithm->size() <= 16 &&
                         std::all_of(algorithm->begin(), algorithm->end(),
                                     [](char c) { return base64url_value(c) >= 0; });
    const std::string named = is_name ? "'" + *algorithm + "'" : "something else";
    return token_error(error_code::not_allowed, "the token is signed with " + named +
                                                    ", and only HS256 is taken; ask the hub for a new one");
  }
  if (const auto readable = decode(token, {}); !readable) return readable.error();
  const auto checked = decode(token, secret);
  if (!checked) return checked.error();
  jwt_t* claims = checked->get();

  const auto expires = time_claim(claims, "exp");
  if (!expires) return expires.error();
  const std::chrono::sys_seconds expires_at{std::chrono::seconds(*expires)};
  if (now >= expires_at) {
    return token_error(error_code::not_allowed,
                       "the token has expired at " + to_iso(expires_at) + "; ask the hub for a new one");
  }
  auto user = text_claim(claims, "sub");
  if (!user) return user.error();
  auto device = text_claim(claims, "dev");
  if (!device) return device.error();
  return identity{std::move(*user), std::move(*device), expires_at};
}

}  // namespace stride

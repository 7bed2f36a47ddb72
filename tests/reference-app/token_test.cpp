// SPDX-License-Identifier: BSL-1.0
// Signed tokens: what is taken, and with which words everything else is refused.
#include "hub/token.hpp"

#include <catch2/catch_test_macros.hpp>

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <set>
#include <string>
#include <string_view>

namespace {

using stride::check_token;
using stride::make_token;
using syncline::error_code;
using namespace std::chrono_literals;

constexpr std::string_view secret = "0123456789abcdef0123456789abcdef";
constexpr std::chrono::sys_seconds noon{1'700'000'000s};

// A second implementation of RFC 7515, on OpenSSL alone: makes the tokens that make_token would not make.

std::string base64url(std::string_view bytes) {
  std::string out(4 * (bytes.size() / 3 + 1) + 1, '\0');
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                   reinterpret_cast<const unsigned char*>(bytes.data()),
                                   static_cast<int>(bytes.size()));
  out.resize(static_cast<std::size_t>(size));
  while (!out.empty() && out.back() == '=') out.pop_back();
  for (char& c : out) c = c == '+' ? '-' : c == '/' ? '_' : c;
  return out;
}

std::string from_base64url(std::string text) {
  for (char& c : text) c = c == '-' ? '+' : c == '_' ? '/' : c;
  std::size_t padding = 0;
  while (text.size() % 4 != 0) {
    text += '=';
    ++padding;
  }
  std::string out(text.size(), '\0');
  const int size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                   reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
  REQUIRE(size >= 0);
  out.resize(static_cast<std::size_t>(size) - padding);
  return out;
}

std::string hmac(const EVP_MD* digest, std::string_view key, std::string_view text) {
  std::string out(EVP_MAX_MD_SIZE, '\0');
  unsigned size = 0;
  HMAC(digest, key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(text.data()),
       text.size(), reinterpret_cast<unsigned char*>(out.data()), &size);
  out.resize(size);
  return out;
}

std::string signed_by_hand(std::string_view header, std::string_view claims, std::string_view key = secret,
                           const EVP_MD* digest = EVP_sha256()) {
  const std::string text = base64url(header) + "." + base64url(claims);
  return text + "." + base64url(hmac(digest, key, text));
}

constexpr std::string_view hs256 = R"({"alg":"HS256","typ":"JWT"})";
constexpr std::string_view good_claims = R"({"sub":"ada","dev":"watch","iat":1700000000,"exp":1700003600})";

void refused(const std::string& token, error_code code, std::string_view words, std::chrono::sys_seconds now = noon,
             std::string_view with = secret) {
  const auto found = check_token(with, token, now);
  INFO(token);
  REQUIRE(!found.has_value());
  INFO(found.error().message);
  CHECK(found.error().code == code);
  CHECK(found.error().severity == syncline::error_class::fatal);
  CHECK(found.error().message.find(words) != std::string::npos);
}

}  // namespace

TEST_CASE("a token says which user and device it was made for, and until when") {
  const auto token = make_token(secret, "ada", "watch-1", 1h, noon);
  REQUIRE(token.has_value());
  const auto found = check_token(secret, *token, noon);
  REQUIRE(found.has_value());
  CHECK(*found == stride::identity{"ada", "watch-1", noon + 1h});
}

TEST_CASE("names in other scripts and with quotes survive a token") {
  const auto token = make_token(secret, "Žofia \"Z\" \\", "時計", 60s, noon);
  REQUIRE(token.has_value());
  const auto found = check_token(secret, *token, noon);
  REQUIRE(found.has_value());
  CHECK(found->user == "Žofia \"Z\" \\");
  CHECK(found->device == "時計");
}

TEST_CASE("a token that another implementation signed is taken, and it can check ours") {
  const auto found = check_token(secret, signed_by_hand(hs256, good_claims), noon);
  REQUIRE(found.has_value());
  CHECK(*found == stride::identity{"ada", "watch", noon + 1h});

  const auto ours = make_token(secret, "ada", "watch", 1h, noon);
  REQUIRE(ours.has_value());
  const auto dot = ours->rfind('.');
  CHECK(ours->substr(dot + 1) == base64url(hmac(EVP_sha256(), secret, ours->substr(0, dot))));
  const auto first = ours->find('.');
  const auto claims = from_base64url(ours->substr(first + 1, dot - first - 1));
  CHECK(claims.find(R"("iat":1700000000)") != std::string::npos);
  CHECK(claims.find(R"("exp":1700003600)") != std::string::npos);
}

TEST_CASE("the HS256 example of RFC 7515 A.1 passes the signature check") {
  const std::string key =
      from_base64url("AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow");
  const std::string token =
      "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9"
      ".eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
      ".dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
  constexpr std::chrono::sys_seconds its_end{1'300'819'380s};
  // It names no user and no device of ours, so what is looked at after the signature is what refuses it.
  refused(token, error_code::not_allowed, "lacks the claim 'sub'", its_end - 1s, key);
  refused(token, error_code::not_allowed, "has expired at 2011-03-22T18:43:00Z", its_end, key);

  std::string changed = token;
  changed[53] = 'c';  // the issuer "joe" becomes "jse"
  refused(changed, error_code::not_allowed, "signature is wrong", its_end - 1s, key);
  std::string other_key = key;
  other_key[0] ^= 1;
  refused(token, error_code::not_allowed, "signature is wrong", its_end - 1s, other_key);
}

TEST_CASE("a token is good until the second it expires, and the refusal says since when") {
  const auto token = make_token(secret, "ada", "watch", 1h, noon);
  REQUIRE(token.has_value());
  CHECK(check_token(secret, *token, noon + 1h - 1s).has_value());
  refused(*token, error_code::not_allowed, "has expired at 2023-11-14T23:13:20Z", noon + 1h);
  refused(*token, error_code::not_allowed, "has expired at 2023-11-14T23:13:20Z", noon + 24h * 365);
}

TEST_CASE("a token that was changed anywhere is refused") {
  const auto token = make_token(secret, "ada", "watch", 1h, noon);
  REQUIRE(token.has_value());
  for (std::size_t i = 0; i < token->size(); ++i) {
    std::string changed = *token;
    changed[i] = changed[i] == 'x' ? 'y' : 'x';
    INFO("position " << i);
    CHECK(!check_token(secret, changed, noon).has_value());
  }
  for (std::size_t size = 0; size < token->size(); ++size) {
    CHECK(!check_token(secret, token->substr(0, size), noon).has_value());
  }
  CHECK(!check_token(secret, *token + "A", noon).has_value());

  const auto dot = token->find('.');
  const auto last = token->rfind('.');
  const std::string other_user = base64url(R"({"sub":"eve","dev":"watch","iat":1700000000,"exp":1700003600})");
  refused(token->substr(0, dot + 1) + other_user + token->substr(last), error_code::not_allowed, "signature is wrong");
}

TEST_CASE("a token of another hub is refused") {
  const auto token = make_token("another secret of thirty-two byte", "ada", "watch", 1h, noon);
  REQUIRE(token.has_value());
  refused(*token, error_code::not_allowed, "signature is wrong: it was changed, or another hub signed it");
}

TEST_CASE("a token without a signature is refused, however it spells that") {
  for (const std::string_view none : {"none", "None", "NONE", "nOnE"}) {
    const auto header = R"({"alg":")" + std::string(none) + R"("})";
    const auto text = base64url(header) + "." + base64url(good_claims);
    refused(text + ".", error_code::not_allowed, "only HS256 is taken");
    refused(signed_by_hand(header, good_claims), error_code::not_allowed, "only HS256 is taken");
  }
  const auto token = make_token(secret, "ada", "watch", 1h, noon);
  REQUIRE(token.has_value());
  refused(token->substr(0, token->rfind('.') + 1), error_code::not_allowed, "signature is wrong");
}

TEST_CASE("a token of another algorithm is refused even where its signature is right") {
  refused(signed_by_hand(R"({"alg":"HS512"})", good_claims, secret, EVP_sha512()), error_code::not_allowed,
          "signed with 'HS512', and only HS256 is taken");
  for (const std::string_view other : {"HS384", "RS256", "ES256", "EdDSA", "hs256"}) {
    refused(signed_by_hand(R"({"alg":")" + std::string(other) + R"("})", good_claims), error_code::not_allowed,
            "signed with '" + std::string(other) + "'");
  }
  refused(signed_by_hand("{\"alg\":\"a strange name\\n\"}", good_claims), error_code::not_allowed,
          "signed with something else");
}

TEST_CASE("a token that lacks a claim is refused by the claim's name") {
  refused(signed_by_hand(hs256, R"({"dev":"watch","exp":1700003600})"), error_code::not_allowed, "claim 'sub'");
  refused(signed_by_hand(hs256, R"({"sub":7,"dev":"watch","exp":1700003600})"), error_code::not_allowed, "claim 'sub'");
  refused(signed_by_hand(hs256, R"({"sub":"","dev":"watch","exp":1700003600})"), error_code::not_allowed,
          "claim 'sub'");
  refused(signed_by_hand(hs256, R"({"sub":"ada","exp":1700003600})"), error_code::not_allowed, "claim 'dev'");
  refused(signed_by_hand(hs256, R"({"sub":"ada","dev":"watch"})"), error_code::not_allowed, "claim 'exp'");
  refused(signed_by_hand(hs256, R"({"sub":"ada","dev":"watch","exp":"never"})"), error_code::not_allowed,
          "claim 'exp'");
  refused(signed_by_hand(hs256, R"({"sub":"ada","dev":"watch","exp":1700003600.5})"), error_code::not_allowed,
          "claim 'exp'");
  refused(signed_by_hand(hs256, R"({"sub":"ada","dev":"watch","exp":-1})"), error_code::not_allowed, "claim 'exp'");
  refused(signed_by_hand(hs256, R"({"sub":"ada","dev":"watch","exp":9223372036854775807})"), error_code::not_allowed,
          "claim 'exp'");
}

TEST_CASE("what is no token is called that") {
  refused("", error_code::malformed, "this is not a token: it is empty");
  refused("hunter2", error_code::malformed, "three parts");
  refused("a.b", error_code::malformed, "three parts");
  refused("a.b.c.d", error_code::malformed, "three parts");
  refused("a b.c.d", error_code::malformed, "three parts");
  refused(std::string("a.b.c\0", 6), error_code::malformed, "three parts");
  refused("..", error_code::malformed, "this is not a token");
  refused("AAAA.BBBB.CCCC", error_code::malformed, "its header is not");
  refused(base64url("[1]") + ".e30.e30", error_code::malformed, "its header is not a JSON object");
  refused(base64url("{}") + ".e30.e30", error_code::malformed, "names no algorithm");
  refused(signed_by_hand(hs256, "not json"), error_code::malformed, "its claims are not a JSON object");
  refused(signed_by_hand(R"({"alg":"HS256","crit":["b64"],"b64":false})", good_claims), error_code::malformed,
          "asks for extensions");
  refused(std::string(100'000, 'a') + "..", error_code::malformed, "at most 4096 are read");
}

TEST_CASE("no token is made that could not be checked, and each refusal says why") {
  const auto refuses = [](const auto& made, error_code code, std::string_view words) {
    REQUIRE(!made.has_value());
    INFO(made.error().message);
    CHECK(made.error().code == code);
    CHECK(made.error().message.find(words) != std::string::npos);
  };
  refuses(make_token("short", "ada", "watch", 1h, noon), error_code::usage, "it has 5 bytes");
  refuses(check_token("short", "a.b.c", noon), error_code::usage, "it has 5 bytes");
  refuses(make_token(secret, "", "watch", 1h, noon), error_code::invalid_value, "the user has no name");
  refuses(make_token(secret, "ada", "", 1h, noon), error_code::invalid_value, "the device has no name");
  refuses(make_token(secret, "\xff", "watch", 1h, noon), error_code::invalid_value, "not UTF-8");
  refuses(make_token(secret, std::string_view("a\0b", 3), "watch", 1h, noon), error_code::invalid_value, "a zero");
  refuses(make_token(secret, "ada", "watch", 0s, noon), error_code::invalid_value, "at least a second");
  refuses(make_token(secret, "ada", "watch", std::chrono::seconds::max(), noon), error_code::invalid_value, "9999");
  refuses(make_token(secret, std::string(5000, 'a'), "watch", 1h, noon), error_code::invalid_value, "too long");
}

TEST_CASE("a secret has 32 random bytes in hexadecimal and is never the same") {
  std::set<std::string> seen;
  for (int i = 0; i < 100; ++i) {
    const auto made = stride::make_secret();
    REQUIRE(made.has_value());
    CHECK(made->size() == 64);
    CHECK(made->find_first_not_of("0123456789abcdef") == std::string::npos);
    seen.insert(*made);
  }
  CHECK(seen.size() == 100);
  CHECK(make_token(*seen.begin(), "ada", "watch", 1h, noon).has_value());
}

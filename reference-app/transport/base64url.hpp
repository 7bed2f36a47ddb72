// SPDX-License-Identifier: BSL-1.0
#pragma once
// The alphabet that the parts of a token are written in: base64url without padding.

#include <optional>
#include <string>
#include <string_view>

namespace stride {

/// The value of one digit, 0 to 63, or -1. \see RFC 4648, section 5
constexpr int base64url_value(char c) noexcept {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (c == '-') return 62;
  if (c == '_') return 63;
  return -1;
}

/// The bytes that `text` stands for, or nothing where it has another character; bits that fill no byte are dropped.
inline std::optional<std::string> from_base64url(std::string_view text) {
  std::string out;
  unsigned bits = 0;
  int held = 0;
  for (const char c : text) {
    const int value = base64url_value(c);
    if (value < 0) return std::nullopt;
    bits = (bits << 6 | static_cast<unsigned>(value)) & 0xFFFF;
    held += 6;
    if (held >= 8) {
      held -= 8;
      out += static_cast<char>(bits >> held & 0xFF);
    }
  }
  return out;
}

}  // namespace stride

// SPDX-License-Identifier: BSL-1.0
#pragma once
// Bytes as a person writes them.

#include <string>
#include <string_view>

namespace spelled {

/// The bytes that `text` spells in hexadecimal; everything else is space.
inline std::string hex(std::string_view text) {
  std::string made;
  int high = -1;
  for (const char c : text) {
    const int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
    if (digit < 0) continue;
    if (high < 0) {
      high = digit;
    } else {
      made += static_cast<char>(high * 16 + digit);
      high = -1;
    }
  }
  return made;
}

inline std::string shown(std::string_view bytes) {
  std::string text;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    text += "0123456789ABCDEF"[byte / 16];
    text += "0123456789ABCDEF"[byte % 16];
    text += ' ';
  }
  return text.substr(0, text.empty() ? 0 : text.size() - 1);
}

}  // namespace spelled

// SPDX-License-Identifier: BSL-1.0
#pragma once
// Lengths of UTF-8 text as people see them.

#include <syncline/wire/reader.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

namespace stride {

/// Whether a byte goes on with the character of the byte before it.
constexpr bool continues_character(char byte) noexcept { return (static_cast<unsigned char>(byte) & 0xC0) == 0x80; }

/// How many characters (code points) `text` has.
constexpr std::size_t count_characters(std::string_view text) noexcept {
  return text.size() - static_cast<std::size_t>(std::count_if(text.begin(), text.end(), continues_character));
}

/// The first `count` characters of `text`, or all of it where it has fewer.
constexpr std::string_view first_characters(std::string_view text, std::size_t count) noexcept {
  std::size_t end = 0;
  for (; end < text.size(); ++end) {
    if (continues_character(text[end])) continue;
    if (count == 0) break;
    --count;
  }
  return text.substr(0, end);
}

/// `text`, or where it is not UTF-8, as much of it as is ASCII, with the other bytes as \xNN.
inline std::string printable(std::string_view text) {
  if (syncline::is_utf8(text)) return std::string(text);
  constexpr std::string_view digits = "0123456789abcdef";
  std::string shown;
  for (const char byte : text) {
    const auto code = static_cast<unsigned char>(byte);
    if (code < 0x80) {
      shown += byte;
    } else {
      shown.append({'\\', 'x', digits[code >> 4], digits[code & 15]});
    }
  }
  return shown;
}

}  // namespace stride

// SPDX-License-Identifier: BSL-1.0
// Checks UTF-8 sequence by sequence.

#include "import/fit_text.hpp"

#include <cstddef>
#include <cstdint>

namespace stride {
namespace {

// The bytes of the valid sequence at the start of `s`; 0 if there is none.
std::size_t sequence_length(std::string_view s) {
  const auto at = [&](std::size_t i) { return static_cast<std::uint8_t>(s[i]); };
  const std::uint8_t first = at(0);
  if (first < 0x80) return 1;
  const std::size_t length = first >= 0xC2 && first <= 0xDF   ? 2
                             : first >= 0xE0 && first <= 0xEF ? 3
                             : first >= 0xF0 && first <= 0xF4 ? 4
                                                              : 0;
  if (length == 0 || s.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((at(i) & 0xC0) != 0x80) return 0;
  }
  // Overlong forms, surrogates and what lies beyond U+10FFFF show in the second byte.
  if ((first == 0xE0 && at(1) < 0xA0) || (first == 0xED && at(1) > 0x9F) || (first == 0xF0 && at(1) < 0x90) ||
      (first == 0xF4 && at(1) > 0x8F)) {
    return 0;
  }
  return length;
}

}  // namespace

std::string clean_text(std::string_view stored) {
  std::string clean;
  clean.reserve(stored.size());
  while (!stored.empty()) {
    const std::size_t length = sequence_length(stored);
    const auto first = static_cast<std::uint8_t>(stored.front());
    if (length == 0) {
      clean += "\xEF\xBF\xBD";
    } else if (length > 1 || (first >= 0x20 && first != 0x7F)) {
      clean += stored.substr(0, length);
    }
    stored.remove_prefix(length == 0 ? 1 : length);
  }
  return clean;
}

}  // namespace stride

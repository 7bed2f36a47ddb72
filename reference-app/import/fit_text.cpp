// SPDX-License-Identifier: BSL-1.0
// Goes through a text sequence by sequence.

#include "import/fit_text.hpp"

#include <syncline/wire/reader.hpp>

#include <cstddef>
#include <cstdint>

namespace stride {
namespace {

// The bytes of the valid sequence at the start of `s`; 0 if there is none.
std::size_t sequence_length(std::string_view s) {
  const auto lead = static_cast<std::uint8_t>(s.front());
  const std::size_t length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  return syncline::is_utf8(s.substr(0, length)) ? length : 0;
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

// SPDX-License-Identifier: BSL-1.0
#pragma once
// Stops compilation with a sentence that is computed: one that names the record and the field.

#include <syncline/core/fixed_string.hpp>

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <utility>

namespace syncline {

namespace internal {

/// Where line `Wanted` of `sentence` begins and ends, when it is broken at spaces into lines that clang prints whole (it
/// cuts texts at 36 characters); empty past the end.
constexpr std::string_view line_of(std::string_view sentence, std::size_t wanted) {
  for (std::size_t at = 0;; ++at) {
    std::size_t end = sentence.size();
    if (end > 34) {
      end = sentence.rfind(' ', 34);
      if (end == std::string_view::npos || end == 0) end = 34;
    }
    if (at == wanted) return sentence.substr(0, end);
    sentence.remove_prefix(end);
    if (sentence.starts_with(' ')) sentence.remove_prefix(1);
  }
}

constexpr std::size_t count_lines(std::string_view sentence) {
  std::size_t count = 0;
  while (!line_of(sentence, count).empty()) ++count;
  return count;
}

template <fixed_string Sentence, std::size_t I>
inline constexpr auto line_text = [] {
  constexpr std::string_view line = line_of(Sentence.view(), I);
  fixed_string<line.size()> text;
  *std::copy(line.begin(), line.end(), text.text) = '\0';  // written, since clang prints only arrays whose end was
  return text;
}();

}  // namespace internal

#if defined(__clang__)

/// The sentence, line by line: see `ill_formed`.
template <fixed_string... Lines>
struct ill_formed_declaration {
  static_assert(sizeof...(Lines) == 0, "[syncline] see the sentence in the note below");
};

/// Stops compilation with `Sentence`: what was written, the rule, and the fix.
///
/// The sentence stands in the name of a template, since a C++20 `static_assert` prints literals only.
template <fixed_string Sentence>
consteval void ill_formed() {
  []<std::size_t... I>(std::index_sequence<I...>) {
    (void)sizeof(ill_formed_declaration<internal::line_text<Sentence, I>...>);
  }(std::make_index_sequence<internal::count_lines(Sentence.view())>{});
}

#else

/// The sentence: see `ill_formed`.
template <fixed_string Sentence>
struct ill_formed_declaration {
  static_assert(Sentence.size() == 0, "[syncline] see the sentence in the line above");
};

/// Stops compilation with `Sentence`: what was written, the rule, and the fix.
///
/// The sentence stands in the name of a template, since a C++20 `static_assert` prints literals only.
template <fixed_string Sentence>
consteval void ill_formed() {
  (void)sizeof(ill_formed_declaration<Sentence>);
}

#endif

}  // namespace syncline

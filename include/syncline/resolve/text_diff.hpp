// SPDX-License-Identifier: BSL-1.0
#pragma once
// Where two texts differ, in tokens: what a merge of texts is made of.

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <string_view>
#include <vector>

namespace syncline {

/// Texts are compared by words. A word owns the white space before it, so that a text grows without its last word
/// changing.
struct words {
  static constexpr char separator = ' ';
  static constexpr bool begins(char before, char at) { return is_space(at) && !is_space(before); }

 private:
  static constexpr bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
};

/// Texts are compared by lines. A line owns the line break before it, likewise.
struct lines {
  static constexpr char separator = '\n';
  static constexpr bool begins(char, char at) { return at == '\n'; }
};

/// What texts can be compared by: `begins(before, at)` tells whether a token begins with `at`, after the character
/// `before`; `separator` is put between tokens that would run into each other.
template <class Unit>
concept text_unit = requires(char c) {
  { Unit::begins(c, c) } -> std::convertible_to<bool>;
  { Unit::separator } -> std::convertible_to<char>;
};

/// Tokens [begin, end) of one text became tokens [from, to) of the other.
struct text_change {
  std::size_t begin;
  std::size_t end;
  std::size_t from;
  std::size_t to;

  friend bool operator==(const text_change&, const text_change&) = default;
};

/// `text` in tokens, which joined are the text again.
template <text_unit Unit>
constexpr std::vector<std::string_view> tokens_of(std::string_view text) {
  std::vector<std::string_view> tokens;
  std::size_t begin = 0;
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (!Unit::begins(text[i - 1], text[i])) continue;
    tokens.push_back(text.substr(begin, i - begin));
    begin = i;
  }
  if (begin < text.size()) tokens.push_back(text.substr(begin));
  return tokens;
}

/// How many tokens may be removed and added between two texts before the whole stretch from the first difference to the
/// last counts as one change.
inline constexpr std::size_t max_token_differences = 512;

/// What changed from `before` to `after`: the fewest tokens removed and added, as changes in order, with at least one
/// common token between any two.
///
/// Complexity: for n tokens of which d differ, O(n d) comparisons of tokens and O(d^2) memory; d is at most
/// `max_token_differences`, so linear. Source: Myers, An O(ND) Difference Algorithm and Its Variations, 1986.
template <class Token>
constexpr std::vector<text_change> text_changes(const std::vector<Token>& before, const std::vector<Token>& after) {
  std::size_t front = 0, n = before.size(), m = after.size();
  while (front < n && front < m && before[front] == after[front]) ++front;
  while (n > front && m > front && before[n - 1] == after[m - 1]) --n, --m;
  if (n == front && m == front) return {};

  // reach[d][i]: how far into `before` one comes with d differences, of which i are removals and the others additions
  std::vector<std::vector<std::size_t>> reach;
  const auto is_added = [&](std::size_t d, std::size_t i) {
    return i == 0 || (i < d && reach[d - 1][i - 1] < reach[d - 1][i]);
  };
  const std::size_t limit = std::min(max_token_differences, n - front + m - front);
  for (bool is_found = false; !is_found;) {
    const std::size_t d = reach.size();
    if (d > limit) return {{front, n, front, m}};
    auto& row = reach.emplace_back(d + 1);
    for (std::size_t i = 0; i <= d && !is_found; ++i) {
      std::size_t x = d == 0 ? front : is_added(d, i) ? reach[d - 1][i] : reach[d - 1][i - 1] + 1;
      std::size_t y = x + d - i - i;
      while (x < n && y < m && before[x] == after[y]) ++x, ++y;
      row[i] = x;
      if (x == n && y == m) is_found = true, row.resize(i + 1);
    }
  }

  std::vector<bool> removed(n), added(m);
  for (std::size_t d = reach.size() - 1, i = reach.back().size() - 1; d > 0; --d) {
    if (is_added(d, i)) {
      added[reach[d - 1][i] + d - i - i - 1] = true;
    } else {
      removed[reach[d - 1][--i]] = true;
    }
  }
  std::vector<text_change> changes;
  for (std::size_t x = front, y = front; x < n || y < m;) {
    text_change change{x, x, y, y};
    while (change.end < n && removed[change.end]) ++change.end;
    while (change.to < m && added[change.to]) ++change.to;
    x = change.end + 1, y = change.to + 1;  // past the common token that ends the change
    if (change.begin != change.end || change.from != change.to) changes.push_back(change);
  }
  return changes;
}

}  // namespace syncline

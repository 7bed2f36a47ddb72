// SPDX-License-Identifier: BSL-1.0
#pragma once
// Text that several sides edit at once: a note, a description.

#include <syncline/record/merge_function.hpp>
#include <syncline/resolve/text_diff.hpp>

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace syncline {

namespace internal {

template <class Token>
using token_span = std::span<const Token>;

// One side: its text, and the changes that made it, of which those before `next` are in the merged text already.
template <class Token>
struct edited_text {
  std::vector<Token> tokens;
  std::vector<text_change> changes;
  std::size_t next = 0;

  // Where in the base the next change is; past everything if there is none.
  constexpr std::pair<std::size_t, std::size_t> place() const {
    constexpr std::size_t never = static_cast<std::size_t>(-1);
    return next == changes.size() ? std::pair{never, never} : std::pair{changes[next].begin, changes[next].end};
  }
  // Takes the next change, if it is the one at [begin, end) of the base or meets it; `end` is then where both end.
  constexpr bool take(std::size_t begin, std::size_t& end) {
    if (next == changes.size()) return false;
    const text_change& change = changes[next];
    if (change.begin >= end && (change.begin != begin || change.end != end)) return false;
    end = std::max(end, change.end);
    ++next;
    return true;
  }
  // What became of [begin, end) of the base by the changes since `first`, which lie in it; nothing if there are none.
  constexpr token_span<Token> since(std::size_t first, std::size_t begin, std::size_t end) const {
    if (first == next) return {};
    const std::size_t from = changes[first].from - (changes[first].begin - begin);
    return token_span<Token>(tokens).subspan(from, changes[next - 1].to + (end - changes[next - 1].end) - from);
  }
};

template <text_unit Unit, class Token>
constexpr void append(std::string& text, token_span<Token> tokens) {
  for (const Token& token : tokens) {
    if (!text.empty() && !Unit::begins(text.back(), token.front())) text += Unit::separator;
    text += token;
  }
}

// Both, the lesser first; what they begin and end with alike only once.
template <text_unit Unit, class Token>
constexpr void append_both(std::string& text, token_span<Token> one, token_span<Token> other) {
  if (std::lexicographical_compare(other.begin(), other.end(), one.begin(), one.end())) std::swap(one, other);
  const std::size_t shorter = std::min(one.size(), other.size());
  std::size_t front = 0, back = 0;
  while (front < shorter && one[front] == other[front]) ++front;
  while (back < shorter - front && one[one.size() - 1 - back] == other[other.size() - 1 - back]) ++back;
  append<Unit>(text, one.first(one.size() - back));
  append<Unit>(text, other.subspan(front));
}

}  // namespace internal

/// Merges texts by words or by lines: `merge<std::string, text_merge<words>>`.
///
/// Changes that do not overlap both stand. Two changes overlap where they replace a common token, or insert at the same
/// place; then both texts are kept, the lesser (by its tokens) first. What the two begin and end with alike is kept
/// once; where one side only deleted, the other's text stays. `merge_counted` also tells how many overlaps there were,
/// and a resolution has `rule::overlapping` for the field, so that somebody can be asked to look.
///
/// Algebra: a change is a function on stretches of the base; where their domains are apart, the two join. The rule for
/// overlaps knows texts and no sides. So it is commutative; not associative, nor idempotent: a text that was put beside
/// another can, merged once more, be put beside both.
/// Guarantee: no token that a side added is lost. Beyond `max_token_differences` a side's text counts as changed from
/// its first difference to its last; so more overlaps, and never less text.
/// Complexity: linear in the texts, by that bound. \see MERGE-4, docs/algebra.md
template <text_unit Unit>
struct text_merge {
  static constexpr bool is_commutative = true;
  static constexpr bool is_idempotent = false;

  static constexpr std::string merge(const std::string& base, const std::string& local, const std::string& remote) {
    return merge_counted(base, local, remote).value;
  }

  static constexpr counted_merge<std::string> merge_counted(const std::string& base, const std::string& local,
                                                            const std::string& remote) {
    const auto before = tokens_of<Unit>(base);
    using token = typename decltype(before)::value_type;
    using span = internal::token_span<token>;
    const auto edited = [&](const std::string& text) {
      auto tokens = tokens_of<Unit>(text);
      auto changes = text_changes(before, tokens);
      return internal::edited_text<token>{std::move(tokens), std::move(changes)};
    };
    auto one = edited(local), other = edited(remote);
    counted_merge<std::string> merged;
    std::size_t at = 0;
    const auto keep_until = [&](std::size_t end) {
      internal::append<Unit>(merged.value, span(before).subspan(at, end - at));
    };
    while (one.next < one.changes.size() || other.next < other.changes.size()) {
      const std::size_t first_one = one.next, first_other = other.next;
      auto [begin, end] = std::min(one.place(), other.place());
      keep_until(begin);
      while (one.take(begin, end) || other.take(begin, end)) {
      }
      at = end;
      const span mine = one.since(first_one, begin, end), theirs = other.since(first_other, begin, end);
      if (first_one == one.next || first_other == other.next) {
        internal::append<Unit>(merged.value, first_one == one.next ? theirs : mine);
      } else {
        merged.overlaps += !std::equal(mine.begin(), mine.end(), theirs.begin(), theirs.end());
        internal::append_both<Unit>(merged.value, mine, theirs);
      }
    }
    keep_until(before.size());
    return merged;
  }
};

}  // namespace syncline

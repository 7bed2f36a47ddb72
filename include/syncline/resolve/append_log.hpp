// SPDX-License-Identifier: BSL-1.0
#pragma once
// A log that several sides append to: edits are the entries that were appended.

#include <syncline/record/value_kind.hpp>
#include <syncline/resolve/decide.hpp>

#include <algorithm>
#include <set>
#include <vector>

namespace syncline {

/// What was appended to a log. A log is meant to grow only; where it did not, `removed` is what was cut off its end
/// before.
template <class Log>
struct log_edit {
  Log removed{};
  Log added{};

  friend bool operator==(const log_edit&, const log_edit&) = default;
};

/// Merges logs by appending: `merge<std::vector<T>, append_log>`. The entries of both sides stay, in the order in which
/// their edits reached the hub; those of one edit stay together.
///
/// An entry that is changed or inserted further up is the end of the log cut off and appended anew: right, but it
/// moves. Cutting off takes, for each entry of `removed`, the last equal one if there is one, and touches no other.
///
/// Algebra: appending is the free monoid over the entries, acting on the right. It acts on any log, so edits compose,
/// also with cuts: a cut takes entries from what was appended before it, and what it does not find there from the log
/// below. Neither commutative (the order of arrival shows) nor idempotent (an entry that is appended twice is there
/// twice).
/// Complexity: linear in the edit; with cuts, in the log too, times a logarithm. \see MERGE-4, docs/algebra.md
struct append_log {
  static constexpr bool is_commutative = false;
  static constexpr bool is_idempotent = false;

  template <class Log>
  using edit = log_edit<Log>;

  template <codable T, class A>
  static edit<std::vector<T, A>> diff(const std::vector<T, A>& before, const std::vector<T, A>& after) {
    const auto is_same = [](const T& a, const T& b) { return is_same_value(a, b); };
    const auto [cut, grown] = std::mismatch(before.begin(), before.end(), after.begin(), after.end(), is_same);
    return {std::vector<T, A>(cut, before.end()), std::vector<T, A>(grown, after.end())};
  }
  template <codable T, class A>
  static void apply(std::vector<T, A>& value, const edit<std::vector<T, A>>& change) {
    take_last(value, change.removed);
    value.insert(value.end(), change.added.begin(), change.added.end());
  }
  template <codable T, class A>
  static void compose(edit<std::vector<T, A>>& first, const edit<std::vector<T, A>>& then) {
    const auto below = take_last(first.added, then.removed);
    first.removed.insert(first.removed.begin(), below.begin(), below.end());
    first.added.insert(first.added.end(), then.added.begin(), then.added.end());
  }
  template <class Log>
  static edit<Log> invert(const edit<Log>& change) {
    return {change.added, change.removed};
  }

 private:
  // Takes out of `log`, for each of `entries`, the last equal entry. Returns those that are left over: the foremost.
  template <class T, class A>
  static std::vector<T, A> take_last(std::vector<T, A>& log, const std::vector<T, A>& entries) {
    std::multiset<T, less_value> wanted(entries.begin(), entries.end());
    const auto is_taken = [&](const T& entry) {
      const auto found = wanted.find(entry);
      if (found == wanted.end()) return false;
      wanted.erase(found);
      return true;
    };
    if (!wanted.empty()) log.erase(log.begin(), std::remove_if(log.rbegin(), log.rend(), is_taken).base());
    std::vector<T, A> rest;
    for (const T& entry : entries) {
      if (!wanted.empty() && is_taken(entry)) rest.push_back(entry);
    }
    return rest;
  }
};

}  // namespace syncline

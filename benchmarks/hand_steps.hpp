// SPDX-License-Identifier: BSL-1.0
#pragma once
// What hand-written merges do field by field, whatever the record: one function per rule, and no more.

#include <syncline/resolve/resolve.hpp>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <optional>
#include <set>
#include <utility>

namespace hand {

using syncline::rule;
using syncline::stamp;

constexpr std::uint64_t bit(unsigned i) { return std::uint64_t{1} << i; }

[[gnu::always_inline]] inline bool differs(double a, double b) {  // by bits: a NaN is itself
  return std::bit_cast<std::uint64_t>(a) != std::bit_cast<std::uint64_t>(b);
}
template <class T>
[[gnu::always_inline]] inline bool differs(const T& a, const T& b) {
  return a != b;
}
template <class T>
[[gnu::always_inline]] inline bool differs(const std::optional<T>& a, const std::optional<T>& b) {
  return a.has_value() != b.has_value() || (a.has_value() && differs(*a, *b));
}

/// Adds to `set` what was added between `before` and `after`, and removes what was removed.
template <class T>
void replay(const std::set<T>& before, const std::set<T>& after, std::set<T>& set) {
  auto b = before.begin();
  auto a = after.begin();
  while (b != before.end() || a != after.end()) {
    const auto order = b == before.end() ? 1 : a == after.end() ? -1 : b->compare(*a);
    if (order < 0) set.erase(*b++);
    else if (order > 0) set.insert(*a++);
    else ++b, ++a;
  }
}

/// Whether the left write stands, and why: the later, else that of the higher device, else the greater value.
template <class T>
inline bool stands(const T& a, const stamp& at, const T& b, const stamp& bt, rule& why) {
  if (at.time != bt.time) return why = rule::later_write, at.time > bt.time;
  if (at.device != bt.device) return why = rule::higher_device, at.device > bt.device;
  return why = rule::greater_value, a > b;
}

/// Where a merge stands; small enough to live in registers.
struct merging {
  stamp* mine_at;
  rule* why;
  std::uint64_t local = 0, remote = 0, both = 0, dropped = 0;

  template <class R>
  void store(syncline::decisions<R>& how) const {
    how.local = syncline::field_set<R>{local};
    how.remote = syncline::field_set<R>{remote};
    how.both = syncline::field_set<R>{both};
    how.dropped = syncline::field_set<R>{dropped};
  }
  [[gnu::always_inline]] void keep(unsigned i, rule r) { why[i] = r, local |= bit(i); }
  [[gnu::always_inline]] void give(unsigned i, rule r) { why[i] = r, remote |= bit(i); }
};

struct three_way : merging {
  const stamp* theirs_at;

  /// A field that the later write decides.
  template <class F>
  [[gnu::always_inline]] void latest(unsigned i, const F& before, F& mine, const F& theirs, F& lost) {
    const bool they_changed = differs(before.value, theirs.value);
    if (!differs(before.value, mine.value)) {
      if (!they_changed) [[likely]] return;
      mine.value = theirs.value;
      mine_at[i] = theirs_at[i];
      return give(i, rule::alone);
    }
    if (!they_changed) return keep(i, rule::alone);
    if (!differs(mine.value, theirs.value)) {
      if (mine_at[i] < theirs_at[i]) mine_at[i] = theirs_at[i];
      return give(i, rule::same_value);
    }
    dropped |= bit(i);
    rule r;
    if (stands(mine.value, mine_at[i], theirs.value, theirs_at[i], r)) {
      lost.value = theirs.value;
      return keep(i, r);
    }
    std::swap(lost.value, mine.value);
    mine.value = theirs.value;
    mine_at[i] = theirs_at[i];
    give(i, r);
  }

  /// A field whose remote value stands: always (the server's), or unless it is empty (set once).
  template <class F>
  [[gnu::always_inline]] void owned(unsigned i, const F& before, F& mine, const F& theirs, F& lost,
                                    rule r = rule::server_owned, bool is_closed = true) {
    const bool they_changed = differs(before.value, theirs.value);
    if (!differs(before.value, mine.value)) {
      if (!they_changed) [[likely]] return;
      mine.value = theirs.value;
      return give(i, rule::alone);
    }
    if (!they_changed && !is_closed) return keep(i, rule::alone);
    if (!differs(mine.value, theirs.value)) return give(i, rule::same_value);
    dropped |= bit(i);
    if (!is_closed) {  // theirs is empty
      lost.value = theirs.value;
      return keep(i, r);
    }
    std::swap(lost.value, mine.value);
    mine.value = theirs.value;
    give(i, r);
  }

  /// A field of which both sides' edits count: `join` puts theirs into mine.
  template <class F, class Join>
  [[gnu::always_inline]] void joined(unsigned i, const F& before, F& mine, const F& theirs, Join join) {
    const bool they_changed = differs(before.value, theirs.value);
    if (!differs(before.value, mine.value)) {
      if (!they_changed) [[likely]] return;
      mine.value = theirs.value;
      return give(i, rule::alone);
    }
    if (!they_changed) return keep(i, rule::alone);
    join(before.value, mine.value, theirs.value);
    why[i] = rule::merged, both |= bit(i);
  }
  template <class F>
  [[gnu::always_inline]] void summed(unsigned i, const F& before, F& mine, const F& theirs) {
    joined(i, before, mine, theirs, [](auto b, auto& m, auto t) { m += t - b; });
  }
  template <class F>
  [[gnu::always_inline]] void greatest(unsigned i, const F& before, F& mine, const F& theirs) {
    joined(i, before, mine, theirs, [](auto, auto& m, auto t) { m = std::max(m, t); });
  }
  template <class F>
  [[gnu::always_inline]] void gathered(unsigned i, const F& before, F& mine, const F& theirs) {
    joined(i, before, mine, theirs, [](const auto& b, auto& m, const auto& t) { replay(b, t, m); });
  }
};

}  // namespace hand

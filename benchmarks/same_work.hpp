// SPDX-License-Identifier: BSL-1.0
#pragma once
// Ends the program where two ways of doing one thing come to different results.

#include <syncline/resolve.hpp>

#include <cstdio>
#include <cstdlib>

namespace bench {

inline void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "the two do not do the same work: %s differs\n", what);
  std::exit(1);
}

template <class R>
void require_same(const R& a, const R& b, const char* what) {
  require(syncline::is_same_value(a, b), what);
}

template <class R>
void require_same(const syncline::decisions<R>& a, const syncline::decisions<R>& b, const char* what) {
  require(a.local == b.local && a.remote == b.remote && a.both == b.both && a.dropped == b.dropped, what);
  (a.local | a.remote | a.both).for_each([&](std::size_t i) { require(a.rules[i] == b.rules[i], what); });
  R x, y;  // outside `dropped`, what is lost is unspecified
  syncline::for_each_field(
      [&](auto i, auto& to_x, auto& to_y) {
        if (!a.dropped.contains(i)) return;
        to_x = syncline::get_field<i>(a.lost);
        to_y = syncline::get_field<i>(b.lost);
      },
      x, y);
  require_same(x, y, what);
}

}  // namespace bench

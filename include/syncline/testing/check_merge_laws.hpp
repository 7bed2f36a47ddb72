// SPDX-License-Identifier: BSL-1.0
#pragma once
// The laws of a merge function that needs base, local and remote, as a test that anybody can run on their own.

#include <syncline/record/merge_function.hpp>
#include <syncline/testing/generate.hpp>

#include <concepts>
#include <cstddef>

namespace syncline {

/// Holds `How` against the laws of a `three_way_function` for `T`, over random values.
///
/// \param make    called as make(): a random value of T
/// \param cases   how many times each law is tried
/// \param expect  called as expect(bool holds, const char* law) for each law and case; `REQUIRE` it, or count
///
/// The laws: what only one side changed stands, what both changed alike stands, and the same three values always give
/// the same result. A function that claims `is_commutative` or `is_idempotent` is held to that too.
/// \snippet examples/testing.cpp merge-laws
/// \see MERGE-10, docs/algebra.md
template <class How, class T, class Make, class Expect>
  requires three_way_function<How, T> && requires(Make& make) {
    { make() } -> std::convertible_to<T>;
  }
void check_merge_laws(Make&& make, std::size_t cases, Expect&& expect) {
  const auto merged = [](const T& base, const T& local, const T& remote) -> T { return How::merge(base, local, remote); };
  for (std::size_t i = 0; i < cases; ++i) {
    const T a = make(), b = make(), c = make();
    expect(is_same_value(merged(a, a, b), b), "merge(a, a, b) == b");
    expect(is_same_value(merged(a, b, a), b), "merge(a, b, a) == b");
    expect(is_same_value(merged(a, b, b), b), "merge(a, b, b) == b");
    expect(is_same_value(merged(a, b, c), merged(T(a), T(b), T(c))), "merge(a, b, c) depends on nothing but a, b and c");
    if constexpr (is_commutative<How>) {
      expect(is_same_value(merged(a, b, c), merged(a, c, b)), "is_commutative: merge(a, b, c) == merge(a, c, b)");
    }
    if constexpr (is_idempotent<How>) {
      expect(is_same_value(merged(a, b, merged(a, b, c)), merged(a, b, c)),
             "is_idempotent: merge(a, b, merge(a, b, c)) == merge(a, b, c)");
    }
  }
}

/// The same, over values from `from`.
template <class How, class T, class Expect>
void check_merge_laws(generator& from, std::size_t cases, Expect&& expect) {
  T last = from.template value<T>();
  check_merge_laws<How, T>(
      [&] { return last = from.random.chance(0.3) ? from.template value<T>() : from.another(last); }, cases, expect);
}

/// Holds `How` against laws that not every merge obeys, for those that claim them: the sides can be swapped; and three
/// devices that edited one base converge, whichever of them is merged last.
template <class How, class T, class Expect>
  requires three_way_function<How, T>
void check_merge_converges(generator& from, std::size_t cases, Expect&& expect) {
  const auto merged = [](const T& base, const T& local, const T& remote) -> T { return How::merge(base, local, remote); };
  for (std::size_t i = 0; i < cases; ++i) {
    const T base = from.template value<T>(), a = from.another(base), b = from.another(base), c = from.another(base);
    expect(is_same_value(merged(base, a, b), merged(base, b, a)), "merge(base, a, b) == merge(base, b, a)");
    expect(is_same_value(merged(base, a, merged(base, b, c)), merged(base, merged(base, a, b), c)),
           "merge(base, a, merge(base, b, c)) == merge(base, merge(base, a, b), c)");
  }
}

}  // namespace syncline

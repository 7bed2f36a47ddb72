// SPDX-License-Identifier: BSL-1.0
#pragma once
// The laws of a merge function that needs base, local and remote, as a test that anybody can run on their own.

#include <syncline/record/merge_function.hpp>
#include <syncline/testing/generate.hpp>
#include <syncline/testing/law_report.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace syncline {

namespace internal {

/// The laws that only some three-way functions obey.
template <class How, class T>
struct merge_claims {
  using pair = std::pair<T, T>;

  static T merged(const T& base, const T& local, const T& remote) { return How::merge(base, local, remote); }

  static void commutative(auto& law, const std::array<T, 3>& values) {
    law("commutative: merge(a, b, c) == merge(a, c, b)", "a = {}, b = {}, c = {}", values,
        [](const T& a, const T& b, const T& c) { return pair(merged(a, b, c), merged(a, c, b)); });
  }
  static void idempotent(auto& law, const std::array<T, 3>& values) {
    law("idempotent: merge(a, b, merge(a, b, c)) == merge(a, b, c)", "a = {}, b = {}, c = {}", values,
        [](const T& a, const T& b, const T& c) { return pair(merged(a, b, merged(a, b, c)), merged(a, b, c)); });
  }
  static void associative(auto& law, const std::array<T, 4>& values) {
    law("associative: merge(a, b, merge(a, c, d)) == merge(a, merge(a, b, c), d)", "a = {}, b = {}, c = {}, d = {}",
        values, [](const T& a, const T& b, const T& c, const T& d) {
          return pair(merged(a, b, merged(a, c, d)), merged(a, merged(a, b, c), d));
        });
  }
  static void converging(auto& law, const std::array<T, 4>& values) {
    law("converging: b, c and d, made of a and arriving in any order, give one value",
        "a = {}, b = {}, c = {}, d = {}", values, [](const T& a, const T& b, const T& c, const T& d) {
          return first_difference<T>(a, std::array{b, c, d}, [&](T& at, const T& side) { at = merged(a, side, at); });
        });
  }
};

}  // namespace internal

/// Holds `How` against the laws of a `three_way_function` for `T`, over random values.
///
/// \param make    called as make(): a random value of T
/// \param cases   how many times each law is tried
/// \param expect  called as expect(bool holds, const char* sentence) for each law and case: the sentence is the law, or
///                if it does not hold, the law and the smallest values found for which it does not. A law that is
///                broken is told of once. `law_report` is one, and so are `REQUIRE` in a lambda and a counter.
///
/// The laws: what only one side changed stands, what both changed alike stands, and the same three values always give
/// the same result. A function that claims `is_commutative`, `is_idempotent` or `is_associative` is held to that
/// too, and to converge if it claims the first and the last.
/// `How` is called as `How::merge`, never as an object: what configures it is its template arguments. Static state has
/// to stay as it is while records live, on every device alike; that two calls differ is a broken law. The smallest
/// values need not be such as `make` gives: any value of `T` can reach a merge.
/// \snippet examples/laws.cpp merge-laws
/// \see MERGE-10, docs/algebra.md
template <class How, class T, class Make, class Expect>
  requires three_way_function<How, T> && requires(Make& make) {
    { make() } -> std::convertible_to<T>;
  }
void check_merge_laws(Make&& make, std::size_t cases, Expect&& expect) {
  using claims = internal::merge_claims<How, T>;
  using pair = std::pair<T, T>;
  internal::law_trial law(expect);
  for (std::size_t i = 0; i < cases; ++i) {
    const std::array<T, 4> four{make(), make(), make(), make()};
    const std::array<T, 3> three{four[0], four[1], four[2]};
    const std::array<T, 2> two{four[0], four[1]};
    law("merge(a, a, b) == b", "a = {}, b = {}", two,
        [](const T& a, const T& b) { return pair(claims::merged(a, a, b), b); });
    law("merge(a, b, a) == b", "a = {}, b = {}", two,
        [](const T& a, const T& b) { return pair(claims::merged(a, b, a), b); });
    law("merge(a, b, b) == b", "a = {}, b = {}", two,
        [](const T& a, const T& b) { return pair(claims::merged(a, b, b), b); });
    law("merge(a, b, c) == merge(a, b, c), called twice", "a = {}, b = {}, c = {}", three,
        [](const T& a, const T& b, const T& c) { return pair(claims::merged(a, b, c), claims::merged(a, b, c)); });
    if constexpr (is_commutative<How>) claims::commutative(law, three);
    if constexpr (is_idempotent<How>) claims::idempotent(law, three);
    if constexpr (is_associative<How>) claims::associative(law, four);
    if constexpr (is_commutative<How> && is_associative<How>) claims::converging(law, four);
  }
}

/// The same, over values from `from`.
template <class How, class T, class Expect>
void check_merge_laws(generator& from, std::size_t cases, Expect&& expect) {
  check_merge_laws<How, T>(internal::history_of<T>(from), cases, expect);
}

/// The same as one value, for `CHECK(check_merge_laws<How, T>())`. Equal seeds try the same.
template <class How, class T>
law_report check_merge_laws(std::uint64_t seed = 1, std::size_t cases = 1000) {
  generator from(seed);
  law_report report;
  check_merge_laws<How, T>(from, cases, report);
  return report;
}

/// Holds `How` against laws that not every merge obeys, whether it claims them or not: the sides can be swapped; and
/// three devices that edited one base converge, whichever of them is merged last.
template <class How, class T, class Expect>
  requires three_way_function<How, T>
void check_merge_converges(generator& from, std::size_t cases, Expect&& expect) {
  using claims = internal::merge_claims<How, T>;
  internal::law_trial law(expect);
  for (std::size_t i = 0; i < cases; ++i) {
    const T base = from.template value<T>();
    const std::array<T, 4> four{base, from.another(base), from.another(base), from.another(base)};
    claims::commutative(law, {four[0], four[1], four[2]});
    claims::associative(law, four);
    claims::converging(law, four);
  }
}

template <class How, class T>
law_report check_merge_converges(std::uint64_t seed = 1, std::size_t cases = 1000) {
  generator from(seed);
  law_report report;
  check_merge_converges<How, T>(from, cases, report);
  return report;
}

}  // namespace syncline

// SPDX-License-Identifier: BSL-1.0
#pragma once
// The laws of a merge function whose edits are values, as a test that anybody can run on their own.

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

/// The functions of `How` as an algebra writes them, and the laws that only some obey.
template <class How, class T>
struct edit_algebra {
  using edit = typename How::template edit<T>;
  using pair = std::pair<T, T>;

  static edit diff(const T& before, const T& after) { return How::diff(before, after); }
  static T apply(T value, const edit& e) {
    How::apply(value, e);
    return value;
  }
  static edit compose(edit first, const edit& then) {
    How::compose(first, then);
    return first;
  }
  static edit invert(const edit& e) { return How::template invert<T>(e); }

  static void commutative(auto& law, const std::array<T, 5>& values) {
    law("commutative: apply(apply(x, e), f) == apply(apply(x, f), e)", "x = {}, e = diff({}, {}), f = diff({}, {})",
        values, [](const T& x, const T& a, const T& b, const T& c, const T& d) {
          const edit e = diff(a, b), f = diff(c, d);
          return pair(apply(apply(x, e), f), apply(apply(x, f), e));
        });
  }
  static void idempotent(auto& law, const std::array<T, 3>& values) {
    law("idempotent: apply(apply(x, e), e) == apply(x, e)", "x = {}, e = diff({}, {})", values,
        [](const T& x, const T& a, const T& b) {
          const edit e = diff(a, b);
          return pair(apply(apply(x, e), e), apply(x, e));
        });
  }
  static void converging(auto& law, const std::array<T, 4>& values) {
    law("converging: diff(a, b), diff(a, c) and diff(a, d), applied to a in any order, give one value",
        "a = {}, b = {}, c = {}, d = {}", values, [](const T& a, const T& b, const T& c, const T& d) {
          return first_difference<T>(a, std::array{diff(a, b), diff(a, c), diff(a, d)},
                                     [](T& at, const edit& e) { How::apply(at, e); });
        });
  }
};

}  // namespace internal

/// Holds `How` against the laws of an `edit_function` for `T`, over random values.
///
/// \param make    called as make(): a random value of T; its edits are made between such values
/// \param cases   how many times each law is tried
/// \param expect  called as expect(bool holds, const char* sentence) for each law and case: the sentence is the law, or
///                if it does not hold, the law and the smallest values found for which it does not. A law that is
///                broken is told of once. `law_report` is one, and so are `REQUIRE` in a lambda and a counter.
///
/// The laws: a difference leads from one value to the other and back; the difference of a value to itself does nothing
/// to any value; composing is doing one after the other on any value, and associates. So replicas that apply the same
/// edits in one order agree, however their devices put the edits together. A function that claims `is_idempotent` is
/// held to that too, and one that claims `is_commutative` to that and to converge: for any edits on any value.
/// `How` is called by its static functions, never as an object: see `check_merge_laws`.
/// \snippet examples/laws.cpp edit-laws
/// \see MERGE-10, docs/algebra.md
template <class How, class T, class Make, class Expect>
  requires edit_function<How, T> && requires(Make& make) {
    { make() } -> std::convertible_to<T>;
  }
void check_edit_laws(Make&& make, std::size_t cases, Expect&& expect) {
  using of = internal::edit_algebra<How, T>;
  using edit = typename of::edit;
  using pair = std::pair<T, T>;
  internal::law_trial law(expect);
  for (std::size_t i = 0; i < cases; ++i) {
    const std::array<T, 5> five{make(), make(), make(), make(), make()};
    const auto& [a0, b0, c0, d0, x0] = five;
    law("apply(a, diff(a, b)) == b", "a = {}, b = {}", std::array<T, 2>{a0, b0},
        [](const T& a, const T& b) { return pair(of::apply(a, of::diff(a, b)), b); });
    law("apply(x, diff(a, a)) == x", "x = {}, a = {}", std::array<T, 2>{x0, a0},
        [](const T& x, const T& a) { return pair(of::apply(x, of::diff(a, a)), x); });
    law("apply(a, compose(diff(a, b), diff(b, c))) == c", "a = {}, b = {}, c = {}", std::array<T, 3>{a0, b0, c0},
        [](const T& a, const T& b, const T& c) {
          return pair(of::apply(a, of::compose(of::diff(a, b), of::diff(b, c))), c);
        });
    law("apply(x, compose(e, f)) == apply(apply(x, e), f)", "x = {}, e = diff({}, {}), f = diff({}, {})",
        std::array<T, 5>{x0, a0, b0, c0, d0}, [](const T& x, const T& a, const T& b, const T& c, const T& d) {
          const edit e = of::diff(a, b), f = of::diff(c, d);
          return pair(of::apply(x, of::compose(e, f)), of::apply(of::apply(x, e), f));
        });
    law("apply(x, compose(compose(e, f), g)) == apply(x, compose(e, compose(f, g)))",
        "x = {}, e, f and g the steps from {} to {}, {} and {}", std::array<T, 5>{x0, a0, b0, c0, d0},
        [](const T& x, const T& a, const T& b, const T& c, const T& d) {
          const edit e = of::diff(a, b), f = of::diff(b, c), g = of::diff(c, d);
          return pair(of::apply(x, of::compose(of::compose(e, f), g)),
                      of::apply(x, of::compose(e, of::compose(f, g))));
        });
    law("apply(apply(a, diff(a, b)), invert(diff(a, b))) == a", "a = {}, b = {}", std::array<T, 2>{a0, b0},
        [](const T& a, const T& b) {
          const edit e = of::diff(a, b);
          return pair(of::apply(of::apply(a, e), of::invert(e)), a);
        });
    if constexpr (merges_in_place<How, T>) {
      law("merge_in_place(a, b, c) makes of b what apply(c, diff(a, b)) is", "a = {}, b = {}, c = {}",
          std::array<T, 3>{a0, b0, c0}, [](const T& a, const T& b, const T& c) {
            T merged = b;
            How::merge_in_place(a, merged, c);
            return pair(merged, of::apply(c, of::diff(a, b)));
          });
    }
    if constexpr (is_commutative<How>) {
      of::commutative(law, {x0, a0, b0, c0, d0});
      of::converging(law, {a0, b0, c0, d0});
    }
    if constexpr (is_idempotent<How>) of::idempotent(law, {x0, a0, b0});
  }
}

/// The same, over values from `from`.
template <class How, class T, class Expect>
void check_edit_laws(generator& from, std::size_t cases, Expect&& expect) {
  check_edit_laws<How, T>(internal::history_of<T>(from), cases, expect);
}

/// The same as one value, for `CHECK(check_edit_laws<How, T>())`. Equal seeds try the same.
template <class How, class T>
law_report check_edit_laws(std::uint64_t seed = 1, std::size_t cases = 1000) {
  generator from(seed);
  law_report report;
  check_edit_laws<How, T>(from, cases, report);
  return report;
}

/// Holds `How` against a law that not every `edit_function` obeys, whether it claims it or not: edits that devices made
/// of one value commute, so that no order has to be agreed on. Those of a `counter` do, and those of `set_edits`, since
/// what one device adds no other can remove; those of an `append_log` do not.
template <class How, class T, class Expect>
  requires edit_function<How, T>
void check_edits_commute(generator& from, std::size_t cases, Expect&& expect) {
  internal::law_trial law(expect);
  for (std::size_t i = 0; i < cases; ++i) {
    const T base = from.template value<T>();
    internal::edit_algebra<How, T>::converging(
        law, {base, from.another(base), from.another(base), from.another(base)});
  }
}

template <class How, class T>
law_report check_edits_commute(std::uint64_t seed = 1, std::size_t cases = 1000) {
  generator from(seed);
  law_report report;
  check_edits_commute<How, T>(from, cases, report);
  return report;
}

}  // namespace syncline

// SPDX-License-Identifier: BSL-1.0
#pragma once
// The laws of a merge function whose edits are values, as a test that anybody can run on their own.

#include <syncline/record/merge_function.hpp>
#include <syncline/testing/generate.hpp>

#include <cstddef>

namespace syncline {

/// Holds `How` against the laws of an `edit_function` for `T`, over random values.
///
/// \param make    called as make(): a random value of T; its edits are made between such values
/// \param cases   how many times each law is tried
/// \param expect  called as expect(bool holds, const char* law) for each law and case; `REQUIRE` it, or count
///
/// The laws: a difference leads from one value to the other and back; the difference of a value to itself does nothing
/// to any value; composing is doing one after the other on any value, and associates. So replicas that apply the same
/// edits in one order agree, however their devices put the edits together. A function that claims `is_commutative` or
/// `is_idempotent` is held to that too, for any two edits on any value.
/// \snippet examples/testing.cpp edit-laws
/// \see MERGE-10, docs/algebra.md
template <class How, class T, class Make, class Expect>
  requires edit_function<How, T> && requires(Make& make) {
    { make() } -> std::convertible_to<T>;
  }
void check_edit_laws(Make&& make, std::size_t cases, Expect&& expect) {
  using edit = typename How::template edit<T>;
  const auto applied = [](T value, const edit& e) {
    How::apply(value, e);
    return value;
  };
  const auto composed = [](edit first, const edit& then) {
    How::compose(first, then);
    return first;
  };
  const auto inverted = [](const edit& e) { return How::template invert<T>(e); };

  for (std::size_t i = 0; i < cases; ++i) {
    const T a = make(), b = make(), c = make(), d = make(), x = make();
    const edit ab = How::diff(a, b), bc = How::diff(b, c), cd = How::diff(c, d);

    expect(is_same_value(applied(a, ab), b), "apply(a, diff(a, b)) == b");
    expect(is_same_value(applied(x, How::diff(a, a)), x), "apply(x, diff(a, a)) == x");
    expect(is_same_value(applied(a, composed(ab, bc)), c), "apply(a, compose(diff(a, b), diff(b, c))) == c");
    expect(is_same_value(applied(x, composed(ab, cd)), applied(applied(x, ab), cd)),
           "apply(x, compose(e, f)) == apply(apply(x, e), f)");
    expect(is_same_value(applied(x, composed(composed(ab, bc), cd)), applied(x, composed(ab, composed(bc, cd)))),
           "compose(compose(e, f), g) does the same as compose(e, compose(f, g))");
    expect(is_same_value(applied(applied(a, ab), inverted(ab)), a), "apply(apply(a, diff(a, b)), invert(diff(a, b))) == a");
    if constexpr (is_commutative<How>) {
      expect(is_same_value(applied(applied(x, ab), cd), applied(applied(x, cd), ab)),
             "is_commutative: apply(apply(x, e), f) == apply(apply(x, f), e)");
    }
    if constexpr (is_idempotent<How>) {
      expect(is_same_value(applied(applied(x, ab), ab), applied(x, ab)),
             "is_idempotent: apply(apply(x, e), e) == apply(x, e)");
    }
  }
}

/// The same, over values from `from`.
template <class How, class T, class Expect>
void check_edit_laws(generator& from, std::size_t cases, Expect&& expect) {
  T last = from.template value<T>();
  check_edit_laws<How, T>(
      [&] { return last = from.random.chance(0.3) ? from.template value<T>() : from.another(last); }, cases, expect);
}

/// Holds `How` against a law that not every `edit_function` obeys: edits of two devices commute, so that no order has
/// to be agreed on. A `counter` does, `set_edits` does not where one adds what the other removes.
template <class How, class T, class Expect>
void check_edits_commute(generator& from, std::size_t cases, Expect&& expect) {
  for (std::size_t i = 0; i < cases; ++i) {
    const T a = from.template value<T>(), b = from.another(a), c = from.another(a);
    T first = c, second = b;
    How::apply(first, How::diff(a, b));
    How::apply(second, How::diff(a, c));
    expect(is_same_value(first, second), "apply(c, diff(a, b)) == apply(b, diff(a, c))");
  }
}

}  // namespace syncline

// SPDX-License-Identifier: BSL-1.0
#pragma once
// The laws of diff, apply, compose and invert, for any record.

#include <syncline/change/delta.hpp>
#include <syncline/testing/generate.hpp>

#include <cstddef>

namespace laws {

/// Tries every law on `cases` random histories a, b, c, d of one record; expect(bool, const char* law).
template <class R, class Expect>
void check_delta_laws(std::uint64_t seed, std::size_t cases, Expect&& expect) {
  using namespace syncline;
  generator from(seed);
  const auto same = [](const R& x, const R& y) { return is_same_value(x, y); };
  for (std::size_t i = 0; i < cases; ++i) {
    const R a = from.record<R>();
    const double often = i % 3 == 0 ? 1.0 : i % 3 == 1 ? 0.5 : 0.1;
    const R b = from.edited(a, often), c = from.edited(b, often), d = from.edited(c, often);
    const delta<R> ab = diff(a, b), bc = diff(b, c), cd = diff(c, d);

    expect(diff(a, a).empty(), "diff(a, a) is empty");
    expect(diff(a, a) == delta<R>{}, "an empty delta holds nothing");
    expect(same(apply(a, ab), b), "apply(a, diff(a, b)) == b");
    expect(same(apply(a, compose(ab, bc)), c), "apply(a, compose(diff(a, b), diff(b, c))) == c");
    expect(compose(compose(ab, bc), cd) == compose(ab, compose(bc, cd)), "compose is associative");
    expect(compose(ab, delta<R>{}) == ab && compose(delta<R>{}, ab) == ab, "the empty delta is compose's unit");
    expect(same(apply(b, invert(ab, a)), a), "apply(apply(a, diff(a, b)), invert(diff(a, b), a)) == a");
    const delta<R> whole = compose(compose(ab, bc), cd);
    expect(same(apply(apply(a, whole), invert(whole, a)), a), "a composed change is taken back by its inverse");
    expect(!whole.fields.contains(schema<R>::key_index), "a delta never has the key");
    expect(ab.fields == changed_fields(a, b), "a delta has the changed fields and no others");

    const field_set<R> kept{from.random() & field_set<R>::all().bits()};
    delta<R> part = ab;
    keep_only(part, kept);
    R expected = a;
    for_each_field(
        [&]<std::size_t I>(std::integral_constant<std::size_t, I>, auto& field, const auto& after) {
          if (kept.contains(I)) value_of(field) = value_of(after);
        },
        expected, b);
    expect(part.fields == (ab.fields & kept) && same(apply(a, part), expected), "keep_only keeps just those fields");
  }
}

}  // namespace laws

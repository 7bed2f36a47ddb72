// SPDX-License-Identifier: BSL-1.0
#pragma once
// The laws of comparing values, for any codable type.

#include <syncline/resolve/decide.hpp>
#include <syncline/testing/generate.hpp>

#include <compare>
#include <cstddef>

namespace laws {

/// is_same_value is an equivalence and compare_values a total order that agrees with it; expect(bool, const char* law).
template <class T, class Expect>
void check_value_laws(std::uint64_t seed, std::size_t cases, Expect&& expect) {
  using namespace syncline;
  generator from(seed);
  for (std::size_t i = 0; i < cases; ++i) {
    const T a = from.value<T>(), b = from.another(a), c = from.value<T>();
    const T copy = a;
    expect(is_same_value(a, copy), "a value is the same as its copy");
    expect(is_same_value(a, b) == is_same_value(b, a), "being the same is symmetric");
    expect(compare_values(a, copy) == 0, "a value is neither less nor greater than its copy");
    for (const T* other : {&b, &c}) {
      expect((compare_values(a, *other) == 0) == is_same_value(a, *other), "equal in order is the same value");
      expect((compare_values(a, *other) < 0) == (compare_values(*other, a) > 0), "the order is antisymmetric");
    }
    if (compare_values(a, b) <= 0 && compare_values(b, c) <= 0) {
      expect(compare_values(a, c) <= 0, "the order is transitive");
    }
  }
}

}  // namespace laws

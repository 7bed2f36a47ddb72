// SPDX-License-Identifier: BSL-1.0
// Declarations that encode differently had equal fingerprints: arrays of other lengths, durations over other integers,
// sets in another order, structures that were nested otherwise, another merge function, another sample.

#include <syncline/record/schema.hpp>
#include <syncline/resolve/counter.hpp>

#include <catch2/catch_test_macros.hpp>

#include <functional>

using namespace syncline;

namespace {

template <class F>
struct declared_as {
  static constexpr record_info sync{.table = "t"};
  key<int> id{};
  F a{};
};

template <class A, class B>
constexpr bool differ = schema<declared_as<A>>::fingerprint != schema<declared_as<B>>::fingerprint;

struct beside {
  struct inner {
    int a{};
  } x{};
  int b{};
};
struct within {
  struct inner {
    int a{};
    int b{};
  } x{};
};
struct one_sample {
  int a{};
};
struct other_sample {
  double a{};
};
struct replacing {
  static int merge(int, int local, int) { return local; }
};

}  // namespace

TEST_CASE("regression: a fingerprint takes in everything that the encoding depends on") {
  CHECK(differ<std::array<int, 3>, std::array<int, 4>>);
  CHECK(differ<std::chrono::duration<std::int16_t>, std::chrono::duration<std::int64_t>>);
  CHECK(differ<std::set<int>, std::set<int, std::greater<int>>>);
  CHECK(differ<beside, within>);
  CHECK(differ<merge<int, counter>, merge<int, replacing>>);
  CHECK(differ<chunked<one_sample>, chunked<other_sample>>);
  CHECK(differ<chunked<one_sample, points<10>>, chunked<one_sample, points<20>>>);
}

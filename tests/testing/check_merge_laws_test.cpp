// SPDX-License-Identifier: BSL-1.0
// The laws of three-way functions also catch those that claim too much. Who breaks the others: set_edits_test.cpp.

#include <syncline/testing/check_merge_laws.hpp>

#include <syncline/resolve/extremum.hpp>
#include <syncline/resolve/list_edits.hpp>
#include <syncline/resolve/set_union.hpp>
#include <syncline/resolve/text_merge.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstdint>
#include <set>
#include <string>
#include <vector>

using namespace syncline;

namespace {

struct list_in_any_order : list_edits {
  static constexpr bool is_commutative = true;
};
struct union_twice_alike : set_union {
  static constexpr bool is_idempotent = true;
};
struct text_twice_alike : text_merge<words> {
  static constexpr bool is_idempotent = true;
};

template <class How, class T>
std::set<std::string> broken_laws() {
  std::set<std::string> broken;
  generator from(151);
  check_merge_laws<How, T>(from, 5000, [&](bool holds, const char* law) {
    if (!holds) broken.insert(law);
  });
  return broken;
}

}  // namespace

TEST_CASE("a claim of commutativity or idempotence that a merge does not keep is found") {
  const std::string commutes = "is_commutative: merge(a, b, c) == merge(a, c, b)";
  const std::string repeats = "is_idempotent: merge(a, b, merge(a, b, c)) == merge(a, b, c)";
  CHECK(broken_laws<list_in_any_order, std::vector<std::int8_t>>() == std::set{commutes});
  CHECK(broken_laws<union_twice_alike, std::set<bool>>() == std::set{repeats});
  CHECK(broken_laws<text_twice_alike, std::string>() == std::set{repeats});
  CHECK(broken_laws<merge_min, int>().empty());
}

TEST_CASE("a claim that a merge keeps is tried, and what it does not claim is not") {
  std::set<std::string> tried;
  const auto note = [&](bool holds, const char* law) {
    REQUIRE(holds);
    tried.insert(law);
  };
  generator from(152);
  check_merge_laws<set_union, std::set<int>>(from, 10, note);
  CHECK(tried.count("is_commutative: merge(a, b, c) == merge(a, c, b)") == 1);
  CHECK(tried.count("is_idempotent: merge(a, b, merge(a, b, c)) == merge(a, b, c)") == 0);
  check_merge_laws<merge_min, int>(from, 10, note);
  CHECK(tried.count("is_idempotent: merge(a, b, merge(a, b, c)) == merge(a, b, c)") == 1);
}

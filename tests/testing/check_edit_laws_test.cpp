// SPDX-License-Identifier: BSL-1.0
// The laws of edit functions also catch those that claim too much. Who breaks the others: set_edits_test.cpp.

#include <syncline/testing/check_edit_laws.hpp>

#include <syncline/resolve/append_log.hpp>
#include <syncline/resolve/counter.hpp>
#include <syncline/resolve/set_edits.hpp>

#include <catch2/catch_test_macros.hpp>

#include <set>
#include <string>
#include <vector>

using namespace syncline;

namespace {

struct silent {};
struct honest {
  static constexpr bool is_commutative = true;
  static constexpr bool is_idempotent = false;
};

struct sums_twice_alike : counter {
  static constexpr bool is_idempotent = true;
};
struct log_in_any_order : append_log {
  static constexpr bool is_commutative = true;
};
struct removals_in_any_order : set_edits {
  static constexpr bool is_commutative = true;
};

template <class How, class T>
std::set<std::string> broken_laws() {
  std::set<std::string> broken;
  generator from(141);
  check_edit_laws<How, T>(from, 500, [&](bool holds, const char* law) {
    if (!holds) broken.insert(law);
  });
  return broken;
}

}  // namespace

static_assert(!is_commutative<silent> && !is_idempotent<silent>);
static_assert(is_commutative<honest> && !is_idempotent<honest>);
static_assert(is_commutative<counter> && !is_idempotent<counter>);
static_assert(!is_commutative<set_edits> && is_idempotent<set_edits>);

TEST_CASE("a claim of commutativity or idempotence that does not hold is found") {
  const std::string commutes = "is_commutative: apply(apply(x, e), f) == apply(apply(x, f), e)";
  const std::string repeats = "is_idempotent: apply(apply(x, e), e) == apply(x, e)";
  CHECK(broken_laws<sums_twice_alike, int>() == std::set{repeats});
  CHECK(broken_laws<log_in_any_order, std::vector<int>>() == std::set{commutes});
  CHECK(broken_laws<removals_in_any_order, std::set<int>>() == std::set{commutes});
}

TEST_CASE("a claim that holds is tried, and what is not claimed is not") {
  std::set<std::string> tried;
  const auto note = [&](bool holds, const char* law) {
    REQUIRE(holds);
    tried.insert(law);
  };
  generator from(142);
  check_edit_laws<counter, int>(from, 10, note);
  CHECK(tried.count("is_commutative: apply(apply(x, e), f) == apply(apply(x, f), e)") == 1);
  CHECK(tried.count("is_idempotent: apply(apply(x, e), e) == apply(x, e)") == 0);
  check_edit_laws<set_edits, std::set<int>>(from, 10, note);
  CHECK(tried.count("is_idempotent: apply(apply(x, e), e) == apply(x, e)") == 1);
}

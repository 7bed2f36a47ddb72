// SPDX-License-Identifier: BSL-1.0
// The laws of edit functions also catch those that claim too much. Who breaks the others: set_edits_test.cpp.

#include <syncline/testing/check_edit_laws.hpp>

#include <syncline/resolve/append_log.hpp>
#include <syncline/resolve/counter.hpp>
#include <syncline/resolve/set_edits.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstdint>
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

enum class mistake { none, apply, diff, compose, invert };

// Adds up modulo 256, but for one mistake.
template <mistake F>
struct sum {
  template <class T>
  using edit = T;

  static std::uint8_t diff(const std::uint8_t& before, const std::uint8_t& after) {
    return static_cast<std::uint8_t>(after - before + (F == mistake::diff && after == before));
  }
  static void apply(std::uint8_t& value, const std::uint8_t& added) {
    value = static_cast<std::uint8_t>(value + (F == mistake::apply && added > 40 ? 40 : added));
  }
  static void compose(std::uint8_t& first, const std::uint8_t& then) {
    first = static_cast<std::uint8_t>(F == mistake::compose ? first - then : first + then);
  }
  template <class T>
  static T invert(const T& added) {
    return static_cast<T>(F == mistake::invert ? added : -added);
  }
};

using sentences = std::vector<std::string>;

template <class How, class T>
sentences broken_laws() {
  return check_edit_laws<How, T>(141, 500).broken;
}

}  // namespace

static_assert(!is_commutative<silent> && !is_idempotent<silent>);
static_assert(is_commutative<honest> && !is_idempotent<honest>);
static_assert(is_commutative<counter> && !is_idempotent<counter>);
static_assert(!is_commutative<set_edits> && is_idempotent<set_edits>);

TEST_CASE("each flaw of an edit function is found, and the least values that show it") {
  CHECK(check_edit_laws<sum<mistake::none>, std::uint8_t>());
  const auto first_broken = []<mistake F>() { return broken_laws<sum<F>, std::uint8_t>().at(0); };
  CHECK(first_broken.operator()<mistake::apply>() ==
        "apply(a, diff(a, b)) == b does not hold for a = 0, b = 41: 40 is not 41");
  CHECK(first_broken.operator()<mistake::diff>() ==
        "apply(x, diff(a, a)) == x does not hold for x = 0, a = 0: 1 is not 0");
  CHECK(first_broken.operator()<mistake::invert>() ==
        "apply(apply(a, diff(a, b)), invert(diff(a, b))) == a does not hold for a = 0, b = 1: 2 is not 0");
  CHECK(broken_laws<sum<mistake::compose>, std::uint8_t>() ==
        sentences{"apply(a, compose(diff(a, b), diff(b, c))) == c does not hold for a = 0, b = 0, c = 1: 255 is not 1",
                  "apply(x, compose(e, f)) == apply(apply(x, e), f) does not hold for x = 0, e = diff(0, 0), "
                  "f = diff(0, 1): 255 is not 1",
                  "apply(x, compose(compose(e, f), g)) == apply(x, compose(e, compose(f, g))) does not hold for "
                  "x = 0, e, f and g the steps from 0 to 0, 0 and 1: 255 is not 1"});
}

TEST_CASE("a claim of commutativity or idempotence that does not hold is found") {
  CHECK(broken_laws<sums_twice_alike, int>() ==
        sentences{"idempotent: apply(apply(x, e), e) == apply(x, e) does not hold for x = 0, e = diff(0, 1): "
                  "2 is not 1"});
  CHECK(broken_laws<log_in_any_order, std::vector<int>>() ==
        sentences{"commutative: apply(apply(x, e), f) == apply(apply(x, f), e) does not hold for x = [], "
                  "e = diff([], [0]), f = diff([], [1]): [0,1] is not [1,0]",
                  "converging: diff(a, b), diff(a, c) and diff(a, d), applied to a in any order, give one value does "
                  "not hold for a = [], b = [], c = [0], d = [1]: [0,1] is not [1,0]"});
  CHECK(broken_laws<removals_in_any_order, std::set<int>>() ==
        sentences{"commutative: apply(apply(x, e), f) == apply(apply(x, f), e) does not hold for x = [], "
                  "e = diff([], [0]), f = diff([0], []): [] is not [0]"});
  CHECK(check_edits_commute<counter, std::int64_t>());
  CHECK(check_edits_commute<set_edits, std::set<int>>());  // made of one value, they cannot contradict each other
  CHECK(check_edits_commute<append_log, std::vector<int>>().broken.size() == 1);
}

TEST_CASE("a claim that holds is tried, and what is not claimed is not") {
  std::set<std::string> tried;
  const auto note = [&](bool holds, const char* law) {
    REQUIRE(holds);
    tried.insert(law);
  };
  generator from(142);
  check_edit_laws<counter, int>(from, 10, note);
  CHECK(tried.count("commutative: apply(apply(x, e), f) == apply(apply(x, f), e)") == 1);
  CHECK(tried.count("idempotent: apply(apply(x, e), e) == apply(x, e)") == 0);
  CHECK(tried.count("converging: diff(a, b), diff(a, c) and diff(a, d), applied to a in any order, give one value") ==
        1);
  check_edit_laws<set_edits, std::set<int>>(from, 10, note);
  CHECK(tried.count("idempotent: apply(apply(x, e), e) == apply(x, e)") == 1);
}

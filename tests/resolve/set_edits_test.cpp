// SPDX-License-Identifier: BSL-1.0
// Sets that several sides add to and remove from.

#include <syncline/resolve/set_edits.hpp>

#include "laws/expect.hpp"
#include "laws/records.hpp"

#include <syncline/record/merge_function.hpp>
#include <syncline/testing/check_edit_laws.hpp>
#include <syncline/testing/check_merge_laws.hpp>
#include <syncline/testing/random.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <cmath>
#include <functional>
#include <set>
#include <string>
#include <vector>

using namespace syncline;
using tags = std::set<std::string>;

static_assert(edit_function<set_edits, tags> && edit_function<set_edits, std::set<int, std::greater<int>>>);
static_assert(!merge_function<set_edits, std::string> && !merge_function<set_edits, std::vector<int>>);

TEST_CASE("set edits obey the laws of an edit function") {
  laws::expect expect;
  generator from(41);
  check_edit_laws<set_edits, tags>(from, 2000, expect);
  check_edit_laws<set_edits, std::set<std::int16_t, std::greater<std::int16_t>>>(from, 2000, expect);
  check_edit_laws<set_edits, std::set<std::int16_t>>(from, 2000, expect);
}

struct without_case {
  static char lower(char c) { return 'A' <= c && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
  bool operator()(const std::string& a, const std::string& b) const {
    return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return lower(x) < lower(y); });
  }
};

TEST_CASE("set edits obey the laws where elements are equivalent and not the same") {
  laws::expect expect;
  random_source random(44);
  check_edit_laws<set_edits, std::set<double>>(
      [&] {
        std::set<double> zeros;
        for (const double each : {0.0, -0.0, 1.0}) {
          if (random.chance(0.4)) zeros.insert(each);
        }
        return zeros;
      },
      3000, expect);
  using names = std::set<std::string, without_case>;
  check_edit_laws<set_edits, names>(
      [&] {
        names some;
        for (const char* each : {"Run", "run", "RUN", "ride", "Ride"}) {
          if (random.chance(0.3)) some.insert(each);
        }
        return some;
      },
      3000, expect);
}

TEST_CASE("an element replaces one that is equivalent, and is replaced again when that is taken back") {
  std::set<double> value{0.0, 1.0};
  const auto change = set_edits::diff(value, std::set<double>{-0.0, 1.0});
  set_edits::apply(value, change);
  CHECK(std::signbit(*value.begin()));
  set_edits::apply(value, set_edits::invert(change));
  CHECK(!std::signbit(*value.begin()));
  CHECK(value.size() == 2);
}

TEST_CASE("additions and removals of both sides count") {
  tags value{"easy", "hill"};
  const auto local = set_edits::diff(tags{"easy", "hill"}, tags{"easy", "long"});
  const auto remote = set_edits::diff(tags{"easy", "hill"}, tags{"hill", "race"});
  set_edits::apply(value, remote);
  set_edits::apply(value, local);
  CHECK(value == tags{"long", "race"});
}

TEST_CASE("where one side adds what the other removes, the later edit decides") {
  const set_edit<tags> add{{"x"}, {}}, remove{{}, {"x"}};
  tags value;
  set_edits::apply(value, remove);
  set_edits::apply(value, add);
  CHECK(value == tags{"x"});
  set_edits::apply(value, remove);
  CHECK(value.empty());
}

TEST_CASE("an element is there if the last who touched it put it there, asked one by one") {
  generator from(47);
  for (int i = 0; i < 3000; ++i) {
    using numbers = std::set<std::uint8_t>;
    const auto base = from.value<numbers>(), first = from.another(base), second = from.another(base),
               third = from.value<numbers>();
    numbers merged = third, expected;
    set_edits::apply(merged, set_edits::diff(base, first));
    set_edits::apply(merged, set_edits::diff(base, second));
    for (int n = 0; n < 256; ++n) {
      const auto is_in = [&](const numbers& set) { return set.count(static_cast<std::uint8_t>(n)) == 1; };
      bool is_there = is_in(third);
      for (const numbers* made : {&first, &second}) {
        if (is_in(*made) != is_in(base)) is_there = is_in(*made);
      }
      if (is_there) expected.insert(static_cast<std::uint8_t>(n));
    }
    REQUIRE(merged == expected);
  }
}

TEST_CASE("a composed edit never adds and removes the same element") {
  generator from(42);
  for (int i = 0; i < 1000; ++i) {
    const auto a = from.value<tags>(), b = from.another(a), c = from.another(b), d = from.another(c);
    auto all = set_edits::diff(a, b);
    set_edits::compose(all, set_edits::diff(b, c));
    set_edits::compose(all, set_edits::diff(c, d));
    for (const auto& element : all.added) REQUIRE(all.removed.count(element) == 0);
  }
}

TEST_CASE("edits of different elements commute") {
  generator from(43);
  for (int i = 0; i < 1000; ++i) {
    const auto base = from.value<tags>(), a = from.another(base), b = from.another(base);
    const auto first = set_edits::diff(base, a), second = set_edits::diff(base, b);
    tags one = base, other = base;
    set_edits::apply(one, first), set_edits::apply(one, second);
    set_edits::apply(other, second), set_edits::apply(other, first);
    REQUIRE(one == other);  // both started from one base, so neither can add what the other removes
  }
}

namespace {

// Functions that break a law each: the checkers have to notice.
struct forgets_removals : set_edits {
  template <class T, class C, class A>
  static void apply(std::set<T, C, A>& value, const set_edit<std::set<T, C, A>>& change) {
    value.insert(change.added.begin(), change.added.end());
  }
};
struct composes_backwards : set_edits {
  template <class T, class C, class A>
  static void compose(set_edit<std::set<T, C, A>>& first, const set_edit<std::set<T, C, A>>& then) {
    auto whole = then;
    set_edits::compose(whole, first);
    first = whole;
  }
};
struct inverts_nothing : set_edits {
  template <class Set>
  static set_edit<Set> invert(const set_edit<Set>&) {
    return {};
  }
};
struct local_always {
  static std::string merge(const std::string&, const std::string& local, const std::string&) { return local; }
};
struct remote_always {
  static std::string merge(const std::string&, const std::string&, const std::string& remote) { return remote; }
};

using sentences = std::vector<std::string>;

template <class How>
sentences broken_edit_laws() {
  return check_edit_laws<How, tags>(44, 300).broken;
}

}  // namespace

TEST_CASE("the law checkers name the law that a wrong merge function breaks, and the least that shows it") {
  CHECK(check_edit_laws<set_edits, tags>());
  CHECK(broken_edit_laws<forgets_removals>() ==
        sentences{R"(apply(a, diff(a, b)) == b does not hold for a = [""], b = []: [""] is not [])",
                  R"(apply(a, compose(diff(a, b), diff(b, c))) == c does not hold for a = [""], b = [], c = []: )"
                  R"([""] is not [])",
                  R"(apply(apply(a, diff(a, b)), invert(diff(a, b))) == a does not hold for a = [], b = [""]: )"
                  R"([""] is not [])",
                  R"(apply(x, compose(e, f)) == apply(apply(x, e), f) does not hold for x = [], )"
                  R"(e = diff([], [""]), f = diff([""], []): [] is not [""])",
                  R"(merge_in_place(a, b, c) makes of b what apply(c, diff(a, b)) is does not hold for a = [""], )"
                  R"(b = [], c = [""]: [] is not [""])"});
  CHECK(broken_edit_laws<composes_backwards>() ==
        sentences{R"(apply(a, compose(diff(a, b), diff(b, c))) == c does not hold for a = [], b = [""], c = []: )"
                  R"([""] is not [])",
                  R"(apply(x, compose(e, f)) == apply(apply(x, e), f) does not hold for x = [], )"
                  R"(e = diff([""], []), f = diff([], [""]): [] is not [""])"});
  CHECK(broken_edit_laws<inverts_nothing>() ==
        sentences{R"(apply(apply(a, diff(a, b)), invert(diff(a, b))) == a does not hold for a = [], b = [""]: )"
                  R"([""] is not [])"});
  CHECK(check_merge_laws<laws::keep_longer, std::string>());
  CHECK(check_merge_laws<local_always, std::string>().broken ==
        sentences{R"(merge(a, a, b) == b does not hold for a = "", b = "a": "" is not "a")"});
  CHECK(check_merge_laws<remote_always, std::string>().broken ==
        sentences{R"(merge(a, b, a) == b does not hold for a = "", b = "a": "" is not "a")"});
}

TEST_CASE("a merge that takes the longer text converges, and one that takes the local side does not") {
  CHECK(check_merge_converges<laws::keep_longer, std::string>());
  CHECK(check_merge_converges<local_always, std::string>().broken ==
        sentences{R"(commutative: merge(a, b, c) == merge(a, c, b) does not hold for a = "", b = "", c = "a": )"
                  R"("" is not "a")",
                  R"(converging: b, c and d, made of a and arriving in any order, give one value does not hold for )"
                  R"(a = "", b = "", c = "", d = "a": "a" is not "")"});
}

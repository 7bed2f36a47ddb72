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
#include <sstream>
#include <string>
#include <utility>
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

// Functions with a flaw each.
struct local_always {
  static int merge(int, int local, int) { return local; }
};
struct remote_always {
  static int merge(int, int, int remote) { return remote; }
};
struct counts_both {
  static std::uint8_t merge(std::uint8_t base, std::uint8_t local, std::uint8_t remote) {
    return static_cast<std::uint8_t>(local + remote - base);
  }
};
struct moody {
  static int merge(int base, int local, int remote) {
    static bool is_morning = false;
    is_morning = !is_morning;
    if (local == base || remote == base || local == remote) return remote == base ? local : remote;
    return is_morning ? local : remote;
  }
};
struct middle {
  static constexpr bool is_commutative = true;
  static constexpr bool is_associative = true;
  static std::uint8_t merge(std::uint8_t base, std::uint8_t local, std::uint8_t remote) {
    if (local == base || remote == base) return remote == base ? local : remote;
    return static_cast<std::uint8_t>((local + remote) / 2);
  }
};

struct review {
  int stars{};
  std::string text{};
};
struct forgets_text {
  static review merge(const review& base, const review& local, const review& remote) {
    return {local.stars == base.stars ? remote.stars : local.stars, remote.text};
  }
};

// What configures a merge function is its template arguments.
template <int Most>
struct highest_up_to {
  static constexpr bool is_commutative = true, is_idempotent = true, is_associative = true;
  static int merge(int base, int local, int remote) {
    if (local == base || remote == base) return remote == base ? local : remote;
    const auto rank = [](int n) { return n <= Most ? std::pair(1, n) : std::pair(0, n); };
    return rank(local) > rank(remote) ? local : remote;
  }
};

using sentences = std::vector<std::string>;

template <class How, class T>
sentences broken_laws() {
  return check_merge_laws<How, T>(151, 5000).broken;
}

}  // namespace

TEST_CASE("each flaw of a merge is found, and the least values that show it") {
  CHECK(broken_laws<local_always, int>() ==
        sentences{"merge(a, a, b) == b does not hold for a = 0, b = 1: 0 is not 1"});
  CHECK(broken_laws<remote_always, int>() ==
        sentences{"merge(a, b, a) == b does not hold for a = 0, b = 1: 0 is not 1"});
  CHECK(broken_laws<counts_both, std::uint8_t>() ==
        sentences{"merge(a, b, b) == b does not hold for a = 0, b = 1: 2 is not 1"});
  CHECK(broken_laws<moody, int>().at(0).starts_with(
      "merge(a, b, c) == merge(a, b, c), called twice does not hold for a = 0, b = 2, c = 1: "));
  CHECK(broken_laws<forgets_text, review>() ==
        sentences{R"(merge(a, b, a) == b does not hold for a = {"stars":0,"text":""}, b = {"stars":0,"text":"a"}: )"
                  R"({"stars":0,"text":""} is not {"stars":0,"text":"a"})"});
  CHECK(check_merge_laws<highest_up_to<100>, int>());
}

TEST_CASE("a claim that a merge does not keep is found") {
  CHECK(broken_laws<list_in_any_order, std::vector<std::int8_t>>() ==
        sentences{"commutative: merge(a, b, c) == merge(a, c, b) does not hold for a = [], b = [0], c = [1]: "
                  "[1,0] is not [0,1]"});
  CHECK(broken_laws<union_twice_alike, std::set<bool>>() ==
        sentences{"idempotent: merge(a, b, merge(a, b, c)) == merge(a, b, c) does not hold for a = [false,true], "
                  "b = [true], c = [false]: [true] is not [false,true]"});
  CHECK(broken_laws<text_twice_alike, std::string>() ==
        sentences{R"(idempotent: merge(a, b, merge(a, b, c)) == merge(a, b, c) does not hold for a = "", b = "b", )"
                  R"(c = "a": "a b b" is not "a b")"});
  const sentences uneven = broken_laws<middle, std::uint8_t>();
  REQUIRE(uneven.size() == 2);
  CHECK(uneven[0] == "associative: merge(a, b, merge(a, c, d)) == merge(a, merge(a, b, c), d) does not hold for "
                      "a = 0, b = 3, c = 1, d = 1: 2 is not 1");
  CHECK(uneven[1] == "converging: b, c and d, made of a and arriving in any order, give one value does not hold for "
                      "a = 0, b = 3, c = 1, d = 1: 1 is not 2");
  CHECK(broken_laws<merge_min, int>().empty());
}

TEST_CASE("a report says what it found, and is true where nothing is wrong") {
  const auto print = [](const law_report& report) { return (std::ostringstream() << report).str(); };
  const law_report good = check_merge_laws<merge_min, int>(7, 10), bad = check_merge_laws<middle, std::uint8_t>();
  CHECK(good);
  CHECK(good.tried == 10 * 8);  // four laws of all, three claims, and what two of them come to
  CHECK(print(good) == "every law held, tried 80 times in all");
  CHECK_FALSE(bad);
  CHECK(print(bad) == bad.broken.at(0) + '\n' + bad.broken.at(1));
  CHECK(check_merge_laws<middle, std::uint8_t>().broken == bad.broken);  // the same every time
}

TEST_CASE("a claim that a merge keeps is tried, and what it does not claim is not") {
  std::set<std::string> tried;
  const auto note = [&](bool holds, const char* law) {
    REQUIRE(holds);
    tried.insert(law);
  };
  generator from(152);
  check_merge_laws<set_union, std::set<int>>(from, 10, note);
  CHECK(tried.count("commutative: merge(a, b, c) == merge(a, c, b)") == 1);
  CHECK(tried.count("idempotent: merge(a, b, merge(a, b, c)) == merge(a, b, c)") == 0);
  check_merge_laws<merge_min, int>(from, 10, note);
  CHECK(tried.count("idempotent: merge(a, b, merge(a, b, c)) == merge(a, b, c)") == 1);
  CHECK(tried.count("associative: merge(a, b, merge(a, c, d)) == merge(a, merge(a, b, c), d)") == 1);
  CHECK(tried.count("converging: b, c and d, made of a and arriving in any order, give one value") == 1);
}

// SPDX-License-Identifier: BSL-1.0
// A value that somebody filled in is not lost to somebody who left it empty.

#include <syncline/resolve/prefer_present.hpp>

#include "laws/expect.hpp"

#include <syncline/record/merge_function.hpp>
#include <syncline/testing/check_merge_laws.hpp>

#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

using namespace syncline;
using namespace std::string_literals;
using rating = std::optional<int>;

static_assert(three_way_function<prefer_present, rating> && three_way_function<prefer_present, std::string>);
static_assert(three_way_function<prefer_present, std::optional<std::vector<std::string>>>);
static_assert(!merge_function<prefer_present, int> && !merge_function<prefer_present, std::vector<int>>);
static_assert(is_commutative<prefer_present> && is_idempotent<prefer_present>);

static_assert(prefer_present::merge(rating{3}, rating{}, rating{5}) == 5);
static_assert(prefer_present::merge(rating{3}, rating{5}, rating{}) == 5);
static_assert(prefer_present::merge(rating{3}, rating{4}, rating{5}) == 5);
static_assert(prefer_present::merge(rating{3}, rating{}, rating{3}) == rating{});  // emptied by one side alone
static_assert(prefer_present::merge(rating{3}, rating{}, rating{}) == rating{});

TEMPLATE_TEST_CASE("prefer-present obeys the laws of a three-way function, and any order gives the same", "", rating,
                   std::optional<double>, std::string, std::optional<std::string>,
                   (std::optional<std::map<int, std::string>>)) {
  generator from(61);
  check_merge_laws<prefer_present, TestType>(from, 2000, laws::expect());
  check_merge_converges<prefer_present, TestType>(from, 2000, laws::expect());
}

TEST_CASE("where both sides changed a text, it is empty only if both emptied it, and the greater of two texts stands") {
  CHECK(prefer_present::merge("old"s, ""s, "new"s) == "new");
  CHECK(prefer_present::merge("old"s, "new"s, ""s) == "new");
  CHECK(prefer_present::merge(""s, "abc"s, "abd"s) == "abd");
  CHECK(prefer_present::merge(""s, "\xC3\xA9"s, "z"s) == "\xC3\xA9");  // by bytes, which are not signed

  // The rule again, spelled out as a table of cases.
  const auto expected = [](const rating& base, const rating& local, const rating& remote) {
    const bool is_local_changed = local != base, is_remote_changed = remote != base;
    if (!is_local_changed && !is_remote_changed) return base;
    if (is_local_changed != is_remote_changed) return is_local_changed ? local : remote;
    if (!local) return remote;
    if (!remote) return local;
    return rating{*local < *remote ? *remote : *local};
  };
  generator from(62);
  for (int i = 0; i < 5000; ++i) {
    const auto base = from.value<rating>(), local = from.another(base), remote = from.another(base);
    REQUIRE(prefer_present::merge(base, local, remote) == expected(base, local, remote));
    const auto text = from.value<std::string>(), one = from.another(text), other = from.another(text);
    const std::string kept = prefer_present::merge(text, one, other);
    REQUIRE((kept == one || kept == other));
    REQUIRE(kept.empty() == (one.empty() && other.empty()));
  }
}

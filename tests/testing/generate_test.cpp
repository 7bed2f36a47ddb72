// SPDX-License-Identifier: BSL-1.0
// Random values: the same for a seed, everywhere, and with the edge cases that find bugs.

#include <syncline/testing/generate.hpp>

#include "laws/records.hpp"

#include <catch2/catch_test_macros.hpp>

#include <cmath>
#include <limits>
#include <set>
#include <string>
#include <utility>

using namespace syncline;

TEST_CASE("the random source is splitmix64") {
  random_source random(1234567);  // the vector of Rosetta Code
  for (const std::uint64_t expected : {6457827717110365317u, 3203168211198807973u, 9817491932198370423u,
                                       4593380528125082431u, 16408922859458223821u}) {
    CHECK(random() == expected);
  }
}

TEST_CASE("numbers below a bound are below it, reach its ends, and chances come out as often as they should") {
  random_source random(1);
  std::set<std::uint64_t> seen;
  for (int i = 0; i < 1000; ++i) seen.insert(random.below(7));
  CHECK(seen == std::set<std::uint64_t>{0, 1, 2, 3, 4, 5, 6});
  for (int i = 0; i < 100; ++i) CHECK(random.below(1) == 0);
  CHECK(random.below(std::numeric_limits<std::uint64_t>::max()) < std::numeric_limits<std::uint64_t>::max());
  int happened = 0;
  for (int i = 0; i < 10'000; ++i) happened += random.chance(0.25);
  CHECK(happened > 2300);
  CHECK(happened < 2700);
  CHECK_FALSE(random.chance(0));
  CHECK(random.chance(1));
}

TEST_CASE("equal seeds give equal records, other seeds give others") {
  generator a(5), b(5), c(6);
  const auto first = a.record<laws::everything>(), second = b.record<laws::everything>();
  CHECK(is_same_value(first, second));
  CHECK_FALSE(is_same_value(first, c.record<laws::everything>()));
  CHECK(is_same_value(a.edited(first, 0.5), b.edited(second, 0.5)));
}

TEST_CASE("the edge cases of every kind come up") {
  generator from(7);
  std::set<std::string> seen;
  for (int i = 0; i < 3000; ++i) {
    const auto n = from.value<std::int32_t>();
    if (n == std::numeric_limits<std::int32_t>::min()) seen.insert("least");
    if (n == std::numeric_limits<std::int32_t>::max()) seen.insert("greatest");
    if (n == 0) seen.insert("zero");
    const auto d = from.value<double>();
    if (std::isnan(d)) seen.insert("not a number");
    if (std::isinf(d)) seen.insert("infinity");
    if (d == 0 && std::signbit(d)) seen.insert("negative zero");
    const auto s = from.value<std::string>();
    if (s.empty()) seen.insert("empty text");
    if (s.find('\0') != s.npos) seen.insert("text with a zero");
    if (s.find("\xF0\x9F\x9A\xB4") != s.npos) seen.insert("four bytes in a character");
    if (s.size() > 127) seen.insert("long text");
    const auto o = from.value<std::optional<std::vector<int>>>();
    if (!o) seen.insert("nothing");
    if (o && o->empty()) seen.insert("empty list");
    if (o && o->size() > 10) seen.insert("long list");
  }
  CHECK(seen == std::set<std::string>{"least", "greatest", "zero", "not a number", "infinity", "negative zero",
                                      "empty text", "text with a zero", "four bytes in a character", "long text",
                                      "nothing", "empty list", "long list"});
}

TEST_CASE("an edit changes the fields that it may, never the key, and as often as it was told") {
  generator from(8);
  const field_set<laws::workout> allowed = editable<laws::workout, role::server>;
  std::size_t changed = 0;
  for (int i = 0; i < 1000; ++i) {
    const auto before = from.record<laws::workout>();
    const auto after = from.edited(before, 0.5, allowed);
    CHECK(*after.id == *before.id);
    for_each_field(
        [&]<std::size_t I>(std::integral_constant<std::size_t, I>, const auto& x, const auto& y) {
          if (is_same_value(value_of(x), value_of(y))) return;
          ++changed;
          REQUIRE(allowed.contains(I));
        },
        before, after);
    CHECK(is_same_value(from.edited(before, 0.0), before));
  }
  CHECK(changed > 1000 * allowed.size() * 45 / 100);
  CHECK(changed < 1000 * allowed.size() * 55 / 100);
}

TEST_CASE("another value is another, where there is one") {
  generator from(9);
  for (int i = 0; i < 500; ++i) {
    const auto flag = from.value<bool>();
    CHECK(from.another(flag) != flag);
    const auto set = from.value<std::set<std::string>>();
    CHECK(from.another(set) != set);
    const auto lap = from.value<laws::lap>();
    CHECK_FALSE(is_same_value(from.another(lap), lap));
  }
}

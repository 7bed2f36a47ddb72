// SPDX-License-Identifier: BSL-1.0
// Of what showed a fault, the simplest that still shows it.

#include <syncline/testing/shrink.hpp>

#include "laws/records.hpp"

#include <syncline/testing/generate.hpp>
#include <syncline/wire/reader.hpp>

#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>

#include <array>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

using namespace syncline;
using namespace std::literals;

namespace {

template <class T, class IsWanted>
T simplest(const T& value, IsWanted is_wanted) {
  return shrunk(std::array<T, 1>{value}, [&](const std::array<T, 1>& at) { return is_wanted(at[0]); })[0];
}

struct trip {
  lww<int> days{};
  std::vector<std::optional<std::string>> stops{};
  std::map<std::string, std::set<int>> costs{};

  friend bool operator==(const trip&, const trip&) = default;
};

}  // namespace

TEST_CASE("the simplest value that is wanted is the one that a person would name") {
  CHECK(simplest(-100, [](int n) { return n < -5; }) == -6);
  CHECK(simplest(-100, [](int n) { return n < -5 || n > 20; }) == 21);  // rather positive
  CHECK(simplest(std::numeric_limits<std::int64_t>::min(), [](std::int64_t n) { return n < 0; }) == -1);
  CHECK(simplest(std::uint8_t{255}, [](std::uint8_t n) { return n % 2 == 1; }) == 1);
  CHECK(simplest(std::uint8_t{255}, [](std::uint8_t n) { return n % 2 == 1 && n > 10; }) == 11);
  CHECK(simplest(true, [](bool) { return true; }) == false);
  CHECK(simplest(987.654, [](double n) { return n > 100.0; }) == 101.0);
  CHECK(simplest(987.654, [](double n) { return n > 100.0 && n != std::trunc(n); }) == 100.5);
  CHECK(simplest(std::numeric_limits<double>::infinity(), [](double n) { return n > 2.0; }) == 3.0);
  CHECK(std::isnan(simplest(-std::nan("7"), [](double n) { return n != n; })));
  CHECK(std::signbit(simplest(-1.5, [](double n) { return std::signbit(n); })));
  CHECK(simplest("easy tempo run"s, [](const std::string& text) { return text.size() >= 3; }) == "aaa");
  CHECK(simplest("easy tempo run"s, [](const std::string& text) { return text.find("mp") != text.npos; }) == "mp");
  CHECK(simplest("x\xE2\x82\xACy"s, [](const std::string& text) { return text.size() > 2; }) == "\xE2\x82\xAC");
  CHECK(simplest(blob{"\xFF\x07"}, [](const blob& b) { return b.bytes.size() == 2; }).bytes == "\0\0"s);
  CHECK(simplest(90s, [](std::chrono::seconds s) { return s > 59s; }) == 60s);
  CHECK(simplest(laws::sport::swim, [](laws::sport s) { return s != laws::sport::none; }) == laws::sport::run);
  CHECK(simplest(std::optional<int>{9}, [](auto& o) { return o.has_value(); }) == 0);
  CHECK(simplest(std::vector{5, 60, 70, 8}, [](auto& v) {
          int sum = 0;
          for (const int n : v) sum += n;
          return sum >= 100;
        }) == std::vector{30, 70});  // no single step from here is wanted
  CHECK(simplest(std::vector{true, false, true}, [](auto& v) { return v.size() > 1; }) == std::vector{false, false});
  CHECK(simplest(std::set{4, 51, 99}, [](auto& s) { return !s.empty() && *s.rbegin() > 50; }) == std::set{51});
  CHECK(simplest(std::map<std::string, int>{{"ab", 3}, {"zz", 9}}, [](auto& m) { return m.count("zz") == 1; }) ==
        std::map<std::string, int>{{"zz", 0}});
  CHECK(simplest(std::map<int, std::string>{{8, "x"}, {9, "y"}}, [](auto& m) { return m.size() == 2; }) ==
        std::map<int, std::string>{{0, ""}, {1, ""}});
  CHECK(simplest(std::array{7, -7}, [](auto& a) { return a[0] != a[1]; }) == std::array{0, 1});
  CHECK(simplest(trip{{9}, {{"a"}, {}, {"bcd"}}, {{"train", {3, 4}}}},
                 [](const trip& t) { return t.stops.size() > 1 && t.stops[1] && !t.costs.empty(); }) ==
        trip{{0}, {{}, {""}}, {{"", {}}}});
}

TEST_CASE("values that are equal get simpler together") {
  const auto made = shrunk(std::array{1000, 1001, 1000}, [](const std::array<int, 3>& at) {
    return at[0] == at[2] && at[1] != at[0];
  });
  CHECK(made == std::array{0, 1, 0});
}

TEST_CASE("no more is tried than was asked for") {
  int tries = 0;
  const auto made = shrunk(std::array{1000}, [&](const auto& at) { return ++tries, at[0] > 10; }, 5);
  CHECK(tries == 5);
  CHECK(made[0] > 11);
  CHECK(shrunk(std::array{1000}, [](const auto&) { return true; }, 0)[0] == 1000);
}

TEMPLATE_TEST_CASE("every walk to simpler values ends, at a value that has none", "", bool, std::int8_t, std::uint64_t,
                   std::int64_t, float, double, std::string, blob, laws::sport, laws::wide, std::chrono::seconds,
                   timestamp, std::optional<std::optional<double>>, std::vector<bool>, std::set<std::string>,
                   std::set<bool>, (std::map<double, bool>), (std::array<float, 2>), laws::lap) {
  generator from(161);
  for (int i = 0; i < 30; ++i) {
    TestType value = from.value<TestType>();
    const TestType first = value;
    std::size_t steps = 0;
    for (auto simpler = simpler_values(value); !simpler.empty(); simpler = simpler_values(value)) {
      for (const TestType& each : simpler) REQUIRE(!is_same_value(each, value));
      // mostly the least step, which makes the longest walk
      value = from.random.chance(0.6) ? TestType(simpler.back()) : TestType(simpler[from.random.below(simpler.size())]);
      REQUIRE(++steps < 20'000);
    }
    if constexpr (kind_of<TestType> != value_kind::enumeration) REQUIRE(is_same_value(value, TestType{}));
    // what is found is the same every time
    const auto is_odd = [](const auto& at) { return simpler_values(at[0]).size() % 3 == 1; };
    REQUIRE(is_same_value(shrunk(std::array<TestType, 1>{first}, is_odd, 500)[0],
                          shrunk(std::array<TestType, 1>{first}, is_odd, 500)[0]));
  }
}

TEST_CASE("what is simpler than UTF-8 is UTF-8") {
  generator from(162);
  for (int i = 0; i < 200; ++i) {
    const auto text = from.value<std::string>();
    for (const std::string& each : simpler_values(text)) REQUIRE(is_utf8(each));
  }
}

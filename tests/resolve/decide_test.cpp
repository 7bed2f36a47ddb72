// SPDX-License-Identifier: BSL-1.0
// Which of two concurrent writes stands: PROTOCOL 15 after causality, case by case.

#include <syncline/resolve/decide.hpp>

#include "laws/records.hpp"

#include <catch2/catch_test_macros.hpp>

#include <limits>

using namespace syncline;

namespace {

constexpr stamp at(std::uint64_t ticks, const char* device) { return {{ticks}, device_id(device)}; }

template <class Policy>
constexpr verdict decided(int local, const stamp& l, int remote, const stamp& r) {
  return decide<Policy>(local, l, remote, r);
}

// Later time, then higher device, then greater value, and the same wins on either side.
template <class Policy>
constexpr bool goes_by_stamp() {
  return decided<Policy>(1, at(2, "a"), 9, at(1, "z")) == verdict{side::local, rule::later_write} &&
         decided<Policy>(9, at(1, "z"), 1, at(2, "a")) == verdict{side::remote, rule::later_write} &&
         decided<Policy>(1, at(2, "b"), 9, at(2, "a")) == verdict{side::local, rule::higher_device} &&
         decided<Policy>(9, at(2, "a"), 1, at(2, "b")) == verdict{side::remote, rule::higher_device} &&
         decided<Policy>(9, at(2, "a"), 1, at(2, "a")) == verdict{side::local, rule::greater_value} &&
         decided<Policy>(1, at(2, "a"), 9, at(2, "a")) == verdict{side::remote, rule::greater_value};
}
static_assert(goes_by_stamp<policy::lww>());
static_assert(goes_by_stamp<policy::client>());
static_assert(goes_by_stamp<policy::chunked<laws::sample>>());

static_assert(decided<policy::server>(9, at(9, "z"), 1, at(1, "a")) == verdict{side::remote, rule::server_owned});
static_assert(decided<policy::key>(9, at(9, "z"), 1, at(1, "a")) == verdict{side::remote, rule::fixed_key});
static_assert(decided<policy::once>(9, at(9, "z"), 1, at(1, "a")) == verdict{side::remote, rule::first_value});
static_assert(decided<policy::once>(9, at(1, "a"), 0, at(9, "z")) == verdict{side::local, rule::first_value});

static_assert(compare_values(-1, 1) < 0 && compare_values(std::uint64_t{1} << 63, std::uint64_t{1}) > 0);
static_assert(compare_values(false, true) < 0);
static_assert(compare_values(0.0, -0.0) != 0);
static_assert(compare_values(std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::quiet_NaN()) == 0);
static_assert(compare_values(std::optional<int>{}, std::optional<int>{-5}) < 0);

}  // namespace

TEST_CASE("texts are ordered by bytes, containers element by element, the shorter first") {
  CHECK(compare_values(std::string("a"), std::string("ab")) < 0);
  CHECK(compare_values(std::string("z"), std::string("\xC3\xA9")) < 0);
  CHECK(compare_values(std::vector{1, 2}, std::vector{1, 2, 0}) < 0);
  CHECK(compare_values(std::vector{1, 3}, std::vector{1, 2, 9}) > 0);
  CHECK(compare_values(std::set{2, 1}, std::set{1, 3}) < 0);
  CHECK(compare_values(std::map<int, int>{{1, 5}}, std::map<int, int>{{1, 6}}) < 0);
  CHECK(compare_values(std::map<int, int>{{2, 5}}, std::map<int, int>{{1, 6}}) > 0);
  CHECK(compare_values(laws::lap{1, {}, false, "z"}, laws::lap{1, 0.5, false, "a"}) < 0);
}

TEST_CASE("sides and rules have names of their own") {
  CHECK(to_string(side::local) == "local");
  CHECK(to_string(side::both) == "both");
  CHECK(to_string(rule::alone) == "alone");
  CHECK(to_string(rule::higher_device) == "higher device");
  CHECK(to_string(rule::deleted) == "deleted");
  CHECK(to_string(rule::client_owned) == "client owned");
  CHECK(to_string(rule::overlapping) == "overlapping");
  CHECK(to_string(rule::settled) == "settled");
  CHECK(to_string(rule::superseded) == "superseded");
  CHECK((is_rule(static_cast<std::uint8_t>(rule::superseded)) && !is_rule(static_cast<std::uint8_t>(rule::superseded) + 1)));
  CHECK((!drops_a_value(rule::overlapping) && drops_a_value(rule::client_owned)));
}

// SPDX-License-Identifier: BSL-1.0
// Which types can be a field's value, and when two values are the same.

#include <syncline/record/value_kind.hpp>

#include "laws/expect.hpp"
#include "laws/records.hpp"
#include "laws/value_laws.hpp"

#include <catch2/catch_test_macros.hpp>

#include <functional>
#include <limits>
#include <memory>
#include <ratio>

using namespace syncline;

namespace {

static_assert(kind_of<bool> == value_kind::boolean);
static_assert(kind_of<char> == value_kind::integer && kind_of<std::uint64_t> == value_kind::integer);
static_assert(kind_of<float> == value_kind::number && kind_of<double> == value_kind::number);
static_assert(kind_of<std::string> == value_kind::text);
static_assert(kind_of<blob> == value_kind::blob);
static_assert(kind_of<laws::sport> == value_kind::enumeration);
static_assert(kind_of<std::chrono::minutes> == value_kind::duration);
static_assert(kind_of<timestamp> == value_kind::time);
static_assert(kind_of<std::optional<std::string>> == value_kind::optional);
static_assert(kind_of<std::vector<int>> == value_kind::list);
static_assert(kind_of<std::set<int>> == value_kind::set);
static_assert(kind_of<std::map<int, int>> == value_kind::map);
static_assert(kind_of<std::array<int, 2>> == value_kind::array);
static_assert(kind_of<laws::lap> == value_kind::structure && kind_of<manifest> == value_kind::structure);

struct with_pointer {
  int n{};
  const char* p{};
};
struct empty {};
class hidden {
  int n_{};

 public:
  hidden() = default;
  int n() const { return n_; }
};

static_assert(codable<laws::everything> && codable<manifest> && codable<std::map<std::string, std::optional<laws::lap>>>);
static_assert(!codable<int*> && !codable<const char*> && !codable<std::string_view> && !codable<std::unique_ptr<int>>);
static_assert(!codable<std::vector<int*>> && !codable<std::optional<std::string_view>> && !codable<with_pointer>);
static_assert(!codable<std::map<std::string, with_pointer>> && !codable<std::map<std::string_view, int>>);
static_assert(!codable<empty> && !codable<hidden> && !codable<std::function<void()>> && !codable<long double>);
static_assert(!codable<std::chrono::duration<double>> && !codable<std::array<int, 0>>);
static_assert(!codable<std::chrono::sys_time<std::chrono::duration<double>>>);

template <class T>
using limits = std::numeric_limits<T>;

static_assert(is_same_value(limits<double>::quiet_NaN(), limits<double>::quiet_NaN()));
static_assert(!is_same_value(limits<double>::quiet_NaN(), -limits<double>::quiet_NaN()));
static_assert(!is_same_value(0.0, -0.0) && !is_same_value(0.0f, -0.0f));
static_assert(is_same_value(std::optional<int>{}, std::optional<int>{}));
static_assert(!is_same_value(std::optional<int>{}, std::optional<int>{0}));
static_assert(is_same_value(std::array{1, 2}, std::array{1, 2}) && !is_same_value(std::array{1, 2}, std::array{1, 3}));

}  // namespace

TEST_CASE("containers hold the same value if their elements do, one by one") {
  const double nan = limits<double>::quiet_NaN();
  CHECK(is_same_value(std::vector{1.0, nan}, std::vector{1.0, nan}));
  CHECK_FALSE(is_same_value(std::vector{1.0, 0.0}, std::vector{1.0, -0.0}));
  CHECK_FALSE(is_same_value(std::vector{1, 2}, std::vector{1, 2, 3}));
  CHECK_FALSE(is_same_value(std::vector{true, false}, std::vector{true, true}));
  CHECK(is_same_value(std::vector<bool>{true, false}, std::vector<bool>{true, false}));
  CHECK(is_same_value(std::set<std::string>{"a", "b"}, std::set<std::string>{"b", "a"}));
  CHECK_FALSE(is_same_value(std::set<double>{0.0}, std::set<double>{-0.0}));
  CHECK_FALSE(is_same_value(std::map<int, double>{{1, 0.0}}, std::map<int, double>{{1, -0.0}}));
  CHECK_FALSE(is_same_value(std::map<int, int>{{1, 2}}, std::map<int, int>{{2, 2}}));
  CHECK(is_same_value(laws::lap{1, nan, true, "x"}, laws::lap{1, nan, true, "x"}));
  CHECK_FALSE(is_same_value(laws::lap{1, nan, true, "x"}, laws::lap{1, nan, false, "x"}));
}

TEST_CASE("being the same value is an equivalence, and the order of values agrees with it") {
  laws::expect expect;
  laws::check_value_laws<std::int8_t>(1, 500, expect);
  laws::check_value_laws<std::uint64_t>(2, 500, expect);
  laws::check_value_laws<double>(3, 500, expect);
  laws::check_value_laws<std::string>(4, 500, expect);
  laws::check_value_laws<std::optional<std::optional<float>>>(5, 500, expect);
  laws::check_value_laws<std::vector<bool>>(6, 500, expect);
  laws::check_value_laws<std::set<double>>(7, 500, expect);
  laws::check_value_laws<std::map<std::string, std::vector<std::int32_t>>>(8, 500, expect);
  laws::check_value_laws<laws::lap>(9, 500, expect);
  laws::check_value_laws<laws::everything>(10, 200, expect);
}

// SPDX-License-Identifier: BSL-1.0
// A field is the value that it holds, with a policy in its type and nothing else in its memory.

#include <syncline/record/field.hpp>

#include "laws/records.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace syncline;

namespace {

static_assert(sizeof(lww<std::int32_t>) == 4 && sizeof(server<double>) == 8);
static_assert(std::is_aggregate_v<client<std::string>>);
static_assert(std::is_trivially_copyable_v<lww<int>>);
static_assert(std::is_same_v<chunked<laws::sample>::value_type, manifest>);
static_assert(std::is_same_v<chunked<laws::sample>, chunked<laws::sample, points<1000>>>);
static_assert(!std::is_assignable_v<lww<std::string>&, std::vector<int>>);
static_assert(!std::is_assignable_v<lww<int>&, std::string>);

constexpr int doubled(const int& n) { return 2 * n; }
constexpr lww<int> four{4};
static_assert(doubled(four) == 8 && four + 1 == 5 && *four == 4 && four == lww<int>{4});

}  // namespace

TEST_CASE("a field is read and written as its value is") {
  lww<std::string> name{"a"};
  CHECK(name->size() == 1);
  name = "longer";
  const std::string& text = name;
  CHECK(text == "longer");
  CHECK(&text == &name.value);

  client<std::optional<int>> rpe{};
  rpe = 7;
  CHECK(rpe->value() == 7);
  rpe = std::nullopt;
  CHECK_FALSE(rpe->has_value());
  rpe = {};
  CHECK_FALSE(rpe->has_value());
}

TEST_CASE("a field is compared with whatever its value can be compared with") {
  const lww<std::string> name{"a"};
  CHECK(name == "a");
  CHECK("b" != name);
  CHECK(name == std::string("a"));
  client<std::optional<int>> rpe{7};
  CHECK(rpe == 7);
  CHECK(rpe != std::nullopt);
  const server<int> there{4};
  CHECK(four == there);
  CHECK(four == 4.0);
}

TEST_CASE("a field takes another field of its own type") {
  lww<std::string> a{"a"}, b{"b"};
  a = b;
  CHECK(a == b);
  a = std::move(b);
  CHECK(*a == "b");
}

TEST_CASE("a record's values are reached whether they were declared with a policy or plainly") {
  laws::workout w;
  w.weight_kg = 70;
  w.target = 5;
  CHECK(&value_of(w.weight_kg) == &w.weight_kg);
  CHECK(&value_of(w.target) == &w.target.value);
  CHECK(&get_field<the<&laws::workout::target>.index>(w) == &w.target.value);
  const laws::workout& read_only = w;
  CHECK(value_of(read_only.target) == 5);
}

TEST_CASE("designated initializers set fields by name") {
  const laws::tally t{.id = {1u}, .goal = {3}, .rate = {0.5}};
  CHECK(*t.id == 1u);
  CHECK(*t.goal == 3);
  CHECK(*t.rate == 0.5);
  CHECK(*t.rank == 0);
}

TEST_CASE("a manifest counts the points of its chunks") {
  manifest series;
  CHECK(series.empty());
  CHECK(series.points() == 0);
  series.chunks = {{{}, 1000, 10, 20}, {{}, 4'000'000'000u, 10, 20}, {{}, 4'000'000'000u, 10, 20}};
  CHECK(series.points() == 8'000'001'000u);
}

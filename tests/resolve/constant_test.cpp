// SPDX-License-Identifier: BSL-1.0
// Records change and merge in constant expressions, as far as the types of their fields do.

#include <syncline/change/edit.hpp>
#include <syncline/resolve.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

using namespace syncline;

namespace {

enum class surface : std::uint8_t { road, trail, track };

struct shoe {
  static constexpr record_info sync{.table = "shoes"};

  key<int> id{};
  once<int> size{};
  server<std::optional<double>> distance_m{};
  client<std::optional<int>> comfort{};
  lww<surface> used_on{};
  lww<std::array<float, 2>> worn_mm{};
  merge<std::uint16_t, counter> runs{};
  merge<std::optional<int>, merge_min> best_s{};
  merge<std::optional<int>, prefer_present> price{};
  timestamp bought_at{};
};

// As bytes on a stack: values that hold no memory can be constants themselves.
constexpr shoe bought{.id = {1}, .size = {44}, .worn_mm = {{20, 20}}, .price = {{120}}};
constexpr shoe worn{.id = {1},
                    .size = {44},
                    .distance_m = {{9000.0}},
                    .comfort = {{4}},
                    .used_on = {surface::trail},
                    .worn_mm = {{19.5f, 20}},
                    .runs = {3},
                    .best_s = {{1500}},
                    .price = {{120}}};
constexpr shoe lent{.id = {1},
                    .size = {43},
                    .distance_m = {{5000.0}},
                    .comfort = {{2}},
                    .used_on = {surface::track},
                    .worn_mm = {{20, 20}},
                    .runs = {2},
                    .best_s = {{1400}},
                    .price = {}};

constexpr delta<shoe> wearing = diff(bought, worn), lending = diff(worn, lent);
static_assert(wearing.fields.size() == 6 && wearing.edit<the<&shoe::runs>.index>() == 3);
static_assert(is_same_value(apply(bought, wearing), worn));
static_assert(is_same_value(apply(bought, compose(wearing, lending)), lent));
static_assert(is_same_value(apply(worn, invert(wearing, bought)), bought));
static_assert(compose(wearing, delta<shoe>{}) == wearing && diff(worn, worn) == delta<shoe>{});
static_assert(changed_fields(bought, worn) == wearing.fields);

constexpr stamps<shoe> at(std::uint64_t ticks, const char* device) {
  stamps<shoe> all{};
  all.fill({{ticks}, device_id(device)});
  return all;
}

constexpr auto made = resolve(bought, worn, at(2, "watch"), lent, at(1, "phone"));
static_assert(*made.value.size == 43 && made.how.rules[the<&shoe::size>.index] == rule::alone);
static_assert(*made.value.distance_m == 5000.0 && made.how.rules[the<&shoe::distance_m>.index] == rule::server_owned);
static_assert(*made.value.comfort == 4 && *made.how.lost.comfort == 2);
static_assert(*made.value.used_on == surface::trail && *made.how.lost.used_on == surface::track);
static_assert(*made.value.worn_mm == std::array{19.5f, 20.0f});
static_assert(*made.value.runs == 5 && *made.value.best_s == 1400 && !made.value.price->has_value());
static_assert(is_same_value(made.value, resolve(bought, worn, at(2, "watch"), lent, at(1, "phone")).value));

// The same change put into a record that has moved on.
constexpr std::pair<shoe, decisions<shoe>> arrived = [] {
  change<shoe> sent{.what = lending};
  stamp_fields(sent, {3});
  shoe present = worn;
  present.runs = 10;
  stamps<shoe> when = at(4, "watch");
  decisions<shoe> how;
  resolve_change(sent, device_id("phone"), role::client, field_set<shoe>::all(), present, when, how);
  return std::pair{present, how};
}();
static_assert(*arrived.first.runs == 9 && *arrived.first.comfort == 4 && *arrived.second.lost.comfort == 2);

constexpr int goal_after_edit = [] {
  editor<role::client, shoe> open{bought};
  open[the<&shoe::comfort>] = 5;
  return **open.record().comfort;
}();
static_assert(goal_after_edit == 5);

// Values that hold memory live within one constant expression.
struct route {
  static constexpr record_info sync{.table = "routes"};

  key<int> id{};
  lww<std::vector<int>> climbs_m{};
  client<std::vector<std::optional<int>>> splits_s{};
  server<std::vector<double>> grades{};
};

constexpr bool lists_obey_the_laws() {
  route a{.id = {1}, .climbs_m = {{10, 20}}};
  route b = a, c = a;
  b.climbs_m = std::vector{10, 20, 30};
  b.splits_s = std::vector<std::optional<int>>{300, std::nullopt};
  c.climbs_m = std::vector{5};
  c.grades = std::vector{0.5};
  const delta<route> ab = diff(a, b), bc = diff(b, c);
  const auto both = resolve(a, b, {}, c, {});  // equal stamps: the greater value
  return is_same_value(apply(a, ab), b) && is_same_value(apply(a, compose(ab, bc)), c) &&
         is_same_value(apply(b, invert(ab, a)), a) && both.value.climbs_m->size() == 3 &&
         both.how.lost.climbs_m->front() == 5 && both.value.grades->front() == 0.5;
}
static_assert(lists_obey_the_laws());

// clang cannot make a std::string of libstdc++ 12 while compiling.
#if !defined(__clang__) || !defined(_GLIBCXX_RELEASE) || _GLIBCXX_RELEASE > 12

struct note {
  static constexpr record_info sync{.table = "notes"};

  key<std::string> id{};
  lww<std::string> title{};
  once<std::string> author{};
  client<std::optional<std::string>> mood{};
  lww<std::vector<std::string>> lines{};
  merge<std::string, prefer_present> place{};
  merge<std::string, text_merge<words>> text{};
};

constexpr bool texts_obey_the_laws() {
  note a{.id = {"n"}, .title = {"a title that is too long to be kept within the text itself"}, .text = {"felt good"}};
  note b = a, c = a;
  b.title = "short";
  b.author = "Ana";
  b.text = "felt very good";
  c.title = "later";
  c.author = "Ben";
  c.mood = std::optional<std::string>("fine");
  c.lines = std::vector<std::string>{"one", "two"};
  c.text = "felt good today";
  const delta<note> ab = diff(a, b), bc = diff(b, c);
  stamps<note> early{}, late{};
  early[the<&note::title>.index] = {{1}, device_id("phone")};
  late[the<&note::title>.index] = {{2}, device_id("watch")};
  const auto both = resolve(a, b, early, c, late);
  return is_same_value(apply(a, ab), b) && is_same_value(apply(a, compose(ab, bc)), c) &&
         is_same_value(apply(b, invert(ab, a)), a) && *both.value.title == "later" &&
         *both.how.lost.title == "short" && *both.value.author == "Ben" && *both.how.lost.author == "Ana" &&
         *both.value.text == "felt very good today";
}
static_assert(texts_obey_the_laws());

constexpr bool is_overlap_told() {
  const std::string base = "felt good", one = "felt great", other = "felt awful";  // g++ 12 needs them named
  return text_merge<words>::merge_counted(base, one, other).overlaps == 1;
}
static_assert(is_overlap_told());

#endif

}  // namespace

TEST_CASE("what merges while compiling merges alike while running") {
  const auto again = resolve(bought, worn, at(2, "watch"), lent, at(1, "phone"));
  CHECK(is_same_value(again.value, made.value));
  CHECK(again.how.rules == made.how.rules);
  CHECK(diff(bought, worn) == wearing);
  CHECK(lists_obey_the_laws());
}

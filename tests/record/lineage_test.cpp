// SPDX-License-Identifier: BSL-1.0
// Values of one version of a record as values of another.

#include <syncline/record/lineage.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

using namespace syncline;

namespace {

struct card_1 {
  static constexpr record_info sync{.table = "cards", .version = 1};

  key<std::string> id{};
  lww<std::string> title{};
  server<std::int32_t> score{};
  std::int16_t small{};
  lww<float> ratio{};
  lww<std::string> gone{};
};

// All wider, and in another order; the key has another name.
struct card_2 {
  static constexpr record_info sync{.table = "cards", .version = 2};
  using previous = card_1;

  lww<std::optional<double>> ratio{};
  std::int64_t small{};
  key<std::string> name{};
  lww<std::optional<std::string>> title{};
  server<std::optional<std::int64_t>> score{};
  lww<std::vector<int>> added{std::vector{7}};
};
void carry(const card_2& from, card_1& to) {
  to.title = from.title->value_or("");
  to.score = static_cast<std::int32_t>(from.score->value_or(0));
  to.small = static_cast<std::int16_t>(from.small);
  to.ratio = static_cast<float>(from.ratio->value_or(0));
  to.id = std::string("a step does not name a record");
}

struct card_3 {
  static constexpr record_info sync{.table = "cards", .version = 3};
  using previous = card_2;

  key<std::string> name{};
  lww<std::optional<std::string>> title{};
};

struct foreign {
  [[maybe_unused]] static constexpr record_info sync{.table = "cards", .version = 4};

  key<std::string> name{};
};

}  // namespace

template <>
struct syncline::previous_version<foreign> {
  using type = card_3;
};

TEST_CASE("fields of equal names carry over, into wider types too, and new ones have their defaults") {
  const card_1 old{.id = {"x"}, .title = {"T"}, .score = {-5}, .small = 300, .ratio = {0.5F}, .gone = {"g"}};
  const card_2 now = up<card_2>(old);
  CHECK(*now.name == "x");
  CHECK(*now.title == std::optional<std::string>("T"));
  CHECK(*now.score == std::optional<std::int64_t>(-5));
  CHECK(now.small == 300);
  CHECK(*now.ratio == std::optional<double>(0.5));
  CHECK(*now.added == std::vector{7});
  const card_1 again = down(now);
  CHECK((*again.id == "x" && *again.title == "T" && *again.score == -5 && again.small == 300 && *again.ratio == 0.5F));
  CHECK(again.gone->empty());
}

TEST_CASE("what is wider is told while compiling") {
  using internal::widens;
  static_assert(widens<std::int32_t, std::int64_t>() && !widens<std::int64_t, std::int32_t>());
  static_assert(widens<std::uint8_t, std::int32_t>() && !widens<std::int32_t, std::uint64_t>());
  static_assert(widens<std::int32_t, double>() && !widens<std::int64_t, double>() && !widens<std::int32_t, float>());
  static_assert(widens<int, std::optional<std::int64_t>>() && !widens<std::optional<int>, int>());
  static_assert(!widens<bool, int>() && !widens<std::string, int>() && !widens<double, std::int64_t>());
  SUCCEED();
}

TEST_CASE("a lineage goes back as far as it is declared, in the struct or beside it") {
  std::vector<std::uint32_t> versions;
  for_each_older<foreign>([&]<class V>(std::type_identity<V>) { versions.push_back(schema<V>::info.version); });
  CHECK(versions == std::vector<std::uint32_t>{3, 2, 1});
  static_assert(has_previous<foreign> && !has_previous<card_1>);
  static_assert(has_step<card_2, card_1> && !has_step<card_1, card_2>);
}

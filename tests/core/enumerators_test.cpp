// SPDX-License-Identifier: BSL-1.0
// Which numbers an enumeration gives a name to.

#include <syncline/core/enumerators.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cstdint>

using namespace syncline;

namespace {

enum class surface : std::uint8_t { road, trail, sand2 = 7, last = 255 };
enum class level : std::int16_t { low = -3, high = 3, far = 1000 };
enum class tiny : std::int8_t { least = -128, most = 127 };
enum class letter : char { a = 'a', comma = ',' };
enum class status : std::int32_t { ok = 1'000, lost = 4'000 };
enum class answer : bool { no, yes };
enum plain : int { first, second };
enum loose { one, two };

template <class E, class... Expected>
constexpr bool has_just(Expected... expected) {
  return std::ranges::equal(enumerators<E>, std::array<E, sizeof...(Expected)>{expected...});
}

static_assert(has_just<surface>(surface::road, surface::trail, surface::sand2, surface::last));
static_assert(has_just<level>(level::low, level::high));  // 1000 is too far to be looked at
static_assert(has_just<tiny>(tiny::least, tiny::most));
static_assert(has_just<letter>(letter::comma, letter::a));
static_assert(has_just<plain>(first, second));
static_assert(has_just<status>() && has_just<answer>() && has_just<loose>());

}  // namespace

TEST_CASE("a number without a name is no enumerator") {
  for (int i = 0; i < 256; ++i) {
    CAPTURE(i);
    CHECK(may_be_enumerator(static_cast<surface>(i)) == (i == 0 || i == 1 || i == 7 || i == 255));
  }
  for (int i = -128; i < 256; ++i) {
    CAPTURE(i);
    CHECK(may_be_enumerator(static_cast<level>(i)) == (i == -3 || i == 3));
  }
}

TEST_CASE("a number of which nothing is known passes") {
  CHECK(may_be_enumerator(level::far));
  CHECK(may_be_enumerator(static_cast<level>(-129)));
  CHECK(may_be_enumerator(static_cast<level>(256)));
  CHECK(may_be_enumerator(static_cast<status>(5)));
  CHECK(may_be_enumerator(answer::yes));
  CHECK(may_be_enumerator(two));
}

TEST_CASE("local enumerations are known too") {
  enum class local : std::uint32_t { zero, five = 5 };
  CHECK(has_just<local>(local::zero, local::five));
}

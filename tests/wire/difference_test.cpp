// SPDX-License-Identifier: BSL-1.0
#include "laws/records.hpp"

#include <syncline/testing/generate.hpp>
#include <syncline/wire/difference.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace {

using namespace syncline;

struct step {
  std::string what{};
  std::optional<std::int32_t> seconds{};
  bool is_hard{};
};

struct workout {
  std::string id{};
  std::int32_t day{};
  laws::sport kind{};
  std::string title{};
  std::optional<std::vector<step>> steps{};
};

struct session {  // no id: known by its value
  std::int32_t day{};
  std::string title{};
  std::vector<bool> done{};
};

struct plan {
  std::string name{};
  std::vector<workout> workouts{};
  std::map<std::string, session> by_name{};
  std::set<std::string> tags{};
  std::array<session, 3> best{};
  std::optional<std::optional<std::string>> note{};
  blob picture{};
};

// Several changes in several places, as a person makes them.
template <class T>
T edited(generator& from, const T& old) {
  T made = from.another(old);
  for (std::uint64_t more = from.random.below(3); more > 0; --more) made = from.another(made);
  return made;
}

// Elements change places, and some are there twice.
template <class T>
void shuffle(generator& from, T& list) {
  for (std::uint64_t moves = from.random.below(4); moves > 0 && !list.empty(); --moves) {
    auto taken = list[static_cast<std::size_t>(from.random.below(list.size()))];
    if (from.random.chance(0.7)) list.erase(list.begin() + static_cast<std::ptrdiff_t>(from.random.below(list.size())));
    list.insert(list.begin() + static_cast<std::ptrdiff_t>(from.random.below(list.size() + 1)), std::move(taken));
  }
}

template <class T>
void check_laws(std::uint64_t seed, std::size_t cases = 400) {
  generator from(seed);
  for (std::size_t i = 0; i < cases; ++i) {
    const T a = from.value<T>();
    T b = i % 4 == 0 ? from.value<T>() : i % 16 == 1 ? a : edited(from, a);
    if constexpr (kind_of<T> == value_kind::list) {
      if constexpr (!std::is_same_v<element_of<T>, bool>) shuffle(from, b);
    }
    const std::string difference = encode_difference(a, b);
    const auto back = apply_difference(a, difference);
    INFO("case " << i << ": " << (back ? "another value" : back.error().message));
    REQUIRE((back && is_same_value(*back, b)));
    REQUIRE(difference.size() <= encode(b).size() + 1);
    const std::size_t step = difference.size() / 16 + 1;
    for (std::size_t end = 0; end < difference.size(); end += step) {
      REQUIRE(!apply_difference(a, std::string_view(difference).substr(0, end)));
    }
    REQUIRE(!apply_difference(a, difference + '\0'));
  }
}

template <class... T>
void check_all(std::uint64_t seed) {
  (check_laws<T>(seed++), ...);
}

TEST_CASE("a difference leads from the one value to the other, and is no larger than that") {
  check_all<bool, std::int8_t, std::uint64_t, double, laws::sport, std::chrono::seconds, timestamp, std::string, blob>(
      1);
  check_all<std::optional<int>, std::optional<std::string>, std::optional<std::optional<bool>>, std::array<int, 5>>(
      100);
  check_all<std::vector<int>, std::vector<bool>, std::vector<std::string>, std::vector<std::vector<bool>>,
            std::vector<std::vector<std::string>>, std::vector<double>>(200);
  check_all<std::set<int>, std::set<double>, std::set<std::string>, std::set<int, std::greater<>>,
            std::set<std::vector<std::set<std::int8_t>>>>(300);
  check_all<std::map<std::string, double>, std::map<double, std::string>, std::map<int, std::vector<std::string>>,
            std::map<std::string, std::map<std::int8_t, session>>>(400);
  check_all<laws::lap, step, workout, session, plan, std::vector<laws::lap>, std::vector<workout>, std::vector<session>,
            std::vector<plan>, manifest>(500);
}

TEST_CASE("a long text takes what was written into it, wherever that is") {
  generator from(7);
  for (int i = 0; i < 300; ++i) {
    std::string a;
    for (std::uint64_t n = from.random.below(400); n > 0; --n)
      a += from.random.chance(0.2) ? ' ' : static_cast<char>('a' + from.random.below(3));
    std::string b = a;
    for (std::uint64_t n = from.random.below(6); n > 0; --n) {
      const auto at = static_cast<std::size_t>(from.random.below(b.size() + 1));
      if (from.random.chance(0.5)) {
        b.erase(at, static_cast<std::size_t>(from.random.below(9)));
      } else {
        b.insert(at, from.value<std::string>());
      }
    }
    if (!is_utf8(b)) continue;
    const auto back = apply_difference(a, encode_difference(a, b));
    REQUIRE((back && *back == b));
  }
}

TEST_CASE("any bytes are read without harm, and make no more than what they and the value hold") {
  generator from(11);
  std::size_t accepted = 0;
  for (int i = 0; i < 20'000; ++i) {
    const plan a = from.value<plan>();
    std::string bytes = encode_difference(a, edited(from, a));
    for (std::uint64_t errors = 1 + from.random.below(3); errors > 0 && !bytes.empty(); --errors) {
      const auto at = static_cast<std::size_t>(from.random.below(bytes.size()));
      switch (from.random.below(4)) {
        case 0: bytes[at] = static_cast<char>(bytes[at] ^ 1 << from.random.below(8)); break;
        case 1: bytes.insert(at, 1, static_cast<char>(from.random.below(256))); break;
        case 2: bytes.erase(at, 1); break;
        default: bytes[at] = static_cast<char>(from.random.below(256)); break;
      }
    }
    if (const auto read = apply_difference(a, bytes)) {
      ++accepted;
      REQUIRE(encode(*read).size() <= encode(a).size() + 40 * bytes.size() + 40);
      REQUIRE(decode<plan>(encode(*read)).has_value());
    }
  }
  CHECK(accepted > 100);
}

// Differences by hand, byte by byte.
std::string bytes_of(std::initializer_list<int> values) {
  std::string bytes;
  for (const int value : values) bytes += static_cast<char>(value);
  return bytes;
}

TEST_CASE("differences have the bytes that are written down") {
  // a difference; one stretch and one; seven characters stay, three go, five come
  CHECK(encode_difference<std::string>("a good day for a run, and a long one",
                                       "a good night for a run, and a long one") ==
        bytes_of({1, 2, 7, 3, 5}) + "night");
  // seven elements: one stays, on by four, one stays, back by five, four stay, on by one, one stays
  const std::vector<std::string> tracks{"one", "two", "three", "four", "five", "six", "seven"};
  std::vector<std::string> moved = tracks;
  std::rotate(moved.begin() + 1, moved.begin() + 5, moved.begin() + 6);  // "six" to the second place
  CHECK(encode_difference(tracks, moved) ==
        bytes_of({1, 7, 1 << 2, 8 << 2 | 3, 1 << 2, 9 << 2 | 3, 4 << 2, 2 << 2 | 3, 1 << 2}));
  // one place changed, the second, by one stretch: 14 characters stay, seven go, five come; none is gone; one is new
  const std::map<int, std::string> names{{1, "the first of several"}, {2, "the second of several"}};
  CHECK(encode_difference(names, {{1, "the first of several"}, {2, "the second of three"}, {3, "x"}}) ==
        bytes_of({1, 1, 1, 2, 14, 7, 5}) + "three" + bytes_of({0, 1, 6, 1}) + "x");
}

TEST_CASE("a hostile difference is refused") {
  const std::vector<std::string> list{"a long element of a list", "another one of them"};
  const auto refused = [&](std::initializer_list<int> bytes) {
    return !apply_difference(list, bytes_of(bytes)).has_value();
  };
  CHECK(!refused({1, 2, 2 << 2}));
  CHECK(refused({1, 4, 2 << 2, 3 << 2 | 3, 2 << 2}));                                    // the same elements twice
  CHECK(refused({1, 3, 3 << 2}));                                                        // more than there are
  CHECK(refused({1, 1, 1 << 2 | 3, 1 << 2}));                                            // before the first one
  CHECK(refused({1, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F}));                                     // four billion elements
  CHECK(refused({2, 0}));                                                                // no form
  CHECK(!apply_difference<std::string>("text", bytes_of({1, 2, 4, 1, 0})).has_value());  // past the end
  CHECK(!apply_difference<std::string>("text", bytes_of({1, 2, 0, 0, 1, 0xFF})).has_value());  // not UTF-8
  CHECK(!apply_difference(step{}, bytes_of({1, 8, 0})).has_value());                           // no fourth field
  CHECK(!apply_difference(std::set<int>{1}, bytes_of({1, 0, 1, 2})).has_value());              // in it already
  CHECK(!apply_difference(std::set<int>{1}, bytes_of({1, 1, 1, 0})).has_value());              // no second place
  CHECK(!apply_difference(std::optional<std::string>{}, bytes_of({1, 2, 1})).has_value());     // of nothing
}

}  // namespace

// SPDX-License-Identifier: BSL-1.0
// What a declaration comes to. Declarations that are wrong are under tests/compile_fail/.

#include <syncline/record/schema.hpp>

#include "laws/records.hpp"

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <functional>
#include <vector>

using namespace syncline;
using laws::workout;

namespace {

static_assert(record<workout> && record<laws::tally> && record<laws::everything>);
static_assert(schema<workout>::table == "workouts" && schema<workout>::info.version == 3);
static_assert(schema<laws::tally>::info.version == 1);
static_assert(schema<workout>::size == 10);
static_assert(schema<workout>::names[0] == "id" && schema<workout>::names[5] == "weight_kg");
static_assert(schema<workout>::index_of("tags") == 7);
static_assert(schema<workout>::index_of("nothing") == 10 && schema<workout>::index_of("") == 10);
static_assert(schema<workout>::key_index == 0);
static_assert(std::is_same_v<schema<workout>::key_type, std::string>);
static_assert(std::is_same_v<schema<laws::everything>::key_type, std::int64_t>);

// A plain member is last write wins; the others are what they say.
static_assert(std::is_same_v<schema<workout>::policy_type<5>, policy::lww>);
static_assert(std::is_same_v<schema<workout>::policy_type<2>, policy::server>);
static_assert(std::is_same_v<schema<workout>::policy_type<7>, policy::merge<set_edits>>);
static_assert(std::is_same_v<schema<workout>::value_type<2>, std::optional<std::int32_t>>);
static_assert(std::is_same_v<schema<workout>::value_type<9>, manifest>);

static_assert(the<&workout::id>.index == 0 && the<&workout::heart_rate>.index == 9);
static_assert(std::is_same_v<decltype(the<&workout::id>)::record, workout>);

// The key may stand anywhere, and be text, an integer or an enumeration.
struct key_last {
  static constexpr record_info sync{.table = "t"};
  int a{};
  key<laws::sport> id{};
};
static_assert(schema<key_last>::key_index == 1);

// Fingerprints. Each namespace has one declaration `r`, which differs from the first in one thing.
struct other_counter : counter {};
struct pair_of_int {
  int a{}, b{};
};
struct int_of_pair {
  struct one {
    int a{};
  } x{};
  int b{};
};
struct pair_of_pair {
  struct two {
    int a{};
    int b{};
  } x{};
};

// clang-format off
namespace first           { struct r { static constexpr record_info sync{.table = "t"}; key<int> id{}; lww<int> a{}; lww<int> b{}; }; }
namespace again           { struct r { static constexpr record_info sync{.table = "t"}; key<int> id{}; lww<int> a{}; lww<int> b{}; }; }
namespace plain           { struct r { static constexpr record_info sync{.table = "t"}; key<int> id{}; int a{}; lww<int> b{}; }; }
namespace other_table     { struct r { static constexpr record_info sync{.table = "u"}; key<int> id{}; lww<int> a{}; lww<int> b{}; }; }
namespace other_version   { struct r { static constexpr record_info sync{.table = "t", .version = 2}; key<int> id{}; lww<int> a{}; lww<int> b{}; }; }
namespace other_name      { struct r { static constexpr record_info sync{.table = "t"}; key<int> id{}; lww<int> a{}; lww<int> c{}; }; }
namespace other_order     { struct r { static constexpr record_info sync{.table = "t"}; key<int> id{}; lww<int> b{}; lww<int> a{}; }; }
namespace key_moved       { struct r { static constexpr record_info sync{.table = "t"}; lww<int> a{}; key<int> id{}; lww<int> b{}; }; }
namespace one_less        { struct r { static constexpr record_info sync{.table = "t"}; key<int> id{}; lww<int> a{}; }; }
namespace one_more        { struct r { static constexpr record_info sync{.table = "t"}; key<int> id{}; lww<int> a{}; lww<int> b{}; lww<int> c{}; }; }
// clang-format on

template <class T>
struct typed {
  static constexpr record_info sync{.table = "t"};
  key<int> id{};
  lww<T> a{};
};
template <class F>
struct declared_as {
  static constexpr record_info sync{.table = "t"};
  key<int> id{};
  F a{};
};

template <class... R>
bool all_differ() {
  std::vector<std::uint64_t> all{schema<R>::fingerprint...};
  std::sort(all.begin(), all.end());
  return std::adjacent_find(all.begin(), all.end()) == all.end();
}
template <class... T>
bool types_differ() {
  return all_differ<typed<T>...>();
}

}  // namespace

TEST_CASE("equal declarations have equal fingerprints, whatever the struct is called and wherever it stands") {
  CHECK(schema<first::r>::fingerprint == schema<again::r>::fingerprint);
  CHECK(schema<first::r>::fingerprint == schema<plain::r>::fingerprint);
}

TEST_CASE("a fingerprint differs when table, version, a name, the order or the number of fields does") {
  CHECK(all_differ<first::r, other_table::r, other_version::r, other_name::r, other_order::r, key_moved::r, one_less::r,
                   one_more::r>());
}

TEST_CASE("a fingerprint differs when a field's type does") {
  using std::chrono::duration;
  CHECK(types_differ<bool, std::int8_t, std::uint8_t, std::int16_t, std::uint16_t, std::int32_t, std::uint32_t,
                     std::int64_t, std::uint64_t, float, double, std::string, blob, laws::sport, laws::wide>());
  CHECK(types_differ<duration<std::int64_t>, duration<std::int32_t>, duration<std::int64_t, std::milli>,
                     duration<std::int64_t, std::ratio<60>>, timestamp, std::chrono::sys_seconds>());
  CHECK(types_differ<int, std::optional<int>, std::vector<int>, std::set<int>, std::map<int, int>, std::array<int, 2>,
                     std::array<int, 3>, std::vector<std::optional<int>>, std::optional<std::vector<int>>,
                     std::map<int, std::string>, std::map<std::string, int>>());
  CHECK(types_differ<std::set<int>, std::set<int, std::greater<int>>, std::map<int, int, std::greater<int>>,
                     std::map<int, int>>());
}

TEST_CASE("a fingerprint differs when the fields within a field do") {
  CHECK(types_differ<pair_of_int, int_of_pair, pair_of_pair, laws::lap, manifest>());
}

TEST_CASE("a fingerprint differs when a field's policy does") {
  CHECK(all_differ<declared_as<lww<int>>, declared_as<client<int>>, declared_as<server<int>>, declared_as<once<int>>,
                   declared_as<merge<int, counter>>, declared_as<merge<int, other_counter>>>());
  CHECK(all_differ<declared_as<lww<manifest>>, declared_as<chunked<laws::sample>>,
                   declared_as<chunked<laws::sample, points<500>>>, declared_as<chunked<laws::lap>>>());
  CHECK(all_differ<declared_as<lww<std::set<int>>>, declared_as<merge<std::set<int>, set_edits>>>());
}

namespace {

// The bytes that a fingerprint is made of, put together by hand: texts end with a zero, numbers take eight bytes. A
// declaration with the numbers of its kinds must have this fingerprint on every compiler and machine, for ever.
class by_hand {
 public:
  by_hand& text(const std::string& t) {
    for (const char c : t + '\0') byte(static_cast<unsigned char>(c));
    return *this;
  }
  by_hand& number(unsigned long long n) {
    for (int i = 0; i < 8; ++i) byte(static_cast<unsigned char>(n >> (8 * i)));
    return *this;
  }
  std::uint64_t hash = 14695981039346656037ull;  // FNV-1a, as published

 private:
  void byte(unsigned char b) {
    hash ^= b;
    hash *= 1099511628211ull;
  }
};

}  // namespace

TEST_CASE("a fingerprint is the same on every compiler and machine") {
  CHECK(by_hand{}.hash == 0xcbf29ce484222325ull);
  CHECK(schema<first::r>::fingerprint ==
        by_hand{}.text("t").number(1)                    //
            .text("id").text("key").number(2).number(9)  // an integer of 4 bytes, signed
            .text("a").text("lww").number(2).number(9)   //
            .text("b").text("lww").number(2).number(9)   //
            .hash);
  CHECK(schema<declared_as<merge<int, counter>>>::fingerprint ==
        by_hand{}.text("t").number(1).text("id").text("key").number(2).number(9).text("a").text("merge").text("counter")
            .number(2).number(9).number(2).number(9).hash);
  CHECK(schema<workout>::fingerprint == 0xc4a6c1edb0937e8ull);  // as both compilers gave it; stored data knows it
}

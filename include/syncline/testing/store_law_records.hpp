// SPDX-License-Identifier: BSL-1.0
#pragma once
// Records that between them have every kind of value and of key, and values of theirs that stores tend to lose.

#include <syncline/port/store.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace syncline::store_laws {

enum class signed_choice : std::int8_t { below = -2, none = 0, above = 3 };

struct nested {
  double number{};
  std::optional<std::string> text{};
  std::vector<std::int32_t> list{};
};

/// A record with a field of every kind.
struct every_kind {
  static constexpr record_info sync{.table = "law_every_kind"};

  key<std::string> id{};
  lww<bool> boolean{};
  lww<std::int8_t> small{};
  lww<std::int64_t> integer{};
  lww<std::uint64_t> natural{};
  lww<float> single{};
  lww<double> number{};
  lww<std::string> text{};
  lww<signed_choice> choice{};
  lww<std::chrono::seconds> span{};
  lww<timestamp> time{};
  lww<std::chrono::sys_time<std::chrono::nanoseconds>> fine_time{};
  lww<blob> bytes{};
  lww<std::optional<double>> maybe_number{};
  lww<std::optional<std::string>> maybe_text{};
  lww<std::optional<std::optional<int>>> maybe_maybe{};
  lww<std::optional<std::vector<std::string>>> maybe_list{};
  lww<std::vector<double>> list{};
  lww<std::set<std::string>> set{};
  lww<std::map<std::string, std::int64_t>> by_text{};
  lww<std::map<std::int32_t, std::string>> by_number{};
  lww<std::array<double, 2>> pair{};
  lww<nested> structure{};
  lww<std::vector<nested>> structures{};
  chunked<double> series{};
};

struct integer_key {
  static constexpr record_info sync{.table = "law_integer_key"};
  key<std::int64_t> id{};
  lww<std::string> text{};
};

struct natural_key {
  static constexpr record_info sync{.table = "law_natural_key"};
  key<std::uint64_t> id{};
  lww<std::string> text{};
};

struct choice_key {
  static constexpr record_info sync{.table = "law_choice_key"};
  key<signed_choice> id{};
  lww<std::string> text{};
};

/// The store that `check_store_laws` needs: `store_for_laws<memory_store>`.
template <template <class...> class Store>
using store_for_laws = Store<every_kind, integer_key, natural_key, choice_key>;

/// Random numbers that are the same everywhere. Source: Steele, Lea and Flood, "SplitMix".
class law_random {
 public:
  explicit law_random(std::uint64_t seed) noexcept : state_(seed) {}

  std::uint64_t next() noexcept {
    std::uint64_t z = state_ += 0x9e3779b97f4a7c15ull;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
    return z ^ (z >> 31);
  }
  std::size_t below(std::size_t n) noexcept { return static_cast<std::size_t>(next() % n); }
  template <class T, std::size_t N>
  const T& one_of(const T (&choices)[N]) noexcept {
    return choices[below(N)];
  }

 private:
  std::uint64_t state_;
};

/// Comparisons that are not inlined: those of a row with many fields, in every place of a test, cost half its build.
template <class R>
SYNCLINE_NOINLINE bool is_same_row(const row<R>& a, const row<R>& b) {
  return a == b;
}
template <class R>
bool is_same_row(const std::optional<row<R>>& a, const row<R>& b) {
  return a.has_value() && is_same_row(*a, b);
}
template <class R>
bool are_same_rows(const std::vector<row<R>>& a, const std::vector<row<R>>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const row<R>& x, const row<R>& y) { return is_same_row(x, y); });
}

inline std::string text_with_zeros() { return std::string("a\0b\0", 4); }

/// Texts whose order, length or bytes a store might get wrong; ordered and without doubles.
inline std::vector<std::string> hard_texts() {
  using namespace std::string_literals;
  // clang-format off
  return {"", "\0"s, "\0\0"s, "\x01"s, " ", "%", "'", "1", "10", "1e1", "2", "A", "A a", "B", "NULL", "_", "a", "a\0"s,
          "a\0b"s, "aa", "b", "null", "\xC3\xA4"s, "\xF0\x9F\x9A\xB2"s};
  // clang-format on
}

/// Names of entries: any bytes, ordered as unsigned ones; without the empty name, which nothing lists.
inline std::vector<std::string> hard_names() {
  using namespace std::string_literals;
  return {"\0"s, "\0\0"s, "\0\xFF"s, "\x01"s,     "A",     "a",       "a\0"s,     "a\0a"s,
          "aa",  "\x7F"s, "\x80"s,   "\xFE\xFF"s, "\xFF"s, "\xFF\0"s, "\xFF\xFF"s};
}

/// A value that stores tend to lose, in a record that has nothing else.
struct hard_value {
  std::string_view name;
  void (*set)(every_kind& r);
};

inline std::vector<hard_value> hard_values() {
  return {
      {"NaN", [](every_kind& r) { r.number = std::numeric_limits<double>::quiet_NaN(); }},
      {"the payload of a NaN",
       [](every_kind& r) { r.number = std::bit_cast<double>(std::uint64_t{0xFFF8000000000123}); }},
      {"NaN as a float", [](every_kind& r) { r.single = std::numeric_limits<float>::quiet_NaN(); }},
      {"-0.0", [](every_kind& r) { r.number = -0.0; }},
      {"-0.0 as a float", [](every_kind& r) { r.single = -0.0f; }},
      {"infinity", [](every_kind& r) { r.number = std::numeric_limits<double>::infinity(); }},
      {"the smallest number", [](every_kind& r) { r.number = std::numeric_limits<double>::denorm_min(); }},
      {"a number of 2^53", [](every_kind& r) { r.number = 9007199254740993.0; }},
      {"0.1", [](every_kind& r) { r.number = 0.1; }},
      {"NaN in an optional", [](every_kind& r) { r.maybe_number = std::optional<double>(std::nan("")); }},
      {"-0.0 in an optional", [](every_kind& r) { r.maybe_number = std::optional<double>(-0.0); }},
      {"NaN and -0.0 in a list",
       [](every_kind& r) {
         r.list = std::vector<double>{std::nan(""), -0.0, 1.0};
       }},
      {"NaN and -0.0 in an array",
       [](every_kind& r) {
         r.pair = std::array<double, 2>{-0.0, std::nan("")};
       }},
      {"the least integer of 64 bits", [](every_kind& r) { r.integer = std::numeric_limits<std::int64_t>::min(); }},
      {"the largest integer of 64 bits", [](every_kind& r) { r.integer = std::numeric_limits<std::int64_t>::max(); }},
      {"the largest natural number of 64 bits",
       [](every_kind& r) { r.natural = std::numeric_limits<std::uint64_t>::max(); }},
      {"the least integer of 8 bits", [](every_kind& r) { r.small = std::int8_t{-128}; }},
      {"a negative enumerator", [](every_kind& r) { r.choice = signed_choice::below; }},
      {"a number that no enumerator has", [](every_kind& r) { r.choice = static_cast<signed_choice>(100); }},
      {"text with zeros", [](every_kind& r) { r.text = text_with_zeros(); }},
      {"empty text in an optional", [](every_kind& r) { r.maybe_text = std::optional<std::string>(""); }},
      {"the text NULL", [](every_kind& r) { r.text = std::string("NULL"); }},
      {"text that looks like a number", [](every_kind& r) { r.text = std::string("12"); }},
      {"a million characters", [](every_kind& r) { r.text = std::string(1'000'000, 'x'); }},
      {"bytes that are not text", [](every_kind& r) { r.bytes = blob{std::string("\0\xFF\x80", 3)}; }},
      {"an empty optional in an optional", [](every_kind& r) { r.maybe_maybe.value.emplace(); }},
      {"an empty list in an optional", [](every_kind& r) { r.maybe_list.value.emplace(); }},
      {"zeros in a list", [](every_kind& r) { r.list = std::vector<double>(3); }},
      {"a time before 1970", [](every_kind& r) { r.time = timestamp(std::chrono::milliseconds(-1)); }},
      {"the earliest time", [](every_kind& r) { r.time = timestamp::min(); }},
      {"the latest time", [](every_kind& r) { r.time = timestamp::max(); }},
      {"a time to the nanosecond", [](every_kind& r) { r.fine_time.value += std::chrono::nanoseconds(1); }},
      {"the least duration", [](every_kind& r) { r.span = std::chrono::seconds::min(); }},
      {"a manifest", [](every_kind& r) { r.series.value.chunks.resize(2); }},
  };
}

inline double hard_number(law_random& random) {
  // clang-format off
  using limits = std::numeric_limits<double>;
  static constexpr double choices[]{
      0.0, -0.0, 1.0, -1.5, 0.1, 1e15, 123456789012345680.0, 1e300, 9007199254740993.0, 4611686018427387904.0,
      limits::max(), limits::denorm_min(), limits::infinity(), -limits::infinity(), limits::quiet_NaN(),
      std::bit_cast<double>(std::uint64_t{0xFFF8000000000123})};  // a NaN with a payload
  // clang-format on
  return random.one_of(choices);
}

inline std::int64_t hard_integer(law_random& random) {
  using limits = std::numeric_limits<std::int64_t>;
  constexpr std::int64_t wide = std::int64_t{1} << 53;  // from here on a double has no odd numbers
  static constexpr std::int64_t choices[]{0, 1, -1, 255, 1 << 20, wide, wide + 1, limits::max(), limits::min()};
  return random.one_of(choices);
}

inline std::string hard_text(law_random& random) {
  static const std::vector<std::string> texts = hard_texts();
  return texts[random.below(texts.size())];
}

inline nested hard_nested(law_random& random) {
  nested made{hard_number(random), std::nullopt, std::vector<std::int32_t>(random.below(3), -7)};
  if (random.below(2) == 0) made.text = hard_text(random);
  return made;
}

/// A row of `every_kind` with hard values in every field.
inline row<every_kind> hard_row(law_random& random, std::string id) {
  row<every_kind> made;
  every_kind& r = made.value;
  r.id = std::move(id);
  r.boolean = random.below(2) == 0;
  r.small = static_cast<std::int8_t>(random.next());
  r.integer = hard_integer(random);
  r.natural = random.below(2) == 0 ? std::numeric_limits<std::uint64_t>::max() - random.below(2)
                                   : static_cast<std::uint64_t>(hard_integer(random));
  r.single = static_cast<float>(hard_number(random));
  r.number = hard_number(random);
  r.text = hard_text(random);
  r.choice = static_cast<signed_choice>(random.next());
  r.span = std::chrono::seconds(hard_integer(random));
  r.time = timestamp(std::chrono::milliseconds(
      random.below(3) == 0 ? hard_integer(random) : static_cast<std::int64_t>(random.next() % 4'000'000'000'000)));
  r.fine_time = std::chrono::sys_time<std::chrono::nanoseconds>(std::chrono::nanoseconds(hard_integer(random)));
  r.bytes = blob{hard_names()[random.below(hard_names().size())]};
  if (random.below(2) == 0) r.maybe_number = std::optional<double>(hard_number(random));
  if (random.below(2) == 0) r.maybe_text = std::optional<std::string>(hard_text(random));
  if (random.below(2) == 0) r.maybe_maybe.value.emplace();
  if (r.maybe_maybe.value && random.below(2) == 0) r.maybe_maybe.value->emplace(7);
  if (random.below(2) == 0) r.maybe_list.value.emplace(random.below(3), hard_text(random));
  for (std::size_t i = random.below(4); i > 0; --i) {
    r.list.value.push_back(hard_number(random));
    r.set.value.insert(hard_text(random));
    r.by_text.value.emplace(hard_text(random), hard_integer(random));
    r.by_number.value.emplace(static_cast<std::int32_t>(random.next()), hard_text(random));
    r.structures.value.push_back(hard_nested(random));
    chunk_entry chunk{{}, static_cast<std::uint32_t>(random.next()), 0, static_cast<std::uint32_t>(random.next())};
    for (auto& byte : chunk.digest.bytes) byte = static_cast<std::uint8_t>(random.next());
    r.series.value.chunks.push_back(chunk);
  }
  r.pair = std::array<double, 2>{hard_number(random), hard_number(random)};
  r.structure = hard_nested(random);
  made.deleted = random.below(4) == 0;
  made.sync = hard_names()[random.below(hard_names().size())];
  if (random.below(4) == 0) made.sync.clear();
  return made;
}

}  // namespace syncline::store_laws

// SPDX-License-Identifier: BSL-1.0
// Two sides find what differs among their records by digests of ranges, in few messages.
#include <syncline/assure.hpp>
#include <syncline/wire/encode.hpp>

#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <deque>
#include <map>
#include <random>
#include <set>
#include <string>
#include <type_traits>
#include <vector>

namespace {

using namespace syncline;

template <class Key>
using side = std::map<Key, std::uint64_t>;  // key and content

template <class Key>
set_digest digest_of(const Key& key, std::uint64_t content) {
  return digest_of_item(encode(key) + encode(content));
}

template <class Key, class Use>
void for_each_in(const side<Key>& all, const key_range<Key>& range, Use&& use) {
  for (const auto& [key, content] : all) {
    if ((!range.after || *range.after < key) && !range.ends_before(key)) use(key, digest_of(key, content));
  }
}

template <class Key>
std::vector<key_run<Key>> cut(const side<Key>& all, const key_range<Key>& range) {
  run_cutter<Key> runs;
  for_each_in(all, range, [&](const Key& key, const set_digest& item) { runs.add(key, item); });
  return std::move(runs).take();
}

template <class Key>
struct found {
  std::set<Key> differing{}, missing{}, unknown{};
  std::uint64_t ranges = 0, runs = 0, count = 0;

  bool operator==(const found& other) const {
    return differing == other.differing && missing == other.missing && unknown == other.unknown;
  }
};

template <class Key>
found<Key> compare(const side<Key>& mine, const side<Key>& theirs) {
  found<Key> all;
  std::deque<key_range<Key>> ask{{}};
  while (!ask.empty()) {
    const key_range<Key> range = ask.front();
    ask.pop_front();
    ++all.ranges;
    auto runs = cut(theirs, range);
    all.runs += runs.size();
    range_comparison<Key> comparison(range, std::move(runs));
    for_each_in(mine, range, [&](const Key& key, const set_digest& item) { comparison.add(key, item); });
    const auto differences = std::move(comparison).take();
    if (all.ranges == 1) all.count = differences.count;
    ask.insert(ask.end(), differences.unsettled.begin(), differences.unsettled.end());
    all.differing.insert(differences.differing.begin(), differences.differing.end());
    all.missing.insert(differences.missing.begin(), differences.missing.end());
    all.unknown.insert(differences.unknown.begin(), differences.unknown.end());
  }
  return all;
}

// The second implementation: looks at every record of both sides.
template <class Key>
found<Key> naive(const side<Key>& mine, const side<Key>& theirs) {
  found<Key> all;
  for (const auto& [key, content] : mine) {
    const auto other = theirs.find(key);
    if (other == theirs.end()) all.unknown.insert(key);
    else if (other->second != content) all.differing.insert(key);
  }
  for (const auto& [key, content] : theirs) {
    if (!mine.contains(key)) all.missing.insert(key);
  }
  return all;
}

template <class Key>
Key key_of_number(std::uint64_t number) {
  if constexpr (std::is_same_v<Key, std::string>) {
    return std::to_string(number);  // in another order than the numbers, and of several lengths
  } else {
    return static_cast<Key>(number);
  }
}

template <class Key>
side<Key> records(std::mt19937_64& random, std::size_t count) {
  side<Key> all;
  while (all.size() < count) all.emplace(key_of_number<Key>(random() % (count * 3 + 1)), random() % 4);
  return all;
}

// Changes, removes and adds about `count` records.
template <class Key>
void change_some(side<Key>& of, std::mt19937_64& random, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    const Key key = key_of_number<Key>(random() % (of.size() * 3 + 7));
    switch (random() % 3) {
      case 0: of[key] += 1; break;
      case 1: of.erase(key); break;
      default: of.emplace(key, random());
    }
  }
}

TEMPLATE_TEST_CASE("what differs is found, and nothing else, whatever the two sides have", "", std::string, std::uint32_t, std::int64_t) {
  std::mt19937_64 random(2024);
  for (int i = 0; i < 600; ++i) {
    side<TestType> mine = records<TestType>(random, random() % (i % 7 == 0 ? 900 : 90));
    side<TestType> theirs = mine;
    change_some(theirs, random, i % 3 == 0 ? 0 : random() % 12);
    if (i % 11 == 0) theirs = records<TestType>(random, random() % 200);
    if (i % 13 == 0) theirs.clear();
    if (i % 17 == 0) mine.clear();
    const auto differences = compare(mine, theirs);
    REQUIRE(differences == naive(mine, theirs));
    CHECK(differences.count == mine.size());
    CHECK((differences == found<TestType>{}) == (mine == theirs));
  }
}

TEST_CASE("d differences among n records are found with 1 + d * ceil(log16 n) ranges asked for") {
  std::mt19937_64 random(7);
  for (const std::size_t n : {1u, 16u, 17u, 33u, 300u, 5'000u, 70'000u}) {
    const double levels = std::ceil(std::log(double(n)) / std::log(16.0));
    for (const std::size_t changes : {0u, 1u, 5u}) {
      const side<std::uint64_t> mine = records<std::uint64_t>(random, n);
      side<std::uint64_t> theirs = mine;
      change_some(theirs, random, changes);
      const auto differences = compare(mine, theirs);
      const std::size_t d = differences.differing.size() + differences.missing.size() + differences.unknown.size();
      INFO(n << " records, " << d << " differences, " << differences.ranges << " ranges");
      CHECK(differences == naive(mine, theirs));
      CHECK(double(differences.ranges) <= 1 + double(d) * std::max(levels, 1.0));
      CHECK(differences.runs <= differences.ranges * max_runs);
    }
  }
}

TEST_CASE("a digest does not depend on how the set was put together, and changes with each item") {
  std::mt19937_64 random(3);
  const side<std::uint32_t> all = records<std::uint32_t>(random, 500);
  set_digest forwards, halves[2];
  std::size_t at = 0;
  for (const auto& [key, content] : all) {
    forwards += digest_of(key, content);
    halves[at++ % 2] += digest_of(key, content);
  }
  halves[1] += halves[0];
  CHECK(halves[1] == forwards);
  CHECK(forwards.count == 500);
  for (const auto& [key, content] : all) {
    side<std::uint32_t> other = all;
    other[key] = content + 1;
    set_digest sum;
    for (const auto& each : other) sum += digest_of(each.first, each.second);
    CHECK(sum != forwards);
  }
}

TEST_CASE("runs cover their range in order, are of one size but for the last, and of one item where there are few") {
  for (const std::uint32_t n : {0u, 1u, 31u, 32u, 33u, 64u, 65u, 1000u, 4097u}) {
    side<std::uint32_t> all;
    for (std::uint32_t i = 0; i < n; ++i) all.emplace(i * 2, i);
    const auto runs = cut(all, {});
    INFO(n << " items");
    CHECK(runs.size() <= max_runs);
    CHECK(runs.size() >= std::min<std::size_t>(n, max_runs / 2));
    set_digest sum, expected;
    for (std::size_t i = 0; i < runs.size(); ++i) {
      sum += runs[i].digest;
      CHECK(runs[i].last == 2 * sum.count - 2);
      if (i + 1 < runs.size()) CHECK(runs[i].digest.count == runs[0].digest.count);
    }
    for (const auto& [key, content] : all) expected += digest_of(key, content);
    CHECK(sum == expected);
    if (n <= max_runs) CHECK(runs.size() == n);
    if (n > max_runs) CHECK(runs[0].digest.count * 16 < n);
  }
}

}  // namespace

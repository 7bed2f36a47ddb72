// SPDX-License-Identifier: BSL-1.0
// Lists that several sides insert into, remove from, reorder and change.

#include <syncline/resolve/list_edits.hpp>

#include "laws/expect.hpp"

#include <syncline/record/merge_function.hpp>
#include <syncline/testing/check_merge_laws.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

using namespace syncline;

namespace {

struct step {
  int id{};
  std::string text{};

  friend bool operator==(const step&, const step&) = default;
};
using plan = std::vector<step>;
using queue = std::vector<std::string>;

std::string combined(const std::string& base, const std::string& local, const std::string& remote) {
  const auto list = [](const std::string& text) { return std::vector<std::int8_t>(text.begin(), text.end()); };
  const auto result = list_edits::merge(list(base), list(local), list(remote));
  return {result.begin(), result.end()};
}

// A plan with distinct ids, made from `base` by a few edits.
plan edited(generator& from, plan made, int& next_id) {
  for (std::uint64_t n = from.random.below(5); n > 0; --n) {
    const auto place = [&] { return made.begin() + static_cast<std::ptrdiff_t>(from.random.below(made.size())); };
    const auto at = made.empty() ? made.end() : place();
    switch (made.empty() ? 0 : from.random.below(4)) {
      case 0: made.insert(at, {next_id++, from.value<std::string>()}); break;
      case 1: made.erase(at); break;
      case 2: std::iter_swap(at, place()); break;
      default: at->text = from.value<std::string>(); break;
    }
  }
  return made;
}

// The same rules, of lists with distinct ids, written down another way: all pairs, no index, no linked list.
plan slowly(const plan& base, const plan& local, const plan& remote) {
  const auto find = [](const plan& in, int id) {
    return std::find_if(in.begin(), in.end(), [&](const step& s) { return s.id == id; });
  };
  const auto has = [&](const plan& in, int id) { return find(in, id) != in.end(); };
  // The elements that stayed: of the longest runs in base order, the one that ends last, and so on backwards.
  std::vector<int> length(local.size(), 0);
  int longest = 0;
  for (std::size_t i = 0; i < local.size(); ++i) {
    if (!has(base, local[i].id)) continue;
    length[i] = 1;
    for (std::size_t j = 0; j < i; ++j) {
      if (length[j] == 0 || find(base, local[i].id) < find(base, local[j].id)) continue;
      length[i] = std::max(length[i], length[j] + 1);
    }
    longest = std::max(longest, length[i]);
  }
  std::set<int> stayed;
  plan::const_iterator limit = base.end();
  for (std::size_t i = local.size(); i-- > 0 && longest > 0;) {
    if (length[i] != longest || !(find(base, local[i].id) < limit)) continue;
    limit = find(base, local[i].id);
    stayed.insert(local[i].id);
    --longest;
  }

  plan made;
  for (const step& s : remote) {
    if (!has(base, s.id) || has(local, s.id)) made.push_back(s);
  }
  for (std::size_t i = local.size(); i-- > 0;) {
    const step& s = local[i];
    const bool is_changed = !has(base, s.id) || find(base, s.id)->text != s.text;
    if (!is_changed && !has(made, s.id)) continue;
    step kept = is_changed ? s : *find(made, s.id);
    if (has(made, s.id) && stayed.count(s.id) == 1) {
      made[static_cast<std::size_t>(find(made, s.id) - made.begin())] = kept;
      continue;
    }
    if (has(made, s.id)) made.erase(find(made, s.id));
    auto before = made.cend();
    for (std::size_t next = i + 1; next < local.size() && before == made.cend(); ++next) {
      before = find(made, local[next].id);
    }
    made.insert(before, kept);
  }
  return made;
}

}  // namespace

static_assert(three_way_function<list_edits, queue> && three_way_function<list_edits, plan>);
static_assert(!merge_function<list_edits, std::string> && !merge_function<list_edits, std::vector<bool>>);
static_assert(!is_commutative<list_edits> && !is_idempotent<list_edits>);

TEST_CASE("list edits obey the laws of a three-way function, also where elements are alike") {
  laws::expect expect;
  generator from(101);
  check_merge_laws<list_edits, queue>(from, 2000, expect);
  check_merge_laws<list_edits, plan>(from, 2000, expect);
  check_merge_laws<list_edits, std::vector<double>>(from, 2000, expect);
  const auto few = [&] {
    std::vector<int> made(from.random.below(9));
    for (int& element : made) element = static_cast<int>(from.random.below(4));
    return made;
  };
  check_merge_laws<list_edits, std::vector<int>>(few, 10'000, expect);
}

TEST_CASE("insertions, removals and moves of different elements all survive") {
  CHECK(combined("abcd", "axbcd", "abcyd") == "axbcyd");
  CHECK(combined("abcd", "acd", "abd") == "ad");
  CHECK(combined("abcd", "dabc", "abcxd") == "dabcx");    // moved to the front; x stays where it was put
  CHECK(combined("abcd", "bacd", "abdc") == "badc");      // both moved
  CHECK(combined("abcd", "abxcd", "abd") == "abxd");      // inserted before what is gone: before what comes next
  CHECK(combined("abcd", "abxcd", "cabd") == "xcabd");    // an insertion stays with what it stands before
  CHECK(combined("abcd", "", "abxcd") == "x");
  CHECK(combined("", "abc", "xyz") == "xyzabc");          // in order of arrival, each side's together
  CHECK(combined("ab", "aijb", "axyb") == "axyijb");
  CHECK(combined("aa", "aaa", "a") == "aa");              // alike: the second is gone, a third is new
}

TEST_CASE("of one element, the later to arrive decides") {
  CHECK(combined("abcd", "dabc", "bcda") == "bcda");  // d moved before a, wherever a is by now
  CHECK(combined("abc", "cab", "acb") == "cab");
  CHECK(combined("abc", "acb", "cab") == "acb");
  CHECK(combined("abcd", "dabc", "abc") == "abc");  // a move does not bring back what was removed

  const plan base{{1, "warm up"}, {2, "run"}, {3, "cool down"}};
  const plan changed{{1, "warm up"}, {2, "run 5 km"}, {3, "cool down"}}, without{{1, "warm up"}, {3, "cool down"}};
  const plan other{{2, "run 8 km"}, {1, "warm up"}, {3, "stretch"}};
  CHECK(list_edits::merge(base, changed, other) == plan{{2, "run 5 km"}, {1, "warm up"}, {3, "stretch"}});
  CHECK(list_edits::merge(base, other, changed) == plan{{2, "run 8 km"}, {1, "warm up"}, {3, "stretch"}});
  CHECK(list_edits::merge(base, changed, without) == changed);  // the change arrives later, and brings it back
  CHECK(list_edits::merge(base, without, changed) == without);
}

TEST_CASE("a list is merged as by somebody who takes all pairs of elements") {
  generator from(102);
  for (int i = 0; i < 20'000; ++i) {
    int next_id = 0;
    plan base;
    for (std::uint64_t n = from.random.below(8); n > 0; --n) base.push_back({next_id++, from.value<std::string>()});
    const plan local = edited(from, base, next_id), remote = edited(from, base, next_id);
    const plan result = list_edits::merge(base, local, remote);
    REQUIRE(result == slowly(base, local, remote));
    REQUIRE(list_edits::merge(base, local, result) == result);  // idempotent, since no two are alike
  }
}

TEST_CASE("nothing that a side inserted is lost, and nothing comes back that nobody changed") {
  generator from(103);
  for (int i = 0; i < 10'000; ++i) {
    int next_id = 0;
    plan base;
    for (std::uint64_t n = from.random.below(10); n > 0; --n) base.push_back({next_id++, ""});
    const plan local = edited(from, base, next_id), remote = edited(from, base, next_id);
    const plan result = list_edits::merge(base, local, remote);
    for (int id = 0; id < next_id; ++id) {
      const auto text_in = [&](const plan& in) -> const std::string* {
        for (const step& s : in) if (s.id == id) return &s.text;
        return nullptr;
      };
      const auto *b = text_in(base), *l = text_in(local), *r = text_in(remote), *m = text_in(result);
      const bool is_local_changed = (b == nullptr) != (l == nullptr) || (b && l && *b != *l);
      const auto* expected = is_local_changed ? l : r;
      REQUIRE((m == nullptr) == (expected == nullptr));
      if (m) REQUIRE(*m == *expected);
    }
  }
}

TEST_CASE("long lists are merged in no time that grows with their square") {
  std::vector<int> base(100'000), local, remote;
  for (int i = 0; i < 100'000; ++i) base[static_cast<std::size_t>(i)] = i;
  local.assign(base.rbegin(), base.rend());
  remote = base;
  remote.insert(remote.begin() + 50'000, -1);
  const auto result = list_edits::merge(base, local, remote);
  REQUIRE(result.size() == 100'001);
  CHECK(std::count(result.begin(), result.end(), -1) == 1);
}

TEST_CASE("where elements are alike, a merge that is made twice may do more than once") {
  CHECK(combined("vp", "vvp", "pv") == "vpv");
  CHECK(combined("vp", "vvp", "vpv") != "vpv");  // why idempotence is not claimed
}

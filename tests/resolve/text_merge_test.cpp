// SPDX-License-Identifier: BSL-1.0
// Texts that several sides edit at once.

#include <syncline/resolve/text_merge.hpp>

#include "laws/expect.hpp"

#include <syncline/record/merge_function.hpp>
#include <syncline/resolve/by_field.hpp>
#include <syncline/resolve/counter.hpp>
#include <syncline/resolve/map_edits.hpp>
#include <syncline/resolve/resolve.hpp>
#include <syncline/testing/check_merge_laws.hpp>

#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

using namespace syncline;
using by_words = text_merge<words>;
using by_lines = text_merge<lines>;

static_assert(three_way_function<by_words, std::string> && three_way_function<by_lines, std::string>);
static_assert(!merge_function<by_words, int> && !merge_function<by_lines, std::vector<std::string>>);
static_assert(is_commutative<by_words> && !is_idempotent<by_words>);

namespace {

struct page {
  static constexpr record_info sync{.table = "pages"};

  key<int> id{};
  merge<std::string, by_words> title{};
  merge<std::string, by_lines> body{};
  merge<int, counter> views{};
};

struct photo {
  merge<std::string, by_words> caption{};
  lww<std::string> place{};
};

struct album {
  static constexpr record_info sync{.table = "albums"};

  key<int> id{};
  merge<std::map<std::string, std::string>, map_edits_of<by_words>> captions{};
  merge<std::map<std::string, photo>, map_edits_of<by_field>> photos{};
};

// A text of few different words and many breaks, so that edits of two sides meet often.
std::string some_text(generator& from) {
  static constexpr const char* parts[]{"easy", "run", "hill", " ", " ", "  ", "\n", "\n", "a", ""};
  std::string text;
  for (std::uint64_t n = from.random.below(14); n > 0; --n) text += parts[from.random.below(std::size(parts))];
  return text;
}

std::multiset<std::string> words_in(const std::string& text) {
  std::multiset<std::string> found;
  std::string word;
  for (const char c : text + ' ') {
    if (c != ' ' && c != '\n') {
      word += c;
    } else if (!word.empty()) {
      found.insert(std::exchange(word, {}));
    }
  }
  return found;
}

// One side's edit of a text of n words, or lines, that are all different: what it removed, and what it put before each.
struct edit_of_words {
  std::vector<bool> is_removed;
  std::vector<std::vector<std::string>> put;

  std::string text(int n, char separator) const {
    std::string made;
    for (std::size_t i = 0; i <= static_cast<std::size_t>(n); ++i) {
      for (const std::string& word : put[i]) made += separator + word;
      if (i < static_cast<std::size_t>(n) && !is_removed[i]) made += separator + ("w" + std::to_string(i));
    }
    return made;
  }
};

edit_of_words random_edit(generator& from, int n, const std::string& name) {
  edit_of_words made{std::vector<bool>(static_cast<std::size_t>(n)), {}};
  for (int i = 0; i < n; ++i) made.is_removed[static_cast<std::size_t>(i)] = from.random.chance(0.15);
  for (int i = 0; i <= n; ++i) {
    auto& words = made.put.emplace_back();
    for (std::uint64_t k = from.random.chance(0.2) ? 1 + from.random.below(2) : 0; k > 0; --k) {
      words.push_back(name + std::to_string(from.random.below(1'000'000)));
    }
  }
  return made;
}

// The merge of two such edits by hand. A change is a run of removed words with all that was put in and around it, or
// what was put in one gap. Those that share a word or a whole gap are taken together, until none do.
counted_merge<std::string> slowly(int n, const edit_of_words& one, const edit_of_words& other,
                                  char separator) {
  struct change {
    int begin, end;  // the words that it replaces
    std::vector<std::string> words;
  };
  struct region {
    int begin, end;
    std::map<const edit_of_words*, std::vector<change>> by;
  };
  std::vector<region> regions;
  for (const edit_of_words* edit : {&one, &other}) {
    for (int i = 0; i <= n; ++i) {
      change made{i, i, edit->put[static_cast<std::size_t>(i)]};
      for (; made.end < n && edit->is_removed[static_cast<std::size_t>(made.end)]; ++made.end) {
        const auto& put = edit->put[static_cast<std::size_t>(made.end) + 1];
        made.words.insert(made.words.end(), put.begin(), put.end());
      }
      if (made.end == i && made.words.empty()) continue;
      regions.push_back({i, made.end, {{edit, {made}}}});
      i = made.end;
    }
  }
  for (bool is_done = false; !is_done;) {
    is_done = true;
    for (std::size_t i = 0; i < regions.size() && is_done; ++i) {
      for (std::size_t j = i + 1; j < regions.size() && is_done; ++j) {
        region &x = regions[i], &y = regions[j];
        const bool is_same_gap = x.begin == y.begin && x.end == y.end;
        if ((y.begin >= x.end || x.begin >= y.end) && !is_same_gap) continue;
        x.begin = std::min(x.begin, y.begin);
        x.end = std::max(x.end, y.end);
        for (const auto& [edit, theirs] : y.by) x.by[edit].insert(x.by[edit].end(), theirs.begin(), theirs.end());
        regions.erase(regions.begin() + static_cast<std::ptrdiff_t>(j));
        is_done = false;
      }
    }
  }
  std::sort(regions.begin(), regions.end(), [](const region& a, const region& b) {
    return std::pair(a.begin, a.end) < std::pair(b.begin, b.end);
  });

  const auto write = [](const region& at, std::vector<change> changes) {
    std::sort(changes.begin(), changes.end(), [](const change& a, const change& b) { return a.begin < b.begin; });
    std::vector<std::string> made;
    int word = at.begin;
    for (const change& c : changes) {
      for (; word < c.begin; ++word) made.push_back("w" + std::to_string(word));
      made.insert(made.end(), c.words.begin(), c.words.end());
      word = c.end;
    }
    for (; word < at.end; ++word) made.push_back("w" + std::to_string(word));
    return made;
  };
  counted_merge<std::string> merged;
  int at = 0;
  const auto keep_until = [&](int end) {
    for (; at < end; ++at) merged.value += separator + ("w" + std::to_string(at));
  };
  for (const region& c : regions) {
    keep_until(c.begin);
    std::vector<std::vector<std::string>> texts;
    for (const auto& [edit, changes] : c.by) texts.push_back(write(c, changes));
    std::sort(texts.begin(), texts.end());
    merged.overlaps += texts.size() == 2 && texts[0] != texts[1];
    if (texts.size() == 2) {
      auto &lesser = texts[0], &greater = texts[1];
      std::vector<std::string> front, back;
      while (!lesser.empty() && !greater.empty() && lesser.front() == greater.front()) {
        front.push_back(lesser.front());
        lesser.erase(lesser.begin()), greater.erase(greater.begin());
      }
      while (!lesser.empty() && !greater.empty() && lesser.back() == greater.back()) {
        back.insert(back.begin(), lesser.back());
        lesser.pop_back(), greater.pop_back();
      }
      texts = {front, lesser, greater, back};
    }
    for (const auto& text : texts) {
      for (const std::string& word : text) merged.value += separator + word;
    }
    at = c.end;
  }
  keep_until(n);
  return merged;
}

}  // namespace

TEMPLATE_TEST_CASE("a text merge obeys the laws of a three-way function, and its sides can be swapped", "", words,
                   lines) {
  laws::expect expect;
  generator from(121);
  check_merge_laws<text_merge<TestType>, std::string>(from, 2000, expect);
  check_merge_laws<text_merge<TestType>, std::string>([&] { return some_text(from); }, 20'000, expect);
}

TEST_CASE("edits of different words both stand") {
  const std::string base = "long run with Ben";
  const auto merged = by_words::merge_counted(base, "slow long run with Ben", "long run with Ben and Ana");
  CHECK(merged.value == "slow long run with Ben and Ana");
  CHECK(merged.overlaps == 0);
  CHECK(by_words::merge("a b c d", "a B c d", "a b C d") == "a B C d");  // neighbours do not overlap
  CHECK(by_words::merge("a b c d", "a c d", "a b c") == "a c");
  CHECK(by_words::merge("a b c", "a x b c", "a c") == "a x c");  // put before what was removed
  CHECK(by_words::merge("felt  good\n", "felt  good\n", "felt very  good\n") == "felt very  good\n");
}

TEST_CASE("edits of different lines both stand") {
  const std::string base = "warm up\n5 km\ncool down\n";
  const auto merged = by_lines::merge_counted(base, "warm up\n5 km at 4:30\ncool down\n", base + "stretch\n");
  CHECK(merged.value == "warm up\n5 km at 4:30\ncool down\nstretch\n");
  CHECK(merged.overlaps == 0);
  CHECK(by_lines::merge(base, "warm up well\n5 km\ncool down\n", "warm up\n8 km\ncool down\n") ==
        "warm up well\n8 km\ncool down\n");
}

TEST_CASE("where edits overlap both texts stay, and the overlaps are counted") {
  const auto both = by_words::merge_counted("felt good today", "felt great today", "felt awful today");
  CHECK(both.value == "felt awful great today");
  CHECK(both.overlaps == 1);
  CHECK(by_words::merge_counted("felt good", "felt very good", "felt very good").overlaps == 0);  // both did the same

  const auto notes = by_lines::merge_counted("", "Ana: fine", "Ben: tired");
  CHECK(notes.value == "Ana: fine\nBen: tired");
  CHECK(notes.overlaps == 1);
  CHECK(by_words::merge("", "left", "knee") == "knee left");
  CHECK(by_words::merge("a b c", "a c", "a x c") == "a x c");  // removed here, replaced there: the text stays
  CHECK(by_words::merge_counted("a b c", "a c", "a x c").overlaps == 1);
  CHECK(by_words::merge("a", "a b", "a b c") == "a b c");      // what both begin with is there once
  CHECK(by_words::merge("run", "a run", "b run") == "a b run");
  CHECK(by_words::merge(" run", "a run", " hill") == "a hill");
  CHECK(by_words::merge(" run", "a run", "hill") == "a hill");  // words are kept from running into each other
}

TEST_CASE("whoever resolves is told that a text holds what both sides wrote to one place") {
  page base{.id = {1}, .title = {"a good day"}, .body = {"up\ndown"}};
  page local = base, remote = base;
  local.title = "a great day", remote.title = "an awful day";
  local.body = "up early\ndown", remote.body = "up\ndown late";
  local.views = 2, remote.views = 3;

  constexpr std::size_t title = the<&page::title>.index, body = the<&page::body>.index, views = the<&page::views>.index;
  const auto merged = resolve(base, local, {}, remote, {});
  CHECK(*merged.value.title == "a great an awful day");
  CHECK(*merged.value.body == "up early\ndown late");
  CHECK(merged.how.rules[title] == rule::overlapping);
  CHECK(merged.how.rules[body] == rule::merged);
  CHECK(merged.how.rules[views] == rule::merged);
  CHECK(merged.how.both == field_set<page>::of(the<&page::title>, the<&page::body>, the<&page::views>));
  CHECK(merged.how.dropped.empty());

  change<page> arriving{.what = diff(base, local)};
  stamps<page> when{};
  decisions<page> how;
  page present = remote;
  resolve_change(arriving, device_id("phone"), role::client, field_set<page>::all(), present, when, how);
  CHECK(is_same_value(present, merged.value));
  CHECK((how.rules[title] == rule::overlapping && how.rules[body] == rule::merged));
  present = base;
  resolve_change(arriving, device_id("phone"), role::client, {}, present, when, how);
  CHECK(how.rules[title] == rule::alone);
}

TEST_CASE("that is told of a text within a map, and within a struct in a map, too") {
  album base{.id = {1}, .captions = {{{"a", "a good day"}, {"b", "rain"}}}};
  value_of(base.photos).emplace("a", photo{.caption = {"a good day"}, .place = {"home"}});
  constexpr std::size_t captions = the<&album::captions>.index, photos = the<&album::photos>.index;
  const auto settled = [&](const char* one, const char* other) {
    album local = base, remote = base;
    value_of(local.captions)["a"] = one, value_of(remote.captions)["a"] = other;
    value_of(local.photos)["a"].caption = one, value_of(remote.photos)["a"].caption = other;
    value_of(local.captions)["b"] = "much rain";  // that the other side left alone
    value_of(local.photos)["a"].place = "work";
    change<album> arriving{.what = diff(base, local)};
    stamps<album> when{};
    decisions<album> how;
    album present = remote;
    resolve_change(arriving, device_id("phone"), role::client, field_set<album>::all(), present, when, how);
    const auto merged = resolve(base, local, {}, remote, {});
    CHECK(is_same_value(present, merged.value));
    CHECK((merged.how.rules[captions] == how.rules[captions] && merged.how.rules[photos] == how.rules[photos]));
    CHECK(how.rules[captions] == how.rules[photos]);
    CHECK(present.captions->at("b") == "much rain");
    CHECK(*present.photos->at("a").caption == present.captions->at("a"));
    return std::pair{present.captions->at("a"), how.rules[captions]};
  };
  CHECK(settled("a great day", "an awful day") == std::pair{std::string("a great an awful day"), rule::overlapping});
  CHECK(settled("a great day", "a good night") == std::pair{std::string("a great night"), rule::merged});
}

TEST_CASE("why idempotence is not claimed") {
  const std::string once = by_words::merge("", "b", "a");
  CHECK(once == "a b");
  CHECK(by_words::merge("", "b", once) == "a b b");
}

TEMPLATE_TEST_CASE("edits of a text of different words, or lines, are merged as they are by hand", "", words, lines) {
  constexpr char separator = TestType::separator;
  generator from(122);
  for (int i = 0; i < 20'000; ++i) {
    const int n = static_cast<int>(from.random.below(9));
    const std::size_t size = static_cast<std::size_t>(n);
    const edit_of_words none{std::vector<bool>(size), std::vector<std::vector<std::string>>(size + 1)};
    const edit_of_words one = random_edit(from, n, "x"), other = random_edit(from, n, "y");
    const auto expected = slowly(n, one, other, separator);
    const auto merged = text_merge<TestType>::merge_counted(none.text(n, separator), one.text(n, separator),
                                                            other.text(n, separator));
    REQUIRE(merged.value == expected.value);
    REQUIRE(merged.overlaps == expected.overlaps);
  }
}

TEMPLATE_TEST_CASE("no word that a side added is lost", "", words, lines) {
  generator from(123);
  for (int i = 0; i < 20'000; ++i) {
    const std::string base = some_text(from), local = some_text(from), remote = some_text(from);
    const auto merged = words_in(text_merge<TestType>::merge(base, local, remote));
    const auto were = words_in(base);
    for (const auto* side : {&local, &remote}) {
      for (const std::string& word : words_in(*side)) {
        if (were.count(word) == 0) REQUIRE(merged.count(word) >= words_in(*side).count(word));
      }
    }
  }
}

TEST_CASE("large texts that have nothing in common are kept both, and soon") {
  std::string base, local, remote;
  for (int i = 0; i < 200'000; ++i) {
    base += " b" + std::to_string(i % 7);
    local += " l" + std::to_string(i % 11);
    remote += " r" + std::to_string(i % 13);
  }
  const auto merged = by_words::merge_counted(base, local, remote);
  CHECK(merged.value == local + remote);
  CHECK(merged.overlaps == 1);
}

// SPDX-License-Identifier: BSL-1.0
// Where two texts differ: nothing is missed, and nothing more is called different than has to be.

#include <syncline/resolve/text_diff.hpp>

#include <syncline/testing/random.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

using namespace syncline;
using tokens = std::vector<std::string_view>;

namespace {

tokens random_tokens(random_source& random, std::size_t most, std::uint64_t letters) {
  static constexpr std::string_view alphabet[]{"a", "b", "c", "d", "e", "f"};
  tokens made(random.below(most + 1));
  for (auto& token : made) token = alphabet[random.below(letters)];
  return made;
}

// `before` with the changes made to it.
tokens changed(const tokens& before, const tokens& after, const std::vector<text_change>& changes) {
  tokens made;
  std::size_t at = 0;
  for (const text_change& change : changes) {
    made.insert(made.end(), before.begin() + static_cast<std::ptrdiff_t>(at),
                before.begin() + static_cast<std::ptrdiff_t>(change.begin));
    made.insert(made.end(), after.begin() + static_cast<std::ptrdiff_t>(change.from),
                after.begin() + static_cast<std::ptrdiff_t>(change.to));
    at = change.end;
  }
  made.insert(made.end(), before.begin() + static_cast<std::ptrdiff_t>(at), before.end());
  return made;
}

std::size_t count_differences(const std::vector<text_change>& changes) {
  std::size_t sum = 0;
  for (const text_change& change : changes) sum += change.end - change.begin + change.to - change.from;
  return sum;
}

// The fewest removals and additions, from the textbook's table of longest common subsequences.
std::size_t fewest_differences(const tokens& before, const tokens& after) {
  std::vector<std::vector<std::size_t>> common(before.size() + 1, std::vector<std::size_t>(after.size() + 1, 0));
  for (std::size_t i = 1; i <= before.size(); ++i) {
    for (std::size_t j = 1; j <= after.size(); ++j) {
      common[i][j] = before[i - 1] == after[j - 1] ? common[i - 1][j - 1] + 1
                                                   : std::max(common[i - 1][j], common[i][j - 1]);
    }
  }
  return before.size() + after.size() - 2 * common[before.size()][after.size()];
}

}  // namespace

TEST_CASE("a text is its tokens, and a token owns what is before it") {
  CHECK(tokens_of<words>("").empty());
  CHECK(tokens_of<words>("easy run") == tokens{"easy", " run"});
  CHECK(tokens_of<words>("  easy,  run\n\tagain ") == tokens{"  easy,", "  run", "\n\tagain", " "});
  CHECK(tokens_of<words>("caf\xC3\xA9 \xE2\x82\xAC" "5") == tokens{"caf\xC3\xA9", " \xE2\x82\xAC" "5"});
  CHECK(tokens_of<lines>("easy run\n\nagain\n") == tokens{"easy run", "\n", "\nagain", "\n"});
  CHECK(tokens_of<lines>("\n") == tokens{"\n"});

  random_source random(111);
  for (int i = 0; i < 2000; ++i) {
    std::string text(random.below(30), ' ');
    for (char& c : text) c = "ab \n\t."[random.below(6)];
    std::string of_words, of_lines;
    for (const std::string_view token : tokens_of<words>(text)) of_words += token;
    for (const std::string_view token : tokens_of<lines>(text)) of_lines += token;
    REQUIRE((of_words == text && of_lines == text));
  }
}

TEST_CASE("changes are found where they are") {
  const tokens before{"a", "b", "c", "d"};
  CHECK(text_changes(before, before).empty());
  CHECK(text_changes(before, {"a", "x", "c", "d"}) == std::vector<text_change>{{1, 2, 1, 2}});
  CHECK(text_changes(before, {"a", "c", "d", "y", "z"}) == std::vector<text_change>{{1, 2, 1, 1}, {4, 4, 3, 5}});
  CHECK(text_changes({}, before) == std::vector<text_change>{{0, 0, 0, 4}});
  CHECK(text_changes(before, {}) == std::vector<text_change>{{0, 4, 0, 0}});
}

TEST_CASE("changes lead from one text to the other, are apart, and are as few as can be") {
  random_source random(112);
  for (int i = 0; i < 20'000; ++i) {
    const std::uint64_t letters = 2 + random.below(5);
    const tokens before = random_tokens(random, 14, letters), after = random_tokens(random, 14, letters);
    const auto changes = text_changes(before, after);
    REQUIRE(changed(before, after, changes) == after);
    REQUIRE(count_differences(changes) == fewest_differences(before, after));
    for (std::size_t c = 0; c < changes.size(); ++c) {
      REQUIRE((changes[c].begin < changes[c].end || changes[c].from < changes[c].to));
      if (c > 0) REQUIRE(changes[c - 1].end < changes[c].begin);
      if (c > 0) REQUIRE(changes[c].begin - changes[c - 1].end == changes[c].from - changes[c - 1].to);
    }
  }
}

TEST_CASE("texts that differ in too much have changed from the first difference to the last") {
  constexpr std::size_t half = max_token_differences / 2;
  for (const std::size_t replaced : {half, half + 1}) {
    tokens before{"start"}, after{"start"};
    for (std::size_t i = 0; i < replaced; ++i) {
      for (const std::string_view token : {"old", "same"}) before.push_back(token);
      for (const std::string_view token : {"new", "same"}) after.push_back(token);
    }
    const auto changes = text_changes(before, after);
    CHECK(changed(before, after, changes) == after);
    if (replaced == half) {
      CHECK(changes.size() == half);
    } else {
      CHECK(changes == std::vector<text_change>{{1, before.size() - 1, 1, after.size() - 1}});
    }
  }

  random_source random(113);  // a million tokens, none of them where it was
  const tokens before = random_tokens(random, 1'000'000, 6), after = random_tokens(random, 1'000'000, 6);
  CHECK(changed(before, after, text_changes(before, after)) == after);
}

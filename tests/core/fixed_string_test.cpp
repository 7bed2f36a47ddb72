// SPDX-License-Identifier: BSL-1.0
// Text as a template argument, and how a sentence is broken so that every compiler prints it whole.

#include <syncline/core/fixed_string.hpp>
#include <syncline/core/ill_formed.hpp>

#include <catch2/catch_test_macros.hpp>

#include <string>
#include <type_traits>

using namespace syncline;

namespace {

template <fixed_string Name>
struct named {
  static constexpr std::string_view name = Name.view();
};

static_assert(named<"hub">::name == "hub");
static_assert(std::is_same_v<named<"hub">, named<fixed_string("hub")>> && !std::is_same_v<named<"hub">, named<"hum">>);
static_assert(fixed_string("").size() == 0 && fixed_string("").view().empty());
static_assert(fixed_string("abc").size() == 3 && fixed_string("abc").data()[3] == '\0');
static_assert(fixed_string("a\0b").view() == std::string_view("a\0b", 3));

constexpr std::string_view one = "record '", two = "activity", three = "'", nothing = "";
static_assert(concatenated<one, two, three>().view() == "record 'activity'");
static_assert(concatenated<nothing, two, nothing>().view() == "activity");
static_assert(concatenated<>().size() == 0);

// The lines of `sentence`, with a space between them.
std::string rejoined(std::string_view sentence) {
  std::string whole;
  for (std::size_t i = 0; i < internal::count_lines(sentence); ++i) {
    const std::string_view line = internal::line_of(sentence, i);
    if (line.size() > 34) return "a line is too long";
    if (i > 0) whole += ' ';
    whole += line;
  }
  return whole;
}

}  // namespace

TEST_CASE("a sentence is broken at spaces, into lines that clang prints whole, and loses nothing") {
  for (const std::string_view sentence :
       {"", "short", "exactly thirty-four characters, yes", "[syncline] record 'activity' has no key: declare one field",
        "a b c d e f g h i j k l m n o p q r s t u v w x y z a b c d e f g h i j k l m n o p q r s t u v w x y z"}) {
    CHECK(rejoined(sentence) == sentence);
  }
}

TEST_CASE("a word that is longer than a line is cut, and all of it is there") {
  const std::string word(100, 'x');
  std::string whole;
  for (std::size_t i = 0; i < internal::count_lines(word); ++i) whole += internal::line_of(word, i);
  CHECK(whole == word);
}

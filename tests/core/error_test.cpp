// SPDX-License-Identifier: BSL-1.0
// Errors as values: every kind has a name and a class, and a result carries one of either.

#include <syncline/core/error.hpp>
#include <syncline/core/result.hpp>

#include <catch2/catch_test_macros.hpp>

#include <set>
#include <sstream>
#include <string>

using namespace syncline;

namespace {

// The last enumerator of each; a new one has to be added here and named.
constexpr int codes = static_cast<int>(error_code::usage) + 1, phases = static_cast<int>(phase::job) + 1,
              classes = static_cast<int>(error_class::fatal) + 1;

static_assert(to_string(error_code::malformed) == "malformed" && to_string(error_code::forked) == "forked");
static_assert(to_string(error_code::usage) == "usage" && to_string(error_code::invalid_value) == "invalid_value");
static_assert(to_string(error_code::already_exists) == "already_exists" && to_string(error_code::busy) == "busy");
static_assert(to_string(phase::local) == "local" && to_string(phase::decode) == "decode" && to_string(phase::job) == "job");
static_assert(to_string(error_class::transient) == "transient" && to_string(error_class::fatal) == "fatal");

}  // namespace

TEST_CASE("every code, phase and class has a name of its own") {
  std::set<std::string_view> names;
  for (int i = 0; i < codes; ++i) names.insert(to_string(static_cast<error_code>(i)));
  CHECK(names.size() == static_cast<std::size_t>(codes));
  CHECK_FALSE(names.contains(""));
  names.clear();
  for (int i = 0; i < phases; ++i) names.insert(to_string(static_cast<phase>(i)));
  CHECK(names.size() == static_cast<std::size_t>(phases));
  names.clear();
  for (int i = 0; i < classes; ++i) names.insert(to_string(static_cast<error_class>(i)));
  CHECK(names.size() == static_cast<std::size_t>(classes));
}

TEST_CASE("a peer that is away or busy is tried again as it is, damage after something changed, the rest not at all") {
  for (int i = 0; i < codes; ++i) {
    const auto code = static_cast<error_code>(i);
    const bool waits = code == error_code::unreachable || code == error_code::busy;
    const bool repairs = code == error_code::store_failed || code == error_code::checksum;
    CHECK(default_class(code) == (waits ? error_class::transient : repairs ? error_class::retryable : error_class::fatal));
  }
}

TEST_CASE("an error says its sentence and has the class of its kind") {
  const error e = make_error(error_code::busy, phase::store, "somebody writes; wait");
  CHECK(e.severity == error_class::transient);
  CHECK(e.phase == phase::store);
  std::ostringstream out;
  out << e;
  CHECK(out.str() == "somebody writes; wait");
}

TEST_CASE("a result has a value or an error, and is true if it has a value") {
  const result<int> good = 7, bad = make_error(error_code::refused, phase::upload, "no");
  CHECK(good.has_value());
  CHECK(*good == 7);
  REQUIRE_FALSE(bad.has_value());
  CHECK(bad.error() == make_error(error_code::refused, phase::upload, "no"));
  CHECK_FALSE(bad.error() == make_error(error_code::refused, phase::download, "no"));
}

TEST_CASE("asking a failed result for its value throws the sentence where there are exceptions") {
  const result<int> bad = make_error(error_code::refused, phase::upload, "the hub said no");
  std::string said;
  try {
    (void)bad.value();
  } catch (const std::exception& e) {
    said = e.what();
  }
  CHECK(said == "the hub said no");
}

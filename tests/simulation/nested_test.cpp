// SPDX-License-Identifier: BSL-1.0
// Nested structs that are merged field by field, in the engines.
#include <syncline/testing/simulate.hpp>

#include <syncline/resolve.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstdint>
#include <map>
#include <string>

namespace {

using namespace syncline;

struct preferences {
  std::string theme{};
  once<std::uint8_t> edition{};
  merge<std::int32_t, counter> logins{};
};

struct account {
  static constexpr record_info sync{.table = "accounts"};

  key<std::string> id{};
  merge<preferences, by_field> prefs{};
  merge<std::map<std::uint8_t, preferences>, map_edits_of<by_field>> of_device{};
  lww<std::string> name{};
};

TEST_CASE("a world of nested structs loses nothing and converges") {
  std::uint64_t differences = 0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    const simulation_outcome outcome = simulate<account>(seed);
    INFO(outcome.report());
    CHECK(outcome.holds());
    differences += outcome.differences;
  }
  CHECK(differences > 60);  // values of which the hub told what changed in them
}

}  // namespace

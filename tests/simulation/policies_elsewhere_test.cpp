// SPDX-License-Identifier: BSL-1.0
// Records whose policies stand beside the struct, or that have a default policy, in the engines.
#include "seeds.hpp"
#include "world.hpp"

#include <syncline/record/policies_of.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace vendor {

struct workout {
  std::string id{};
  std::int64_t started_at{};
  std::optional<std::int32_t> size{};
  std::optional<int> effort{};
  std::string name{};
  std::int32_t laps{};
  std::set<std::string> tags{};
  std::string note{};
  std::vector<simulated::part> parts{};
  std::map<std::uint16_t, simulated::part> by_day{};
  syncline::manifest heart_rate{};
};

struct goal {
  static constexpr syncline::record_info sync{
      .table = "goals", .deletes = syncline::delete_policy::update_wins, .priority = syncline::priority_class::recommendations};
  using default_policy = syncline::policy::client;

  syncline::key<std::uint32_t> id{};
  syncline::lww<std::int32_t> target{};
  syncline::server<double> reached{};
  std::vector<std::int32_t> days{};
  syncline::merge<std::uint64_t, syncline::counter> hits{};
  syncline::lww<std::optional<std::string>> why{};
  syncline::manual<std::uint8_t> rank{};
};

inline std::string violation(const goal& g) {
  return g.target < 0 && !*g.why ? "a goal below zero needs a reason" : "";
}

}  // namespace vendor

template <>
struct syncline::policies_of<vendor::workout> {
  static constexpr record_info sync{.table = "workouts"};

  policy::key id;
  policy::once started_at;
  policy::server size;
  policy::client effort;
  policy::merge<counter> laps;
  policy::merge<set_edits> tags;
  policy::merge<simulated::keep_longer> note;
  policy::merge<list_edits> parts;
  policy::chunked<simulated::sample, points<2>> heart_rate;
};

namespace {

using namespace syncline;

TEST_CASE("a world of records whose policies stand elsewhere goes as one of wrapped fields, event by event") {
  for (std::uint64_t seed = 1; seed <= simulated::seeds(60); ++seed) {
    const simulation_outcome plain = simulate<vendor::workout, vendor::goal>(seed);
    const simulation_outcome wrapped = simulate<simulated::workout, simulated::goal>(seed);
    INFO(plain.report());
    CHECK(plain.holds());
    CHECK(plain.trace_hash == wrapped.trace_hash);
    CHECK(plain.operations == wrapped.operations);
    CHECK(plain.conflicts == wrapped.conflicts);
    CHECK(plain.refusals == wrapped.refusals);
  }
}

}  // namespace

// SPDX-License-Identifier: BSL-1.0
// What the hub makes of series that no device would record.
#include "hub/activity_job.hpp"

#include <syncline/stream/split.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cmath>
#include <map>
#include <string>
#include <vector>

namespace {

using namespace stride;
using syncline::the;

syncline::timestamp at(std::int64_t ms) { return syncline::timestamp{std::chrono::milliseconds{ms}}; }

// An activity whose series are in the hub's store.
struct uploaded {
  activity record{};
  std::map<std::string, std::string> chunks{};

  template <auto Member>
  void add(const std::vector<scalar_sample>& samples) {
    auto made = syncline::split(the<Member>, samples);
    (record.*Member).value = std::move(made.parts);
    for (auto& chunk : made.chunks) chunks[chunk.bytes] = chunk.bytes;
  }

  syncline::result<activity> computed() const {
    syncline::editor<syncline::role::server, activity> open{record};
    const auto read = [&](const syncline::chunk_digest& digest) -> syncline::result<std::string> {
      for (const auto& [bytes, same] : chunks) {
        if (syncline::digest_of(bytes) == digest) return bytes;
      }
      return make_error(syncline::error_code::not_found, syncline::phase::job, "no such chunk");
    };
    if (auto done = compute_activity(open, read); !done) return done.error();
    return open.record();
  }
};

uploaded an_activity() {
  uploaded made;
  made.record.id = "ride";
  made.record.type = "cycling";
  return made;
}

template <class Value>
std::vector<scalar_sample> every_second(std::uint32_t seconds, Value value) {
  std::vector<scalar_sample> samples;
  for (std::uint32_t s = 0; s < seconds; ++s) samples.push_back({s, at(1'700'000'000'000 + s * 1000), value(s)});
  return samples;
}

TEST_CASE("an activity with a time that no clock tells is not computed, and the sentence says which") {
  for (const std::int64_t hostile : {INT64_MAX, INT64_MIN, std::int64_t{-1}, std::int64_t{253'402'300'800'000}}) {
    uploaded made = an_activity();
    auto samples = every_second(60, [](auto) { return 200.0; });
    samples[30].t = at(hostile);
    made.add<&activity::power_series>(samples);
    const auto computed = made.computed();
    REQUIRE(!computed.has_value());
    INFO(computed.error().message);
    CHECK(computed.error().message.starts_with("activity 'ride' is not computed: a point of it was taken at "));
    CHECK(computed.error().message.find("1970 to 9999") != std::string::npos);
  }
}

TEST_CASE("what the hub computes from absurd values is nothing that the activity refuses") {
  uploaded made = an_activity();
  made.record.max_heart_rate_bpm = 150;  // as the device proposed it
  made.add<&activity::heart_rate_series>(every_second(60, [](auto) { return 1000.0; }));
  made.add<&activity::power_series>(every_second(60, [](auto s) { return s % 2 == 0 ? 1e100 : -1e100; }));
  made.add<&activity::speed_series>(every_second(60, [](auto) { return INFINITY; }));
  made.add<&activity::cadence_series>(every_second(60, [](auto) { return NAN; }));
  made.add<&activity::distance_series>(every_second(60, [](auto s) { return -100.0 - s; }));
  const auto computed = made.computed();
  REQUIRE(computed.has_value());
  CHECK(violation(*computed).empty());
  CHECK(*computed->total_time_s == 59);
  CHECK(*computed->max_heart_rate_bpm == 150);
  for (const auto* absent : {&*computed->avg_heart_rate_bpm, &*computed->peak_power_w, &*computed->avg_power_w, &*computed->normalized_power_w,
                             &*computed->max_speed_mps, &*computed->max_cadence_rpm, &*computed->distance_m}) {
    CHECK(!absent->has_value());
  }
}

}  // namespace

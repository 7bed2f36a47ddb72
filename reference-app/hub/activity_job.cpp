// SPDX-License-Identifier: BSL-1.0

#include "hub/activity_job.hpp"

#include "import/activity_from_ride.hpp"

#include <syncline/stream/split.hpp>
#include <syncline/wire/time_text.hpp>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace stride {

namespace {

template <class Sample>
syncline::result<std::vector<Sample>> read_series(const syncline::manifest& parts, const chunk_source& read_chunk) {
  std::optional<syncline::error> failed;
  auto joined = syncline::join<Sample>(parts, [&](const syncline::chunk_digest& digest) -> std::optional<std::string> {
    auto bytes = read_chunk(digest);
    if (bytes) return std::move(*bytes);
    if (!failed) failed = bytes.error();
    return std::nullopt;
  });
  if (joined.is_complete()) return std::move(joined.samples);
  for (const auto& gap : joined.gaps) {
    if (gap.why) return *gap.why;
  }
  return *failed;
}

}  // namespace

syncline::result<void> compute_activity(syncline::editor<syncline::role::server, activity>& open, const chunk_source& read_chunk) {
  const activity& record = open.record();
  activity_series series;
  syncline::result<void> outcome;
  const auto read = [&]<class Sample>(std::vector<Sample>& into, const syncline::manifest& parts) {
    if (!outcome) return;
    auto samples = read_series<Sample>(parts, read_chunk);
    if (samples) {
      into = std::move(*samples);
    } else {
      outcome = samples.error();
    }
  };
  read(series.position, *record.position_series);
  read(series.altitude_m, *record.altitude_series);
  read(series.heart_rate_bpm, *record.heart_rate_series);
  read(series.cadence_rpm, *record.cadence_series);
  read(series.power_w, *record.power_series);
  read(series.speed_mps, *record.speed_series);
  read(series.distance_m, *record.distance_series);
  read(series.temperature_c, *record.temperature_series);
  if (!outcome) return outcome;
  std::vector<ride_point> points = points_of(series, *record.bare_points);
  for (const ride_point& p : points) {
    if (p.t && !is_plausible(*p.t)) {
      return make_error(syncline::error_code::invalid_value, syncline::phase::job,
                        "activity '" + *record.id + "' is not computed: a point of it was taken at " + syncline::time_text(*p.t) +
                            ", and 1970 to 9999 is what a clock can say; import it again from a source with the right time");
    }
  }
  put_metrics(open, compute_metrics(std::move(points), athlete_of(record)));
  return {};
}

}  // namespace stride

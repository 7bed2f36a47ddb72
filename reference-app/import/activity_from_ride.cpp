// SPDX-License-Identifier: BSL-1.0
// Takes points apart by channel and puts them together by their places; everything else is copying.

#include "import/activity_from_ride.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <string_view>
#include <utility>

namespace stride {
namespace {

struct channel {
  std::optional<double> ride_point::*value;
  std::vector<scalar_sample> activity_series::*samples;
};

constexpr channel channels[]{
    {&ride_point::altitude_m, &activity_series::altitude_m},
    {&ride_point::heart_rate_bpm, &activity_series::heart_rate_bpm},
    {&ride_point::cadence_rpm, &activity_series::cadence_rpm},
    {&ride_point::power_w, &activity_series::power_w},
    {&ride_point::speed_mps, &activity_series::speed_mps},
    {&ride_point::distance_m, &activity_series::distance_m},
    {&ride_point::temperature_c, &activity_series::temperature_c},
};

bool has_position(const ride_point& p) { return p.lat_deg && p.lon_deg; }

bool is_bare(const ride_point& p) {
  return !has_position(p) && std::ranges::none_of(channels, [&](const channel& c) { return (p.*c.value).has_value(); });
}

std::string_view part_of_day(int hour) {
  if (hour < 5 || hour >= 22) return "Night";
  if (hour < 11) return "Morning";
  if (hour < 14) return "Midday";
  return hour < 18 ? "Afternoon" : "Evening";
}

std::string outing(std::string_view sport) {
  constexpr std::pair<std::string_view, std::string_view> outings[]{
      {"cycling", "ride"}, {"running", "run"}, {"swimming", "swim"},   {"walking", "walk"},
      {"hiking", "hike"},  {"rowing", "row"},  {"generic", "workout"}, {"other", "workout"},
  };
  for (const auto& [name, what] : outings) {
    if (name == sport) return std::string(what);
  }
  std::string words(sport);
  std::ranges::replace(words, '_', ' ');
  return words;
}

// Where the source tells no place, by UTC; where it tells no time, without one.
std::string name_of(const ride& from, std::string_view sport) {
  std::string what = outing(sport);
  if (from.started_at != ride_time{}) {
    const auto at = std::ranges::find_if(from.points, has_position);
    const double lon_deg = at != from.points.end() && std::isfinite(*at->lon_deg) ? *at->lon_deg : 0;
    const double east_hours = std::round(std::clamp(lon_deg, -180.0, 180.0) / 15);
    const auto local = from.started_at + std::chrono::hours{static_cast<int>(east_hours)};
    const auto time_of_day = local - std::chrono::floor<std::chrono::days>(local);
    const auto hour = static_cast<int>(std::chrono::floor<std::chrono::hours>(time_of_day).count());
    return std::string(part_of_day(hour)) + ' ' + what;
  }
  if (what.front() >= 'a' && what.front() <= 'z') what.front() = static_cast<char>(what.front() - 'a' + 'A');
  return what;
}

std::optional<double> unless_zero(std::optional<double> stated) {
  return stated && *stated > 0 ? stated : std::nullopt;
}

// Only some sources state totals, and some state 0 for what they did not measure.
ride_metrics stated_by(const ride_summary& s) {
  ride_metrics m{};
  m.total_time_s = unless_zero(s.total_time_s);
  m.moving_time_s = unless_zero(s.timer_time_s);
  m.distance_m = unless_zero(s.distance_m);
  m.avg_speed_mps = unless_zero(s.avg_speed_mps);
  m.max_speed_mps = unless_zero(s.max_speed_mps);
  m.avg_heart_rate_bpm = unless_zero(s.avg_heart_rate_bpm);
  m.max_heart_rate_bpm = unless_zero(s.max_heart_rate_bpm);
  m.avg_power_w = unless_zero(s.avg_power_w);
  m.peak_power_w = unless_zero(s.peak_power_w);
  m.normalized_power_w = unless_zero(s.normalized_power_w);
  m.avg_cadence_rpm = unless_zero(s.avg_cadence_rpm);
  m.max_cadence_rpm = unless_zero(s.max_cadence_rpm);
  m.total_ascent_m = unless_zero(s.total_ascent_m);
  m.total_descent_m = unless_zero(s.total_descent_m);
  return m;
}

lap lap_of(const ride_lap& from) {
  lap made{};
  made.start = from.started_at;
  made.elapsed_s = from.summary.total_time_s;
  if (!made.elapsed_s && from.started_at && from.ended_at) {
    made.elapsed_s = std::chrono::duration<double>(*from.ended_at - *from.started_at).count();
  }
  made.distance_m = from.summary.distance_m;
  made.avg_heart_rate_bpm = unless_zero(from.summary.avg_heart_rate_bpm);
  made.max_heart_rate_bpm = unless_zero(from.summary.max_heart_rate_bpm);
  return made;
}

std::optional<std::string> unless_empty(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional{text};
}

// One series on its way back to points.
template <class Sample>
class remaining {
 public:
  explicit remaining(const std::vector<Sample>& samples) : next_(samples.data()), end_(next_ + samples.size()) {}

  void lower(std::uint64_t& place) const {
    if (next_ != end_) place = std::min<std::uint64_t>(place, next_->point);
  }
  /// The sample at `place`, whose time the point takes unless it has one; or null.
  const Sample* take(std::uint64_t place, ride_point& p) {
    if (next_ == end_ || next_->point != place) return nullptr;
    if (!p.t) p.t = next_->t;
    return next_++;
  }

 private:
  const Sample* next_;
  const Sample* end_;
};

}  // namespace

activity_series series_of(const std::vector<ride_point>& points) {
  activity_series series{};
  std::uint32_t place = 0;
  for (const ride_point& p : points) {
    if (has_position(p)) series.position.push_back({place, p.t, *p.lat_deg, *p.lon_deg});
    for (const channel& c : channels) {
      if (const auto& value = p.*c.value) (series.*c.samples).push_back({place, p.t, *value});
    }
    ++place;
  }
  return series;
}

std::vector<bare_point> bare_points_of(const std::vector<ride_point>& points) {
  std::vector<bare_point> bare;
  std::uint32_t place = 0;
  for (const ride_point& p : points) {
    if (is_bare(p)) bare.push_back({place, p.t});
    ++place;
  }
  return bare;
}

std::vector<ride_point> points_of(const activity_series& series, const std::vector<bare_point>& bare) {
  constexpr std::uint64_t none = UINT64_MAX;
  remaining positions{series.position};
  remaining bares{bare};
  auto scalars = [&]<std::size_t... I>(std::index_sequence<I...>) {
    return std::array{remaining{series.*channels[I].samples}...};
  }
  (std::make_index_sequence<std::size(channels)>{});

  std::vector<ride_point> points;
  for (;;) {
    std::uint64_t place = none;
    positions.lower(place);
    bares.lower(place);
    for (const auto& s : scalars) s.lower(place);
    if (place == none) return points;

    ride_point& p = points.emplace_back();
    if (const auto* s = positions.take(place, p)) {
      p.lat_deg = s->lat_deg;
      p.lon_deg = s->lon_deg;
    }
    for (std::size_t i = 0; i < scalars.size(); ++i) {
      if (const auto* s = scalars[i].take(place, p)) p.*channels[i].value = s->value;
    }
    bares.take(place, p);
  }
}

athlete athlete_of(const activity& a) {
  return {
      .weight_kg = a.snapshot_weight_kg, .ftp_w = a.snapshot_ftp_w, .threshold_hr_bpm = a.snapshot_threshold_hr_bpm};
}

void put_metrics(syncline::editor<syncline::role::server, activity>& edit, const ride_metrics& metrics) {
  using syncline::the;
  const auto put = [&edit](auto field, const std::optional<double>& metric) {
    if (metric) edit[field] = metric;
  };
  put(the<&activity::total_time_s>, metrics.total_time_s);
  put(the<&activity::moving_time_s>, metrics.moving_time_s);
  put(the<&activity::distance_m>, metrics.distance_m);
  put(the<&activity::avg_speed_mps>, metrics.avg_speed_mps);
  put(the<&activity::max_speed_mps>, metrics.max_speed_mps);
  put(the<&activity::avg_heart_rate_bpm>, metrics.avg_heart_rate_bpm);
  put(the<&activity::max_heart_rate_bpm>, metrics.max_heart_rate_bpm);
  put(the<&activity::avg_power_w>, metrics.avg_power_w);
  put(the<&activity::peak_power_w>, metrics.peak_power_w);
  put(the<&activity::normalized_power_w>, metrics.normalized_power_w);
  put(the<&activity::intensity_factor>, metrics.intensity_factor);
  put(the<&activity::tss>, metrics.tss);
  put(the<&activity::avg_cadence_rpm>, metrics.avg_cadence_rpm);
  put(the<&activity::max_cadence_rpm>, metrics.max_cadence_rpm);
  put(the<&activity::total_ascent_m>, metrics.total_ascent_m);
  put(the<&activity::total_descent_m>, metrics.total_descent_m);
}

imported_activity activity_from_ride(const ride& from, std::string id, const athlete& who, syncline::timestamp now) {
  imported_activity made{};
  activity& a = made.record;
  a.id = std::move(id);
  a.type = from.type.empty() ? "other" : from.type;
  a.name = name_of(from, *a.type);
  a.started_at = from.started_at;
  a.snapshot_weight_kg = who.weight_kg;
  a.snapshot_ftp_w = who.ftp_w;
  a.snapshot_threshold_hr_bpm = who.threshold_hr_bpm;
  a.device_name = unless_empty(from.device_name);
  a.source = unless_empty(from.source);
  a.created_at = now;
  for (const ride_lap& l : from.laps) a.laps.value.push_back(lap_of(l));
  a.bare_points = bare_points_of(from.points);
  made.series = series_of(from.points);

  // From the points as the hub will see them, so that both compute from the same.
  syncline::editor<syncline::role::server, activity> edit{std::move(a)};
  put_metrics(edit, stated_by(from.summary));
  put_metrics(edit, compute_metrics(points_of(made.series, *edit.record().bare_points), who));
  a = edit.record();
  return made;
}

std::string imported_id(const syncline::chunk_digest& content, std::size_t session) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string id;
  for (const std::uint8_t byte : content.bytes) {
    id += digits[byte >> 4];
    id += digits[byte & 15];
  }
  return id + '-' + std::to_string(session);
}

}  // namespace stride

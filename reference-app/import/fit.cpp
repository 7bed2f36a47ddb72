// SPDX-License-Identifier: BSL-1.0
// Collects a FIT file's messages and deals them out to one ride per session.

#include "import/fit.hpp"

#include "import/fit_decoder.hpp"
#include "import/fit_heart_rates.hpp"
#include "import/fit_text.hpp"

#include <algorithm>
#include <limits>
#include <ranges>
#include <string>
#include <tuple>
#include <unordered_map>
#include <utility>

namespace stride {
namespace {

using syncline::error_code;

// Bounds on what a hostile file can make of few bytes; real files stay far below them.
constexpr std::size_t max_points = 4'000'000, max_sessions = 1000, max_laps = 100'000, max_extra_values = 50'000'000;

// A field may be stored in any base type, so its number need not be a time.
std::optional<ride_time> to_time(std::optional<double> fit_seconds) {
  if (!fit_seconds || !(*fit_seconds >= 0 && *fit_seconds <= std::numeric_limits<std::uint32_t>::max())) {
    return std::nullopt;
  }
  return ride_time{std::chrono::seconds{fit_epoch_s + static_cast<std::int64_t>(*fit_seconds)}};
}

std::optional<ride_time> time_of(const fit_message& m) {
  return m.timestamp ? to_time(static_cast<double>(*m.timestamp)) : std::nullopt;
}

std::optional<std::uint16_t> u16_of(const fit_message& m, std::uint8_t number) {
  const auto v = m.value(number);
  return v && *v >= 0 && *v <= 65535 ? std::optional{static_cast<std::uint16_t>(*v)} : std::nullopt;
}

std::optional<std::uint8_t> u8_of(const fit_message& m, std::uint8_t number) {
  const auto v = u16_of(m, number);
  return v && *v <= 255 ? std::optional{static_cast<std::uint8_t>(*v)} : std::nullopt;
}

std::optional<double> either(std::optional<double> better, std::optional<double> other) {
  return better ? better : other;
}

ride_point point_of(const fit_message& m) {
  ride_point p{};
  p.t = time_of(m);
  std::optional<double> lat, lon, altitude, enhanced_altitude, speed, enhanced_speed;
  for (const fit_field& f : m.fields) {
    if (f.is_developer()) continue;
    std::optional<double>* place = nullptr;
    switch (f.number) {
      case 0: place = &lat; break;
      case 1: place = &lon; break;
      case 2: place = &altitude; break;
      case 3: place = &p.heart_rate_bpm; break;
      case 4: place = &p.cadence_rpm; break;
      case 5: place = &p.distance_m; break;
      case 6: place = &speed; break;
      case 7: place = &p.power_w; break;
      case 13: place = &p.temperature_c; break;
      case 73: place = &enhanced_speed; break;
      case 78: place = &enhanced_altitude; break;
      default: continue;
    }
    if (const auto v = f.value()) *place = v;
  }
  if (lat && lon) {
    p.lat_deg = *lat * fit_degrees_per_semicircle;
    p.lon_deg = *lon * fit_degrees_per_semicircle;
  }
  p.altitude_m = either(enhanced_altitude, altitude);
  p.speed_mps = either(enhanced_speed, speed);
  return p;
}

// The totals of a session and of a lap have the same meanings under different numbers.
struct summary_numbers {
  std::uint8_t avg_speed, max_speed, avg_heart_rate, max_heart_rate, avg_cadence, max_cadence, avg_power, peak_power,
      ascent, descent, normalized_power, enhanced_avg_speed, enhanced_max_speed;
};
constexpr summary_numbers session_numbers{14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 34, 124, 125};
constexpr summary_numbers lap_numbers{13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 33, 110, 111};

ride_summary summary_of(const fit_message& m, const summary_numbers& n) {
  ride_summary s{};
  s.total_time_s = m.value(7);
  s.timer_time_s = m.value(8);
  s.distance_m = m.value(9);
  s.energy_kcal = m.value(11);
  s.avg_speed_mps = either(m.value(n.enhanced_avg_speed), m.value(n.avg_speed));
  s.max_speed_mps = either(m.value(n.enhanced_max_speed), m.value(n.max_speed));
  s.avg_heart_rate_bpm = m.value(n.avg_heart_rate);
  s.max_heart_rate_bpm = m.value(n.max_heart_rate);
  s.avg_cadence_rpm = m.value(n.avg_cadence);
  s.max_cadence_rpm = m.value(n.max_cadence);
  s.avg_power_w = m.value(n.avg_power);
  s.peak_power_w = m.value(n.peak_power);
  s.normalized_power_w = m.value(n.normalized_power);
  s.total_ascent_m = m.value(n.ascent);
  s.total_descent_m = m.value(n.descent);
  return s;
}

std::string device_of(const fit_message& file_id) {
  const std::string product_name = clean_text(file_id.text(8));
  const auto manufacturer = u16_of(file_id, 1);
  const auto product = u16_of(file_id, 2);
  std::string maker;
  if (manufacturer) maker = fit_manufacturer_name(*manufacturer);
  if (!product_name.empty()) {
    return maker.empty() || product_name.find(maker) != std::string::npos ? product_name : maker + " " + product_name;
  }
  if (maker.empty()) {
    if (!manufacturer) return {};
    maker = "manufacturer " + std::to_string(*manufacturer);
  }
  if (!product || *product == 0) return maker;
  if (*manufacturer == 1) {
    if (const auto known = fit_garmin_product_name(*product); !known.empty()) return maker + " " + std::string{known};
  }
  return maker + " product " + std::to_string(*product);
}

}  // namespace

struct fit_reader::state {
  struct file {
    std::string device_name{};
    std::optional<std::string> sport{};
    std::optional<std::uint8_t> kind{};
    std::optional<ride_time> created_at{};
    std::size_t first_point{};
  };
  struct session {
    std::uint32_t segment{};
    ride_time start{};
    ride content{};
  };
  struct lap {
    std::uint32_t segment{};
    ride_lap content{};
  };

  fit_decoder decoder{[this](const fit_message& m) { take(m); }, fit_decoder::on_bad_checksum::go_on};
  std::vector<file> files{};
  std::vector<ride_point> points{};
  std::vector<session> sessions{};
  std::vector<lap> laps{};
  std::vector<ride_extra> extras{};
  std::unordered_map<std::size_t, std::size_t> extra_of_description{};
  std::size_t extra_values{};
  fit_heart_rates heart_rates{};
  std::optional<syncline::error> over_limit{};

  file& file_at(std::uint32_t segment) {
    while (files.size() <= segment) {
      files.emplace_back();
      files.back().first_point = points.size();
    }
    return files[segment];
  }

  bool is_room(std::size_t count, std::size_t limit, const char* what, const fit_message& m) {
    if (count < limit) return true;
    if (!over_limit) {
      over_limit = syncline::make_error(error_code::too_large, syncline::phase::decode,
                                        "FIT, byte " + std::to_string(m.offset) + ": the file has more than " +
                                            std::to_string(limit) + " " + what + "; split it");
    }
    return false;
  }

  void take(const fit_message& m) {
    file& f = file_at(m.segment);
    switch (m.global) {
      case fit_messages::record: return take_record(m);
      case fit_messages::hr: return heart_rates.add(m);
      case fit_messages::file_id:
        f.kind = u8_of(m, 0);
        f.device_name = device_of(m);
        f.created_at = to_time(m.value(4));
        return;
      case fit_messages::sport:
        if (const auto s = u8_of(m, 0)) f.sport = fit_sport_name(*s);
        return;
      case fit_messages::session: return take_session(m);
      case fit_messages::lap:
        if (is_room(laps.size(), max_laps, "laps", m)) {
          laps.push_back({m.segment, {to_time(m.value(2)), time_of(m), summary_of(m, lap_numbers)}});
          if (const auto s = u8_of(m, 25); s && !f.sport) f.sport = fit_sport_name(*s);
        }
        return;
      default: return;
    }
  }

  void take_record(const fit_message& m) {
    if (m.fields.empty() && !m.timestamp) return;
    if (!is_room(points.size(), max_points, "records", m)) return;
    for (const fit_field& f : m.fields) {
      if (f.is_developer()) take_extra(f, m);
    }
    points.push_back(point_of(m));
  }

  void take_extra(const fit_field& f, const fit_message& m) {
    for (std::size_t i = 0; i < f.size(); ++i) {
      const auto v = f.raw(i);
      if (!v || !is_room(extra_values, max_extra_values, "developer values", m)) continue;
      ++extra_values;
      extra_for(f).values.push_back({static_cast<std::uint32_t>(points.size()), *v});
    }
  }

  ride_extra& extra_for(const fit_field& f) {
    const auto [known, is_new] = extra_of_description.try_emplace(f.description_index, extras.size());
    if (is_new) {
      const std::string name = clean_text(f.description->name), unit = clean_text(f.description->unit);
      const auto same =
          std::ranges::find_if(extras, [&](const ride_extra& e) { return e.name == name && e.unit == unit; });
      known->second = static_cast<std::size_t>(same - extras.begin());
      if (same == extras.end()) extras.push_back({name, unit, {}});
    }
    return extras[known->second];
  }

  void take_session(const fit_message& m) {
    if (!is_room(sessions.size(), max_sessions, "sessions", m)) return;
    session s{};
    s.segment = m.segment;
    s.content.summary = summary_of(m, session_numbers);
    auto start = to_time(m.value(2));
    if (!start && m.timestamp) {
      start = to_time(*m.timestamp - s.content.summary.total_time_s.value_or(0));
    }
    s.start = start.value_or(ride_time::min());
    if (const auto sport = u8_of(m, 5)) s.content.type = fit_sport_name(*sport);
    sessions.push_back(std::move(s));
  }

  // Sessions are dealt to by their places in `sessions`.
  struct session_order {
    std::vector<std::size_t> by_file{};
    std::vector<std::size_t> by_start{};
  };

  session_order order_sessions() const {
    session_order o{};
    for (std::size_t i = 0; i < sessions.size(); ++i) o.by_start.push_back(i);
    std::ranges::sort(o.by_start, {}, [&](std::size_t i) { return std::pair{sessions[i].start, i}; });
    o.by_file = o.by_start;
    std::ranges::sort(o.by_file, {}, [&](std::size_t i) {
      return std::tuple{sessions[i].segment, sessions[i].start, i};
    });
    return o;
  }

  std::span<const std::size_t> candidates(const session_order& o, std::uint32_t segment) const {
    const auto own =
        std::ranges::equal_range(o.by_file, segment, {}, [&](std::size_t i) { return sessions[i].segment; });
    return own.empty() ? std::span{o.by_start} : std::span<const std::size_t>{own.begin(), own.end()};
  }

  std::size_t session_at(std::span<const std::size_t> among, ride_time t) const {
    const auto after = std::ranges::upper_bound(among, t, {}, [&](std::size_t i) { return sessions[i].start; });
    return after == among.begin() ? among.front() : *(after - 1);
  }

  std::vector<ride> rides() {
    if (sessions.empty() && points.empty()) return {};
    if (!heart_rates.empty()) heart_rates.merge_into(points);
    if (sessions.empty()) {
      sessions.emplace_back();
      sessions.back().start = ride_time::min();
    }
    const session_order order = order_sessions();
    deal_points(order);
    deal_laps(order);
    std::vector<ride> all;
    all.reserve(sessions.size());
    for (const std::size_t i : order.by_start) all.push_back(finished(sessions[i]));
    return all;
  }

  void deal_points(const session_order& order) {
    if (sessions.size() == 1) {
      sessions.front().content.points = std::move(points);
      sessions.front().content.extras = std::move(extras);
      return;
    }
    struct place {
      std::uint32_t session;
      std::uint32_t point;
    };
    std::vector<place> places;
    places.reserve(points.size());
    for (std::uint32_t segment = 0; segment < files.size(); ++segment) {
      const std::size_t end = segment + 1 < files.size() ? files[segment + 1].first_point : points.size();
      const auto among = candidates(order, segment);
      std::size_t chosen = among.front();
      for (std::size_t i = files[segment].first_point; i < end; ++i) {
        if (points[i].t) chosen = session_at(among, *points[i].t);
        std::vector<ride_point>& dealt = sessions[chosen].content.points;
        places.push_back({static_cast<std::uint32_t>(chosen), static_cast<std::uint32_t>(dealt.size())});
        dealt.push_back(points[i]);
      }
    }
    points = {};
    for (ride_extra& e : extras) {
      std::vector<ride_extra*> parts(sessions.size());
      for (const ride_extra::value& v : e.values) {
        const place& at = places[v.point];
        if (!parts[at.session]) {
          std::vector<ride_extra>& own = sessions[at.session].content.extras;
          own.push_back({e.name, e.unit, {}});
          parts[at.session] = &own.back();
        }
        parts[at.session]->values.push_back({at.point, v.number});
      }
      e = {};
    }
  }

  void deal_laps(const session_order& order) {
    std::optional<std::size_t> chosen;
    for (const lap& l : laps) {
      const auto among = candidates(order, l.segment);
      if (l.content.started_at || !chosen) {
        chosen = l.content.started_at ? session_at(among, *l.content.started_at) : among.front();
      }
      sessions[*chosen].content.laps.push_back(l.content);
    }
  }

  ride finished(session& s) {
    ride r = std::move(s.content);
    const file& f = file_at(s.segment);
    r.source = "fit";
    r.device_name = f.device_name;
    if (r.device_name.empty() && !files.empty()) r.device_name = files.front().device_name;
    if (r.type.empty()) r.type = f.sport.value_or("generic");
    if (s.start != ride_time::min()) {
      r.started_at = s.start;
    } else {
      const auto first = std::ranges::find_if(r.points, [](const ride_point& p) { return p.t.has_value(); });
      r.started_at = first != r.points.end() ? *first->t : f.created_at.value_or(ride_time{});
    }
    return r;
  }

  std::optional<syncline::error> first_error() const {
    return decoder.first_error() ? decoder.first_error() : over_limit;
  }

  syncline::error no_activity() const {
    std::string kind = "no file_id that says what it holds";
    if (!files.empty() && files.front().kind) kind = std::string{fit_file_kind(*files.front().kind)};
    return syncline::make_error(
        error_code::not_found, syncline::phase::decode,
        "FIT: the file holds " + kind + ", and no activity: there is neither a session nor a record in it");
  }
};

fit_reader::fit_reader() : state_{std::make_unique<state>()} {}
fit_reader::fit_reader(fit_reader&&) noexcept = default;
fit_reader& fit_reader::operator=(fit_reader&&) noexcept = default;
fit_reader::~fit_reader() = default;

void fit_reader::feed(std::span<const std::uint8_t> bytes) {
  // The decoder keeps its error, and whoever finishes gets it.
  (void)state_->decoder.feed(bytes);
}

syncline::result<std::vector<ride>> fit_reader::finish() && {
  (void)state_->decoder.finish();
  if (auto e = state_->first_error()) return *std::move(e);
  auto rides = state_->rides();
  if (rides.empty()) return state_->no_activity();
  return rides;
}

fit_salvage fit_reader::salvage() && {
  (void)state_->decoder.finish();
  fit_salvage found{state_->rides(), state_->first_error()};
  if (found.rides.empty() && !found.broken) found.broken = state_->no_activity();
  return found;
}

bool looks_like_fit(std::span<const std::uint8_t> first_bytes) noexcept {
  constexpr std::string_view mark = ".FIT";
  return first_bytes.size() >= 12 && (first_bytes[0] == 12 || first_bytes[0] == 14) &&
         std::equal(mark.begin(), mark.end(), first_bytes.begin() + 8);
}

syncline::result<std::vector<ride>> read_fit(std::span<const std::uint8_t> bytes) {
  fit_reader reader;
  reader.feed(bytes);
  return std::move(reader).finish();
}

fit_salvage salvage_fit(std::span<const std::uint8_t> bytes) {
  fit_reader reader;
  reader.feed(bytes);
  return std::move(reader).salvage();
}

namespace {

std::span<const std::uint8_t> bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

}  // namespace

syncline::result<std::vector<ride>> read_fit(std::string_view bytes) { return read_fit(bytes_of(bytes)); }
fit_salvage salvage_fit(std::string_view bytes) { return salvage_fit(bytes_of(bytes)); }

}  // namespace stride

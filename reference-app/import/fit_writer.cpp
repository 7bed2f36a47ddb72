// SPDX-License-Identifier: BSL-1.0
// Definition and data messages in little-endian order, channel by channel as the ride has them.

#include "import/fit_writer.hpp"

#include "import/fit_checksum.hpp"
#include "import/fit_profile.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string_view>
#include <utility>
#include <vector>

namespace stride {
namespace {

constexpr std::uint8_t local_type = 0, developer_bit = 0x20, definition_bit = 0x40;
constexpr std::uint16_t manufacturer_development = 255;

struct field {
  std::uint8_t number{};
  fit_base base{fit_base::byte};
  std::uint8_t size{};
  std::uint64_t bits{};     // the stored number, ...
  std::string_view text{};  // ... or the text
};

class file_writer {
 public:
  void define(std::uint16_t global, const std::vector<field>& fields, std::size_t extras = 0) {
    put(definition_bit | (extras > 0 ? developer_bit : 0) | local_type, 1);
    put(0, 2);
    put(global, 2);
    put(fields.size(), 1);
    for (const field& f : fields) {
      put(f.number, 1);
      put(f.size, 1);
      put(static_cast<std::uint8_t>(f.base), 1);
    }
    if (extras == 0) return;
    put(extras, 1);
    for (std::size_t i = 0; i < extras; ++i) {
      put(i, 1);
      put(8, 1);
      put(0, 1);
    }
  }

  void data(const std::vector<field>& fields) {
    put(local_type, 1);
    for (const field& f : fields) {
      if (f.base != fit_base::text) {
        put(f.bits, f.size);
        continue;
      }
      bytes_ += f.text;
      bytes_.append(f.size - f.text.size(), '\0');
    }
  }

  void message(std::uint16_t global, const std::vector<field>& fields) {
    define(global, fields);
    data(fields);
  }

  void put(std::uint64_t bits, std::size_t size) {
    for (std::size_t i = 0; i < size; ++i) bytes_ += static_cast<char>(bits >> (8 * i) & 0xFFU);
  }

  std::string finish() && {
    const std::string messages = std::exchange(bytes_, {});
    put(14, 1);
    put(0x20, 1);  // protocol 2.0, the first with developer fields
    put(2141, 2);  // profile 21.41
    put(messages.size(), 4);
    bytes_ += ".FIT";
    put(checksum(), 2);
    bytes_ += messages;
    put(checksum(), 2);
    return std::move(bytes_);
  }

 private:
  std::uint16_t checksum() const {
    return fit_checksum({reinterpret_cast<const std::uint8_t*>(bytes_.data()), bytes_.size()});
  }

  std::string bytes_{};
};

constexpr std::uint64_t invalid_of(fit_base base) {
  switch (base) {
    case fit_base::sint8: return 0x7F;
    case fit_base::sint16: return 0x7FFF;
    case fit_base::sint32: return 0x7FFFFFFF;
    default: return ~std::uint64_t{0};
  }
}

field number(std::uint8_t n, fit_base base, std::optional<double> value, double scale = 1, double offset = 0) {
  field f{n, base, static_cast<std::uint8_t>(size_of(base)), invalid_of(base), {}};
  if (!value || !std::isfinite(*value)) return f;
  const double stored = std::round((*value + offset) * scale);
  const bool is_signed = base == fit_base::sint8 || base == fit_base::sint32;
  const double values = std::ldexp(1.0, static_cast<int>(8 * f.size));
  const double min = is_signed ? -values / 2 : 0, max = is_signed ? values / 2 - 2 : values - 2;
  if (stored >= min && stored <= max) f.bits = static_cast<std::uint64_t>(static_cast<std::int64_t>(stored));
  return f;
}

field text(std::uint8_t n, std::string_view value) {
  value = value.substr(0, value.find('\0'));
  std::size_t length = std::min<std::size_t>(value.size(), 254);
  // Not in the middle of a character: its later bytes all begin with the bits 10.
  while (length < value.size() && length > 0 && (value[length] & 0xC0) == 0x80) --length;
  return {n, fit_base::text, static_cast<std::uint8_t>(length + 1), 0, value.substr(0, length)};
}

std::optional<double> fit_seconds(std::optional<ride_time> t) {
  if (!t) return std::nullopt;
  return static_cast<double>(std::chrono::round<std::chrono::seconds>(*t).time_since_epoch().count() - fit_epoch_s);
}

field time(std::uint8_t n, std::optional<ride_time> t) { return number(n, fit_base::uint32, fit_seconds(t)); }

struct channel {
  std::optional<double> ride_point::*value;
  std::uint8_t field_number;
  fit_base base;
  double scale{1};
  double offset{0};
};

constexpr std::array channels{
    channel{&ride_point::lat_deg, 0, fit_base::sint32, 1 / fit_degrees_per_semicircle},
    channel{&ride_point::lon_deg, 1, fit_base::sint32, 1 / fit_degrees_per_semicircle},
    channel{&ride_point::altitude_m, 78, fit_base::uint32, 5, 500},
    channel{&ride_point::heart_rate_bpm, 3, fit_base::uint8},
    channel{&ride_point::cadence_rpm, 4, fit_base::uint8},
    channel{&ride_point::distance_m, 5, fit_base::uint32, 100},
    channel{&ride_point::power_w, 7, fit_base::uint16},
    channel{&ride_point::temperature_c, 13, fit_base::sint8},
    channel{&ride_point::speed_mps, 73, fit_base::uint32, 1000},
};

// The totals under the numbers that a session, or a lap, has for them.
void append_summary(std::vector<field>& fields, const ride_summary& s, bool is_lap) {
  const auto moved = [&](int session_number) { return static_cast<std::uint8_t>(session_number - (is_lap ? 1 : 0)); };
  fields.push_back(number(7, fit_base::uint32, s.total_time_s, 1000));
  fields.push_back(number(8, fit_base::uint32, s.timer_time_s, 1000));
  fields.push_back(number(9, fit_base::uint32, s.distance_m, 100));
  fields.push_back(number(11, fit_base::uint16, s.energy_kcal));
  fields.push_back(number(moved(16), fit_base::uint8, s.avg_heart_rate_bpm));
  fields.push_back(number(moved(17), fit_base::uint8, s.max_heart_rate_bpm));
  fields.push_back(number(moved(18), fit_base::uint8, s.avg_cadence_rpm));
  fields.push_back(number(moved(19), fit_base::uint8, s.max_cadence_rpm));
  fields.push_back(number(moved(20), fit_base::uint16, s.avg_power_w));
  fields.push_back(number(moved(21), fit_base::uint16, s.peak_power_w));
  fields.push_back(number(moved(22), fit_base::uint16, s.total_ascent_m));
  fields.push_back(number(moved(23), fit_base::uint16, s.total_descent_m));
  fields.push_back(number(moved(34), fit_base::uint16, s.normalized_power_w));
  fields.push_back(number(is_lap ? 110 : 124, fit_base::uint32, s.avg_speed_mps, 1000));
  fields.push_back(number(is_lap ? 111 : 125, fit_base::uint32, s.max_speed_mps, 1000));
}

void write_points(file_writer& out, const ride& r) {
  if (r.points.empty()) return;
  std::vector<channel> used;
  for (const channel& c : channels) {
    if (std::ranges::any_of(r.points, [&](const ride_point& p) { return (p.*c.value).has_value(); })) used.push_back(c);
  }
  const std::size_t extras = std::min<std::size_t>(r.extras.size(), 255);
  std::vector<std::size_t> next(extras, 0);
  std::vector<field> fields;
  for (std::size_t i = 0; i < r.points.size(); ++i) {
    const ride_point& p = r.points[i];
    fields.assign(1, time(fit_timestamp_field, p.t));
    for (const channel& c : used) fields.push_back(number(c.field_number, c.base, p.*c.value, c.scale, c.offset));
    if (i == 0) out.define(fit_messages::record, fields, extras);
    out.data(fields);
    for (std::size_t e = 0; e < extras; ++e) {
      const auto& values = r.extras[e].values;
      double v = std::numeric_limits<double>::quiet_NaN();
      while (next[e] < values.size() && values[next[e]].point <= i) v = values[next[e]++].number;
      out.put(std::isnan(v) ? ~std::uint64_t{0} : std::bit_cast<std::uint64_t>(v), 8);
    }
  }
}

}  // namespace

std::string write_fit(const ride& r) {
  file_writer out;
  const double activity_type = 4, developer_index = 0;
  const auto last =
      std::ranges::find_if(r.points.rbegin(), r.points.rend(), [](const ride_point& p) { return p.t.has_value(); });
  const ride_time ended_at = last != r.points.rend() ? *last->t : r.started_at;

  std::vector<field> id{number(0, fit_base::enumeration, activity_type),
                        number(1, fit_base::uint16, manufacturer_development), time(4, r.started_at)};
  if (!r.device_name.empty()) id.push_back(text(8, r.device_name));
  out.message(fit_messages::file_id, id);

  const std::size_t extras = std::min<std::size_t>(r.extras.size(), 255);
  if (extras > 0) out.message(fit_messages::developer_data_id, {number(3, fit_base::uint8, developer_index)});
  for (std::size_t i = 0; i < extras; ++i) {
    out.message(fit_messages::field_description,
                {number(0, fit_base::uint8, developer_index), number(1, fit_base::uint8, static_cast<double>(i)),
                 number(2, fit_base::uint8, static_cast<double>(fit_base::float64)), text(3, r.extras[i].name),
                 text(8, r.extras[i].unit)});
  }

  write_points(out, r);

  for (const ride_lap& l : r.laps) {
    std::vector<field> fields{time(fit_timestamp_field, l.ended_at), time(2, l.started_at)};
    append_summary(fields, l.summary, true);
    out.message(fit_messages::lap, fields);
  }
  std::vector<field> session{time(fit_timestamp_field, ended_at), time(2, r.started_at),
                             number(5, fit_base::enumeration, fit_sport_number(r.type)),
                             number(26, fit_base::uint16, static_cast<double>(r.laps.size()))};
  append_summary(session, r.summary, false);
  out.message(fit_messages::session, session);
  out.message(fit_messages::activity, {time(fit_timestamp_field, ended_at), number(1, fit_base::uint16, 1.0),
                                       number(2, fit_base::enumeration, 0.0)});
  return std::move(out).finish();
}

}  // namespace stride

// SPDX-License-Identifier: BSL-1.0
#pragma once
// What one would write for this one struct without the framework: every field by name. Bytes: the same as the
// framework's, so that they can be compared.

#include "hand_written.hpp"

#include <syncline/wire/reader.hpp>  // is_utf8, which both use

#include <cstring>
#include <string_view>

namespace hand {

/// \name Into memory that is large enough
/// @{
[[gnu::always_inline]] inline char* put_varint(char* at, std::uint64_t v) {
  while (v >= 0x80) *at++ = static_cast<char>(v | 0x80), v >>= 7;
  *at++ = static_cast<char>(v);
  return at;
}
[[gnu::always_inline]] inline char* put(char* at, std::int64_t v) {
  return put_varint(at, static_cast<std::uint64_t>(v) << 1 ^ static_cast<std::uint64_t>(v >> 63));
}
[[gnu::always_inline]] inline char* put(char* at, int v) {
  return put_varint(at, static_cast<std::uint32_t>(v) << 1 ^ static_cast<std::uint32_t>(v >> 31));
}
[[gnu::always_inline]] inline char* put(char* at, double v) {
  std::memcpy(at, &v, 8);
  return at + 8;
}
[[gnu::always_inline]] inline char* put(char* at, bool v) { return *at = v, at + 1; }
[[gnu::always_inline]] inline char* put(char* at, bench::sport v) { return *at = static_cast<char>(v), at + 1; }
[[gnu::always_inline]] inline char* put(char* at, const std::string& v) {
  at = put_varint(at, v.size());
  std::memcpy(at, v.data(), v.size());
  return at + v.size();
}
inline char* put(char* at, const std::vector<std::string>& v) {
  at = put_varint(at, v.size());
  for (const std::string& each : v) at = put(at, each);
  return at;
}
template <class T>
[[gnu::always_inline]] inline char* put(char* at, const std::optional<T>& v) {
  *at++ = v.has_value();
  return v ? put(at, *v) : at;
}
/// @}

/// More bytes than everything but the texts takes: 28 fields of at most 11 bytes each.
constexpr std::size_t most_of_numbers = 28 * 11;

/// No fewer bytes than the record takes.
inline std::size_t bound(const activity& a) {
  std::size_t sum = most_of_numbers + a.id->size() + a.name->size() + a.notes->size() + a.device->size();
  if (*a.gear) sum += (*a.gear)->size();
  for (const std::string& each : *a.tags) sum += 10 + each.size();
  return sum;
}

/// Makes room for `most` bytes at the end of `out`, has them written, and gives back what was not used.
template <class Write>
[[gnu::always_inline]] inline void append(std::string& out, std::size_t most, Write write) {
  const std::size_t begin = out.size();
  out.resize(begin + most);
  char* const end = write(out.data() + begin);
  out.resize(static_cast<std::size_t>(end - out.data()));
}

/// Appends a delta: the mask, then what changed.
inline void encode(std::string& out, std::uint64_t mask, const activity& v) {
  append(out, bound(v), [&](char* at) __attribute__((always_inline)) {
    at = put_varint(at, mask);
    if (mask & bit(i_started_at_ms)) at = put(at, v.started_at_ms.value);
    if (mask & bit(i_name)) at = put(at, v.name.value);
    if (mask & bit(i_notes)) at = put(at, v.notes.value);
    if (mask & bit(i_sport)) at = put(at, v.sport.value);
    if (mask & bit(i_rpe)) at = put(at, v.rpe.value);
    if (mask & bit(i_feeling)) at = put(at, v.feeling.value);
    if (mask & bit(i_tags)) at = put(at, v.tags.value);
    if (mask & bit(i_distance_m)) at = put(at, v.distance_m.value);
    if (mask & bit(i_elapsed_s)) at = put(at, v.elapsed_s.value);
    if (mask & bit(i_moving_s)) at = put(at, v.moving_s.value);
    if (mask & bit(i_ascent_m)) at = put(at, v.ascent_m.value);
    if (mask & bit(i_descent_m)) at = put(at, v.descent_m.value);
    if (mask & bit(i_avg_speed_mps)) at = put(at, v.avg_speed_mps.value);
    if (mask & bit(i_max_speed_mps)) at = put(at, v.max_speed_mps.value);
    if (mask & bit(i_avg_heart_rate_bpm)) at = put(at, v.avg_heart_rate_bpm.value);
    if (mask & bit(i_max_heart_rate_bpm)) at = put(at, v.max_heart_rate_bpm.value);
    if (mask & bit(i_calories)) at = put(at, v.calories.value);
    if (mask & bit(i_avg_power_w)) at = put(at, v.avg_power_w.value);
    if (mask & bit(i_normalized_power_w)) at = put(at, v.normalized_power_w.value);
    if (mask & bit(i_intensity_factor)) at = put(at, v.intensity_factor.value);
    if (mask & bit(i_training_stress)) at = put(at, v.training_stress.value);
    if (mask & bit(i_avg_cadence_rpm)) at = put(at, v.avg_cadence_rpm.value);
    if (mask & bit(i_max_cadence_rpm)) at = put(at, v.max_cadence_rpm.value);
    if (mask & bit(i_avg_temperature_c)) at = put(at, v.avg_temperature_c.value);
    if (mask & bit(i_gear)) at = put(at, v.gear.value);
    if (mask & bit(i_device)) at = put(at, v.device.value);
    if (mask & bit(i_is_private)) at = put(at, v.is_private.value);
    return at;
  });
}

/// Appends what changed from `a` to `b`, without a delta between.
inline void encode_diff(std::string& out, const activity& a, const activity& b) {
  encode(out, changed_fields(a, b), b);
}

/// Appends a record: one bit for each optional and the boolean, then the values.
inline void encode(std::string& out, const activity& a) {
  append(out, bound(a), [&](char* at) __attribute__((always_inline)) {
    const unsigned flags =
        a.rpe.value.has_value() << 0 | a.feeling.value.has_value() << 1 | a.avg_power_w.value.has_value()
        << 2 | a.normalized_power_w.value.has_value() << 3 | a.intensity_factor.value.has_value() << 4 |
        a.training_stress.value.has_value() << 5 | a.avg_cadence_rpm.value.has_value() << 6 |
        a.max_cadence_rpm.value.has_value() << 7 | a.avg_temperature_c.value.has_value() << 8 |
        a.gear.value.has_value() << 9 | a.is_private.value << 10;
    *at++ = static_cast<char>(flags);
    *at++ = static_cast<char>(flags >> 8);
    at = put(at, a.id.value);
    at = put(at, a.started_at_ms.value);
    at = put(at, a.name.value);
    at = put(at, a.notes.value);
    at = put(at, a.sport.value);
    if (*a.rpe) at = put(at, **a.rpe);
    if (*a.feeling) at = put(at, **a.feeling);
    at = put(at, a.tags.value);
    at = put(at, a.distance_m.value);
    at = put(at, a.elapsed_s.value);
    at = put(at, a.moving_s.value);
    at = put(at, a.ascent_m.value);
    at = put(at, a.descent_m.value);
    at = put(at, a.avg_speed_mps.value);
    at = put(at, a.max_speed_mps.value);
    at = put(at, a.avg_heart_rate_bpm.value);
    at = put(at, a.max_heart_rate_bpm.value);
    at = put(at, a.calories.value);
    if (*a.avg_power_w) at = put(at, **a.avg_power_w);
    if (*a.normalized_power_w) at = put(at, **a.normalized_power_w);
    if (*a.intensity_factor) at = put(at, **a.intensity_factor);
    if (*a.training_stress) at = put(at, **a.training_stress);
    if (*a.avg_cadence_rpm) at = put(at, **a.avg_cadence_rpm);
    if (*a.max_cadence_rpm) at = put(at, **a.max_cadence_rpm);
    if (*a.avg_temperature_c) at = put(at, **a.avg_temperature_c);
    if (*a.gear) at = put(at, **a.gear);
    at = put(at, a.device.value);
    return at;
  });
}

/// Reads bytes that may be anything; after a failure `at` is at the end and all is zero.
struct input {
  const char* at;
  const char* end;
  bool failed = false;

  [[gnu::noinline, gnu::cold]] void fail() { failed = true, at = end; }

  [[gnu::always_inline]] std::uint64_t varint() {
    if (at != end && static_cast<unsigned char>(*at) < 0x80) [[likely]] return static_cast<unsigned char>(*at++);
    return long_varint();
  }
  [[gnu::noinline]] std::uint64_t long_varint() {
    std::uint64_t v = 0;
    for (unsigned shift = 0; shift < 64 && at != end; shift += 7) {
      const std::uint64_t part = static_cast<unsigned char>(*at++);
      v |= (part & 0x7F) << shift;
      if (part >= 0x80) continue;
      if ((part == 0 && shift != 0) || (shift == 63 && part > 1)) break;
      return v;
    }
    fail();
    return 0;
  }
  [[gnu::always_inline]] unsigned byte() {
    if (at == end) [[unlikely]] return fail(), 0;
    return static_cast<unsigned char>(*at++);
  }
  [[gnu::always_inline]] bool flag() {
    const unsigned b = byte();
    if (b > 1) [[unlikely]] fail();
    return b == 1;
  }
};

[[gnu::always_inline]] inline void get(input& in, std::int64_t& v) {
  const std::uint64_t bits = in.varint();
  v = static_cast<std::int64_t>(bits >> 1 ^ -(bits & 1));
}
[[gnu::always_inline]] inline void get(input& in, int& v) {
  const std::uint64_t bits = in.varint();
  if (bits >> 32 != 0) [[unlikely]] return in.fail();
  v = static_cast<int>(static_cast<std::uint32_t>(bits >> 1) ^ -static_cast<std::uint32_t>(bits & 1));
}
[[gnu::always_inline]] inline void get(input& in, double& v) {
  if (in.end - in.at < 8) [[unlikely]] return in.fail();
  std::memcpy(&v, in.at, 8);
  in.at += 8;
}
[[gnu::always_inline]] inline void get(input& in, bool& v) { v = in.flag(); }
[[gnu::always_inline]] inline void get(input& in, bench::sport& v) { v = static_cast<bench::sport>(in.byte()); }
inline void get(input& in, std::string& v) {
  const std::uint64_t size = in.varint();
  if (size > static_cast<std::size_t>(in.end - in.at)) [[unlikely]] return in.fail();
  const std::string_view bytes(in.at, size);
  if (!syncline::is_utf8(bytes)) [[unlikely]] return in.fail();
  v.assign(bytes);
  in.at += size;
}
inline void get(input& in, std::vector<std::string>& v) {
  const std::uint64_t size = in.varint();
  if (size > static_cast<std::size_t>(in.end - in.at)) [[unlikely]] return in.fail();
  if (v.size() > size) v.resize(size);
  for (std::size_t i = 0; i < size && !in.failed; ++i) {
    if (i == v.size()) v.emplace_back();
    get(in, v[i]);
  }
}
template <class T>
[[gnu::always_inline]] inline void get(input& in, std::optional<T>& v, bool is_there) {
  if (!is_there) return v.reset();
  if (!v) v.emplace();
  get(in, *v);
}
template <class T>
[[gnu::always_inline]] inline void get(input& in, std::optional<T>& v) {
  get(in, v, in.flag());
}

/// Puts an encoded delta into a record; false if the bytes are none.
inline bool apply(std::string_view bytes, activity& a) {
  input in{bytes.data(), bytes.data() + bytes.size()};
  const std::uint64_t mask = in.varint();
  if ((mask & bit(i_id)) != 0 || mask >> 28 != 0) return false;
  if (mask & bit(i_started_at_ms)) get(in, a.started_at_ms.value);
  if (mask & bit(i_name)) get(in, a.name.value);
  if (mask & bit(i_notes)) get(in, a.notes.value);
  if (mask & bit(i_sport)) get(in, a.sport.value);
  if (mask & bit(i_rpe)) get(in, a.rpe.value);
  if (mask & bit(i_feeling)) get(in, a.feeling.value);
  if (mask & bit(i_tags)) get(in, a.tags.value);
  if (mask & bit(i_distance_m)) get(in, a.distance_m.value);
  if (mask & bit(i_elapsed_s)) get(in, a.elapsed_s.value);
  if (mask & bit(i_moving_s)) get(in, a.moving_s.value);
  if (mask & bit(i_ascent_m)) get(in, a.ascent_m.value);
  if (mask & bit(i_descent_m)) get(in, a.descent_m.value);
  if (mask & bit(i_avg_speed_mps)) get(in, a.avg_speed_mps.value);
  if (mask & bit(i_max_speed_mps)) get(in, a.max_speed_mps.value);
  if (mask & bit(i_avg_heart_rate_bpm)) get(in, a.avg_heart_rate_bpm.value);
  if (mask & bit(i_max_heart_rate_bpm)) get(in, a.max_heart_rate_bpm.value);
  if (mask & bit(i_calories)) get(in, a.calories.value);
  if (mask & bit(i_avg_power_w)) get(in, a.avg_power_w.value);
  if (mask & bit(i_normalized_power_w)) get(in, a.normalized_power_w.value);
  if (mask & bit(i_intensity_factor)) get(in, a.intensity_factor.value);
  if (mask & bit(i_training_stress)) get(in, a.training_stress.value);
  if (mask & bit(i_avg_cadence_rpm)) get(in, a.avg_cadence_rpm.value);
  if (mask & bit(i_max_cadence_rpm)) get(in, a.max_cadence_rpm.value);
  if (mask & bit(i_avg_temperature_c)) get(in, a.avg_temperature_c.value);
  if (mask & bit(i_gear)) get(in, a.gear.value);
  if (mask & bit(i_device)) get(in, a.device.value);
  if (mask & bit(i_is_private)) get(in, a.is_private.value);
  return !in.failed && in.at == in.end;
}

/// Reads a record into memory that is used again; false if the bytes are none.
inline bool decode(std::string_view bytes, activity& a) {
  input in{bytes.data(), bytes.data() + bytes.size()};
  unsigned flags = in.byte();
  flags |= in.byte() << 8;
  if (flags >> 11 != 0) return false;
  get(in, a.id.value);
  get(in, a.started_at_ms.value);
  get(in, a.name.value);
  get(in, a.notes.value);
  get(in, a.sport.value);
  get(in, a.rpe.value, flags >> 0 & 1);
  get(in, a.feeling.value, flags >> 1 & 1);
  get(in, a.tags.value);
  get(in, a.distance_m.value);
  get(in, a.elapsed_s.value);
  get(in, a.moving_s.value);
  get(in, a.ascent_m.value);
  get(in, a.descent_m.value);
  get(in, a.avg_speed_mps.value);
  get(in, a.max_speed_mps.value);
  get(in, a.avg_heart_rate_bpm.value);
  get(in, a.max_heart_rate_bpm.value);
  get(in, a.calories.value);
  get(in, a.avg_power_w.value, flags >> 2 & 1);
  get(in, a.normalized_power_w.value, flags >> 3 & 1);
  get(in, a.intensity_factor.value, flags >> 4 & 1);
  get(in, a.training_stress.value, flags >> 5 & 1);
  get(in, a.avg_cadence_rpm.value, flags >> 6 & 1);
  get(in, a.max_cadence_rpm.value, flags >> 7 & 1);
  get(in, a.avg_temperature_c.value, flags >> 8 & 1);
  get(in, a.gear.value, flags >> 9 & 1);
  get(in, a.device.value);
  a.is_private = (flags >> 10 & 1) != 0;
  return !in.failed && in.at == in.end;
}

}  // namespace hand

// SPDX-License-Identifier: BSL-1.0
#pragma once
// What one would write for this one struct without the framework: every field by name. Differences, and merges.
//
// It takes the framework's structs so that both sides work on the same memory and their results can be compared; a
// field's `value` is the plain member. It uses none of the framework's functions.

#include "activity.hpp"
#include "hand_steps.hpp"

#include <syncline/resolve.hpp>

#include <cstdint>
#include <utility>

namespace hand {

using bench::activity;

using delta = syncline::delta<activity>;
using change = syncline::change<activity>;
using decisions = syncline::decisions<activity>;
using stamps = syncline::stamps<activity>;

/// The position of each field, and its bit.
enum index : unsigned {
  i_id,
  i_started_at_ms,   i_name,   i_notes,   i_sport,   i_rpe,   i_feeling,   i_tags,   i_distance_m,   i_elapsed_s,
  i_moving_s,   i_ascent_m,   i_descent_m,   i_avg_speed_mps,   i_max_speed_mps,   i_avg_heart_rate_bpm,
  i_max_heart_rate_bpm,   i_calories,   i_avg_power_w,   i_normalized_power_w,   i_intensity_factor,
  i_training_stress,   i_avg_cadence_rpm,   i_max_cadence_rpm,   i_avg_temperature_c,   i_gear,   i_device,
  i_is_private,
};

/// Which fields differ; the key is not compared.
inline std::uint64_t changed_fields(const activity& a, const activity& b) {
  std::uint64_t mask = 0;
  mask |= std::uint64_t{differs(a.started_at_ms.value, b.started_at_ms.value)} << i_started_at_ms;
  mask |= std::uint64_t{differs(a.name.value, b.name.value)} << i_name;
  mask |= std::uint64_t{differs(a.notes.value, b.notes.value)} << i_notes;
  mask |= std::uint64_t{differs(a.sport.value, b.sport.value)} << i_sport;
  mask |= std::uint64_t{differs(a.rpe.value, b.rpe.value)} << i_rpe;
  mask |= std::uint64_t{differs(a.feeling.value, b.feeling.value)} << i_feeling;
  mask |= std::uint64_t{differs(a.tags.value, b.tags.value)} << i_tags;
  mask |= std::uint64_t{differs(a.distance_m.value, b.distance_m.value)} << i_distance_m;
  mask |= std::uint64_t{differs(a.elapsed_s.value, b.elapsed_s.value)} << i_elapsed_s;
  mask |= std::uint64_t{differs(a.moving_s.value, b.moving_s.value)} << i_moving_s;
  mask |= std::uint64_t{differs(a.ascent_m.value, b.ascent_m.value)} << i_ascent_m;
  mask |= std::uint64_t{differs(a.descent_m.value, b.descent_m.value)} << i_descent_m;
  mask |= std::uint64_t{differs(a.avg_speed_mps.value, b.avg_speed_mps.value)} << i_avg_speed_mps;
  mask |= std::uint64_t{differs(a.max_speed_mps.value, b.max_speed_mps.value)} << i_max_speed_mps;
  mask |= std::uint64_t{differs(a.avg_heart_rate_bpm.value, b.avg_heart_rate_bpm.value)} << i_avg_heart_rate_bpm;
  mask |= std::uint64_t{differs(a.max_heart_rate_bpm.value, b.max_heart_rate_bpm.value)} << i_max_heart_rate_bpm;
  mask |= std::uint64_t{differs(a.calories.value, b.calories.value)} << i_calories;
  mask |= std::uint64_t{differs(a.avg_power_w.value, b.avg_power_w.value)} << i_avg_power_w;
  mask |= std::uint64_t{differs(a.normalized_power_w.value, b.normalized_power_w.value)} << i_normalized_power_w;
  mask |= std::uint64_t{differs(a.intensity_factor.value, b.intensity_factor.value)} << i_intensity_factor;
  mask |= std::uint64_t{differs(a.training_stress.value, b.training_stress.value)} << i_training_stress;
  mask |= std::uint64_t{differs(a.avg_cadence_rpm.value, b.avg_cadence_rpm.value)} << i_avg_cadence_rpm;
  mask |= std::uint64_t{differs(a.max_cadence_rpm.value, b.max_cadence_rpm.value)} << i_max_cadence_rpm;
  mask |= std::uint64_t{differs(a.avg_temperature_c.value, b.avg_temperature_c.value)} << i_avg_temperature_c;
  mask |= std::uint64_t{differs(a.gear.value, b.gear.value)} << i_gear;
  mask |= std::uint64_t{differs(a.device.value, b.device.value)} << i_device;
  mask |= std::uint64_t{differs(a.is_private.value, b.is_private.value)} << i_is_private;
  return mask;
}

template <class T>
[[gnu::always_inline]] inline void note(std::uint64_t& mask, unsigned i, const T& before, const T& after, T& out) {
  if (!differs(before, after)) return;
  mask |= bit(i);
  out = after;
}

/// What changed, into a delta whose memory is used again.
inline void diff_into(const activity& a, const activity& b, delta& out) {
  std::uint64_t mask = 0;
  activity& v = out.values;
  note(mask, i_started_at_ms, a.started_at_ms.value, b.started_at_ms.value, v.started_at_ms.value);
  note(mask, i_name, a.name.value, b.name.value, v.name.value);
  note(mask, i_notes, a.notes.value, b.notes.value, v.notes.value);
  note(mask, i_sport, a.sport.value, b.sport.value, v.sport.value);
  note(mask, i_rpe, a.rpe.value, b.rpe.value, v.rpe.value);
  note(mask, i_feeling, a.feeling.value, b.feeling.value, v.feeling.value);
  note(mask, i_tags, a.tags.value, b.tags.value, v.tags.value);
  note(mask, i_distance_m, a.distance_m.value, b.distance_m.value, v.distance_m.value);
  note(mask, i_elapsed_s, a.elapsed_s.value, b.elapsed_s.value, v.elapsed_s.value);
  note(mask, i_moving_s, a.moving_s.value, b.moving_s.value, v.moving_s.value);
  note(mask, i_ascent_m, a.ascent_m.value, b.ascent_m.value, v.ascent_m.value);
  note(mask, i_descent_m, a.descent_m.value, b.descent_m.value, v.descent_m.value);
  note(mask, i_avg_speed_mps, a.avg_speed_mps.value, b.avg_speed_mps.value, v.avg_speed_mps.value);
  note(mask, i_max_speed_mps, a.max_speed_mps.value, b.max_speed_mps.value, v.max_speed_mps.value);
  note(mask, i_avg_heart_rate_bpm, a.avg_heart_rate_bpm.value, b.avg_heart_rate_bpm.value, v.avg_heart_rate_bpm.value);
  note(mask, i_max_heart_rate_bpm, a.max_heart_rate_bpm.value, b.max_heart_rate_bpm.value, v.max_heart_rate_bpm.value);
  note(mask, i_calories, a.calories.value, b.calories.value, v.calories.value);
  note(mask, i_avg_power_w, a.avg_power_w.value, b.avg_power_w.value, v.avg_power_w.value);
  note(mask, i_normalized_power_w, a.normalized_power_w.value, b.normalized_power_w.value, v.normalized_power_w.value);
  note(mask, i_intensity_factor, a.intensity_factor.value, b.intensity_factor.value, v.intensity_factor.value);
  note(mask, i_training_stress, a.training_stress.value, b.training_stress.value, v.training_stress.value);
  note(mask, i_avg_cadence_rpm, a.avg_cadence_rpm.value, b.avg_cadence_rpm.value, v.avg_cadence_rpm.value);
  note(mask, i_max_cadence_rpm, a.max_cadence_rpm.value, b.max_cadence_rpm.value, v.max_cadence_rpm.value);
  note(mask, i_avg_temperature_c, a.avg_temperature_c.value, b.avg_temperature_c.value, v.avg_temperature_c.value);
  note(mask, i_gear, a.gear.value, b.gear.value, v.gear.value);
  note(mask, i_device, a.device.value, b.device.value, v.device.value);
  note(mask, i_is_private, a.is_private.value, b.is_private.value, v.is_private.value);
  out.fields = syncline::field_set<activity>{mask};
}

/// Puts a delta into a record.
inline void apply(activity& a, const delta& d) {
  const std::uint64_t mask = d.fields.bits();
  const activity& v = d.values;
  if (mask & bit(i_started_at_ms)) a.started_at_ms.value = v.started_at_ms.value;
  if (mask & bit(i_name)) a.name.value = v.name.value;
  if (mask & bit(i_notes)) a.notes.value = v.notes.value;
  if (mask & bit(i_sport)) a.sport.value = v.sport.value;
  if (mask & bit(i_rpe)) a.rpe.value = v.rpe.value;
  if (mask & bit(i_feeling)) a.feeling.value = v.feeling.value;
  if (mask & bit(i_tags)) a.tags.value = v.tags.value;
  if (mask & bit(i_distance_m)) a.distance_m.value = v.distance_m.value;
  if (mask & bit(i_elapsed_s)) a.elapsed_s.value = v.elapsed_s.value;
  if (mask & bit(i_moving_s)) a.moving_s.value = v.moving_s.value;
  if (mask & bit(i_ascent_m)) a.ascent_m.value = v.ascent_m.value;
  if (mask & bit(i_descent_m)) a.descent_m.value = v.descent_m.value;
  if (mask & bit(i_avg_speed_mps)) a.avg_speed_mps.value = v.avg_speed_mps.value;
  if (mask & bit(i_max_speed_mps)) a.max_speed_mps.value = v.max_speed_mps.value;
  if (mask & bit(i_avg_heart_rate_bpm)) a.avg_heart_rate_bpm.value = v.avg_heart_rate_bpm.value;
  if (mask & bit(i_max_heart_rate_bpm)) a.max_heart_rate_bpm.value = v.max_heart_rate_bpm.value;
  if (mask & bit(i_calories)) a.calories.value = v.calories.value;
  if (mask & bit(i_avg_power_w)) a.avg_power_w.value = v.avg_power_w.value;
  if (mask & bit(i_normalized_power_w)) a.normalized_power_w.value = v.normalized_power_w.value;
  if (mask & bit(i_intensity_factor)) a.intensity_factor.value = v.intensity_factor.value;
  if (mask & bit(i_training_stress)) a.training_stress.value = v.training_stress.value;
  if (mask & bit(i_avg_cadence_rpm)) a.avg_cadence_rpm.value = v.avg_cadence_rpm.value;
  if (mask & bit(i_max_cadence_rpm)) a.max_cadence_rpm.value = v.max_cadence_rpm.value;
  if (mask & bit(i_avg_temperature_c)) a.avg_temperature_c.value = v.avg_temperature_c.value;
  if (mask & bit(i_gear)) a.gear.value = v.gear.value;
  if (mask & bit(i_device)) a.device.value = v.device.value;
  if (mask & bit(i_is_private)) a.is_private.value = v.is_private.value;
}

/// The three-way merge, in place, field by field.
inline void merge(const activity& b, activity& m, stamps& ms, const activity& r, const stamps& rs, decisions& how) {
  three_way x{{ms.data(), how.rules.data()}, rs.data()};
  activity& l = how.lost;
  x.owned(i_started_at_ms, b.started_at_ms, m.started_at_ms, r.started_at_ms, l.started_at_ms,
          rule::first_value, r.started_at_ms.value != 0);
  x.latest(i_name, b.name, m.name, r.name, l.name);
  x.latest(i_notes, b.notes, m.notes, r.notes, l.notes);
  x.latest(i_sport, b.sport, m.sport, r.sport, l.sport);
  x.latest(i_rpe, b.rpe, m.rpe, r.rpe, l.rpe);
  x.latest(i_feeling, b.feeling, m.feeling, r.feeling, l.feeling);
  x.latest(i_tags, b.tags, m.tags, r.tags, l.tags);
  x.owned(i_distance_m, b.distance_m, m.distance_m, r.distance_m, l.distance_m);
  x.owned(i_elapsed_s, b.elapsed_s, m.elapsed_s, r.elapsed_s, l.elapsed_s);
  x.owned(i_moving_s, b.moving_s, m.moving_s, r.moving_s, l.moving_s);
  x.owned(i_ascent_m, b.ascent_m, m.ascent_m, r.ascent_m, l.ascent_m);
  x.owned(i_descent_m, b.descent_m, m.descent_m, r.descent_m, l.descent_m);
  x.owned(i_avg_speed_mps, b.avg_speed_mps, m.avg_speed_mps, r.avg_speed_mps, l.avg_speed_mps);
  x.owned(i_max_speed_mps, b.max_speed_mps, m.max_speed_mps, r.max_speed_mps, l.max_speed_mps);
  x.owned(i_avg_heart_rate_bpm, b.avg_heart_rate_bpm, m.avg_heart_rate_bpm, r.avg_heart_rate_bpm, l.avg_heart_rate_bpm);
  x.owned(i_max_heart_rate_bpm, b.max_heart_rate_bpm, m.max_heart_rate_bpm, r.max_heart_rate_bpm, l.max_heart_rate_bpm);
  x.latest(i_calories, b.calories, m.calories, r.calories, l.calories);
  x.owned(i_avg_power_w, b.avg_power_w, m.avg_power_w, r.avg_power_w, l.avg_power_w);
  x.owned(i_normalized_power_w, b.normalized_power_w, m.normalized_power_w, r.normalized_power_w, l.normalized_power_w);
  x.owned(i_intensity_factor, b.intensity_factor, m.intensity_factor, r.intensity_factor, l.intensity_factor);
  x.owned(i_training_stress, b.training_stress, m.training_stress, r.training_stress, l.training_stress);
  x.owned(i_avg_cadence_rpm, b.avg_cadence_rpm, m.avg_cadence_rpm, r.avg_cadence_rpm, l.avg_cadence_rpm);
  x.owned(i_max_cadence_rpm, b.max_cadence_rpm, m.max_cadence_rpm, r.max_cadence_rpm, l.max_cadence_rpm);
  x.owned(i_avg_temperature_c, b.avg_temperature_c, m.avg_temperature_c, r.avg_temperature_c, l.avg_temperature_c);
  x.latest(i_gear, b.gear, m.gear, r.gear, l.gear);
  x.owned(i_device, b.device, m.device, r.device, l.device, rule::first_value, !r.device.value.empty());
  x.latest(i_is_private, b.is_private, m.is_private, r.is_private, l.is_private);
  x.store(how);
}

struct arriving : merging {
  const change& c;
  const syncline::device_id& by;
  std::uint64_t unseen;

  /// A field that the later write decides.
  template <class F>
  [[gnu::always_inline]] void latest(unsigned i, const F& value, F& present, F& lost) {
    if ((c.what.fields.bits() & bit(i)) == 0) return;
    stamp& present_at = mine_at[i];
    const auto take = [&](rule r) {
      const stamp written{c.times[i], by};
      present_at = written > present_at ? written : stamp{present_at.time.after(), by};
      present.value = value.value;
      keep(i, r);
    };
    if ((unseen & bit(i)) == 0) return take(rule::seen);
    const stamp written{c.times[i], by};
    if (!differs(value.value, present.value)) {
      if (present_at < written) return take(rule::same_value);
      return give(i, rule::same_value);
    }
    dropped |= bit(i);
    rule r;
    if (stands(value.value, written, present.value, present_at, r)) {
      std::swap(lost.value, present.value);
      return take(r);
    }
    lost.value = value.value;
    give(i, r);
  }

  /// A field that takes no change any more: the server's, or one that is set once and has a value.
  template <class F>
  [[gnu::always_inline]] void owned(unsigned i, const F& value, F& present, F& lost, rule r = rule::server_owned,
                                    bool is_closed = true) {
    if ((c.what.fields.bits() & bit(i)) == 0) return;
    if (!is_closed && (unseen & bit(i)) == 0) {
      present.value = value.value;
      return keep(i, rule::seen);
    }
    if (!differs(value.value, present.value)) return give(i, rule::same_value);
    dropped |= bit(i);
    if (is_closed) {
      lost.value = value.value;
      return give(i, r);
    }
    lost.value = present.value;
    present.value = value.value;
    keep(i, r);
  }
};

/// Puts a client's change into a record of which the client had not seen the changes in `unseen`.
inline void merge_change(const change& c, const syncline::device_id& by, std::uint64_t unseen, activity& p, stamps& ps,
                         decisions& how) {
  arriving x{{ps.data(), how.rules.data()}, c, by, unseen};
  const activity& v = c.what.values;
  activity& l = how.lost;
  x.owned(i_started_at_ms, v.started_at_ms, p.started_at_ms, l.started_at_ms,
          rule::first_value, p.started_at_ms.value != 0);
  x.latest(i_name, v.name, p.name, l.name);
  x.latest(i_notes, v.notes, p.notes, l.notes);
  x.latest(i_sport, v.sport, p.sport, l.sport);
  x.latest(i_rpe, v.rpe, p.rpe, l.rpe);
  x.latest(i_feeling, v.feeling, p.feeling, l.feeling);
  x.latest(i_tags, v.tags, p.tags, l.tags);
  x.owned(i_distance_m, v.distance_m, p.distance_m, l.distance_m);
  x.owned(i_elapsed_s, v.elapsed_s, p.elapsed_s, l.elapsed_s);
  x.owned(i_moving_s, v.moving_s, p.moving_s, l.moving_s);
  x.owned(i_ascent_m, v.ascent_m, p.ascent_m, l.ascent_m);
  x.owned(i_descent_m, v.descent_m, p.descent_m, l.descent_m);
  x.owned(i_avg_speed_mps, v.avg_speed_mps, p.avg_speed_mps, l.avg_speed_mps);
  x.owned(i_max_speed_mps, v.max_speed_mps, p.max_speed_mps, l.max_speed_mps);
  x.owned(i_avg_heart_rate_bpm, v.avg_heart_rate_bpm, p.avg_heart_rate_bpm, l.avg_heart_rate_bpm);
  x.owned(i_max_heart_rate_bpm, v.max_heart_rate_bpm, p.max_heart_rate_bpm, l.max_heart_rate_bpm);
  x.latest(i_calories, v.calories, p.calories, l.calories);
  x.owned(i_avg_power_w, v.avg_power_w, p.avg_power_w, l.avg_power_w);
  x.owned(i_normalized_power_w, v.normalized_power_w, p.normalized_power_w, l.normalized_power_w);
  x.owned(i_intensity_factor, v.intensity_factor, p.intensity_factor, l.intensity_factor);
  x.owned(i_training_stress, v.training_stress, p.training_stress, l.training_stress);
  x.owned(i_avg_cadence_rpm, v.avg_cadence_rpm, p.avg_cadence_rpm, l.avg_cadence_rpm);
  x.owned(i_max_cadence_rpm, v.max_cadence_rpm, p.max_cadence_rpm, l.max_cadence_rpm);
  x.owned(i_avg_temperature_c, v.avg_temperature_c, p.avg_temperature_c, l.avg_temperature_c);
  x.latest(i_gear, v.gear, p.gear, l.gear);
  x.owned(i_device, v.device, p.device, l.device, rule::first_value, !p.device.value.empty());
  x.latest(i_is_private, v.is_private, p.is_private, l.is_private);
  x.store(how);
}

}  // namespace hand

// SPDX-License-Identifier: BSL-1.0
#pragma once
// Random conflicts: a base, what two sides made of it, and when.

#include "laws/records.hpp"

#include <syncline/change/delta.hpp>
#include <syncline/change/stamp.hpp>
#include <syncline/testing/generate.hpp>

namespace cases {

/// A conflict over one record. Stamps are few, so that all the ties occur.
template <class R>
struct conflict {
  R base{}, local{}, remote{};
  syncline::stamps<R> local_stamps{}, remote_stamps{};
};

inline syncline::stamp random_stamp(syncline::generator& from) {
  static constexpr std::string_view devices[]{"phone", "phone2", "watch"};
  return {{1 + from.random.below(3)}, syncline::device_id(devices[from.random.below(3)])};
}

template <class R>
conflict<R> random_conflict(syncline::generator& from) {
  using namespace syncline;
  conflict<R> made;
  made.base = from.random.chance(0.2) ? R{} : from.record<R>();
  made.local = from.edited(made.base, 0.6);
  made.remote = from.edited(made.base, 0.6);
  for_each_field(
      [&](auto, auto& local, auto& remote) {
        if (from.random.chance(0.15)) value_of(local) = value_of(remote);
      },
      made.local, made.remote);
  value_of(get_field<schema<R>::key_index>(made.local)) = key_of(made.base);
  value_of(get_field<schema<R>::key_index>(made.remote)) = key_of(made.base);
  const auto changed_here = changed_fields(made.base, made.local), changed_there = changed_fields(made.base, made.remote);
  for (std::size_t i = 0; i < field_count<R>; ++i) {
    const stamp old = from.random.chance(0.5) ? stamp{} : stamp{{1}, device_id("old")};
    made.local_stamps[i] = changed_here.contains(i) ? random_stamp(from) : old;
    made.remote_stamps[i] = changed_there.contains(i) ? random_stamp(from) : old;
  }
  return made;
}

}  // namespace cases

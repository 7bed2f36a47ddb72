// SPDX-License-Identifier: BSL-1.0
// expect: [syncline] record 'activity': field 'heart_rate' is chunked<Sample, seconds<N>>, and Sample has no time: give it a `syncline::timestamp` or a duration, or cut by points<N> or bytes<N>

#include <syncline/record/schema.hpp>

struct sample {
  double bpm{};
};

struct activity {
  static constexpr syncline::record_info sync{.table = "activities"};

  syncline::key<std::string> id{};
#ifdef TWIN
  syncline::chunked<sample, syncline::points<60>> heart_rate{};
#else
  syncline::chunked<sample, syncline::seconds<60>> heart_rate{};
#endif
};

constexpr auto table = syncline::schema<activity>::table;

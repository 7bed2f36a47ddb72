// SPDX-License-Identifier: BSL-1.0
// expect: [syncline] record 'activity': field 'heart_rate' is chunked<Sample, Split>, and Split is no way to cut a series: use points<N>, bytes<N> or seconds<N>

#include <syncline/record/schema.hpp>

struct sample {
  double bpm{};
};

struct activity {
  static constexpr syncline::record_info sync{.table = "activities"};

  syncline::key<std::string> id{};
#ifdef TWIN
  syncline::chunked<sample, syncline::bytes<1000>> heart_rate{};
#else
  syncline::chunked<sample, std::string> heart_rate{};
#endif
};

constexpr auto table = syncline::schema<activity>::table;

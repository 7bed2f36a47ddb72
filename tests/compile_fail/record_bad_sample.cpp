// SPDX-License-Identifier: BSL-1.0
// expect: [syncline] record 'activity': field 'heart_rate' is chunked<Sample, Split>, and Sample cannot be coded: use a plain aggregate of codable fields

#include <syncline/record/schema.hpp>

struct sample {
#ifdef TWIN
  int bpm{};
#else
  int* bpm{};
#endif
};

struct activity {
  static constexpr syncline::record_info sync{.table = "activities"};

  syncline::key<std::string> id{};
  syncline::chunked<sample> heart_rate{};
};

constexpr auto table = syncline::schema<activity>::table;

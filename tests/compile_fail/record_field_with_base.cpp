// SPDX-License-Identifier: BSL-1.0
// expect: [syncline] record 'activity': field 'start' has a type that cannot be coded: use numbers, bool, enum classes, std::string

#include <syncline/record/schema.hpp>

struct place {
  double latitude{}, longitude{};
};

#ifdef TWIN
struct high_place {
  place where{};
#else
struct high_place : place {
#endif
  double altitude_m{};
};

struct activity {
  static constexpr syncline::record_info sync{.table = "activities"};

  syncline::key<std::string> id{};
  syncline::lww<high_place> start{};
};

constexpr auto table = syncline::schema<activity>::table;

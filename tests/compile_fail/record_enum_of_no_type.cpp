// SPDX-License-Identifier: BSL-1.0
// expect: [syncline] record 'activity': field 'what' has a type that cannot be coded: use numbers, bool, enum classes, std::string

#include <syncline/record/schema.hpp>

#ifdef TWIN
enum sport : unsigned char { run, ride };
#else
enum sport { run, ride };
#endif

struct activity {
  static constexpr syncline::record_info sync{.table = "activities"};

  syncline::key<std::string> id{};
  syncline::lww<sport> what{};
};

constexpr auto table = syncline::schema<activity>::table;

// SPDX-License-Identifier: BSL-1.0
// expect: [syncline] record 'activity': field 'id' is a key of a type that cannot name a record: use std::string, an integer or an enumeration

#include <syncline/record/schema.hpp>

struct activity {
  static constexpr syncline::record_info sync{.table = "activities"};

#ifdef TWIN
  syncline::key<std::string> id{};
#else
  syncline::key<double> id{};
#endif
};

constexpr auto table = syncline::schema<activity>::table;

// SPDX-License-Identifier: BSL-1.0
// expect: [syncline] record 'activity': field 'name' has a type that cannot be coded: use numbers, bool, enum classes, std::string

#include <syncline/record/schema.hpp>

struct activity {
  static constexpr syncline::record_info sync{.table = "activities"};

  syncline::key<std::string> id{};
#ifdef TWIN
  syncline::lww<std::string> name{};
#else
  syncline::lww<const char*> name{};
#endif
};

constexpr auto table = syncline::schema<activity>::table;

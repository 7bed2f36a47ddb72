// SPDX-License-Identifier: BSL-1.0
// expect: [syncline] record 'activity' has no table name

#include <syncline/record/schema.hpp>

struct activity {
#ifdef TWIN
  static constexpr syncline::record_info sync{.table = "activities"};
#else
  static constexpr syncline::record_info sync{.version = 2};
#endif

  syncline::key<std::string> id{};
};

constexpr auto table = syncline::schema<activity>::table;

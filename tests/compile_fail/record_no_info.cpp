// SPDX-License-Identifier: BSL-1.0
// expect: [syncline] record 'activity' says nothing of itself: add `static constexpr syncline::record_info sync{.table =

#include <syncline/record/schema.hpp>

struct activity {
#ifdef TWIN
  static constexpr syncline::record_info sync{.table = "activities"};
#endif

  syncline::key<std::string> id{};
  syncline::lww<std::string> name{};
};

constexpr auto table = syncline::schema<activity>::table;

// SPDX-License-Identifier: BSL-1.0
// expect: [syncline] record 'activity': field 'device_id' is a second key: keep one `syncline::key<T>` and declare the other `syncline::once<T>`

#include <syncline/record/schema.hpp>

struct activity {
  static constexpr syncline::record_info sync{.table = "activities"};

  syncline::key<std::string> id{};
#ifdef TWIN
  syncline::once<std::string> device_id{};
#else
  syncline::key<std::string> device_id{};
#endif
  syncline::lww<std::string> name{};
};

constexpr auto table = syncline::schema<activity>::table;

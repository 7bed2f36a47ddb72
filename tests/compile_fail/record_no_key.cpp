// SPDX-License-Identifier: BSL-1.0
// expect: [syncline] record 'activity' has no key: declare one field `syncline::key<T>`, for example `syncline::key<std::string> id{}

#include <syncline/record/schema.hpp>

struct activity {
  static constexpr syncline::record_info sync{.table = "activities"};

#ifdef TWIN
  syncline::key<std::string> id{};
#else
  std::string id{};
#endif
  syncline::lww<std::string> name{};
};

constexpr auto table = syncline::schema<activity>::table;

// SPDX-License-Identifier: BSL-1.0
// expect: [syncline] record 'activity': field 'rpe' has a policy where it stands and another in policies_of: keep one

#include <syncline/record/schema.hpp>

struct activity {
  
  syncline::key<std::string> id{};
#ifdef TWIN
  int rpe{};
#else
  syncline::client<int> rpe{};
#endif
};

template <>
struct syncline::policies_of<activity> {
  static constexpr record_info sync{.table = "activities"};

  policy::client rpe;
};

constexpr auto table = syncline::schema<activity>::table;

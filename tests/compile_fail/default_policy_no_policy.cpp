// SPDX-License-Identifier: BSL-1.0
// expect: [syncline] record 'activity' has a default policy that cannot be one: use policy::server, policy::client, policy::lww, policy::once or policy::merge<How>

#include <syncline/record/schema.hpp>

struct activity {
  static constexpr syncline::record_info sync{.table = "activities"};
#ifdef TWIN
  using default_policy = syncline::policy::once;
#else
  using default_policy = syncline::server<int>;
#endif

  syncline::key<std::string> id{};
  int rpe{};
};

constexpr auto table = syncline::schema<activity>::table;

// SPDX-License-Identifier: BSL-1.0
// expect: [syncline] record 'activity' has a default policy, and policies_of has one too: keep one of the two

#include <syncline/record/schema.hpp>

struct activity {
  using default_policy = syncline::policy::server;

  syncline::key<std::string> id{};
  int rpe{};
};

template <>
struct syncline::policies_of<activity> {
  static constexpr record_info sync{.table = "activities"};
#ifndef TWIN
  using default_policy = policy::client;
#endif
};

constexpr auto table = syncline::schema<activity>::table;

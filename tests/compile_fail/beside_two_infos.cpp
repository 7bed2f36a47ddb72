// SPDX-License-Identifier: BSL-1.0
// expect: [syncline] record 'activity' says of itself what `policies_of` says too: keep one of the two `record_info sync`

#include <syncline/record/schema.hpp>

struct activity {
  static constexpr syncline::record_info sync{.table = "activities"};

  syncline::key<std::string> id{};
  int rpe{};
};

template <>
struct syncline::policies_of<activity> {
#ifndef TWIN
  static constexpr record_info sync{.table = "activities"};
#endif

  policy::client rpe;
};

constexpr auto table = syncline::schema<activity>::table;

// SPDX-License-Identifier: BSL-1.0
// expect: [syncline] record 'activity': field 'heart_rate' is chunked<T>, so code that acts for the server cannot write it: let a device write it (replica.edit)

#include <syncline/change/edit.hpp>

struct activity {
  static constexpr syncline::record_info sync{.table = "activities"};

  syncline::key<std::string> id{};
  syncline::server<double> distance_m{};
  syncline::chunked<double> heart_rate{};
};

auto edited(const activity& a) {
  return syncline::edit<syncline::role::server>(a, [](auto& e) {
#ifdef TWIN
    e[syncline::the<&activity::distance_m>] = 7;
#else
    e[syncline::the<&activity::heart_rate>] = syncline::manifest{};
#endif
  });
}

// SPDX-License-Identifier: BSL-1.0
// expect: [syncline] record 'activity': field 'distance_m' is server<T>, so code that acts for a client cannot write it: let the hub write it (hub.edit), or declare it `client` or `lww`

#include <syncline/change/edit.hpp>

struct activity {
  static constexpr syncline::record_info sync{.table = "activities"};
  using default_policy = syncline::policy::server;

  syncline::key<std::string> id{};
  double distance_m{};
  syncline::client<int> rpe{};
};

auto edited(const activity& a) {
  return syncline::edit<syncline::role::client>(a, [](auto& e) {
#ifdef TWIN
    e[syncline::the<&activity::rpe>] = 7;
#else
    e[syncline::the<&activity::distance_m>] = 7;
#endif
  });
}

// SPDX-License-Identifier: BSL-1.0
// expect: [syncline] record 'activity': field 'id' is key<T>, and a key never changes: delete the record and create another

#include <syncline/change/edit.hpp>

struct activity {
  static constexpr syncline::record_info sync{.table = "activities"};

  syncline::key<std::string> id{};
  syncline::server<double> distance_m{};
};

auto edited(const activity& a) {
  return syncline::edit<syncline::role::server>(a, [](auto& e) {
#ifdef TWIN
    e[syncline::the<&activity::distance_m>] = 7;
#else
    e[syncline::the<&activity::id>] = "another";
#endif
  });
}

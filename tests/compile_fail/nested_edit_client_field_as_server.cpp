// SPDX-License-Identifier: BSL-1.0
// expect: [syncline] struct 'metrics': field 'feeling' is client<T>, so code that acts for the server cannot write it: let a device write it (replica.edit), or declare it `server` or `lww`

#include <syncline/change/edit.hpp>
#include <syncline/resolve/by_field.hpp>

struct zones {
  syncline::server<int> power{};
  syncline::client<int> heart_rate{};
};

struct metrics {
  syncline::server<double> load{};
  syncline::client<int> feeling{};
  syncline::merge<zones, syncline::by_field> of{};
};

struct activity {
  static constexpr syncline::record_info sync{.table = "activities"};

  syncline::key<std::string> id{};
  syncline::merge<metrics, syncline::by_field> computed{};
};

auto edited(const activity& a) {
  return syncline::edit<syncline::role::server>(a, [](auto& e) {
#ifdef TWIN
    e[syncline::the<&activity::computed>][syncline::the<&metrics::load>] = 7;
#else
    e[syncline::the<&activity::computed>][syncline::the<&metrics::feeling>] = 7;
#endif
  });
}

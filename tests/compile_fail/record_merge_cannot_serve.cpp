// SPDX-License-Identifier: BSL-1.0
// expect: [syncline] record 'activity': field 'laps' is merge<T, How>, and How cannot serve T: How needs `diff`, `apply`, `compose` and `invert` for T

#include <syncline/record/schema.hpp>
#include <syncline/resolve/counter.hpp>

struct activity {
  static constexpr syncline::record_info sync{.table = "activities"};

  syncline::key<std::string> id{};
#ifdef TWIN
  syncline::merge<int, syncline::counter> laps{};
#else
  syncline::merge<std::string, syncline::counter> laps{};
#endif
};

constexpr auto table = syncline::schema<activity>::table;

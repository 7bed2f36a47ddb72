// SPDX-License-Identifier: BSL-1.0
// expect: [syncline] record 'activity': field 'name' is merge<T, How>, and How cannot serve T

#include <syncline/record/schema.hpp>
#include <syncline/resolve/counter.hpp>
#include <syncline/resolve/prefer_present.hpp>

struct activity {
  static constexpr syncline::record_info sync{.table = "activities"};
#ifdef TWIN
  using default_policy = syncline::policy::merge<syncline::prefer_present>;
#else
  using default_policy = syncline::policy::merge<syncline::counter>;
#endif

  syncline::key<std::string> id{};
  std::string name{};
};

constexpr auto table = syncline::schema<activity>::table;

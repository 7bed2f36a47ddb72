// SPDX-License-Identifier: BSL-1.0
// expect: [syncline] record 'activity' has a base class: write the fields of the base into it, or make the base a field

#include <syncline/change/delta.hpp>

struct named {
  syncline::lww<std::string> name{};
};

#ifdef TWIN
struct activity {
  static constexpr syncline::record_info sync{.table = "activities"};

  named who{};
#else
struct activity : named {
  static constexpr syncline::record_info sync{.table = "activities"};

#endif
  syncline::key<std::string> id{};
};

auto changed(const activity& a, const activity& b) { return syncline::diff(a, b); }

// SPDX-License-Identifier: BSL-1.0
// expect: [syncline] record 'activity' is no aggregate: take out its constructors, private and virtual members, so that it has fields and nothing else

#include <syncline/change/delta.hpp>

class activity {
 public:
  static constexpr syncline::record_info sync{.table = "activities"};

  syncline::key<std::string> id{};

#ifndef TWIN
 private:
#endif
  syncline::lww<std::string> name{};
};

auto changed(const activity& a, const activity& b) { return syncline::diff(a, b); }

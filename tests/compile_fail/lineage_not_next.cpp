// SPDX-License-Identifier: BSL-1.0
// expect: [syncline] record 'trip' does not follow on its previous version 'trip_v1': versions count up by one, so declare those between as well, or correct record_info::version

#include <syncline/sync/catalog.hpp>

struct trip_v1 {
  static constexpr syncline::record_info sync{.table = "trips", .version = 1};

  syncline::key<std::string> id{};
};

struct trip {
#ifdef TWIN
  static constexpr syncline::record_info sync{.table = "trips", .version = 2};
#else
  static constexpr syncline::record_info sync{.table = "trips", .version = 4};
#endif
  using previous = trip_v1;

  syncline::key<std::string> id{};
};

const auto declared = syncline::catalog<trip>::declarations();

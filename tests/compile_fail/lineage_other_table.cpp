// SPDX-License-Identifier: BSL-1.0
// expect: [syncline] record 'trip' has another table than its previous version 'trip_v1': the versions of a record share one table name

#include <syncline/sync/catalog.hpp>

struct trip_v1 {
#ifdef TWIN
  static constexpr syncline::record_info sync{.table = "trips", .version = 1};
#else
  static constexpr syncline::record_info sync{.table = "old_trips", .version = 1};
#endif

  syncline::key<std::string> id{};
};

struct trip {
  static constexpr syncline::record_info sync{.table = "trips", .version = 2};
  using previous = trip_v1;

  syncline::key<std::string> id{};
};

const auto declared = syncline::catalog<trip>::declarations();

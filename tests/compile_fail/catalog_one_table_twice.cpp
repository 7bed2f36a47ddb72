// SPDX-License-Identifier: BSL-1.0
// expect: [syncline] catalog: records 'trip' and 'trip_v1' have one table: give one another name, or of the versions of a record name the newest only

#include <syncline/sync/catalog.hpp>

struct trip_v1 {
  static constexpr syncline::record_info sync{.table = "trips", .version = 1};

  syncline::key<std::string> id{};
};

struct trip {
  static constexpr syncline::record_info sync{.table = "trips", .version = 2};
  using previous = trip_v1;

  syncline::key<std::string> id{};
};

struct place {
  static constexpr syncline::record_info sync{.table = "places"};

  syncline::key<std::string> id{};
};

#ifdef TWIN
const auto declared = syncline::catalog<place, trip>::declarations();
#else
const auto declared = syncline::catalog<place, trip, trip_v1>::declarations();
#endif

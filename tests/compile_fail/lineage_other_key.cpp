// SPDX-License-Identifier: BSL-1.0
// expect: [syncline] record 'trip' has another type of key than its previous version 'trip_v1': a record keeps its name, so give the new one a field of its own

#include <syncline/sync/catalog.hpp>

struct trip_v1 {
  static constexpr syncline::record_info sync{.table = "trips", .version = 1};

  syncline::key<std::string> id{};
};

struct trip {
  static constexpr syncline::record_info sync{.table = "trips", .version = 2};
  using previous = trip_v1;

#ifdef TWIN
  syncline::key<std::string> id{};
  syncline::once<int> number{};
#else
  syncline::key<int> id{};
#endif
};

const auto declared = syncline::catalog<trip>::declarations();

// SPDX-License-Identifier: BSL-1.0
// expect: [syncline] record 'trip_v1': field 'distance' has another type in version 'trip', and no step says how it carries over: write `void carry(const From&, To&)` for both directions

#include <syncline/sync/catalog.hpp>

struct trip_v1 {
  static constexpr syncline::record_info sync{.table = "trips", .version = 1};

  syncline::key<std::string> id{};
  syncline::lww<double> distance{};
};

struct trip {
  static constexpr syncline::record_info sync{.table = "trips", .version = 2};
  using previous = trip_v1;

  syncline::key<std::string> id{};
  syncline::lww<long> distance{};
};

#ifdef TWIN
void carry(const trip_v1& from, trip& to) { to.distance = static_cast<long>(*from.distance * 1000); }
void carry(const trip& from, trip_v1& to) { to.distance = static_cast<double>(*from.distance) / 1000; }
#endif

const auto declared = syncline::catalog<trip>::declarations();

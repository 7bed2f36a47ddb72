// SPDX-License-Identifier: BSL-1.0
// expect: [syncline] record 'trip' and its previous version 'trip_v1' have one version number: count up record_info::version by one

#include <syncline/record/lineage.hpp>

struct trip_v1 {
  static constexpr syncline::record_info sync{.table = "trips", .version = 1};

  syncline::key<std::string> id{};
};

struct trip {
#ifdef TWIN
  static constexpr syncline::record_info sync{.table = "trips", .version = 2};
#else
  static constexpr syncline::record_info sync{.table = "trips", .version = 1};
#endif
  using previous = trip_v1;

  syncline::key<std::string> id{};
  syncline::lww<std::string> mood{};
};

const trip now = syncline::up<trip>(trip_v1{});

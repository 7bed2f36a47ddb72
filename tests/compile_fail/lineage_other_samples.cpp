// SPDX-License-Identifier: BSL-1.0
// expect: [syncline] record 'trip_v1': field 'track' is a series of other samples in version 'trip', and chunks are never rewritten: give the new series another name

#include <syncline/sync/catalog.hpp>

struct place {
  double x{}, y{};
};
struct place_in_space {
  double x{}, y{}, z{};
};

struct trip_v1 {
  static constexpr syncline::record_info sync{.table = "trips", .version = 1};

  syncline::key<std::string> id{};
  syncline::chunked<place> track{};
};

struct trip {
  static constexpr syncline::record_info sync{.table = "trips", .version = 2};
  using previous = trip_v1;

  syncline::key<std::string> id{};
#ifdef TWIN
  syncline::chunked<place> track{};
  syncline::chunked<place_in_space> full_track{};
#else
  syncline::chunked<place_in_space> track{};
#endif
};

const auto declared = syncline::catalog<trip>::declarations();

// SPDX-License-Identifier: BSL-1.0
// expect: [syncline] record 'ride': field 'distance_m' is chunked, and no manifest: declare it `syncline::manifest`, which is what a record carries of a series

#include <syncline/record/schema.hpp>

namespace vendor {

struct ride {
  std::string id{};
  double distance_m{};
};

}  // namespace vendor

template <>
struct syncline::policies_of<vendor::ride> {
  static constexpr record_info sync{.table = "rides"};

  policy::key id;
#ifdef TWIN
  policy::server distance_m;
#else
  policy::chunked<double> distance_m;
#endif
};

constexpr auto table = syncline::schema<vendor::ride>::table;

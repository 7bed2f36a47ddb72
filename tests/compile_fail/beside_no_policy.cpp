// SPDX-License-Identifier: BSL-1.0
// expect: [syncline] record 'ride': field 'distance_m' is given what is no policy in policies_of: write policy::lww, policy::merge<How> or another

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
  server<double> distance_m;
#endif
};

constexpr auto table = syncline::schema<vendor::ride>::table;

// SPDX-License-Identifier: BSL-1.0
// expect: [syncline] record 'ride': policies_of names 'distance', which is no field of it: name it as the struct does

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
  policy::server distance;
#endif
};

constexpr auto table = syncline::schema<vendor::ride>::table;

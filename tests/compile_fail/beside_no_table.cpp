// SPDX-License-Identifier: BSL-1.0
// expect: [syncline] record 'ride' has no table name

#include <syncline/record/schema.hpp>

namespace vendor {

struct ride {
  std::string id{};
  double distance_m{};
};

}  // namespace vendor

template <>
struct syncline::policies_of<vendor::ride> {
#ifdef TWIN
  static constexpr record_info sync{.table = "rides"};
#else
  static constexpr record_info sync{.version = 2};
#endif

  policy::key id;
};

constexpr auto table = syncline::schema<vendor::ride>::table;

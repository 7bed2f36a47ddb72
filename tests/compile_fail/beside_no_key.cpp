// SPDX-License-Identifier: BSL-1.0
// expect: [syncline] record 'ride' has no key: declare one field `syncline::key<T>`

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

#ifdef TWIN
  policy::key id;
#endif
  policy::server distance_m;
};

constexpr auto table = syncline::schema<vendor::ride>::table;

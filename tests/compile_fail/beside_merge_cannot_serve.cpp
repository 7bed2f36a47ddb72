// SPDX-License-Identifier: BSL-1.0
// expect: [syncline] record 'ride': field 'distance_m' is merge<T, How>, and How cannot serve T: How needs `diff`, `apply`, `compose` and `invert` for T

#include <syncline/record/schema.hpp>
#include <syncline/resolve/counter.hpp>
#include <syncline/resolve/extremum.hpp>

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
  policy::merge<merge_max> distance_m;
#else
  policy::merge<counter> distance_m;
#endif
};

constexpr auto table = syncline::schema<vendor::ride>::table;

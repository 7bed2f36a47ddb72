// SPDX-License-Identifier: BSL-1.0
// expect: [syncline] record 'ride' declares duplicates within a negative span: write within<&R::field>(10min)

#include <syncline/resolve/duplicates.hpp>

struct ride {
  static constexpr syncline::record_info sync{.table = "rides"};

  syncline::key<int> id{};
  syncline::once<syncline::timestamp> started_at{};

#ifdef TWIN
  static constexpr auto duplicates = syncline::within<&ride::started_at>(std::chrono::minutes{10});
#else
  static constexpr auto duplicates = syncline::within<&ride::started_at>(std::chrono::minutes{-10});
#endif
};

constexpr bool is_found = syncline::matches(ride{}, ride{});

// SPDX-License-Identifier: BSL-1.0
// expect: [syncline] record 'ride': field 'started_at' is no time, and duplicates are found within a span of time: name a field of std::chrono time, such as syncline::timestamp

#include <syncline/resolve/duplicates.hpp>

struct ride {
  static constexpr syncline::record_info sync{.table = "rides"};

  syncline::key<int> id{};
#ifdef TWIN
  syncline::once<syncline::timestamp> started_at{};
#else
  syncline::once<std::int64_t> started_at{};
#endif

  static constexpr auto duplicates = syncline::within<&ride::started_at>(std::chrono::minutes{10});
};

constexpr bool is_found = syncline::matches(ride{}, ride{});

// SPDX-License-Identifier: BSL-1.0
// expect: [syncline] record 'ride' declares its duplicates by a field of another record: name fields of its own

#include <syncline/resolve/duplicates.hpp>

struct run {
  static constexpr syncline::record_info sync{.table = "runs"};

  syncline::key<int> id{};
  syncline::once<syncline::timestamp> started_at{};
};

struct ride {
  static constexpr syncline::record_info sync{.table = "rides"};

  syncline::key<int> id{};
  syncline::once<syncline::timestamp> started_at{};

#ifdef TWIN
  static constexpr auto duplicates = syncline::within<&ride::started_at>(std::chrono::minutes{10});
#else
  static constexpr auto duplicates = syncline::within<&run::started_at>(std::chrono::minutes{10});
#endif
};

constexpr bool is_found = syncline::matches(ride{}, ride{});

// SPDX-License-Identifier: BSL-1.0
// expect: [syncline] record 'plan' has a priority that is none: write priority_class::user_content, recommendations or reference_data

#include <syncline/record/schema.hpp>

struct plan {
#ifdef TWIN
  static constexpr syncline::record_info sync{.table = "plans", .priority = syncline::priority_class::recommendations};
#else
  static constexpr syncline::record_info sync{.table = "plans", .priority = syncline::priority_class{3}};
#endif

  syncline::key<std::string> id{};
};

constexpr auto table = syncline::schema<plan>::table;

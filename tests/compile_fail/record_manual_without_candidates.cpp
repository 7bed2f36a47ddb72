// SPDX-License-Identifier: BSL-1.0
// expect: [syncline] record 'plan': field 'day' is merge<T, How>, and How cannot serve T: a manual field holds candidates: declare it `syncline::manual<T>`
#include <syncline/record.hpp>
#include <syncline/resolve.hpp>

struct plan {
  static constexpr syncline::record_info sync{.table = "plans"};

  syncline::key<int> id{};
#ifdef TWIN
  syncline::manual<std::string> day{};
#else
  syncline::field<std::string, syncline::policy::manual> day{};
#endif
};

static_assert(!syncline::schema<plan>::table.empty());

// SPDX-License-Identifier: BSL-1.0
// expect: [syncline] record 'account': field 'prefs' is merge<T, How>, and How cannot serve T: a nested field holds a struct with a field that is `server` or `client`, which counts in merge<T, by_field> only: declare it so, or take the owner out of the struct

#include <syncline/record/schema.hpp>
#include <syncline/resolve/by_field.hpp>

struct limits {
  syncline::server<int> quota{};
};

struct preferences {
  std::string theme{};
#ifdef TWIN
  syncline::merge<limits, syncline::by_field> has{};
#else
  syncline::once<limits> has{};
#endif
};

struct account {
  static constexpr syncline::record_info sync{.table = "accounts"};

  syncline::key<std::string> id{};
  syncline::merge<preferences, syncline::by_field> prefs{};
};

constexpr auto table = syncline::schema<account>::table;

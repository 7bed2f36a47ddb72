// SPDX-License-Identifier: BSL-1.0
// expect: [syncline] record 'account': field 'prefs' holds a struct with a field that is `server` or `client`, which counts in merge<T, by_field> only: declare it so, or take the owner out of the struct

#include <syncline/record/schema.hpp>
#include <syncline/resolve/by_field.hpp>

#include <vector>

struct preferences {
  std::string theme{};
  syncline::server<int> quota{};
};

struct account {
  static constexpr syncline::record_info sync{.table = "accounts"};

  syncline::key<std::string> id{};
#ifdef TWIN
  syncline::merge<preferences, syncline::by_field> prefs{};
#else
  syncline::lww<preferences> prefs{};
#endif
};

constexpr auto table = syncline::schema<account>::table;

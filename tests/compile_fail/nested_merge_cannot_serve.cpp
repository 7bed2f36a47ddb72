// SPDX-License-Identifier: BSL-1.0
// expect: [syncline] record 'account': field 'prefs' is merge<T, How>, and How cannot serve T: a nested field is merge<T, How>, and that How cannot serve that T

#include <syncline/record/schema.hpp>
#include <syncline/resolve/by_field.hpp>
#include <syncline/resolve/counter.hpp>

struct preferences {
  std::string theme{};
#ifdef TWIN
  syncline::merge<int, syncline::counter> logins{};
#else
  syncline::merge<double, syncline::counter> logins{};
#endif
};

struct account {
  static constexpr syncline::record_info sync{.table = "accounts"};

  syncline::key<std::string> id{};
  syncline::merge<preferences, syncline::by_field> prefs{};
};

constexpr auto table = syncline::schema<account>::table;

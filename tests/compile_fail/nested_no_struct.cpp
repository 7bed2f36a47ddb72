// SPDX-License-Identifier: BSL-1.0
// expect: [syncline] record 'account': field 'prefs' is merge<T, How>, and How cannot serve T: by_field needs a plain struct of codable fields

#include <syncline/record/schema.hpp>
#include <syncline/resolve/by_field.hpp>
#include <syncline/resolve/counter.hpp>

struct preferences {
  std::string theme{};
};

struct account {
  static constexpr syncline::record_info sync{.table = "accounts"};

  syncline::key<std::string> id{};
#ifdef TWIN
  syncline::merge<preferences, syncline::by_field> prefs{};
#else
  syncline::merge<std::string, syncline::by_field> prefs{};
#endif
};

constexpr auto table = syncline::schema<account>::table;

// SPDX-License-Identifier: BSL-1.0
// expect: [syncline] record 'account': field 'prefs' is merge<T, How>, and How cannot serve T: `key`, `manual` and `chunked` cannot stand in a nested struct: move that field into the record, or declare it `server`, `client`, `lww`, `once` or `merge`

#include <syncline/record/schema.hpp>
#include <syncline/resolve/by_field.hpp>
#include <syncline/resolve/counter.hpp>

struct preferences {
  std::string theme{};
#ifdef TWIN
  syncline::server<int> quota{};
#else
  syncline::key<int> quota{};
#endif
};

struct account {
  static constexpr syncline::record_info sync{.table = "accounts"};

  syncline::key<std::string> id{};
  syncline::merge<preferences, syncline::by_field> prefs{};
};

constexpr auto table = syncline::schema<account>::table;

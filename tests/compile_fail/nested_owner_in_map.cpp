// SPDX-License-Identifier: BSL-1.0
// expect: [syncline] record 'account': field 'prefs' is merge<T, How>, and How cannot serve T: whoever removes a key of a map and puts it again writes all of its value, so no field in there can be `server` or `client`: declare it `lww`, `once` or `merge`, or move it out of the map

#include <syncline/record/schema.hpp>
#include <syncline/resolve/by_field.hpp>
#include <syncline/resolve/counter.hpp>

#include <map>

struct preferences {
  std::string theme{};
#ifdef TWIN
  syncline::lww<int> quota{};
#else
  syncline::server<int> quota{};
#endif
};

struct account {
  static constexpr syncline::record_info sync{.table = "accounts"};

  syncline::key<std::string> id{};
  syncline::merge<std::map<int, preferences>, syncline::map_edits_of<syncline::by_field>> prefs{};
};

constexpr auto table = syncline::schema<account>::table;

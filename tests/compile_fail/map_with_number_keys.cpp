// SPDX-License-Identifier: BSL-1.0
// expect: [syncline] record 'athlete': field 'power_at' is merge<T, How>, and How cannot serve T: the keys are floating numbers, of which 0.0 and -0.0 are one key and two values: use integers or text as keys

#include <syncline/record/schema.hpp>
#include <syncline/resolve/counter.hpp>
#include <syncline/resolve/map_edits.hpp>

struct athlete {
  static constexpr syncline::record_info sync{.table = "athletes"};

  syncline::key<std::string> id{};
#ifdef TWIN
  syncline::merge<std::map<int, int>, syncline::map_edits_of<syncline::counter>> power_at{};
#else
  syncline::merge<std::map<double, int>, syncline::map_edits_of<syncline::counter>> power_at{};
#endif
};

constexpr auto table = syncline::schema<athlete>::table;

// SPDX-License-Identifier: BSL-1.0
// expect: [syncline] a chunk lasts a second or more: write seconds<1> or more

#include <syncline/record/schema.hpp>

struct sample {
  std::optional<syncline::timestamp> t{};
  double bpm{};
};

struct activity {
  static constexpr syncline::record_info sync{.table = "activities"};

  syncline::key<std::string> id{};
#ifdef TWIN
  syncline::chunked<sample, syncline::seconds<1>> heart_rate{};
#else
  syncline::chunked<sample, syncline::seconds<0>> heart_rate{};
#endif
};

constexpr auto table = syncline::schema<activity>::table;

// SPDX-License-Identifier: BSL-1.0
// expect: [syncline] a chunk has at least one point: write points<1> or more

#include <syncline/record/schema.hpp>

struct sample {
  double bpm{};
};

struct activity {
  static constexpr syncline::record_info sync{.table = "activities"};

  syncline::key<std::string> id{};
#ifdef TWIN
  syncline::chunked<sample, syncline::points<1>> heart_rate{};
#else
  syncline::chunked<sample, syncline::points<0>> heart_rate{};
#endif
};

constexpr auto table = syncline::schema<activity>::table;

// SPDX-License-Identifier: BSL-1.0
// expect: [syncline] a chunk has a byte or more, and at most 4 MiB: write bytes<1> to bytes<4194304>

#include <syncline/record/schema.hpp>

struct sample {
  double bpm{};
};

struct activity {
  static constexpr syncline::record_info sync{.table = "activities"};

  syncline::key<std::string> id{};
#ifdef TWIN
  syncline::chunked<sample, syncline::bytes<1>> heart_rate{};
#else
  syncline::chunked<sample, syncline::bytes<0>> heart_rate{};
#endif
};

constexpr auto table = syncline::schema<activity>::table;

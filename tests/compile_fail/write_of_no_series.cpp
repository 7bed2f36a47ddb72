// SPDX-License-Identifier: BSL-1.0
// expect: [syncline] only a `chunked` field has a series to write

#include <syncline/stream/split.hpp>

struct sample {
  double bpm{};
};

struct activity {
  static constexpr syncline::record_info sync{.table = "activities"};

  syncline::key<std::string> id{};
  syncline::lww<std::string> name{};
  syncline::chunked<sample> heart_rate{};
};

auto writer() {
#ifdef TWIN
  return syncline::write_chunks(syncline::the<&activity::heart_rate>);
#else
  return syncline::write_chunks(syncline::the<&activity::name>);
#endif
}

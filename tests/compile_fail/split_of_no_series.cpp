// SPDX-License-Identifier: BSL-1.0
// expect: [syncline] only a `chunked` field has a series to split

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

auto chunks(const std::vector<sample>& samples) {
#ifdef TWIN
  return syncline::split(syncline::the<&activity::heart_rate>, samples);
#else
  return syncline::split(syncline::the<&activity::name>, samples);
#endif
}

// SPDX-License-Identifier: BSL-1.0
// expect: [syncline] these samples are not what the field is declared with: chunked<Sample, Split>

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

#ifdef TWIN
auto chunks(const std::vector<sample>& samples) {
#else
auto chunks(const std::vector<double>& samples) {
#endif
  return syncline::split(syncline::the<&activity::heart_rate>, samples);
}

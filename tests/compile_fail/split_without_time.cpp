// SPDX-License-Identifier: BSL-1.0
// expect: [syncline] seconds<N> cuts by time, and these samples have none: give them a `syncline::timestamp` or a duration, or cut by points<N> or bytes<N>

#include <syncline/stream/split.hpp>

struct sample {
  double bpm{};
};

auto chunks(const std::vector<sample>& samples) {
#ifdef TWIN
  return syncline::split<syncline::bytes<1000>>("heart_rate", samples);
#else
  return syncline::split<syncline::seconds<60>>("heart_rate", samples);
#endif
}

// SPDX-License-Identifier: BSL-1.0
// expect: [syncline] two codecs have the same id: give each its own byte

#include <syncline/stream/split.hpp>

struct terse : syncline::plain_codec {
#ifdef TWIN
  static constexpr std::uint8_t id = 200;
#endif
};

struct sample {
  double bpm{};
};

auto chunks(const std::vector<sample>& samples) {
  return syncline::split<syncline::points<10>, syncline::codecs<syncline::plain_codec, terse>>("heart_rate", samples);
}

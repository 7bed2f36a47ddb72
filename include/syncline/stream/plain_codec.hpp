// SPDX-License-Identifier: BSL-1.0
#pragma once
// The codec that serves every sample: one after the other, as `encode` writes them.

#include <syncline/stream/codec.hpp>
#include <syncline/wire/decode.hpp>
#include <syncline/wire/encode.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace syncline {

/// Writes samples one after the other, as `encode` does: of all codecs the one that knows least about its samples.
///
/// Complexity: linear.
struct plain_codec {
  static constexpr std::uint8_t id = 1;

  template <sample Sample>
  static void encode(std::string& out, std::span<const Sample> samples) {
    std::size_t most = 0;
    for (const Sample& each : samples) most += internal::bound(each);
    const std::size_t begin = out.size();
    out.resize(begin + most);
    writer to(out.data() + begin);
    for (const Sample& each : samples) internal::put(to, each);
    out.resize(static_cast<std::size_t>(to.position() - out.data()));
  }

  /// Reads `points` samples into `samples`, whose memory is used again.
  template <sample Sample>
  static result<void> decode(std::string_view bytes, std::uint32_t points, std::vector<Sample>& samples) {
    reader in(bytes);
    if (points > bytes.size()) in.fail("a chunk claims more points than it has bytes");
    if (!in.failed()) samples.resize(points);
    for (Sample& each : samples) {
      if (in.failed()) break;
      internal::take(in, each);
    }
    return in.finish("the points of a chunk");
  }
};

}  // namespace syncline

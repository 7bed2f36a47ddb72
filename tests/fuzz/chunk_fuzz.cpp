// SPDX-License-Identifier: BSL-1.0
// Any bytes through the chunk reader: as they are, and as what follows a right format and checksum, which nothing that
// mutates bytes would find. What is accepted encodes to the same bytes.

#include <syncline/stream.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace {

struct fuzz_sample {
  syncline::timestamp t{};
  std::optional<double> value{};
  std::string note{};
  std::vector<std::int32_t> more{};
};

void require(bool holds) {
  if (!holds) std::abort();
}

std::string sealed(std::string_view body) {
  std::string bytes(9, '\0');
  syncline::writer out(bytes.data());
  out.byte(syncline::chunk_format);
  out.fixed(syncline::checksum(body));
  return bytes.append(body);
}

template <class Sample>
void check_chunk(std::string_view bytes) {
  const auto chunk = syncline::decode_chunk<Sample>(bytes);
  if (!chunk) return;
  require(chunk->samples.size() == chunk->header.points);
  // The original size is that of the machine that wrote the chunk, and so it may be another here.
  if (chunk->header.original_size != chunk->samples.size() * sizeof(Sample)) return;
  const auto again = syncline::encode_chunk(chunk->header.stream, chunk->header.index, chunk->samples);
  require(again.bytes == bytes);
}

template <class Sample>
void check_payload(std::string_view payload) {
  if (payload.empty()) return;
  const auto points = static_cast<std::uint32_t>(static_cast<unsigned char>(payload[0]));
  payload.remove_prefix(1);
  std::vector<Sample> samples;
  if (!syncline::plain_codec::decode(payload, points, samples)) return;
  std::string again;
  syncline::plain_codec::encode(again, std::span<const Sample>(samples));
  require(again == payload);
  check_chunk<Sample>(syncline::encode_chunk("fuzz", 1, samples).bytes);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  for (const std::string& chunk : {std::string(bytes), sealed(bytes)}) {
    (void)syncline::inspect_chunk(chunk);
    check_chunk<std::int64_t>(chunk);
    check_chunk<fuzz_sample>(chunk);
  }
  check_payload<std::optional<std::int16_t>>(bytes);
  check_payload<fuzz_sample>(bytes);
  return 0;
}

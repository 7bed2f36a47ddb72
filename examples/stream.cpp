// SPDX-License-Identifier: BSL-1.0
// A long series in chunks: cut, checked, continued and put together again.

#include "check.hpp"

#include <syncline/record.hpp>
#include <syncline/stream.hpp>

#include <map>
#include <optional>
#include <string>
#include <vector>

struct level {
  std::int64_t at_ms{};
  double metres{};
};

struct gauge {
  static constexpr syncline::record_info sync{.table = "gauges"};

  syncline::key<std::string> id{};
  syncline::chunked<level, syncline::points<100>> water{};
};

int main() {
  std::vector<level> levels;
  for (int i = 0; i < 250; ++i) levels.push_back({i * 1000, 2.0 + i * 0.01});

  //! [split]
  // Cut as the field declares it: two chunks of 100 points, and one of 50.
  const auto series = syncline::split(syncline::the<&gauge::water>, levels);
  gauge river{.id = {"river"}, .water = {series.parts}};  // the record carries the manifest
  check(series.chunks.size() == 3 && river.water->points() == 250);

  std::map<syncline::chunk_digest, std::string> kept;  // the chunks travel and are kept beside it, known by digest
  for (const auto& chunk : series.chunks) kept[chunk.entry.digest] = chunk.bytes;
  kept.erase(series.chunks[1].entry.digest);  // one of them is lost

  const auto joined = syncline::join<level>(*river.water, [&](const syncline::chunk_digest& digest) {
    const auto found = kept.find(digest);
    return found == kept.end() ? std::nullopt : std::optional(found->second);
  });
  check(!joined.is_complete() && joined.samples.size() == 150);
  check(joined.gaps.front().first == 100 && joined.gaps.front().points == 100);  // what is missing, and where
  //! [split]

  //! [chunk]
  const std::string& bytes = series.chunks.front().bytes;
  const auto chunk = must(syncline::decode_chunk<level>(bytes));
  check(chunk.header.stream == "water" && chunk.samples.size() == 100);

  std::string damaged = bytes;
  damaged.back() ^= 1;
  const auto refused = syncline::decode_chunk<level>(damaged);
  check(!refused && refused.error().code == syncline::error_code::checksum);
  std::cout << refused.error().message << '\n';
  //! [chunk]

  //! [writer]
  // The same, one point at a time, holding no more than one chunk.
  auto writer = syncline::write_chunks(syncline::the<&gauge::water>);
  std::vector<syncline::encoded_chunk> made;
  for (const level& each : levels) {
    if (auto full = writer.push(each)) made.push_back(std::move(*full));
  }
  if (auto rest = writer.flush()) made.push_back(std::move(*rest));
  check(made == series.chunks && writer.written() == series.parts);
  //! [writer]
}

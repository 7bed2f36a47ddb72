// SPDX-License-Identifier: BSL-1.0
#pragma once
// A record with a series, and its chunks.

#include "world.hpp"

#include <syncline/stream/split.hpp>

namespace regressions {

struct ride {
  static constexpr record_info sync{.table = "rides"};
  key<std::string> id{};
  server<std::int64_t> size{};
  chunked<std::int64_t> power{};
};

inline split_series series_of(std::vector<std::int64_t> points) { return split(the<&ride::power>, points); }

inline void make_ride(device<ride>& on, std::string id, const split_series& series) {
  std::vector<std::string> chunks;
  for (const auto& chunk : series.chunks) chunks.push_back(chunk.bytes);
  ride made{.id{std::move(id)}};
  made.power = series.parts;
  REQUIRE(on.engine.create(made, at(1), chunks).has_value());
}

/// Does the jobs: the hub sets the number of chunks. Says how many were done.
inline std::size_t do_jobs(world<ride>& at_hub) {
  const auto done = at_hub.the_hub.run_jobs("s", at(9), [](auto& open, const auto& read_chunk) -> result<void> {
    std::int64_t size = 0;
    for (const chunk_entry& chunk : open.record().power->chunks) {
      auto bytes = read_chunk(chunk.digest);
      if (!bytes) return bytes.error();
      ++size;
    }
    open[the<&ride::size>] = size;
    return {};
  });
  INFO((done ? std::string() : done.error().message));
  REQUIRE(done.has_value());
  return *done;
}

}  // namespace regressions

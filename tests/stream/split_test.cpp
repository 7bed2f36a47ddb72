// SPDX-License-Identifier: BSL-1.0
#include <syncline/stream.hpp>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/generators/catch_generators_range.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

using namespace syncline;
using Catch::Matchers::ContainsSubstring;

namespace {

struct power_sample {
  std::int64_t t{};
  std::optional<double> power_w{};
};

struct ride {
  static constexpr record_info sync{.table = "rides"};

  key<std::string> id{};
  chunked<power_sample, points<10>> power{};
};

std::vector<power_sample> random_series(std::size_t size, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<power_sample> series(size);
  for (std::size_t i = 0; i < size; ++i) {
    series[i].t = static_cast<std::int64_t>(i);
    if (random() % 4 != 0) series[i].power_w = static_cast<double>(random() % 10000) / 10;
  }
  return series;
}

struct chunk_store {
  std::map<chunk_digest, std::string> chunks{};

  void put(const encoded_chunk& chunk) { chunks[chunk.entry.digest] = chunk.bytes; }
  void put(const std::vector<encoded_chunk>& many) {
    for (const encoded_chunk& chunk : many) put(chunk);
  }
  std::optional<std::string> operator()(const chunk_digest& digest) const {
    const auto at = chunks.find(digest);
    if (at == chunks.end()) return std::nullopt;
    return at->second;
  }
};

}  // namespace

TEST_CASE("a series is cut into chunks of the declared size", "[stream][STREAM-1][DECL-3]") {
  const auto series = random_series(25, 1);
  const split_series cut = split<points<10>>("power", series);
  REQUIRE(cut.chunks.size() == 3);
  REQUIRE(cut.parts.chunks.size() == 3);
  CHECK(cut.parts.points() == 25);
  const std::uint32_t sizes[]{10, 10, 5};
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(cut.parts.chunks[i] == cut.chunks[i].entry);
    CHECK(cut.parts.chunks[i].points == sizes[i]);
    CHECK(inspect_chunk(cut.chunks[i].bytes)->header.index == i);
    CHECK(inspect_chunk(cut.chunks[i].bytes)->header.stream == "power");
  }
  CHECK(split<points<10>>("power", std::vector<power_sample>{}).chunks.empty());
  CHECK(split<points<10>>("power", random_series(20, 1)).chunks.size() == 2);
  CHECK(split("power", random_series(2001, 1)).chunks.size() == 3);
}

TEST_CASE("a field's series is cut as the field declares it", "[stream][DECL-3]") {
  const auto series = random_series(25, 2);
  const split_series cut = split(the<&ride::power>, series);
  CHECK(cut.parts == split<points<10>>("power", series).parts);

  auto writer = write_chunks(the<&ride::power>);
  for (const auto& point : series) writer.push(point);
  writer.flush();
  CHECK(writer.written() == cut.parts);
}

TEST_CASE("a series comes back from its chunks, bit for bit", "[stream][STREAM-1]") {
  const std::size_t size = GENERATE(0u, 1u, 9u, 10u, 11u, 100u, 333u);
  const auto series = random_series(size, size);
  const split_series cut = split<points<10>>("power", series);
  chunk_store store;
  store.put(cut.chunks);
  const auto joined = join<power_sample>(cut.parts, store);
  CHECK(joined.is_complete());
  CHECK(is_same_value(joined.samples, series));
}

TEST_CASE("a writer that is fed point by point makes the chunks that splitting makes", "[stream][STREAM-5]") {
  const std::size_t size = GENERATE(0u, 1u, 10u, 47u);
  const auto series = random_series(size, 5);
  chunk_writer<power_sample, points<10>> writer("power");
  std::vector<encoded_chunk> chunks;
  for (const auto& point : series) {
    if (auto chunk = writer.push(point)) chunks.push_back(std::move(*chunk));
    CHECK(writer.waiting() < 10);
  }
  if (auto chunk = writer.flush()) chunks.push_back(std::move(*chunk));
  CHECK_FALSE(writer.flush().has_value());
  const split_series cut = split<points<10>>("power", series);
  CHECK(chunks == cut.chunks);
  CHECK(writer.written() == cut.parts);
}

TEST_CASE("a flush between two points changes only the chunk that was open", "[stream][STREAM-5]") {
  const auto series = random_series(25, 6);
  chunk_store store;
  chunk_writer<power_sample, points<10>> writer("power");
  for (std::size_t i = 0; i < series.size(); ++i) {
    if (auto chunk = writer.push(series[i])) store.put(*chunk);
    if (auto chunk = writer.flush()) store.put(*chunk);
    CHECK(writer.written().points() == i + 1);
    CHECK(is_same_value(join<power_sample>(writer.written(), store).samples,
                        std::vector(series.begin(), series.begin() + static_cast<std::ptrdiff_t>(i) + 1)));
  }
  CHECK(writer.written() == split<points<10>>("power", series).parts);
}

TEST_CASE("appending gives the manifest of the whole, and writes only what is new", "[stream][STREAM-1]") {
  for (std::size_t first = 0; first <= 31; ++first) {
    for (const std::size_t more : {0u, 1u, 9u, 10u, 35u}) {
      const auto whole = random_series(first + more, 7);
      const std::vector<power_sample> begin(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(first));
      const std::vector<power_sample> end(whole.begin() + static_cast<std::ptrdiff_t>(first), whole.end());
      const split_series before = split<points<10>>("power", begin);
      const std::string last = before.chunks.empty() ? "" : before.chunks.back().bytes;
      const auto after = append<points<10>>("power", before.parts, last, std::span<const power_sample>(end));
      REQUIRE(after.has_value());
      const split_series at_once = split<points<10>>("power", whole);
      REQUIRE(after->parts == at_once.parts);
      const std::size_t kept = more == 0 ? before.chunks.size() : first / 10;
      REQUIRE(after->chunks ==
              std::vector(at_once.chunks.begin() + static_cast<std::ptrdiff_t>(kept), at_once.chunks.end()));
    }
  }
}

TEST_CASE("a series goes on only from the chunk that its manifest names", "[stream][STREAM-1]") {
  const split_series cut = split<points<10>>("power", random_series(15, 8));
  const std::vector<power_sample> more(1);
  const std::span<const power_sample> span(more);
  const auto absent = append<points<10>>("power", cut.parts, "", span);
  REQUIRE(absent.has_error());
  CHECK_THAT(absent.error().message, ContainsSubstring("cannot go on with 'power': its last chunk"));
  CHECK(append<points<10>>("power", cut.parts, cut.chunks[0].bytes, span).has_error());
  std::string damaged = cut.chunks[1].bytes;
  damaged.back() ^= 1;
  CHECK(append<points<10>>("power", cut.parts, damaged, span).error().code == error_code::checksum);
}

TEST_CASE("a chunk that is missing or wrong leaves a gap that is told", "[stream][STREAM-3][INTEG-4]") {
  const auto series = random_series(45, 9);
  const split_series cut = split<points<10>>("power", series);
  const split_series other = split<points<10>>("power", random_series(45, 10));
  chunk_store store;
  store.put(cut.chunks);
  store.chunks.erase(cut.parts.chunks[1].digest);
  store.chunks[cut.parts.chunks[3].digest].back() ^= 1;

  const auto joined = join<power_sample>(cut.parts, store);
  CHECK_FALSE(joined.is_complete());
  REQUIRE(joined.gaps.size() == 2);
  CHECK(joined.gaps[0].index == 1);
  CHECK(joined.gaps[0].first == 10);
  CHECK(joined.gaps[0].points == 10);
  CHECK_FALSE(joined.gaps[0].why.has_value());
  CHECK(joined.gaps[1].index == 3);
  CHECK(joined.gaps[1].first == 30);
  CHECK_THAT(joined.gaps[1].why.value().message,
             ContainsSubstring("chunk 3 of a series is not what its manifest says"));
  std::vector<power_sample> expected;
  for (const std::size_t i : {0u, 2u, 4u}) {
    const auto begin = series.begin() + static_cast<std::ptrdiff_t>(i * 10);
    expected.insert(expected.end(), begin, begin + (i == 4 ? 5 : 10));
  }
  CHECK(is_same_value(joined.samples, expected));

  std::vector<std::uint64_t> firsts;
  const auto gaps =
      for_each_chunk<power_sample>(cut.parts, store, [&](std::uint64_t first, auto) { firsts.push_back(first); });
  CHECK(gaps.size() == 2);
  CHECK(firsts == std::vector<std::uint64_t>{0, 20, 40});
}

TEST_CASE("a manifest that does not fit its chunks is found out", "[stream][WIRE-4]") {
  const split_series cut = split<points<10>>("power", random_series(25, 11));
  chunk_store store;
  store.put(cut.chunks);
  const auto gaps_of = [&](const manifest& parts) { return join<power_sample>(parts, store).gaps; };
  CHECK(gaps_of(cut.parts).empty());

  manifest swapped = cut.parts;
  std::swap(swapped.chunks[0], swapped.chunks[1]);
  REQUIRE(gaps_of(swapped).size() == 2);
  CHECK_THAT(gaps_of(swapped)[0].why.value().message, ContainsSubstring("it is chunk 1"));
  manifest counted = cut.parts;
  counted.chunks[2].points = 6;
  REQUIRE(gaps_of(counted).size() == 1);
  CHECK_THAT(gaps_of(counted)[0].why.value().message, ContainsSubstring("another number of points"));
  manifest sized = cut.parts;
  sized.chunks[2].encoded_size += 1;
  REQUIRE(gaps_of(sized).size() == 1);
  CHECK_THAT(gaps_of(sized)[0].why.value().message, ContainsSubstring("another size"));
  store.chunks[cut.parts.chunks[0].digest] = cut.chunks[1].bytes;
  REQUIRE(gaps_of(cut.parts).size() == 1);
}

TEST_CASE("what is missing is told without reading a chunk", "[stream][STREAM-3]") {
  const split_series cut = split<points<10>>("power", random_series(45, 12));
  const std::set<chunk_digest> there{cut.parts.chunks[0].digest, cut.parts.chunks[4].digest};
  const auto has = [&](const chunk_digest& digest) { return there.contains(digest); };
  CHECK(missing_chunks(cut.parts, has) == std::vector<std::size_t>{1, 2, 3});
  CHECK(missing_chunks(manifest{}, has).empty());
}

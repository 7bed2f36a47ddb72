// SPDX-License-Identifier: BSL-1.0
// Series cut by bytes and by seconds, beside points.
#include <syncline/stream.hpp>

#include <syncline/testing/generate.hpp>

#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <cmath>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <vector>

using namespace syncline;

namespace {

struct note {
  std::uint32_t point{};
  std::optional<timestamp> t{};
  std::string text{};
};

struct pulse {
  std::chrono::duration<std::int64_t, std::milli> after{};
  double value{};
};

struct fine {
  std::chrono::duration<std::uint64_t, std::nano> t{};
};

struct journey {
  static constexpr record_info sync{.table = "journeys"};

  key<std::string> id{};
  chunked<note, seconds<60>> notes{};
  chunked<note, bytes<64>> texts{};
  chunked<note, points<7>> points_of{};
};

timestamp at_ms(std::int64_t ms) { return timestamp{std::chrono::milliseconds{ms}}; }

// Series as they come: times that rise, repeat, run backwards, are missing, or are as far apart as times can be.
std::vector<note> random_notes(generator& from) {
  static constexpr std::int64_t wild[]{0, -1, std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::int64_t>::min()};
  std::vector<note> made(from.random.below(80));
  std::int64_t now = 1'700'000'000'000;
  for (std::size_t i = 0; i < made.size(); ++i) {
    now += static_cast<std::int64_t>(from.random.below(25'000)) - (from.random.chance(0.1) ? 70'000 : 0);
    made[i].point = static_cast<std::uint32_t>(i);
    if (from.random.chance(0.85)) made[i].t = at_ms(now);
    if (from.random.chance(0.03)) made[i].t = at_ms(wild[from.random.below(4)]);
    made[i].text.assign(from.random.chance(0.05) ? 100 : from.random.below(12), 'x');
  }
  return made;
}

struct chunk_store {
  std::map<chunk_digest, std::string> chunks{};

  void put(const std::vector<encoded_chunk>& many) {
    for (const encoded_chunk& chunk : many) chunks[chunk.entry.digest] = chunk.bytes;
  }
  std::optional<std::string> operator()(const chunk_digest& digest) const {
    const auto at = chunks.find(digest);
    return at == chunks.end() ? std::nullopt : std::optional(at->second);
  }
};

// How many points each chunk has, as somebody counts who writes the rule down once more.
std::vector<std::uint32_t> naive_by_seconds(const std::vector<note>& series, long double limit_s) {
  std::vector<std::uint32_t> sizes;
  std::optional<long double> first;
  for (const note& each : series) {
    std::optional<long double> time;
    if (each.t) time = static_cast<long double>(each.t->time_since_epoch().count()) / 1000;
    if (sizes.empty() || (time && first && std::fabs(*time - *first) >= limit_s)) {
      sizes.push_back(0);
      first.reset();
    }
    ++sizes.back();
    if (!first) first = time;
  }
  return sizes;
}
std::vector<std::uint32_t> naive_by_bytes(const std::vector<note>& series, std::size_t limit) {
  std::vector<std::uint32_t> sizes;
  std::string open;
  for (const note& each : series) {
    const std::string alone = encode(each);
    if (sizes.empty() || open.size() + alone.size() > limit) {
      sizes.push_back(0);
      open.clear();
    }
    ++sizes.back();
    open += alone;
  }
  return sizes;
}
std::vector<std::uint32_t> sizes_of(const manifest& parts) {
  std::vector<std::uint32_t> sizes;
  for (const chunk_entry& each : parts.chunks) sizes.push_back(each.points);
  return sizes;
}

// Whatever the policy: the whole comes back, and a series that grows is cut as the whole is.
template <class Split, class Sample>
void check_split_laws(generator& from, const std::vector<Sample>& series) {
  const split_series cut = split<Split>("s", series);
  chunk_store store;
  store.put(cut.chunks);
  const auto joined = join<Sample>(cut.parts, store);
  REQUIRE(joined.is_complete());
  REQUIRE(is_same_value(joined.samples, series));

  chunk_writer<Sample, Split> writer("s");
  chunk_store written;
  for (const Sample& point : series) {
    if (auto chunk = writer.push(point)) written.put({*chunk});
    if (!from.random.chance(0.2)) continue;
    if (auto chunk = writer.flush()) written.put({*chunk});
  }
  if (auto chunk = writer.flush()) written.put({*chunk});
  REQUIRE(writer.written() == cut.parts);
  REQUIRE(is_same_value(join<Sample>(writer.written(), written).samples, series));

  const auto half = static_cast<std::ptrdiff_t>(from.random.below(series.size() + 1));
  const split_series before = split<Split>("s", std::vector<Sample>(series.begin(), series.begin() + half));
  const auto after = append<Split>("s", before.parts, before.chunks.empty() ? std::string() : before.chunks.back().bytes,
                                   std::span<const Sample>(series).subspan(static_cast<std::size_t>(half)));
  REQUIRE(after);
  REQUIRE(after->parts == cut.parts);
  for (std::size_t i = 0; i + 1 < before.parts.chunks.size(); ++i) REQUIRE(after->parts.chunks[i] == before.parts.chunks[i]);
}

}  // namespace

TEST_CASE("join(split(x)) == x, and a series that grows is cut as the whole is, by points, bytes and seconds",
          "[stream][DECL-3]") {
  generator from(31);
  for (int i = 0; i < 400; ++i) {
    const auto series = random_notes(from);
    check_split_laws<points<1>>(from, series);
    check_split_laws<points<7>>(from, series);
    check_split_laws<bytes<1>>(from, series);
    check_split_laws<bytes<40>>(from, series);
    check_split_laws<bytes<4194304>>(from, series);
    check_split_laws<seconds<1>>(from, series);
    check_split_laws<seconds<60>>(from, series);
    check_split_laws<seconds<4294967295>>(from, series);
  }
}

TEST_CASE("a series is cut by bytes and seconds as by somebody who goes through it point by point", "[stream][DECL-3]") {
  generator from(32);
  for (int i = 0; i < 1000; ++i) {
    const auto series = random_notes(from);
    REQUIRE(sizes_of(split<bytes<1>>("s", series).parts) == naive_by_bytes(series, 1));
    REQUIRE(sizes_of(split<bytes<40>>("s", series).parts) == naive_by_bytes(series, 40));
    REQUIRE(sizes_of(split<bytes<500>>("s", series).parts) == naive_by_bytes(series, 500));
    REQUIRE(sizes_of(split<seconds<1>>("s", series).parts) == naive_by_seconds(series, 1));
    REQUIRE(sizes_of(split<seconds<60>>("s", series).parts) == naive_by_seconds(series, 60));
    REQUIRE(sizes_of(split<seconds<3600>>("s", series).parts) == naive_by_seconds(series, 3600));
  }
}

TEST_CASE("points less than N seconds from the first are one chunk", "[stream][DECL-3]") {
  const auto at = [](std::int64_t ms) { return pulse{std::chrono::milliseconds{ms}, 1}; };
  const auto sizes = [](const std::vector<pulse>& series) { return sizes_of(split<seconds<10>>("s", series).parts); };
  using list = std::vector<std::uint32_t>;
  CHECK(sizes({}) == list{});
  CHECK(sizes({at(0), at(9'999)}) == list{2});
  CHECK(sizes({at(0), at(10'000)}) == list{1, 1});
  CHECK(sizes({at(5'000), at(14'000), at(15'000), at(24'999), at(25'000)}) == list{2, 2, 1});
  CHECK(sizes({at(60'000), at(51'000), at(69'999)}) == list{3});  // a clock that was set back a little
  CHECK(sizes({at(60'000), at(50'000)}) == list{1, 1});           // and by much
}

TEST_CASE("points that take N bytes together are one chunk, and one that takes more is alone", "[stream][DECL-3]") {
  const auto sizes = [](const std::vector<std::string>& series) { return sizes_of(split<bytes<8>>("s", series).parts); };
  using list = std::vector<std::uint32_t>;  // a text takes a byte for its length
  CHECK(sizes({"abc", "def"}) == list{2});
  CHECK(sizes({"abc", "defg"}) == list{1, 1});
  CHECK(sizes({"a", "0123456789", "b", "c"}) == list{1, 1, 2});
}

TEST_CASE("times as far apart as times can be are told apart", "[stream][DECL-3]") {
  constexpr auto most = std::numeric_limits<std::uint64_t>::max();
  const auto at = [](std::uint64_t ns) { return fine{std::chrono::duration<std::uint64_t, std::nano>{ns}}; };
  const auto cut = split<seconds<4294967295>>("s", std::vector<fine>{at(0), at(4294967294'999'999'999), at(4294967295'000'000'000), at(most), at(0)});
  CHECK(sizes_of(cut.parts) == std::vector<std::uint32_t>{2, 1, 1, 1});
}

TEST_CASE("a field's series is cut by bytes and seconds as the field declares it", "[stream][DECL-3]") {
  generator from(33);
  const auto series = random_notes(from);
  CHECK(split(the<&journey::notes>, series).parts == split<seconds<60>>("notes", series).parts);
  CHECK(split(the<&journey::texts>, series).parts == split<bytes<64>>("texts", series).parts);
  auto writer = write_chunks(the<&journey::notes>);
  for (const note& each : series) writer.push(each);
  writer.flush();
  CHECK(writer.written() == split(the<&journey::notes>, series).parts);
}

namespace {

template <class Split>
struct cut_by {
  static constexpr record_info sync{.table = "cut"};
  key<std::string> id{};
  chunked<note, Split> series{};
};

static_assert(schema<cut_by<bytes<64>>>::fingerprint != schema<cut_by<bytes<65>>>::fingerprint);
static_assert(schema<cut_by<seconds<64>>>::fingerprint != schema<cut_by<seconds<65>>>::fingerprint);
static_assert(schema<cut_by<seconds<64>>>::fingerprint != schema<cut_by<bytes<64>>>::fingerprint);
static_assert(schema<cut_by<points<64>>>::fingerprint != schema<cut_by<bytes<64>>>::fingerprint);

}  // namespace

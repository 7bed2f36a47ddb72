// SPDX-License-Identifier: BSL-1.0
#include <syncline/stream/chunk.hpp>

#include "fuzz/every_kind.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/generators/catch_generators_range.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include <bit>
#include <cstdint>
#include <limits>
#include <optional>
#include <random>
#include <string>
#include <vector>

using namespace syncline;
using namespace std::literals;
using Catch::Matchers::ContainsSubstring;

namespace {

struct hr_sample {
  timestamp t{};
  std::optional<std::int16_t> bpm{};
};

struct position {
  timestamp t{};
  double lat_deg{};
  double lon_deg{};
  std::optional<float> altitude_m{};
};

struct renamed_sample {  // hr_sample, but for a name
  timestamp t{};
  std::optional<std::int16_t> rate{};
};

// Any bits at all, so that NaNs with payloads and infinities are among them.
struct random_values {
  std::mt19937_64 random;

  void fill(double& value) { value = std::bit_cast<double>(random()); }
  void fill(float& value) { value = std::bit_cast<float>(static_cast<std::uint32_t>(random())); }
  void fill(std::int16_t& value) { value = static_cast<std::int16_t>(random()); }
  void fill(std::int64_t& value) { value = static_cast<std::int64_t>(random() >> (random() % 64)); }
  void fill(std::string& value) { value.assign(random() % 20, static_cast<char>('a' + random() % 26)); }
  void fill(timestamp& value) {
    value = timestamp{std::chrono::milliseconds{static_cast<std::int64_t>(random() >> 16)}};
  }
  template <class T>
  void fill(std::optional<T>& value) {
    if (random() % 3 == 0) {
      value.reset();
    } else {
      fill(value.emplace());
    }
  }
  template <class T>
  requires(kind_of<T> == value_kind::structure) void fill(T& value) {
    for_each_field([this](auto, auto& field) { this->fill(field); }, value);
  }

  template <class T>
  std::vector<T> series(std::size_t size) {
    std::vector<T> values(size);
    for (T& value : values) fill(value);
    return values;
  }
};

template <class Sample, class Codec>
void check_codec_laws(std::uint64_t seed) {
  random_values values{std::mt19937_64(seed)};
  for (const std::size_t size : {0u, 1u, 2u, 7u, 100u, 1000u}) {
    const auto series = values.series<Sample>(size);
    std::string bytes = "before";
    Codec::encode(bytes, std::span<const Sample>(series));
    REQUIRE(bytes.starts_with("before"));
    const std::string_view written = std::string_view(bytes).substr(6);
    std::vector<Sample> read(3);
    REQUIRE(Codec::decode(written, static_cast<std::uint32_t>(size), read).has_value());
    REQUIRE(is_same_value(read, series));
    std::string again;
    Codec::encode(again, std::span<const Sample>(read));
    REQUIRE(again == written);
    REQUIRE_FALSE(Codec::decode(written, static_cast<std::uint32_t>(size + 1), read).has_value());
    if (size != 0) REQUIRE_FALSE(Codec::decode(written, static_cast<std::uint32_t>(size - 1), read).has_value());
  }
}

/// A codec that only this test has.
struct other_codec {
  static constexpr std::uint8_t id = 200;

  template <sample Sample>
  static void encode(std::string& out, std::span<const Sample> samples) {
    out += '!';
    plain_codec::encode(out, samples);
  }
  template <sample Sample>
  static result<void> decode(std::string_view bytes, std::uint32_t points, std::vector<Sample>& samples) {
    if (!bytes.starts_with('!')) return make_error(error_code::malformed, phase::decode, "no mark");
    return plain_codec::decode(bytes.substr(1), points, samples);
  }
};

std::vector<hr_sample> three_beats() {
  return {{timestamp{0ms}, std::int16_t{60}}, {timestamp{1ms}, {}}, {timestamp{2ms}, std::int16_t{-1}}};
}

}  // namespace

TEST_CASE("the plain codec obeys the laws of codecs", "[stream][STREAM-2]") {
  const auto seed = GENERATE(1u, 2u, 3u);
  check_codec_laws<hr_sample, plain_codec>(seed);
  check_codec_laws<position, plain_codec>(seed);
  check_codec_laws<double, plain_codec>(seed);
  check_codec_laws<std::optional<double>, plain_codec>(seed);
  check_codec_laws<std::int64_t, plain_codec>(seed);
  check_codec_laws<std::string, plain_codec>(seed);
}

TEST_CASE("a chunk says what it is", "[stream][STREAM-1]") {
  const auto samples = three_beats();
  const encoded_chunk chunk = encode_chunk("heart_rate", 7, samples);
  const auto seen = inspect_chunk(chunk.bytes);
  REQUIRE(seen.has_value());
  CHECK(seen->header.stream == "heart_rate");
  CHECK(seen->header.type == data_type::structure);
  CHECK(seen->header.index == 7);
  CHECK(seen->header.points == 3);
  CHECK(seen->header.original_size == 3 * sizeof(hr_sample));
  CHECK(seen->header.codec == plain_codec::id);
  CHECK(chunk.entry.points == 3);
  CHECK(chunk.entry.encoded_size == chunk.bytes.size());
  CHECK(chunk.entry.original_size == 3 * sizeof(hr_sample));
  CHECK(chunk.entry.digest == digest_of(chunk.bytes));

  const auto read = decode_chunk<hr_sample>(chunk.bytes);
  REQUIRE(read.has_value());
  CHECK(read->header == seen->header);
  CHECK(is_same_value(read->samples, samples));
}

TEST_CASE("a chunk's bytes are those of its layout", "[stream][STREAM-1]") {
  const encoded_chunk chunk = encode_chunk("hr", 1, std::vector<std::int64_t>{0, -1, 64});
  REQUIRE(chunk.bytes.size() == 1 + 8 + 1 + 1 + 8 + 3 + 1 + 1 + 1 + 4);
  CHECK(chunk.bytes[0] == 1);                     // format
  CHECK(chunk.bytes.substr(9, 2) == "\x01\x02");  // codec, data type
  CHECK(chunk.bytes.substr(19) == "\x02hr\x01\x03\x18\x00\x01\x80\x01"s);
}

TEST_CASE("the data type of a series is that of its points", "[stream][STREAM-1]") {
  CHECK(data_type_of<double> == data_type::number);
  CHECK(data_type_of<std::optional<float>> == data_type::number);
  CHECK(data_type_of<std::int16_t> == data_type::integer);
  CHECK(data_type_of<std::chrono::seconds> == data_type::integer);
  CHECK(data_type_of<every_kind::color> == data_type::integer);
  CHECK(data_type_of<std::optional<bool>> == data_type::boolean);
  CHECK(data_type_of<timestamp> == data_type::time);
  CHECK(data_type_of<std::string> == data_type::text);
  CHECK(data_type_of<std::array<double, 2>> == data_type::list);
  CHECK(data_type_of<hr_sample> == data_type::structure);
  CHECK(to_string(data_type::structure) == "structure");
}

TEST_CASE("every chunk that is cut short or has a flipped bit is refused", "[stream][WIRE-4]") {
  const auto samples = GENERATE(0u, 1u, 50u);
  random_values values{std::mt19937_64(samples + 10)};
  const std::string whole = encode_chunk("heart_rate", 3, values.series<hr_sample>(samples)).bytes;
  REQUIRE(decode_chunk<hr_sample>(whole).has_value());
  for (std::size_t size = 0; size < whole.size(); ++size) {
    REQUIRE_FALSE(decode_chunk<hr_sample>(whole.substr(0, size)).has_value());
  }
  for (std::size_t bit = 0; bit < whole.size() * 8; ++bit) {
    std::string flipped = whole;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
    REQUIRE_FALSE(decode_chunk<hr_sample>(flipped).has_value());
  }
  REQUIRE_FALSE(decode_chunk<hr_sample>(whole + '\0').has_value());
}

TEST_CASE("a damaged chunk is told from one of a newer format or another series", "[stream][WIRE-4]") {
  std::string bytes = encode_chunk("heart_rate", 0, three_beats()).bytes;
  const auto other = decode_chunk<position>(bytes);
  REQUIRE(other.has_error());
  CHECK(other.error().code == error_code::wrong_version);
  CHECK_THAT(other.error().message,
             ContainsSubstring("a chunk of 'heart_rate' has points of another type than 'position'"));
  CHECK(decode_chunk<renamed_sample>(bytes).error().code == error_code::wrong_version);

  bytes.back() ^= 1;
  CHECK(decode_chunk<hr_sample>(bytes).error().code == error_code::checksum);
  CHECK(inspect_chunk(bytes).error().code == error_code::checksum);
  bytes[0] = 2;
  CHECK(inspect_chunk(bytes).error().code == error_code::wrong_version);
  CHECK(inspect_chunk("").error().code == error_code::malformed);
}

TEST_CASE("a chunk is read by the codec that wrote it", "[stream][STREAM-2]") {
  const auto samples = three_beats();
  using both = codecs<other_codec, plain_codec>;
  const std::string other = encode_chunk<both>("hr", 0, samples).bytes;
  const std::string plain = encode_chunk("hr", 0, samples).bytes;
  CHECK(inspect_chunk(other)->header.codec == 200);
  CHECK(is_same_value(decode_chunk<hr_sample, both>(other)->samples, samples));
  CHECK(is_same_value(decode_chunk<hr_sample, both>(plain)->samples, samples));
  const auto unknown = decode_chunk<hr_sample>(other);
  REQUIRE(unknown.has_error());
  CHECK(unknown.error().code == error_code::wrong_version);
  CHECK_THAT(unknown.error().message, ContainsSubstring("written by codec 200"));
}

TEST_CASE("a chunk that claims what it cannot hold is refused, although its checksum is right", "[stream][SEC-4]") {
  const auto forged = [](std::uint64_t points, std::uint8_t type) {
    std::string bytes(64, '\0');
    writer out(bytes.data() + 9);
    out.byte(plain_codec::id);
    out.byte(type);
    out.fixed(internal::sample_fingerprint<std::int64_t>);
    out.sized("x");
    out.varint(0);
    out.varint(points);
    out.varint(8);
    out.byte(5);
    bytes.resize(static_cast<std::size_t>(out.position() - bytes.data()));
    writer front(bytes.data());
    front.byte(chunk_format);
    front.fixed(checksum(std::string_view(bytes).substr(9)));
    return bytes;
  };
  CHECK(decode_chunk<std::int64_t>(forged(1, 2)).has_value());
  CHECK_FALSE(decode_chunk<std::int64_t>(forged(2, 2)).has_value());
  CHECK_FALSE(decode_chunk<std::int64_t>(forged(max_chunk_points, 2)).has_value());
  CHECK_FALSE(decode_chunk<std::int64_t>(forged(max_chunk_points + 1, 2)).has_value());
  CHECK_FALSE(decode_chunk<std::int64_t>(forged(std::numeric_limits<std::uint64_t>::max(), 2)).has_value());
  CHECK_FALSE(decode_chunk<std::int64_t>(forged(1, 0)).has_value());
  CHECK_FALSE(decode_chunk<std::int64_t>(forged(1, 3)).has_value());
  CHECK_FALSE(decode_chunk<std::int64_t>(forged(1, 8)).has_value());
}

// SPDX-License-Identifier: BSL-1.0
#pragma once
// One chunk of a series as bytes: what it is a chunk of, whether it is whole, and its points.

#include <syncline/record/manifest.hpp>
#include <syncline/record/schema.hpp>
#include <syncline/stream/codec.hpp>
#include <syncline/stream/plain_codec.hpp>
#include <syncline/wire/checksum.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace syncline {

/// The version of a chunk's layout, its first byte. A chunk of a newer one is refused, not guessed at.
inline constexpr std::uint8_t chunk_format = 1;

/// The most points that one chunk may have, so that few bytes cannot ask for much memory.
inline constexpr std::uint32_t max_chunk_points = 1u << 20;

/// The codecs that are used where none are named.
using default_codecs = codecs<plain_codec>;

/// What a chunk says of itself. \see STREAM-1
struct chunk_header {
  std::string stream{};           ///< the name of the series, such as `heart_rate`
  data_type type{};               ///< what its points are
  std::uint64_t fingerprint{};    ///< of the type of its points, field names included
  std::uint32_t index{};          ///< its place in the series, from 0
  std::uint32_t points{};         ///< how many
  std::uint32_t original_size{};  ///< bytes of the points as an array in memory, where they were encoded
  std::uint8_t codec{};           ///< the codec's id

  friend bool operator==(const chunk_header&, const chunk_header&) = default;
};

/// A chunk that was found to be whole, taken apart; the payload points into the bytes that were given.
struct chunk_view {
  chunk_header header{};
  std::string_view payload{};
};

/// A chunk as bytes, with what its series' manifest says of it.
struct encoded_chunk {
  chunk_entry entry{};
  std::string bytes{};

  friend bool operator==(const encoded_chunk&, const encoded_chunk&) = default;
};

namespace internal {

/// Differs, but for chance, whenever the type of two samples does.
template <class Sample>
inline constexpr std::uint64_t sample_fingerprint = [] {
  fingerprint_hash hash;
  hash.template add_type<Sample>();
  return hash.value();
}();

inline constexpr std::size_t chunk_checked_from = 9;  // the format and the checksum stand before what is checked

template <class Sample, class... Codecs>
result<void> decode_points(const chunk_view& chunk, std::vector<Sample>& samples, codecs<Codecs...>) {
  std::optional<result<void>> done;
  const auto try_codec = [&]<class Codec>(std::type_identity<Codec>) {
    if (chunk.header.codec == Codec::id) done.emplace(Codec::decode(chunk.payload, chunk.header.points, samples));
  };
  (try_codec(std::type_identity<Codecs>{}), ...);
  if (done) return *std::move(done);
  return make_error(error_code::wrong_version, phase::decode,
                    "a chunk of '" + chunk.header.stream + "' was written by codec " +
                        std::to_string(chunk.header.codec) + ", which this program does not have: update it");
}

template <class Sample, class First, class... Others>
void encode_points(std::string& out, std::span<const Sample> samples, codecs<First, Others...>) {
  static_assert(chunk_codec<First, Sample>,
                "[syncline] this codec cannot serve these samples: it needs `id`, `encode(out, samples)` and "
                "`decode(bytes, points, samples)` for them");
  First::encode(out, samples);
}

template <class First, class... Others>
consteval std::uint8_t id_of_first(codecs<First, Others...>) {
  return First::id;
}

}  // namespace internal

/// `samples` as chunk `index` of the series `stream`: format (1 byte), checksum of all that follows (8), codec (1),
/// data type (1), fingerprint of the sample's type (8), name, index, number of points and original size, then the
/// points.
///
/// \pre samples.size() <= max_chunk_points
/// Guarantee: equal samples give equal bytes on every machine where they take the same memory.
/// Complexity: linear. \see STREAM-1, WIRE-4
template <class Codecs = default_codecs, sample Sample>
encoded_chunk encode_chunk(std::string_view stream, std::uint32_t index, std::span<const Sample> samples) {
  encoded_chunk made;
  const auto points = static_cast<std::uint32_t>(samples.size());
  const auto original_size = static_cast<std::uint32_t>(samples.size_bytes());
  made.bytes.resize(internal::chunk_checked_from + 2 + 8 + stream.size() + 4 * max_varint_size);
  writer out(made.bytes.data() + internal::chunk_checked_from);
  out.byte(internal::id_of_first(Codecs{}));
  out.byte(static_cast<std::uint8_t>(data_type_of<Sample>));
  out.fixed(internal::sample_fingerprint<Sample>);
  out.varint(stream.size());
  if (!stream.empty()) out.raw(stream);
  out.varint(index);
  out.varint(points);
  out.varint(original_size);
  made.bytes.resize(static_cast<std::size_t>(out.position() - made.bytes.data()));
  internal::encode_points(made.bytes, samples, Codecs{});

  writer front(made.bytes.data());
  front.byte(chunk_format);
  front.fixed(checksum(std::string_view(made.bytes).substr(internal::chunk_checked_from)));
  made.entry = {digest_of(made.bytes), points, static_cast<std::uint32_t>(made.bytes.size()), original_size};
  return made;
}

template <class Codecs = default_codecs, sample Sample>
encoded_chunk encode_chunk(std::string_view stream, std::uint32_t index, const std::vector<Sample>& samples) {
  return encode_chunk<Codecs>(stream, index, std::span<const Sample>(samples));
}

/// Takes a chunk apart without knowing the type of its points: what a store or a hub needs.
///
/// \return malformed, wrong_version or checksum where the bytes are not a whole chunk of this format
inline result<chunk_view> inspect_chunk(std::string_view bytes) {
  reader in(bytes);
  const std::uint8_t format = in.byte();
  if (!in.failed() && format != chunk_format) {
    return make_error(error_code::wrong_version, phase::decode,
                      "a chunk has format " + std::to_string(format) + " and this program reads format " +
                          std::to_string(chunk_format) + ": update the program, if the chunk is not damaged");
  }
  const auto sum = in.fixed<std::uint64_t>();
  if (!in.failed() && sum != checksum(bytes.substr(internal::chunk_checked_from))) {
    return make_error(error_code::checksum, phase::decode,
                      "a chunk of " + std::to_string(bytes.size()) +
                          " bytes changed since it was written: its checksum does not match; fetch it again");
  }
  chunk_view chunk;
  chunk.header.codec = in.byte();
  const std::uint8_t type = in.byte();
  if (type < 1 || type > static_cast<std::uint8_t>(data_type::list))
    in.fail("a chunk has a data type that does not exist");
  chunk.header.type = static_cast<data_type>(type);
  chunk.header.fingerprint = in.fixed<std::uint64_t>();
  in.text(chunk.header.stream);
  const auto take_number = [&in](std::uint64_t most, const char* why) {
    const std::uint64_t number = in.varint();
    if (number > most) in.fail(why);
    return static_cast<std::uint32_t>(number);
  };
  chunk.header.index = take_number(0xFFFFFFFF, "a chunk's index has more than 32 bits");
  chunk.header.points = take_number(max_chunk_points, "a chunk has more than 1048576 points");
  chunk.header.original_size = take_number(0xFFFFFFFF, "a chunk's original size has more than 32 bits");
  chunk.payload = in.raw(in.remaining());
  if (auto done = in.finish("a chunk"); !done) return done.error();
  return chunk;
}

/// Reads the points of a chunk into `samples`, whose memory is used again, and returns what the chunk says of itself.
/// On an error `samples` holds anything valid.
///
/// \return malformed, checksum, or wrong_version where the points are of another type or were written by a codec that
/// is not among `Codecs` Guarantee: reads every sequence of bytes without undefined behaviour, in memory proportional
/// to bytes and points.
template <class Codecs = default_codecs, sample Sample>
result<chunk_header> decode_chunk_into(std::string_view bytes, std::vector<Sample>& samples) {
  result<chunk_view> chunk = inspect_chunk(bytes);
  if (!chunk) return chunk.error();
  if (chunk->header.fingerprint != internal::sample_fingerprint<Sample> || chunk->header.type != data_type_of<Sample>) {
    return make_error(error_code::wrong_version, phase::decode,
                      "a chunk of '" + chunk->header.stream + "' has points of another type than '" +
                          std::string(type_name<Sample>) + "': it is of another series, or its type was changed since");
  }
  if (auto done = internal::decode_points(*chunk, samples, Codecs{}); !done) return done.error();
  return std::move(chunk->header);
}

/// A chunk's points, and what it says of itself.
template <class Sample>
struct decoded_chunk {
  chunk_header header{};
  std::vector<Sample> samples{};
};

/// Reads a chunk: see `decode_chunk_into`.
///
/// \snippet examples/stream.cpp chunk
template <sample Sample, class Codecs = default_codecs>
result<decoded_chunk<Sample>> decode_chunk(std::string_view bytes) {
  decoded_chunk<Sample> chunk;
  result<chunk_header> header = decode_chunk_into<Codecs>(bytes, chunk.samples);
  if (!header) return header.error();
  chunk.header = std::move(*header);
  return chunk;
}

}  // namespace syncline

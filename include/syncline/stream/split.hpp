// SPDX-License-Identifier: BSL-1.0
#pragma once
// A series in chunks: cut, continued, put together again, and what of it is missing.

#include <syncline/record/field.hpp>
#include <syncline/stream/chunk.hpp>
#include <syncline/stream/cutter.hpp>

#include <range/v3/range/conversion.hpp>
#include <range/v3/view/enumerate.hpp>
#include <range/v3/view/map.hpp>
#include <range/v3/view/remove_if.hpp>

#include <concepts>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace syncline {

/// A declared way to cut a series: `points<N>`, `bytes<N>` or `seconds<N>`. \see DECL-3
template <class Split, class Sample>
concept split_policy = requires {
  { cutter<Split, Sample>::most } -> std::convertible_to<std::uint32_t>;
} && (cutter<Split, Sample>::most > 0 && cutter<Split, Sample>::most <= max_chunk_points);

namespace internal {

template <class Codecs, class Sample>
result<void> decode_expected(std::string_view bytes, const chunk_entry& entry, std::size_t index,
                             std::vector<Sample>& samples) {
  const auto differs = [index](std::string_view how) {
    return make_error(error_code::checksum, phase::decode,
                      "chunk " + std::to_string(index) +
                          " of a series is not what its manifest says: " + std::string(how) + "; fetch it again");
  };
  if (bytes.size() != entry.encoded_size) return differs("it has another size");
  if (digest_of(bytes) != entry.digest) return differs("it has another digest");
  result<chunk_header> header = decode_chunk_into<Codecs>(bytes, samples);
  if (!header) return header.error();
  if (header->index != index) return differs("it is chunk " + std::to_string(header->index));
  if (header->points != entry.points) return differs("it has another number of points");
  return {};
}

}  // namespace internal

/// Cuts a series while it grows, one point at a time, and holds no more of it than one chunk.
///
/// \snippet examples/stream.cpp writer
/// \see STREAM-1, STREAM-5
template <sample Sample, split_policy<Sample> Split = points<1000>, class Codecs = default_codecs>
class chunk_writer {
  static_assert(std::uint64_t{cutter<Split, Sample>::most} * sizeof(Sample) <= 0xFFFFFFFF,
                "[syncline] a chunk's points have to fit into 4 GiB: declare fewer `points<N>`");

 public:
  explicit chunk_writer(std::string stream) : stream_(std::move(stream)) {}

  /// Goes on with a series whose manifest is `before`.
  ///
  /// \param last_chunk  the bytes of its last chunk; not looked at where that has all points that a chunk can have, or
  /// where there is none
  /// \return the writer, or why the last chunk is not the one that the manifest names
  static result<chunk_writer> resume(std::string stream, manifest before, std::string_view last_chunk) {
    chunk_writer writer(std::move(stream));
    writer.written_ = std::move(before);
    if (writer.written_.empty()) return writer;
    const chunk_entry& last = writer.written_.chunks.back();
    if (last.points >= most) return writer;
    if (last_chunk.empty()) {
      return make_error(
          error_code::not_found, phase::local,
          "cannot go on with '" + writer.stream_ + "': its last chunk, which is not full, has to be at hand");
    }
    auto done = internal::decode_expected<Codecs>(last_chunk, last, writer.written_.chunks.size() - 1, writer.open_);
    if (!done) return done.error();
    writer.flushed_ = writer.open_.size();
    for (const Sample& point : writer.open_) writer.cutter_.add(point);
    return writer;
  }

  /// Takes a point; returns a chunk if that completed one: with the point, or without it where it belongs to the next.
  std::optional<encoded_chunk> push(const Sample& point) {
    std::optional<encoded_chunk> chunk;
    if (!open_.empty() && !cutter_.takes(point)) chunk = close();
    open_.push_back(point);
    cutter_.add(point);
    if (open_.size() < most) return chunk;
    return close();
  }

  /// The points since the last full chunk, as the chunk that they are now; nothing if there are none that were not
  /// written already. More points may follow: that chunk is then written again, with them.
  std::optional<encoded_chunk> flush() {
    if (open_.size() == flushed_) return {};
    encoded_chunk chunk = encode_open();
    flushed_ = open_.size();
    return chunk;
  }

  /// What was returned so far.
  const manifest& written() const noexcept { return written_; }
  /// How many points wait for their chunk to be full or flushed.
  std::size_t waiting() const noexcept { return open_.size() - flushed_; }
  const std::string& stream() const noexcept { return stream_; }

 private:
  static constexpr std::uint32_t most = cutter<Split, Sample>::most;

  std::optional<encoded_chunk> close() {
    std::optional<encoded_chunk> chunk = flush();
    open_.clear();
    flushed_ = 0;
    cutter_.start();
    return chunk;
  }
  encoded_chunk encode_open() {
    if (flushed_ != 0) written_.chunks.pop_back();
    encoded_chunk chunk = encode_chunk<Codecs>(stream_, static_cast<std::uint32_t>(written_.chunks.size()),
                                               std::span<const Sample>(open_));
    written_.chunks.push_back(chunk.entry);
    return chunk;
  }

  std::string stream_;
  manifest written_{};
  std::vector<Sample> open_{};
  cutter<Split, Sample> cutter_{};
  std::size_t flushed_ = 0;  // of the open points, how many the last entry of `written_` stands for
};

/// A series' manifest, and the chunks that were made for it.
struct split_series {
  manifest parts{};
  std::vector<encoded_chunk> chunks{};
};

/// Cuts `samples` into chunks of the series `stream`, as `Split` says.
///
/// Guarantee: join of the chunks gives `samples`, bit for bit. Complexity: linear; the chunks are all in memory, so use
/// `chunk_writer` for what may be long.
/// \snippet examples/stream.cpp split
template <class Split = points<1000>, class Codecs = default_codecs, sample Sample>
  requires split_policy<Split, Sample>
split_series split(std::string_view stream, std::span<const Sample> samples) {
  split_series made;
  cutter<Split, Sample> cut;
  for (std::size_t begin = 0, end = 0; begin < samples.size(); begin = end) {
    cut.start();
    do cut.add(samples[end++]);
    while (end < samples.size() && end - begin < cut.most && cut.takes(samples[end]));
    made.chunks.push_back(encode_chunk<Codecs>(stream, static_cast<std::uint32_t>(made.chunks.size()),
                                               samples.subspan(begin, end - begin)));
    made.parts.chunks.push_back(made.chunks.back().entry);
  }
  return made;
}

template <class Split = points<1000>, class Codecs = default_codecs, sample Sample>
  requires split_policy<Split, Sample>
split_series split(std::string_view stream, const std::vector<Sample>& samples) {
  return split<Split, Codecs>(stream, std::span<const Sample>(samples));
}

/// Cuts the series of a record's `chunked` field as the field declares it: `split(the<&activity::heart_rate>, points)`.
template <class Codecs = default_codecs, class R, std::size_t I, sample Sample>
split_series split(internal::field_tag<R, I>, const std::vector<Sample>& samples) {
  using declared = typename schema<R>::template policy_type<I>;
  static_assert(policy::is_chunked<declared>, "[syncline] only a `chunked` field has a series to split");
  static_assert(std::same_as<Sample, typename declared::sample>,
                "[syncline] these samples are not what the field is declared with: chunked<Sample, Split>");
  return split<typename declared::split, Codecs>(field_name<R, I>, std::span<const Sample>(samples));
}

/// A writer for the series of a record's `chunked` field: `write_chunks(the<&activity::heart_rate>)`.
template <class Codecs = default_codecs, class R, std::size_t I>
auto write_chunks(internal::field_tag<R, I>) {
  using declared = typename schema<R>::template policy_type<I>;
  static_assert(policy::is_chunked<declared>, "[syncline] only a `chunked` field has a series to write");
  return chunk_writer<typename declared::sample, typename declared::split, Codecs>(std::string(field_name<R, I>));
}

/// Puts `more` at the end of a series. Only the last chunk, if it is not full, is written again.
///
/// \param last_chunk  the bytes of its last chunk: see `chunk_writer::resume`
/// \return the manifest of the whole series, and the chunks that are new
/// Guarantee: the same manifest as splitting the whole series at once. Complexity: linear in `more`.
template <class Split = points<1000>, class Codecs = default_codecs, sample Sample>
  requires split_policy<Split, Sample>
result<split_series> append(std::string_view stream, const manifest& before, std::string_view last_chunk,
                            std::span<const Sample> more) {
  auto writer = chunk_writer<Sample, Split, Codecs>::resume(std::string(stream), before, last_chunk);
  if (!writer) return writer.error();
  split_series made;
  for (const Sample& point : more) {
    if (auto chunk = writer->push(point)) made.chunks.push_back(std::move(*chunk));
  }
  if (auto chunk = writer->flush()) made.chunks.push_back(std::move(*chunk));
  made.parts = writer->written();
  return made;
}

/// A chunk of a series that could not be had: where its points would stand, and why they do not.
struct chunk_gap {
  std::size_t index{};         ///< in the manifest
  std::uint64_t first{};       ///< the number of its first point in the whole series
  std::uint32_t points{};      ///< how many points are missing
  std::optional<error> why{};  ///< what was wrong with it; nothing if it was not there
};

/// Reads a series chunk by chunk, in order: calls `use(first, samples)` with each chunk's points and the number of its
/// first point in the series. What is missing or not what the manifest says is left out and returned.
///
/// \param fetch  gives the bytes of a chunk by its digest, as an optional of something that converts to a string_view
/// Guarantee: holds one chunk at a time. \see STREAM-3, STREAM-5
template <sample Sample, class Codecs = default_codecs, class Fetch, class Use>
std::vector<chunk_gap> for_each_chunk(const manifest& parts, Fetch&& fetch, Use&& use) {
  std::vector<chunk_gap> gaps;
  std::vector<Sample> samples;
  std::uint64_t first = 0;
  for (const auto& [i, entry] : ranges::views::enumerate(parts.chunks)) {
    const auto bytes = fetch(entry.digest);
    if (!bytes) {
      gaps.push_back({i, first, entry.points, {}});
    } else if (auto done = internal::decode_expected<Codecs>(std::string_view(*bytes), entry, i, samples); !done) {
      gaps.push_back({i, first, entry.points, done.error()});
    } else {
      use(first, std::span<const Sample>(samples));
    }
    first += entry.points;
  }
  return gaps;
}

/// A series that was put together, as far as its chunks were there.
template <class Sample>
struct joined_series {
  std::vector<Sample> samples{};
  std::vector<chunk_gap> gaps{};

  bool is_complete() const noexcept { return gaps.empty(); }
};

/// Puts a series together: see `for_each_chunk`.
///
/// \snippet examples/stream.cpp split
template <sample Sample, class Codecs = default_codecs, class Fetch>
joined_series<Sample> join(const manifest& parts, Fetch&& fetch) {
  joined_series<Sample> joined;
  joined.gaps = for_each_chunk<Sample, Codecs>(parts, fetch, [&joined](std::uint64_t, std::span<const Sample> samples) {
    joined.samples.insert(joined.samples.end(), samples.begin(), samples.end());
  });
  return joined;
}

/// Which chunks of a series are not there, by their place in the manifest.
///
/// \param has  tells of a digest whether its chunk is there
template <class Has>
std::vector<std::size_t> missing_chunks(const manifest& parts, Has&& has) {
  const auto is_here = [&](const auto& place) { return has(place.second.digest); };
  return ranges::views::enumerate(parts.chunks) | ranges::views::remove_if(is_here) | ranges::views::keys |
         ranges::to<std::vector<std::size_t>>();
}

}  // namespace syncline

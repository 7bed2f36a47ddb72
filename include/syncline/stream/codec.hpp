// SPDX-License-Identifier: BSL-1.0
#pragma once
// What turns the samples of one chunk into bytes and back, and what it promises.

#include <syncline/core/result.hpp>
#include <syncline/record/value_kind.hpp>

#include <concepts>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace syncline {

/// What can be a point of a series: a codable value. A plain `bool` goes into a struct, since `std::vector<bool>` holds
/// no values that one could point at.
template <class T>
concept sample = codable<T> && !std::same_as<T, bool>;

/// A way to write the samples of a chunk as bytes, with a byte of its own by which a reader knows it.
///
/// Laws, for all samples (checked by the tests of each codec):
///   decode(encode(samples), samples.size()) == samples, bit for bit (a NaN keeps its payload);
///   `encode` appends, and gives equal bytes for equal samples;
///   `decode` takes any bytes: it gives the samples or an error value, in memory proportional to bytes and points.
/// \see STREAM-2
template <class Codec, class Sample>
concept chunk_codec = sample<Sample> &&
    requires(std::string& out, std::span<const Sample> samples, std::string_view bytes, std::uint32_t points,
             std::vector<Sample>& read) {
  { Codec::id } -> std::convertible_to<std::uint8_t>;
  Codec::encode(out, samples);
  { Codec::decode(bytes, points, read) } -> std::same_as<result<void>>;
};

/// Several codecs: the first writes, and every one reads what has its byte.
template <class First, class... Others>
struct codecs {
  static_assert(((First::id != Others::id) && ...), "[syncline] two codecs have the same id: give each its own byte");
};

/// What the points of a series are, for those who store chunks without knowing the type. The numbers are stored.
/// \see STREAM-1
enum class data_type : std::uint8_t { boolean = 1, integer, number, text, time, structure, list };

constexpr std::string_view to_string(data_type type) noexcept {
  constexpr std::string_view names[]{"", "boolean", "integer", "number", "text", "time", "structure", "list"};
  return names[static_cast<std::size_t>(type)];
}

namespace internal {

template <class T>
consteval data_type find_data_type() {
  constexpr value_kind kind = kind_of<T>;
  if constexpr (kind == value_kind::optional) {
    return find_data_type<element_of<T>>();
  } else if constexpr (kind == value_kind::boolean) {
    return data_type::boolean;
  } else if constexpr (kind == value_kind::number) {
    return data_type::number;
  } else if constexpr (kind == value_kind::text || kind == value_kind::blob) {
    return data_type::text;
  } else if constexpr (kind == value_kind::time) {
    return data_type::time;
  } else if constexpr (kind == value_kind::structure) {
    return data_type::structure;
  } else if constexpr (kind == value_kind::list || kind == value_kind::set || kind == value_kind::map ||
                       kind == value_kind::array) {
    return data_type::list;
  } else {
    return data_type::integer;
  }
}

}  // namespace internal

/// The data type of a series of `Sample`s.
template <sample Sample>
inline constexpr data_type data_type_of = internal::find_data_type<Sample>();

}  // namespace syncline

// SPDX-License-Identifier: BSL-1.0
#pragma once
// Turns the bytes of a FIT file, chunk by chunk, into messages.

#include <syncline/core/result.hpp>

#include "import/fit_message.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

namespace stride {

/// A streaming decoder of FIT files, also of several that follow each other (chained).
///
/// Feed it chunks of any size, then call `finish`. Every data message reaches the sink at once, with compressed
/// timestamps worked out and packed components expanded; definitions and headers do not. It holds one message, sixteen
/// definitions and the developer fields' descriptions, whatever the file's length.
///
/// Guarantee: no bytes make it read outside of what it was given; the messages do not depend on how the bytes were cut.
/// Complexity: O(bytes).
/// On failure: `feed` returns the first error and from then on ignores what it is fed; the messages before it have
/// reached the sink. A checksum that is wrong is such an error, found when the file's messages have all been delivered.
/// \see the FIT protocol, https://developer.garmin.com/fit/protocol/
class fit_decoder {
 public:
  /// Whether a wrong checksum ends the decoding, or is only remembered so that the files behind it can be had.
  enum class on_bad_checksum : std::uint8_t { stop, go_on };

  using message_sink = std::function<void(const fit_message&)>;

  explicit fit_decoder(message_sink sink, on_bad_checksum checksum_policy = on_bad_checksum::stop);

  // Messages point into the decoder.
  fit_decoder(const fit_decoder&) = delete;
  fit_decoder& operator=(const fit_decoder&) = delete;

  /// Decodes as far as these bytes reach. \pre `finish` was not called
  syncline::result<void> feed(std::span<const std::uint8_t> bytes);

  /// Says that there are no more bytes. \return the first error, also if they did not end where a FIT file ends
  syncline::result<void> finish();

  /// The first thing that was wrong, also a checksum that was passed over.
  const std::optional<syncline::error>& first_error() const noexcept { return error_; }

 private:
  enum class expected_item : std::uint8_t {
    header_size,
    header,
    message_header,
    definition,
    field_definitions,
    developer_field_count,
    developer_field_definitions,
    data,
    checksum,
    nothing,
  };

  struct field_definition {
    std::uint8_t number{};
    std::uint8_t size{};
    fit_base base{fit_base::byte};
    const fit_field_profile* profile{};
    const fit_description* description{};
    std::size_t description_index{};
    std::size_t first_component{};  // one past the last component if it has none
    bool is_accumulated_target{};
    bool is_skipped{};
  };

  struct definition {
    bool is_known{};
    bool is_big_endian{};
    std::uint16_t global{};
    std::size_t size{};
    std::vector<field_definition> fields{};
  };

  bool consume(std::span<const std::uint8_t> item);
  bool take_header(std::span<const std::uint8_t> item);
  bool take_message_header(std::uint8_t header);
  bool take_definition(std::span<const std::uint8_t> item);
  bool take_field_definitions(std::span<const std::uint8_t> item);
  bool take_developer_field_definitions(std::span<const std::uint8_t> item);
  bool take_data(std::span<const std::uint8_t> item);
  bool take_checksum(std::span<const std::uint8_t> item);
  bool expect(expected_item item, std::size_t size);
  bool expect_message();
  bool expect_data();
  void expand(const field_definition& field, const fit_field& value);
  void note_accumulated(const fit_field& value);
  void describe(const fit_message& message);
  bool fail(syncline::error_code code, std::uint64_t at, const std::string& sentence);

  message_sink sink_;
  on_bad_checksum checksum_policy_;
  std::optional<syncline::error> error_{};
  bool is_stopped_{};

  expected_item expected_{expected_item::header_size};
  std::size_t wanted_{1};
  std::vector<std::uint8_t> partial_{};
  std::vector<std::uint8_t> whole_{};
  std::uint64_t position_{};
  std::uint64_t item_at_{};

  std::uint32_t segment_{};
  std::uint64_t segment_at_{};
  std::uint64_t data_end_{};
  std::uint16_t checksum_{};
  std::array<definition, 16> definitions_{};
  std::size_t local_{};
  std::uint64_t message_at_{};
  bool has_developer_fields_{};
  std::optional<std::uint32_t> compressed_timestamp_{};
  std::optional<std::uint32_t> last_timestamp_{};

  std::vector<std::optional<std::uint32_t>> accumulators_{};
  std::vector<fit_field> fields_{};
  std::deque<std::vector<double>> expansions_{};
  std::size_t used_expansions_{};

  // Definitions and messages point at the descriptions, so these must not move.
  std::deque<fit_description> descriptions_{};
  std::unordered_map<std::uint32_t, std::size_t> latest_description_{};
};

}  // namespace stride

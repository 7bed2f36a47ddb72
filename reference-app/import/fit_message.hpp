// SPDX-License-Identifier: BSL-1.0
#pragma once
// One decoded FIT message: a view of its fields that reads numbers and text on demand.

#include "import/fit_profile.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace stride {

/// What a file says about a field that its writer invented.
struct fit_description {
  std::uint8_t developer_data_index{};
  std::uint8_t number{};
  fit_base base{fit_base::byte};
  std::string name{};
  std::string unit{};
  std::optional<std::uint8_t> native_field{};  ///< the profile's field that it stands in for

  friend bool operator==(const fit_description&, const fit_description&) = default;
};

/// One field of a message. It views the decoder's memory and is gone when the sink returns.
struct fit_field {
  std::uint8_t number{};
  fit_base base{fit_base::byte};
  bool is_big_endian{};
  std::span<const std::uint8_t> bytes{};
  std::span<const double> expanded{};    ///< the values, if they were packed into another field
  const fit_field_profile* profile{};    ///< nullptr for a field that the profile does not have
  const fit_description* description{};  ///< set for a developer field only
  std::size_t description_index{};       ///< counts the file's descriptions, in their order

  bool is_developer() const noexcept { return description != nullptr; }

  /// How many values it holds: one, or the length of an array; 0 when its size does not fit its base type.
  std::size_t size() const noexcept;

  /// The stored number; nothing for FIT's invalid values, for text, and past the end. 64-bit integers above 2^53 are
  /// rounded.
  std::optional<double> raw(std::size_t i = 0) const noexcept;

  /// The number in the profile's unit.
  std::optional<double> value(std::size_t i = 0) const noexcept;

  /// The text up to its first NUL, or all of it where the writer forgot one; empty unless the base type is text.
  /// The bytes are as stored, and need not be UTF-8.
  std::string_view text() const noexcept;
};

/// One message. It views the decoder's memory and is gone when the sink returns.
struct fit_message {
  std::uint16_t global{};
  std::uint64_t offset{};                    ///< of its first byte in all that was fed
  std::uint32_t segment{};                   ///< counts chained files from 0
  std::optional<std::uint32_t> timestamp{};  ///< seconds of FIT time, from its own field or a compressed header
  std::span<const fit_field> fields{};

  /// The profile's field of this number. \return nullptr when the message has none
  const fit_field* find(std::uint8_t number) const noexcept;

  /// The value of a field in the profile's unit; nothing when it is missing or invalid.
  std::optional<double> value(std::uint8_t number, std::size_t i = 0) const noexcept;

  /// The text of a field; empty when it is missing.
  std::string_view text(std::uint8_t number) const noexcept;
};

}  // namespace stride

// SPDX-License-Identifier: BSL-1.0
#pragma once
// What the numbers in a FIT file mean: base types, the fields this app reads, and names of sports and makers.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace stride {

/// How a FIT field's bytes are stored. \see FIT protocol, "Base Types"
enum class fit_base : std::uint8_t {
  enumeration = 0x00,
  sint8 = 0x01,
  uint8 = 0x02,
  text = 0x07,
  uint8z = 0x0A,
  byte = 0x0D,
  sint16 = 0x83,
  uint16 = 0x84,
  sint32 = 0x85,
  uint32 = 0x86,
  float32 = 0x88,
  float64 = 0x89,
  uint16z = 0x8B,
  uint32z = 0x8C,
  sint64 = 0x8E,
  uint64 = 0x8F,
  uint64z = 0x90,
};

/// Bytes of one value of a base type.
constexpr std::size_t size_of(fit_base base) noexcept {
  switch (base) {
    case fit_base::sint16:
    case fit_base::uint16:
    case fit_base::uint16z: return 2;
    case fit_base::sint32:
    case fit_base::uint32:
    case fit_base::uint32z:
    case fit_base::float32: return 4;
    case fit_base::float64:
    case fit_base::sint64:
    case fit_base::uint64:
    case fit_base::uint64z: return 8;
    default: return 1;
  }
}

/// The base type that a definition's byte names, told by its low five bits as some writers leave the high one out; a
/// number that the protocol does not know is read as plain bytes.
fit_base fit_base_of(std::uint8_t code) noexcept;

/// Global message numbers that this app reads.
namespace fit_messages {
inline constexpr std::uint16_t file_id = 0, sport = 12, session = 18, lap = 19, record = 20, event = 21,
                               device_info = 23, activity = 34, hrv = 78, length = 101, hr = 132,
                               field_description = 206, developer_data_id = 207;
}  // namespace fit_messages

/// The field that every message may carry: seconds since `fit_epoch_s`.
inline constexpr std::uint8_t fit_timestamp_field = 253;

/// Seconds from 1970-01-01 to FIT's own epoch, 1989-12-31, both at 00:00:00 UTC.
inline constexpr std::int64_t fit_epoch_s = 631065600;

/// Degrees of one semicircle, FIT's unit of coordinates.
inline constexpr double fit_degrees_per_semicircle = 180.0 / 2147483648.0;

/// A field of the public profile: its value is stored / scale - offset.
struct fit_field_profile {
  std::uint16_t message{};
  std::uint8_t number{};
  std::string_view name{};
  std::string_view unit{};
  double scale{1};
  double offset{0};
};

/// A value packed into some bits of another field.
struct fit_component {
  std::uint16_t message{};
  std::uint8_t number{};  ///< of the field that it is packed into
  std::uint8_t target{};  ///< of the field that it stands for
  std::uint8_t bits{};
  double scale{1};
  bool is_accumulated{};  ///< only the low bits are stored; the count goes on when they wrap
};

/// Looks a field up. \return nullptr when the profile has no such field
const fit_field_profile* find_fit_field(std::uint16_t message, std::uint8_t number) noexcept;

/// All components, those of one field next to each other and in the order of their bits.
std::span<const fit_component> fit_components() noexcept;

/// The sport that FIT numbers so, in lower snake case; "generic" for one it does not know.
std::string_view fit_sport_name(std::uint8_t sport) noexcept;

/// FIT's number of a sport; 0, which is "generic", for one it does not know.
std::uint8_t fit_sport_number(std::string_view name) noexcept;

/// A maker's name, and for its best known devices the device's; empty when not known.
std::string_view fit_manufacturer_name(std::uint16_t manufacturer) noexcept;
std::string_view fit_garmin_product_name(std::uint16_t product) noexcept;

/// What a file of this `file_id.type` holds, as words that follow "holds"; "data of an unknown kind" when not known.
std::string_view fit_file_kind(std::uint8_t type) noexcept;

}  // namespace stride

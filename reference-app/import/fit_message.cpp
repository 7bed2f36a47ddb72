// SPDX-License-Identifier: BSL-1.0
// Reads numbers and text out of a FIT message's bytes.

#include "import/fit_message.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

namespace stride {
namespace {

template <class T>
T load(const std::uint8_t* p, bool is_big_endian) noexcept {
  T v{};
  for (std::size_t i = 0; i < sizeof(T); ++i) {
    const std::size_t at = is_big_endian ? i : sizeof(T) - 1 - i;
    v = static_cast<T>(static_cast<std::uint64_t>(v) << 8U | p[at]);
  }
  return v;
}

template <class T>
std::optional<double> unless(T value, T invalid) noexcept {
  if (value == invalid) return std::nullopt;
  return static_cast<double>(value);
}

template <class Unsigned>
std::optional<double> load_unsigned(const std::uint8_t* p, bool is_big_endian) noexcept {
  return unless(load<Unsigned>(p, is_big_endian), std::numeric_limits<Unsigned>::max());
}

template <class Unsigned>
std::optional<double> load_unsigned_z(const std::uint8_t* p, bool is_big_endian) noexcept {
  return unless(load<Unsigned>(p, is_big_endian), Unsigned{0});
}

template <class Signed>
std::optional<double> load_signed(const std::uint8_t* p, bool is_big_endian) noexcept {
  using bits = std::make_unsigned_t<Signed>;
  return unless(static_cast<Signed>(load<bits>(p, is_big_endian)), std::numeric_limits<Signed>::max());
}

template <class Float, class Bits>
std::optional<double> load_float(const std::uint8_t* p, bool is_big_endian) noexcept {
  const double v = static_cast<double>(std::bit_cast<Float>(load<Bits>(p, is_big_endian)));
  // The invalid value, all bits set, is a NaN; no other NaN or infinity is a reading either.
  if (!std::isfinite(v)) return std::nullopt;
  return v;
}

}  // namespace

std::size_t fit_field::size() const noexcept {
  if (!expanded.empty()) return expanded.size();
  const std::size_t width = size_of(base);
  return bytes.size() % width == 0 ? bytes.size() / width : 0;
}

std::optional<double> fit_field::raw(std::size_t i) const noexcept {
  if (!expanded.empty()) {
    if (i >= expanded.size()) return std::nullopt;
    return profile ? (expanded[i] + profile->offset) * profile->scale : expanded[i];
  }
  if (i >= size()) return std::nullopt;
  const std::uint8_t* p = bytes.data() + i * size_of(base);
  switch (base) {
    case fit_base::enumeration:
    case fit_base::uint8: return load_unsigned<std::uint8_t>(p, is_big_endian);
    case fit_base::sint8: return load_signed<std::int8_t>(p, is_big_endian);
    case fit_base::uint8z: return load_unsigned_z<std::uint8_t>(p, is_big_endian);
    case fit_base::sint16: return load_signed<std::int16_t>(p, is_big_endian);
    case fit_base::uint16: return load_unsigned<std::uint16_t>(p, is_big_endian);
    case fit_base::uint16z: return load_unsigned_z<std::uint16_t>(p, is_big_endian);
    case fit_base::sint32: return load_signed<std::int32_t>(p, is_big_endian);
    case fit_base::uint32: return load_unsigned<std::uint32_t>(p, is_big_endian);
    case fit_base::uint32z: return load_unsigned_z<std::uint32_t>(p, is_big_endian);
    case fit_base::sint64: return load_signed<std::int64_t>(p, is_big_endian);
    case fit_base::uint64: return load_unsigned<std::uint64_t>(p, is_big_endian);
    case fit_base::uint64z: return load_unsigned_z<std::uint64_t>(p, is_big_endian);
    case fit_base::float32: return load_float<float, std::uint32_t>(p, is_big_endian);
    case fit_base::float64: return load_float<double, std::uint64_t>(p, is_big_endian);
    case fit_base::byte:
      // Bytes are packed data, where 0xFF may be a part of a value: they are invalid all together or not at all.
      if (std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t b) { return b == 0xFF; })) return std::nullopt;
      return static_cast<double>(*p);
    case fit_base::text: return std::nullopt;
  }
  return std::nullopt;
}

std::optional<double> fit_field::value(std::size_t i) const noexcept {
  if (!expanded.empty()) return i < expanded.size() ? std::optional{expanded[i]} : std::nullopt;
  const auto stored = raw(i);
  if (!stored || !profile) return stored;
  return *stored / profile->scale - profile->offset;
}

std::string_view fit_field::text() const noexcept {
  if (base != fit_base::text) return {};
  const auto end = std::find(bytes.begin(), bytes.end(), std::uint8_t{0});
  return {reinterpret_cast<const char*>(bytes.data()), static_cast<std::size_t>(end - bytes.begin())};
}

const fit_field* fit_message::find(std::uint8_t number) const noexcept {
  for (const fit_field& f : fields) {
    if (f.number == number && !f.is_developer()) return &f;
  }
  return nullptr;
}

std::optional<double> fit_message::value(std::uint8_t number, std::size_t i) const noexcept {
  const fit_field* f = find(number);
  return f ? f->value(i) : std::nullopt;
}

std::string_view fit_message::text(std::uint8_t number) const noexcept {
  const fit_field* f = find(number);
  return f ? f->text() : std::string_view{};
}

}  // namespace stride

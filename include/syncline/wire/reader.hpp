// SPDX-License-Identifier: BSL-1.0
#pragma once
// Takes numbers and texts out of bytes that may be anything.

#include <syncline/core/config.hpp>
#include <syncline/core/result.hpp>

#include <bit>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace syncline {

/// Whether `text` is UTF-8, as RFC 3629 has it: no overlong forms, no surrogates, nothing above U+10FFFF.
///
/// Complexity: O(size), eight bytes at a time while they are ASCII.
SYNCLINE_NOINLINE constexpr bool is_utf8(std::string_view text) noexcept {
  std::size_t i = 0;
  if (!std::is_constant_evaluated()) {
    for (std::uint64_t word; i + 8 <= text.size(); i += 8) {
      std::memcpy(&word, text.data() + i, 8);
      if ((word & 0x8080808080808080ull) != 0) break;
    }
  }
  const auto at = [&](std::size_t j) { return static_cast<unsigned char>(text[j]); };
  while (i < text.size()) {
    const unsigned lead = at(i);
    if (lead < 0x80) {
      ++i;
      continue;
    }
    const std::size_t more = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : 1;
    if (lead < 0xC2 || lead > 0xF4 || text.size() - i <= more) return false;
    const unsigned second = at(i + 1);
    if (second < (lead == 0xE0 ? 0xA0u : lead == 0xF0 ? 0x90u : 0x80u)) return false;
    if (second > (lead == 0xED ? 0x9Fu : lead == 0xF4 ? 0x8Fu : 0xBFu)) return false;
    for (std::size_t j = 2; j <= more; ++j) {
      if ((at(i + j) & 0xC0) != 0x80) return false;
    }
    i += more + 1;
  }
  return true;
}

/// Reads bytes that may be anything. The first thing that is wrong makes every later read give zero; ask `finish` (or
/// `failed`) before using what was read.
///
/// Guarantee: never reads outside of its bytes, and never lets a length in them allocate more than they are long.
class reader {
 public:
  explicit reader(std::string_view bytes) noexcept
      : begin_(bytes.data()), at_(bytes.data()), end_(bytes.data() + bytes.size()) {}

  bool failed() const noexcept { return why_ != nullptr; }
  std::size_t remaining() const noexcept { return static_cast<std::size_t>(end_ - at_); }
  std::size_t offset() const noexcept { return static_cast<std::size_t>(at_ - begin_); }

  /// Notes that what was read makes no sense: `why` completes "at byte 12: ...". The first reason stays.
  SYNCLINE_NOINLINE void fail(const char* why) noexcept {
    if (failed()) return;
    why_ = why;
    where_ = offset();
    at_ = end_;
  }

  SYNCLINE_INLINE std::uint8_t byte() noexcept {
    if (at_ == end_) [[unlikely]] {
      fail("the data ends in the middle of a value");
      return 0;
    }
    return static_cast<std::uint8_t>(*at_++);
  }

  /// A varint in its shortest form, of at most `most`, which is 127 or more.
  SYNCLINE_INLINE std::uint64_t varint(std::uint64_t most = ~std::uint64_t{0}) noexcept {
    if (at_ != end_ && static_cast<std::uint8_t>(*at_) < 0x80) [[likely]] {
      return static_cast<std::uint8_t>(*at_++);
    }
    return long_varint(most);
  }

  template <std::unsigned_integral U>
  SYNCLINE_INLINE U fixed() noexcept {
    if (remaining() < sizeof(U)) [[unlikely]] {
      fail("the data ends in the middle of a number");
      return 0;
    }
    U value = 0;
    if constexpr (std::endian::native == std::endian::little) {
      std::memcpy(&value, at_, sizeof value);
    } else {
      for (std::size_t i = 0; i < sizeof(U); ++i) {
        value = static_cast<U>(value | static_cast<U>(static_cast<std::uint8_t>(at_[i])) << (8 * i));
      }
    }
    at_ += sizeof(U);
    return value;
  }

  /// The next `size` bytes, in place.
  SYNCLINE_INLINE std::string_view raw(std::uint64_t size) noexcept {
    if (size > remaining()) [[unlikely]] {
      fail("a length points past the end of the data");
      return {};
    }
    const std::string_view bytes(at_, static_cast<std::size_t>(size));
    at_ += size;
    return bytes;
  }

  /// A size and as many bytes, in place.
  SYNCLINE_INLINE std::string_view sized() noexcept { return raw(varint()); }

  /// A size and as much text, which has to be UTF-8.
  SYNCLINE_NOINLINE void text(std::string& value) {
    const std::string_view bytes = sized();
    if (!is_utf8(bytes)) fail("a text is not UTF-8");
    value.assign(bytes);
  }

  /// How many elements follow; each takes at least one byte, so more than the bytes that are left is refused.
  std::size_t count() noexcept {
    const std::uint64_t elements = varint();
    if (elements > remaining()) {
      fail("a count is larger than the data that is left");
      return 0;
    }
    return static_cast<std::size_t>(elements);
  }

  /// Success if nothing was wrong and all bytes were read; `what` names what the bytes should have been.
  SYNCLINE_INLINE result<void> finish(std::string_view what) noexcept {
    if (!failed() && at_ == end_) [[likely]] return {};
    return refuse(what);
  }

 private:
  SYNCLINE_NOINLINE result<void> refuse(std::string_view what) {
    fail("more data follows than was expected");
    const std::string where = std::to_string(where_), size = std::to_string(static_cast<std::size_t>(end_ - begin_));
    std::string message;  // put together in a loop, since a chain of `+` is half of what this file costs a build
    for (const std::string_view part :
         std::initializer_list<std::string_view>{"cannot read ", what, ": at byte ", where, " of ", size, ", ", why_}) {
      message += part;
    }
    return make_error(error_code::malformed, phase::decode, std::move(message));
  }

  SYNCLINE_NOINLINE std::uint64_t long_varint(std::uint64_t most) noexcept {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      const std::uint64_t part = byte();
      value |= (part & 0x7F) << shift;
      if (part < 0x80) {
        if (part == 0 && shift != 0) fail("a number is not in its shortest form");
        if (shift == 63 && part > 1) fail("a number has more than 64 bits");
        if (value > most) fail("a number is too large for its field");
        return failed() ? 0 : value;
      }
    }
    fail("a number has more than 64 bits");
    return 0;
  }

  const char* begin_;
  const char* at_;
  const char* end_;
  const char* why_ = nullptr;
  std::size_t where_ = 0;
};

}  // namespace syncline

// SPDX-License-Identifier: BSL-1.0
#pragma once
// The envelope of bytes that are kept or sent: what they are, which version, and whether they arrived whole.

#include <syncline/core/version.hpp>
#include <syncline/wire/checksum.hpp>
#include <syncline/wire/reader.hpp>
#include <syncline/wire/writer.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace syncline {

/// The most that one message may take, in bytes. \see WIRE-3
inline constexpr std::size_t max_message_size = 10 * 1024 * 1024;

/// `body` behind a header of 13 bytes: `kind`, protocol version (4 bytes), checksum of the body seeded with the kind
/// (8 bytes).
inline std::string frame(std::uint8_t kind, std::string_view body) {
  std::string framed(13 + body.size(), '\0');
  writer out(framed.data());
  out.byte(kind);
  out.fixed(protocol_version);
  out.fixed(checksum(body, kind));
  out.raw(body);
  return framed;
}

/// A frame's kind and body; the body points into the bytes that were given.
struct unframed {
  std::uint8_t kind{};
  std::string_view body{};
};

/// Takes a frame apart.
///
/// \return too_large, malformed, wrong_version or checksum where the bytes are not a whole frame of this version
inline result<unframed> unframe(std::string_view bytes) {
  if (bytes.size() > max_message_size) {
    return make_error(error_code::too_large, phase::decode,
                      "a message has " + std::to_string(bytes.size()) + " bytes, and 10 MiB is the most: send less at once");
  }
  reader in(bytes);
  unframed out;
  out.kind = in.byte();
  const auto version = in.fixed<std::uint32_t>();
  const auto sum = in.fixed<std::uint64_t>();
  out.body = in.raw(in.remaining());
  if (in.failed()) {
    return error{error_code::malformed, error_class::retryable, phase::decode,
                 "a message ends within its header: it was cut short on the way; send it again"};
  }
  if (version != protocol_version) {
    return make_error(error_code::wrong_version, phase::decode,
                      "the peer speaks protocol version " + std::to_string(version) + " and this program speaks " +
                          std::to_string(protocol_version) + ": update the older of the two");
  }
  if (sum != checksum(out.body, out.kind)) {
    return make_error(error_code::checksum, phase::decode,
                      "a message changed on the way: its checksum does not match; send it again");
  }
  return out;
}

}  // namespace syncline

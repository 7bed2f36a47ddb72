// SPDX-License-Identifier: BSL-1.0
#pragma once
// How the messages of a session map to HTTP: both ends of the link read it here.

#include "transport/http_message.hpp"

#include <syncline/core/result.hpp>

#include <string>
#include <string_view>

namespace stride {

inline constexpr std::string_view syncline_media_type = "application/vnd.syncline";

/// The request that carries a framed message. A download is a GET whose query says what the message says:
/// `since=TABLE:N,TABLE:N`, `limit`, `incarnation`, and `whole=POSITION:KEY,...` with keys in hexadecimal; a chunk is
/// asked for by `chunk`, `table`, `key` and `field`.
syncline::result<http_request> request_for(std::string_view message);

/// The framed message that a request carries, or one sentence on what is wrong with it.
syncline::result<std::string> message_in(const http_request& request);

}  // namespace stride

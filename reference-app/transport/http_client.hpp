// SPDX-License-Identifier: BSL-1.0
#pragma once
// Asks a hub over HTTP: one connection that stays open, is renewed when the hub closed it, and never waits for ever.

#include "transport/http_message.hpp"

#include <syncline/core/result.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace stride {

/// Where a hub is: the parts of its URL.
struct hub_address {
  std::string host{};
  std::uint16_t port{80};
  std::string base_path{};  ///< in front of every path; empty, or "/..." without a slash at its end

  friend bool operator==(const hub_address&, const hub_address&) = default;
};

/// Takes a hub's URL apart: http://HOST[:PORT][/PATH].
///
/// On failure: `usage`, with a sentence that says what is wrong with it; https:// is refused until the client has TLS.
syncline::result<hub_address> parse_hub_url(std::string_view url);

/// How long a client waits and how much it takes.
struct http_client_settings {
  std::chrono::milliseconds connect_timeout{5'000};  ///< to find the host and to connect, each
  std::chrono::milliseconds answer_timeout{30'000};  ///< from the request's end to the end of the answer's headers
  std::size_t min_bytes_per_s{4'096};       ///< a body, either way, has `answer_timeout` plus what this rate gives it
  std::size_t max_answer_bytes{64'000'000};
};

/// One device's line to its hub. Not for several threads at once.
class http_client {
 public:
  /// \param url    the hub's URL; a wrong one is reported by the first `exchange`
  /// \param token  sent as a bearer token with each request that has no authorization of its own; may be empty
  http_client(std::string url, std::string token, http_client_settings settings = {});
  http_client(http_client&&) noexcept;
  http_client& operator=(http_client&&) noexcept;
  ~http_client();

  /// Sends one request and waits for its answer, whatever its status.
  ///
  /// Where the hub closed the kept connection before a byte of the answer came, the request goes out once more on a new
  /// connection: a hub that restarted or grew tired of waiting is no failure. A request may thus arrive twice, which
  /// the protocol allows for.
  ///
  /// On failure: `unreachable` (transient) when there is no connection, no answer in time or only half an answer;
  /// `malformed` when the answer is not HTTP; `too_large`; `usage` when the URL or the request cannot be sent.
  syncline::result<http_response> exchange(const http_request& request);

  /// Sends one request and does not wait for its answer: further ones may follow it on the same connection. Nothing is
  /// repeated. Not while `exchange` has one under way.
  ///
  /// On failure, as of `receive`, the connection is closed, and no answer comes to what was sent on it.
  syncline::result<void> send(const http_request& request);

  /// The answer to the oldest request that was sent so and has none yet. On failure: as `exchange`.
  syncline::result<http_response> receive();

  /// Uses another token from the next request on.
  void set_token(std::string token);

  /// Closes the connection; the next exchange opens another.
  void close() noexcept;

  /// All bytes that went over the sockets, headers too.
  std::uint64_t bytes_sent() const noexcept;
  std::uint64_t bytes_received() const noexcept;

  /// How many connections were made so far.
  std::uint64_t connections_made() const noexcept;

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

}  // namespace stride

// SPDX-License-Identifier: BSL-1.0
#pragma once
// The framework's transport over HTTP: a message of a replica becomes a request to the hub, and its answer comes back.

#include "transport/http_client.hpp"

#include <syncline/core/result.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace stride {

/// A link to a hub; satisfies `syncline::transport` and its laws.
class hub_link {
 public:
  hub_link(std::string url, std::string token, http_client_settings settings = {});

  /// Sends a framed message to the path that is its own: check, upload (changes and chunks), or download.
  syncline::result<std::string> exchange(std::string_view message);

  /// Sends a message without waiting for the answers to those before; answers come in that order by `receive`. After a
  /// failure of either no answer comes to what was sent, and the next message takes a new connection.
  syncline::result<void> send(std::string_view message);
  syncline::result<std::string> receive();

  /// Drops the connection, and what was sent on it without an answer.
  void close() noexcept { client_.close(); }

  /// For how long the hub asked to be left alone, if its last answer did.
  std::optional<std::chrono::seconds> retry_after() const noexcept { return retry_after_; }

  /// Tells the hub that a session is over.
  syncline::result<void> complete();

  /// Whether the hub answers at all.
  bool is_up();

  /// Asks the hub where this user's data stands. On failure: `not_allowed` where it does not take the token.
  syncline::result<void> try_token();

  std::uint64_t bytes_sent() const noexcept { return client_.bytes_sent(); }
  std::uint64_t bytes_received() const noexcept { return client_.bytes_received(); }

 private:
  syncline::result<std::string> answer_in(syncline::result<http_response> response);

  http_client client_;
  std::optional<std::chrono::seconds> retry_after_{};
};

}  // namespace stride

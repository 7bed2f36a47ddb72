// SPDX-License-Identifier: BSL-1.0
#pragma once
// Answers HTTP requests: one listening address, connections that stay open, and a handler called by a few threads.

#include "transport/http_message.hpp"

#include <syncline/core/result.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace stride {

/// Makes the answer to one request. Called by several threads at once; what it throws becomes a 500.
using http_handler = std::function<http_response(const http_request&)>;

/// What a server allows its clients, and what it does with its own troubles.
struct http_server_settings {
  unsigned workers{2};                         ///< threads that call the handler
  std::size_t max_body_bytes{10'000'000};      ///< a longer body is answered with 413
  std::size_t max_header_bytes{16'384};        ///< longer headers are answered with 431
  std::size_t max_connections{900};            ///< further ones wait; below the usual limit of 1024 open files
  std::chrono::milliseconds idle_timeout{60'000};     ///< how long a connection may stay open without a request
  std::chrono::milliseconds request_timeout{15'000};  ///< from a request's first byte to the end of its headers
  std::size_t min_bytes_per_s{16'384};         ///< a body has `request_timeout` plus the time that this rate gives it
  std::chrono::milliseconds stop_timeout{10'000};     ///< how long `stop` waits for requests in flight
  std::function<void(std::string_view)> log{};        ///< told one sentence per trouble that no client hears of
};

/// An HTTP/1.1 server that runs from `listen` until it is stopped or destroyed.
///
/// A slow client holds no thread: it costs a socket until its time is over. All members may be called from any thread.
class http_server {
 public:
  /// Starts to listen and to answer.
  ///
  /// \param address  ADDR:PORT, such as 127.0.0.1:8080, [::1]:8080 or localhost:0; port 0 takes a free one
  ///
  /// On failure: one sentence that says why the address could not be had and what to do: `usage` for what is not an
  /// address of this machine, `not_allowed` for a port that needs more rights, `busy` for one that is taken.
  static syncline::result<http_server> listen(std::string_view address, http_handler handler,
                                              http_server_settings settings = {});

  http_server(http_server&&) noexcept;
  http_server& operator=(http_server&&) noexcept;
  ~http_server();

  /// The port that it listens on.
  std::uint16_t port() const noexcept;

  /// The address and port that it listens on, such as 127.0.0.1:8080.
  std::string address() const;

  /// The address that a client on this machine uses, such as http://127.0.0.1:8080.
  std::string url() const;

  /// How many connections it has accepted, and how many requests it has answered.
  std::uint64_t connections_accepted() const noexcept;
  std::uint64_t requests_answered() const noexcept;

  /// Stops: takes no new connection, closes those that wait, lets requests in flight be answered for at most
  /// `stop_timeout`, and returns when all threads have ended. A second call does nothing. Called by a handler, it only
  /// begins to stop and returns at once.
  void stop();

  /// Waits until SIGINT or SIGTERM comes or another thread stops the server, then stops it.
  ///
  /// \param ready  called when the signals are caught; the place to say that the server is up
  /// \return the signal's number, or 0 when there was none
  ///
  /// A second signal while requests in flight are answered ends the program as if nobody had caught it.
  int run_until_signal(const std::function<void()>& ready = {});

 private:
  struct impl;
  explicit http_server(std::unique_ptr<impl> parts) noexcept;
  std::unique_ptr<impl> impl_;
};

}  // namespace stride

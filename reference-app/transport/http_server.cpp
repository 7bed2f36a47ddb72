// SPDX-License-Identifier: BSL-1.0
#include "transport/http_server.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/span_body.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <charconv>
#include <condition_variable>
#include <csignal>
#include <cstdio>
#include <ctime>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

namespace stride {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using tcp = asio::ip::tcp;
using boost::system::error_code;
using strand = asio::strand<asio::io_context::executor_type>;
using stream = beast::basic_stream<tcp, strand>;

constexpr std::chrono::milliseconds linger_timeout{2'000};
constexpr std::chrono::milliseconds accept_pause{20};
constexpr std::size_t first_read_bytes = 8'192;
constexpr std::string_view listen_example = "expected ADDR:PORT, such as 127.0.0.1:8080";

/// One client's connection. Only its strand touches it.
struct session {
  explicit session(tcp::socket::rebind_executor<strand>::other socket) : line(std::move(socket)) {}

  stream line;
  beast::flat_buffer buffer{};
  bool is_idle{false};
};

std::string http_date() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  gmtime_r(&now, &parts);
  constexpr std::array days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  std::array<char, 64> out{};
  // Not strftime: HTTP wants English whatever the locale is.
  std::snprintf(out.data(), out.size(), "%s, %02d %s %04d %02d:%02d:%02d GMT",
                days[static_cast<std::size_t>(parts.tm_wday)], parts.tm_mday,
                months[static_cast<std::size_t>(parts.tm_mon)], parts.tm_year + 1900, parts.tm_hour, parts.tm_min,
                parts.tm_sec);
  return out.data();
}

/// Whether a header can go out without becoming another one.
bool is_safe(const std::string& name, const std::string& value) {
  const auto is_token = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
  };
  return !name.empty() && std::all_of(name.begin(), name.end(), is_token) &&
         std::none_of(value.begin(), value.end(), [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
}

bool is_safe(const http_response& answer) {
  return answer.status >= 200 && answer.status <= 599 && is_safe("content-type", answer.content_type) &&
         std::all_of(answer.headers.begin(), answer.headers.end(),
                     [](const auto& header) { return is_safe(header.first, header.second); });
}

http_request to_request(http::request<http::string_body>&& message) {
  http_request out;
  out.method = std::string(message.method_string());
  for (const auto& field : message) {
    std::string* place = nullptr;
    switch (field.name()) {
      case http::field::content_type: place = &out.content_type; break;
      case http::field::content_encoding: place = &out.content_encoding; break;
      case http::field::accept: place = &out.accept; break;
      case http::field::accept_encoding: place = &out.accept_encoding; break;
      case http::field::authorization: place = &out.authorization; break;
      default: place = &out.headers[std::string(field.name_string())];
    }
    if (!place->empty()) *place += ", ";
    *place += field.value();
  }
  out.body = std::move(message.body());
  return out;
}

syncline::error listen_error(std::string_view address, error_code why) {
  namespace errc = boost::system::errc;
  auto code = syncline::error_code::refused;
  std::string reason = why.message();
  if (why == errc::permission_denied) {
    code = syncline::error_code::not_allowed;
    reason = "permission denied; choose a port above 1023 or give the program the right to use this one";
  } else if (why == errc::address_in_use) {
    code = syncline::error_code::busy;
    reason = "another program listens there; stop it or choose another port (port 0 takes a free one)";
  } else if (why == errc::address_not_available) {
    code = syncline::error_code::usage;
    reason = "this machine does not have that address; use one of its own, such as 127.0.0.1 or 0.0.0.0";
  }
  return syncline::make_error(code, syncline::phase::transport,
                              "could not listen on " + std::string(address) + ": " + reason);
}

syncline::error address_error(std::string_view address, std::string_view why) {
  return syncline::make_error(syncline::error_code::usage, syncline::phase::transport,
                              "could not listen on '" + std::string(address) + "': " + std::string(why) + "; " +
                                  std::string(listen_example));
}

syncline::result<tcp::endpoint> to_endpoint(asio::io_context& context, std::string_view address) {
  const auto colon = address.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return address_error(address, "there is no address or no port");
  const auto digits = address.substr(colon + 1);
  std::uint16_t port = 0;
  const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (failed != std::errc{} || end != digits.data() + digits.size()) {
    return address_error(address, "the port is not a number from 0 to 65535");
  }
  auto host = std::string(address.substr(0, colon));
  if (host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string::npos) {
    return address_error(address, "an IPv6 address stands in brackets");
  }
  error_code why;
  const auto number = asio::ip::make_address(host, why);
  if (!why) return tcp::endpoint(number, port);
  tcp::resolver resolver(context);
  const auto found = resolver.resolve(host, std::to_string(port), tcp::resolver::passive, why);
  if (why || found.empty()) return address_error(address, "there is no host of that name");
  return found.begin()->endpoint();
}

std::string to_text(const tcp::endpoint& at) {
  const auto host = at.address().to_string();
  return (at.address().is_v6() ? "[" + host + "]" : host) + ":" + std::to_string(at.port());
}

}  // namespace

struct http_server::impl {
  impl(http_handler answer, http_server_settings with)
      : handler(std::move(answer)),
        settings(std::move(with)),
        context(static_cast<int>(std::max(1u, settings.workers))),
        gate(asio::make_strand(context)),
        acceptor(gate),
        pause(gate) {}

  ~impl() { stop(); }

  void start() {
    asio::co_spawn(gate, accept(), [this](std::exception_ptr failed) { report("accepting connections", failed); });
    for (unsigned i = 0; i < std::max(1u, settings.workers); ++i) {
      threads.emplace_back([this] { work(); });
    }
  }

  void work() noexcept {
    working_for = this;
    for (;;) {
      try {
        context.run();
        return;
      } catch (...) {
        report("serving", std::current_exception());
      }
    }
  }

  void log(const std::string& sentence) noexcept {
    try {
      if (settings.log) settings.log(sentence);
    } catch (...) {  // a log that fails has nobody left to tell
    }
  }

  void report(std::string_view doing, const std::exception_ptr& failed) noexcept {
    if (!failed) return;
    try {
      std::rethrow_exception(failed);
    } catch (const std::exception& e) {
      log("the HTTP server failed while " + std::string(doing) + ": " + e.what());
    } catch (...) {
      log("the HTTP server failed while " + std::string(doing));
    }
  }

  // Accepting.

  asio::awaitable<void> accept() {
    while (!is_stopping) {
      if (open_sessions() >= settings.max_connections) {
        co_await wait_a_little();
        continue;
      }
      error_code failed;
      auto socket = co_await acceptor.async_accept(asio::make_strand(context),
                                                   asio::redirect_error(asio::use_awaitable, failed));
      if (is_stopping) break;
      if (failed) {
        // Mostly no file descriptors left: that passes, and trying again at once would only burn the processor.
        log("the HTTP server could not accept a connection: " + failed.message());
        co_await wait_a_little();
        continue;
      }
      accepted.fetch_add(1, std::memory_order_relaxed);
      socket.set_option(tcp::no_delay(true), failed);
      auto client = std::make_shared<session>(std::move(socket));
      if (!enter(client)) break;
      asio::co_spawn(client->line.get_executor(), serve(client), [this, client](std::exception_ptr broken) {
        report("serving a client", broken);
        leave(*client);
      });
    }
  }

  asio::awaitable<void> wait_a_little() {
    error_code cancelled;
    pause.expires_after(accept_pause);
    co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
  }

  std::size_t open_sessions() {
    const std::lock_guard lock(mutex);
    return sessions.size();
  }

  bool enter(const std::shared_ptr<session>& client) {
    const std::lock_guard lock(mutex);
    if (is_stopping) return false;
    sessions.emplace(client.get(), client);
    return true;
  }

  void leave(session& client) {
    const std::lock_guard lock(mutex);
    sessions.erase(&client);
    changed.notify_all();
  }

  // One connection.

  std::chrono::milliseconds time_for(std::uint64_t bytes) const {
    return settings.request_timeout +
           std::chrono::milliseconds(bytes * 1000 / std::max<std::size_t>(1, settings.min_bytes_per_s));
  }

  asio::awaitable<void> serve(std::shared_ptr<session> client) {
    auto& line = client->line;
    auto& buffer = client->buffer;
    bool stays = true;
    while (stays) {
      error_code failed;
      if (buffer.size() == 0) {
        if (is_stopping) break;
        // The wait for a request is a read of its own, so that `stop` can tell a waiting client from a working one and
        // the time for a request begins with its first byte.
        client->is_idle = true;
        line.expires_after(settings.idle_timeout);
        const auto got = co_await line.async_read_some(buffer.prepare(first_read_bytes),
                                                       asio::redirect_error(asio::use_awaitable, failed));
        client->is_idle = false;
        if (failed) break;
        buffer.commit(got);
      }
      stays = co_await exchange(*client);
    }
    // Closing a socket that still has bytes to read resets it, and the client would lose the answer that says why. So
    // what a refused client still sends is read and dropped, within bounds.
    error_code ignored;
    line.socket().shutdown(tcp::socket::shutdown_send, ignored);
    if (line.socket().is_open() && !stays) co_await drain(*client);
    line.close();
  }

  asio::awaitable<void> drain(session& client) {
    client.buffer.clear();
    std::size_t left = 4 * settings.max_body_bytes;
    client.line.expires_after(linger_timeout);
    error_code failed;
    while (!failed && left > 0) {
      const auto got = co_await client.line.async_read_some(client.buffer.prepare(65'536),
                                                            asio::redirect_error(asio::use_awaitable, failed));
      left -= std::min(left, got);
    }
  }

  /// Reads one request and answers it.
  /// \return whether the connection stays open
  asio::awaitable<bool> exchange(session& client) {
    error_code failed;
    http::request_parser<http::string_body> parser;
    parser.header_limit(static_cast<std::uint32_t>(settings.max_header_bytes));
    parser.body_limit(settings.max_body_bytes);

    client.line.expires_after(settings.request_timeout);
    co_await http::async_read_header(client.line, client.buffer, parser,
                                     asio::redirect_error(asio::use_awaitable, failed));
    if (!failed && !parser.is_done()) {
      if (beast::iequals(parser.get()[http::field::expect], "100-continue")) {
        http::response<http::empty_body> go_on(http::status::continue_, 11);
        co_await http::async_write(client.line, go_on, asio::redirect_error(asio::use_awaitable, failed));
        if (failed) co_return false;
      }
      client.line.expires_after(time_for(parser.content_length().value_or(settings.max_body_bytes)));
      co_await http::async_read(client.line, client.buffer, parser,
                                asio::redirect_error(asio::use_awaitable, failed));
    }
    if (failed) {
      if (const auto refusal = refusal_of(failed)) co_await send(client, *refusal, 11, false, false);
      co_return false;
    }

    const bool keeps = parser.keep_alive();
    const unsigned version = parser.get().version();
    const bool is_head = parser.get().method() == http::verb::head;
    const http_response answer = answer_to(parser.release());
    co_return co_await send(client, answer, version, keeps, is_head);
  }

  /// What to say about a request that could not be read; nothing where nobody listens any more.
  std::optional<http_response> refusal_of(error_code failed) const {
    if (failed == http::error::body_limit) {
      return problem(413, "Body too large",
                     "a request's body may have " + std::to_string(settings.max_body_bytes) +
                         " bytes; send it in smaller parts");
    }
    if (failed == http::error::header_limit) {
      return problem(431, "Headers too large",
                     "a request's headers may have " + std::to_string(settings.max_header_bytes) + " bytes");
    }
    if (failed == http::error::end_of_stream || failed == http::error::partial_message) return std::nullopt;
    if (failed.category() == make_error_code(http::error::bad_method).category()) {
      return problem(400, "Malformed request", "this is not an HTTP/1.1 request: " + failed.message());
    }
    return std::nullopt;
  }

  http_response answer_to(http::request<http::string_body>&& message) noexcept {
    try {
      const std::string target(message.target());
      http_request request = to_request(std::move(message));
      if (const auto taken = set_target(request, target); !taken) {
        return problem(400, "Malformed request", taken.error().message);
      }
      std::string trouble;
      try {
        http_response answer = handler(request);
        if (is_safe(answer)) return answer;
        trouble = "its answer has a status or a header that HTTP does not allow";
      } catch (const std::exception& e) {
        trouble = e.what();
      } catch (...) {
        trouble = "it threw something that is no exception";
      }
      log("the handler of " + request.method + " " + request.path + " failed: " + trouble);
      return problem(500, "Internal error", "the hub failed at this request, and its log says why; try again later");
    } catch (...) {
      http_response answer;
      answer.status = 500;
      return answer;
    }
  }

  asio::awaitable<bool> send(session& client, const http_response& answer, unsigned version, bool keeps, bool is_head) {
    http::response_header<> header;
    header.version(version);
    header.result(answer.status);
    header.set(http::field::date, http_date());
    if (!answer.content_type.empty()) header.set(http::field::content_type, answer.content_type);
    for (const auto& [name, value] : answer.headers) header.set(name, value);

    keeps = keeps && !is_stopping;
    const bool has_body = answer.status != 204 && answer.status != 304;
    error_code failed;
    // Before the write, so that whoever holds the answer finds it counted.
    answered.fetch_add(1, std::memory_order_relaxed);
    client.line.expires_after(time_for(answer.body.size()));
    if (has_body && !is_head) {
      // A span, so that an answer of several megabytes is not copied to be sent.
      http::response<http::span_body<const char>> message(std::move(header));
      message.body() = {answer.body.data(), answer.body.size()};
      message.content_length(answer.body.size());
      message.keep_alive(keeps);
      co_await http::async_write(client.line, message, asio::redirect_error(asio::use_awaitable, failed));
    } else {
      http::response<http::empty_body> message(std::move(header));
      if (has_body) message.content_length(answer.body.size());
      message.keep_alive(keeps);
      co_await http::async_write(client.line, message, asio::redirect_error(asio::use_awaitable, failed));
    }
    co_return !failed && keeps;
  }

  // Stopping.

  void begin_to_stop() {
    std::vector<std::shared_ptr<session>> clients;
    {
      const std::lock_guard lock(mutex);
      if (is_stopping) return;
      is_stopping = true;
      for (const auto& [key, client] : sessions) clients.push_back(client);
    }
    asio::post(gate, [this] {
      error_code ignored;
      acceptor.close(ignored);
      pause.cancel();
    });
    for (const auto& client : clients) {
      asio::post(client->line.get_executor(), [client] {
        if (client->is_idle) client->line.close();
      });
    }
    signals_context.stop();
  }

  void stop() noexcept {
    try {
      begin_to_stop();
      // A worker that waited for itself would wait for ever.
      if (working_for == this) return;
      // Two threads may stop at once; the second has to wait as well.
      const std::lock_guard joining(joining_mutex);
      std::vector<std::shared_ptr<session>> late;
      {
        std::unique_lock lock(mutex);
        changed.wait_for(lock, settings.stop_timeout, [this] { return sessions.empty(); });
        for (const auto& [key, client] : sessions) late.push_back(client);
      }
      for (const auto& client : late) {
        asio::post(client->line.get_executor(), [client] { client->line.close(); });
      }
      late.clear();
      for (auto& thread : threads) {
        if (thread.joinable()) thread.join();
      }
    } catch (...) {
      report("stopping", std::current_exception());
    }
  }

  static inline thread_local const impl* working_for{nullptr};

  http_handler handler;
  http_server_settings settings;
  asio::io_context context;
  asio::io_context signals_context{1};
  strand gate;
  tcp::acceptor::rebind_executor<strand>::other acceptor;
  asio::steady_timer::rebind_executor<strand>::other pause;
  tcp::endpoint listens_on{};
  std::vector<std::thread> threads{};
  std::mutex mutex{};
  std::mutex joining_mutex{};
  std::condition_variable changed{};
  std::unordered_map<session*, std::shared_ptr<session>> sessions{};
  std::atomic<bool> is_stopping{false};
  std::atomic<std::uint64_t> accepted{0};
  std::atomic<std::uint64_t> answered{0};
};

syncline::result<http_server> http_server::listen(std::string_view address, http_handler handler,
                                                  http_server_settings settings) {
  try {
    auto made = std::make_unique<impl>(std::move(handler), std::move(settings));
    const auto endpoint = to_endpoint(made->context, address);
    if (!endpoint) return endpoint.error();
    error_code failed;
    auto& acceptor = made->acceptor;
    acceptor.open(endpoint->protocol(), failed);
    // So that a restarted hub gets its port back while old connections fade out.
    if (!failed) acceptor.set_option(tcp::acceptor::reuse_address(true), failed);
    if (!failed) acceptor.bind(*endpoint, failed);
    if (!failed) acceptor.listen(tcp::acceptor::max_listen_connections, failed);
    if (!failed) made->listens_on = acceptor.local_endpoint(failed);
    if (failed) return listen_error(address, failed);
    made->start();
    return http_server(std::move(made));
  } catch (const std::exception& e) {
    return syncline::make_error(syncline::error_code::refused, syncline::phase::transport,
                                "could not listen on " + std::string(address) + ": " + e.what());
  }
}

http_server::http_server(std::unique_ptr<impl> parts) noexcept : impl_(std::move(parts)) {}
http_server::http_server(http_server&&) noexcept = default;
http_server& http_server::operator=(http_server&&) noexcept = default;
http_server::~http_server() = default;

std::uint16_t http_server::port() const noexcept { return impl_->listens_on.port(); }
std::string http_server::address() const { return to_text(impl_->listens_on); }

std::string http_server::url() const {
  auto at = impl_->listens_on;
  // Nobody can connect to "any address".
  if (at.address().is_unspecified()) {
    at.address(at.address().is_v6() ? asio::ip::address(asio::ip::address_v6::loopback())
                                    : asio::ip::address(asio::ip::address_v4::loopback()));
  }
  return "http://" + to_text(at);
}

std::uint64_t http_server::connections_accepted() const noexcept { return impl_->accepted.load(); }
std::uint64_t http_server::requests_answered() const noexcept { return impl_->answered.load(); }

void http_server::stop() { impl_->stop(); }

int http_server::run_until_signal(const std::function<void()>& ready) {
  int caught = 0;
  try {
    // Gone before the stop, so that a second signal finds the system's own way to end a program.
    asio::signal_set signals(impl_->signals_context, SIGINT, SIGTERM);
    signals.async_wait([&caught](error_code failed, int number) {
      if (!failed) caught = number;
    });
    if (ready) ready();
    impl_->signals_context.run();
  } catch (...) {
    impl_->report("waiting for a signal", std::current_exception());
  }
  impl_->stop();
  return caught;
}

}  // namespace stride

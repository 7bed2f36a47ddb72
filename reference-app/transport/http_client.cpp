// SPDX-License-Identifier: BSL-1.0
#include "transport/http_client.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/span_body.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

#include <algorithm>
#include <charconv>
#include <exception>
#include <limits>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace stride {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
namespace errc = boost::system::errc;
using tcp = asio::ip::tcp;
using boost::system::error_code;

struct byte_counts {
  std::uint64_t sent{0};
  std::uint64_t received{0};
};

/// Limits nothing and counts what goes over the socket.
class counting_policy {
 public:
  explicit counting_policy(byte_counts& into) noexcept : counts_(&into) {}

 private:
  friend class beast::rate_policy_access;
  static constexpr std::size_t no_limit = std::numeric_limits<std::size_t>::max();

  std::size_t available_read_bytes() const noexcept { return no_limit; }
  std::size_t available_write_bytes() const noexcept { return no_limit; }
  void transfer_read_bytes(std::size_t n) const noexcept { counts_->received += n; }
  void transfer_write_bytes(std::size_t n) const noexcept { counts_->sent += n; }
  void on_timer() const noexcept {}

  byte_counts* counts_;
};

using executor = asio::io_context::executor_type;
using stream = beast::basic_stream<tcp, executor, counting_policy>;

syncline::error client_error(syncline::error_code code, std::string message) {
  return syncline::make_error(code, syncline::phase::transport, std::move(message));
}

std::string in_words(error_code why) {
  if (why == errc::connection_refused) return "connection refused";
  if (why == errc::connection_reset) return "the connection was reset";
  if (why == errc::host_unreachable) return "no way to that host";
  if (why == errc::network_unreachable) return "no network";
  return why.message();
}

std::string in_seconds(std::chrono::milliseconds time) {
  const auto count = time.count();
  return count % 1000 == 0 ? std::to_string(count / 1000) + " s" : std::to_string(count) + " ms";
}

/// Whether this is what a connection looks like that the peer has closed.
bool is_closed_by_peer(error_code why) {
  return why == http::error::end_of_stream || why == http::error::partial_message || why == asio::error::eof ||
         why == errc::connection_reset || why == errc::broken_pipe || why == errc::connection_aborted ||
         why == errc::not_connected;
}

bool is_plain(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
}

bool is_word(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
  });
}

http_response to_response(http::response<http::string_body>&& message) {
  http_response out;
  out.status = message.result_int();
  for (const auto& field : message) {
    std::string& place =
        field.name() == http::field::content_type ? out.content_type : out.headers[std::string(field.name_string())];
    if (!place.empty()) place += ", ";
    place += field.value();
  }
  out.body = std::move(message.body());
  return out;
}

}  // namespace

syncline::result<hub_address> parse_hub_url(std::string_view url) {
  const auto refused = [url](std::string_view why) {
    return client_error(syncline::error_code::usage, "could not use the hub's URL '" + std::string(url) +
                                                         "': " + std::string(why));
  };
  constexpr std::string_view expected = "expected http://HOST:PORT, such as http://127.0.0.1:8080";
  if (url.starts_with("https://")) {
    return refused("this program does not speak TLS yet; use an http:// URL, on a network that you trust");
  }
  if (!url.starts_with("http://")) return refused(expected);
  auto rest = url.substr(7);
  if (std::any_of(rest.begin(), rest.end(), [](char c) { return static_cast<unsigned char>(c) <= 32 || c == 127; })) {
    return refused("it holds a space or a control character");
  }
  if (rest.find_first_of("?#@") != std::string_view::npos) {
    return refused("a user name, a query or a fragment has no meaning here; " + std::string(expected));
  }

  hub_address out;
  const auto slash = rest.find('/');
  auto host = rest.substr(0, slash);
  if (slash != std::string_view::npos) {
    out.base_path = rest.substr(slash);
    while (!out.base_path.empty() && out.base_path.back() == '/') out.base_path.pop_back();
  }
  std::string_view port;
  bool has_port = false;
  if (host.starts_with('[')) {
    const auto end = host.find(']');
    if (end == std::string_view::npos) return refused("the bracket before the IPv6 address is never closed");
    const auto after = host.substr(end + 1);
    if (!after.empty() && after.front() != ':') return refused(expected);
    has_port = !after.empty();
    port = has_port ? after.substr(1) : after;
    host = host.substr(1, end - 1);
  } else if (const auto colon = host.find(':'); colon != std::string_view::npos) {
    if (host.find(':', colon + 1) != std::string_view::npos) return refused("an IPv6 address stands in brackets");
    has_port = true;
    port = host.substr(colon + 1);
    host = host.substr(0, colon);
  }
  if (host.empty()) return refused("it names no host; " + std::string(expected));
  if (has_port) {
    const auto [end, failed] = std::from_chars(port.data(), port.data() + port.size(), out.port);
    if (failed != std::errc{} || end != port.data() + port.size() || out.port == 0) {
      return refused("the port is not a number from 1 to 65535");
    }
  }
  out.host = host;
  return out;
}

struct http_client::impl {
  impl(std::string hub, std::string bearer, http_client_settings with)
      : url(std::move(hub)), token(std::move(bearer)), settings(with), address(parse_hub_url(url)) {}

  // What one attempt came to. A failed attempt may be repeated where the peer had closed a kept connection.
  struct attempt {
    std::optional<http_response> answer{};
    std::optional<syncline::error> failed{};
    bool may_repeat{false};
  };

  syncline::result<http_response> exchange(const http_request& request) {
    if (!address) return address.error();
    if (auto wrong = wrong_with(request)) return *wrong;

    const bool was_open = line != nullptr;
    if (!was_open) {
      if (auto failed = connect()) return *failed;
    }
    auto tried = try_exchange(request);
    if (was_open && tried.may_repeat) {
      if (auto failed = connect()) return *failed;
      tried = try_exchange(request);
    }
    if (tried.failed) return *tried.failed;
    return std::move(*tried.answer);
  }

  syncline::result<void> send_ahead(const http_request& request) {
    if (!address) return address.error();
    if (auto wrong = wrong_with(request)) return *wrong;
    if (line == nullptr) {
      if (auto failed = connect()) return *failed;
    }
    const auto received_before = counts.received;
    line->expires_after(time_for(request.body.size()));
    if (const auto not_sent = send(request)) return *failure(not_sent, received_before, "take the request").failed;
    ++unanswered;
    return {};
  }

  syncline::result<http_response> next_answer() {
    if (unanswered == 0) return client_error(syncline::error_code::usage, "no request waits for its answer");
    auto taken = take_answer(false, false);
    if (taken.failed) return *taken.failed;
    if (unanswered > 0) --unanswered;
    return std::move(*taken.answer);
  }

  std::optional<syncline::error> wrong_with(const http_request& request) const {
    const auto refused = [](std::string_view why) {
      return client_error(syncline::error_code::usage, "could not send the request: " + std::string(why));
    };
    if (!is_word(request.method)) return refused("its method is not a word");
    if (!request.path.starts_with('/')) return refused("its path does not begin with /");
    for (const auto* value : {&request.content_type, &request.content_encoding, &request.accept,
                              &request.accept_encoding, &request.authorization, &token}) {
      if (!is_plain(*value)) return refused("a header or the token holds a line break or a zero");
    }
    for (const auto& [name, value] : request.headers) {
      if (!is_word(name) || !is_plain(value)) return refused("a header holds a line break, a zero or no name");
    }
    return std::nullopt;
  }

  /// Starts one asynchronous operation and waits for its end; its deadline is the stream's.
  template <class Begin>
  error_code wait_for(Begin begin) {
    error_code out;
    begin([&out](error_code failed, auto&&...) { out = failed; });
    context.restart();
    context.run();
    return out;
  }

  syncline::error could_not_reach(std::string_view why) const {
    return client_error(syncline::error_code::unreachable,
                        "could not reach the hub at " + url + ": " + std::string(why));
  }

  std::chrono::milliseconds time_for(std::uint64_t bytes) const {
    return settings.answer_timeout +
           std::chrono::milliseconds(bytes * 1000 / std::max<std::size_t>(1, settings.min_bytes_per_s));
  }

  std::optional<syncline::error> connect() {
    close();
    std::vector<tcp::endpoint> places;
    if (auto failed = find_host(places)) return failed;

    line = std::make_unique<stream>(counting_policy(counts), context);
    line->expires_after(settings.connect_timeout);
    const auto failed = wait_for([&](auto done) { line->async_connect(places, std::move(done)); });
    if (failed) {
      close();
      const auto why = failed == beast::error::timeout ? "no connection within " + in_seconds(settings.connect_timeout)
                                                       : in_words(failed);
      return could_not_reach(why + "; is `stride hub serve` running there?");
    }
    ++connections;
    error_code ignored;
    line->socket().set_option(tcp::no_delay(true), ignored);
    return std::nullopt;
  }

  std::optional<syncline::error> find_host(std::vector<tcp::endpoint>& places) {
    error_code not_a_number;
    const auto number = asio::ip::make_address(address->host, not_a_number);
    if (!not_a_number) {
      places.emplace_back(number, address->port);
      return std::nullopt;
    }
    // A look-up cannot be broken off, only left behind: what it ends in has to outlive this call.
    struct look_up {
      bool is_done{false};
      error_code failed{};
      std::vector<tcp::endpoint> found{};
    };
    const auto state = std::make_shared<look_up>();
    tcp::resolver resolver(context);
    resolver.async_resolve(address->host, std::to_string(address->port), tcp::resolver::numeric_service,
                           [state](error_code failed, const tcp::resolver::results_type& found) {
                             state->is_done = true;
                             state->failed = failed;
                             for (const auto& entry : found) state->found.push_back(entry.endpoint());
                           });
    context.restart();
    context.run_for(settings.connect_timeout);
    if (!state->is_done) {
      return could_not_reach("its name was not found within " + in_seconds(settings.connect_timeout) +
                             "; check this device's network");
    }
    if (state->failed || state->found.empty()) {
      return could_not_reach("there is no host of that name; check the URL and this device's network");
    }
    places = std::move(state->found);
    return std::nullopt;
  }

  attempt try_exchange(const http_request& request) {
    const auto received_before = counts.received;
    line->expires_after(time_for(request.body.size()));
    const auto not_sent = send(request);
    if (not_sent && !is_closed_by_peer(not_sent)) return failure(not_sent, received_before, "take the request");
    // Even where the request could not be sent whole, the hub may have said why before it closed.
    return take_answer(request.method == "HEAD", static_cast<bool>(not_sent));
  }

  // The answer to the oldest request that has none.
  attempt take_answer(bool is_head, bool is_last) {
    const auto received_before = counts.received - buffer.size();
    http::response_parser<http::string_body> parser;
    parser.body_limit(settings.max_answer_bytes);
    if (is_head) parser.skip(true);
    line->expires_after(settings.answer_timeout);
    auto failed = wait_for([&](auto done) { http::async_read_header(*line, buffer, parser, std::move(done)); });
    if (!failed && !parser.is_done()) {
      line->expires_after(time_for(parser.content_length().value_or(settings.max_answer_bytes)));
      failed = wait_for([&](auto done) { http::async_read(*line, buffer, parser, std::move(done)); });
    }
    if (failed) return failure(failed, received_before, "answer");

    // Bytes beyond the answer belong to no request of ours; the next one must not take them for its answer.
    const bool stays = parser.keep_alive() && !is_last && (buffer.size() == 0 || unanswered > 1);
    attempt out;
    out.answer = to_response(parser.release());
    if (!stays) close();
    return out;
  }

  error_code send(const http_request& request) {
    http::request_header<> header;
    header.version(11);
    header.method_string(request.method);
    header.target(address->base_path + target_of(request));
    const bool is_v6 = address->host.find(':') != std::string::npos;
    header.set(http::field::host, (is_v6 ? "[" + address->host + "]" : address->host) +
                                      (address->port == 80 ? "" : ":" + std::to_string(address->port)));
    const auto set = [&header](http::field name, const std::string& value) {
      if (!value.empty()) header.set(name, value);
    };
    set(http::field::content_type, request.content_type);
    set(http::field::content_encoding, request.content_encoding);
    set(http::field::accept, request.accept);
    set(http::field::accept_encoding, request.accept_encoding);
    set(http::field::authorization,
        request.authorization.empty() && !token.empty() ? "Bearer " + token : request.authorization);
    for (const auto& [name, value] : request.headers) header.set(name, value);

    if (request.body.empty() && (request.method == "GET" || request.method == "HEAD")) {
      http::request<http::empty_body> message(std::move(header));
      return wait_for([&](auto done) { http::async_write(*line, message, std::move(done)); });
    }
    // A span, so that a body of several megabytes is not copied to be sent.
    http::request<http::span_body<const char>> message(std::move(header));
    message.body() = {request.body.data(), request.body.size()};
    message.content_length(request.body.size());
    return wait_for([&](auto done) { http::async_write(*line, message, std::move(done)); });
  }

  /// Closes the connection and says what went wrong on it.
  attempt failure(error_code why, std::uint64_t received_before, std::string_view doing) {
    close();
    attempt out;
    const bool has_begun = counts.received != received_before;
    using syncline::error_code;
    if (why == beast::error::timeout) {
      out.failed = client_error(error_code::unreachable, "the hub at " + url + " did not " + std::string(doing) +
                                                             " within " + in_seconds(settings.answer_timeout) +
                                                             "; the request can be sent again");
    } else if (is_closed_by_peer(why)) {
      out.failed = client_error(error_code::unreachable,
                                "the hub at " + url + " closed the connection " +
                                    (has_begun ? "in the middle of its answer" : "before it answered") +
                                    "; the request can be sent again");
      out.may_repeat = !has_begun;
    } else if (why == http::error::body_limit || why == http::error::header_limit) {
      out.failed = client_error(error_code::too_large, "the answer of the hub at " + url + " is larger than the " +
                                                           std::to_string(settings.max_answer_bytes) +
                                                           " bytes that this device takes");
    } else if (why.category() == make_error_code(http::error::bad_method).category()) {
      out.failed = client_error(error_code::malformed, "what listens at " + url + " does not answer in HTTP (" +
                                                           why.message() + "); check the hub's URL");
    } else {
      out.failed = could_not_reach(in_words(why) + "; the request can be sent again");
    }
    return out;
  }

  void close() noexcept {
    line.reset();
    buffer.clear();
    unanswered = 0;
  }

  std::string url;
  std::string token;
  http_client_settings settings;
  syncline::result<hub_address> address;
  byte_counts counts{};
  std::uint64_t connections{0};
  asio::io_context context{1};
  std::unique_ptr<stream> line{};
  beast::flat_buffer buffer{};
  std::size_t unanswered{0};  // requests that were sent ahead on this connection
};

http_client::http_client(std::string url, std::string token, http_client_settings settings)
    : impl_(std::make_unique<impl>(std::move(url), std::move(token), settings)) {}
http_client::http_client(http_client&&) noexcept = default;
http_client& http_client::operator=(http_client&&) noexcept = default;
http_client::~http_client() = default;

syncline::result<http_response> http_client::exchange(const http_request& request) {
  try {
    return impl_->exchange(request);
  } catch (const std::exception& e) {
    impl_->close();
    return client_error(syncline::error_code::unreachable,
                        "could not ask the hub at " + impl_->url + ": " + e.what());
  }
}

syncline::result<void> http_client::send(const http_request& request) {
  try {
    return impl_->send_ahead(request);
  } catch (const std::exception& e) {
    impl_->close();
    return client_error(syncline::error_code::unreachable, "could not ask the hub at " + impl_->url + ": " + e.what());
  }
}

syncline::result<http_response> http_client::receive() {
  try {
    return impl_->next_answer();
  } catch (const std::exception& e) {
    impl_->close();
    return client_error(syncline::error_code::unreachable, "could not hear the hub at " + impl_->url + ": " + e.what());
  }
}

void http_client::set_token(std::string token) { impl_->token = std::move(token); }
void http_client::close() noexcept { impl_->close(); }
std::uint64_t http_client::bytes_sent() const noexcept { return impl_->counts.sent; }
std::uint64_t http_client::bytes_received() const noexcept { return impl_->counts.received; }
std::uint64_t http_client::connections_made() const noexcept { return impl_->connections; }

}  // namespace stride

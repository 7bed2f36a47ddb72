// SPDX-License-Identifier: BSL-1.0
// The HTTP server and client over real sockets, and each of them against a peer that behaves badly.
#include "transport/http_client.hpp"
#include "transport/http_message.hpp"
#include "transport/http_server.hpp"

#include <catch2/catch_test_macros.hpp>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <fstream>
#include <functional>
#include <future>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace {

using stride::http_client;
using stride::http_client_settings;
using stride::http_request;
using stride::http_response;
using stride::http_server;
using stride::http_server_settings;
using syncline::error_class;
using syncline::error_code;
using namespace std::chrono_literals;

http_response text(unsigned status, std::string body) {
  http_response out;
  out.status = status;
  out.content_type = "text/plain";
  out.body = std::move(body);
  return out;
}

http_response echo(const http_request& request) { return text(200, request.body); }

http_request post(std::string body, std::string path = "/sync/upload") {
  http_request out;
  out.method = "POST";
  out.path = std::move(path);
  out.content_type = "application/octet-stream";
  out.body = std::move(body);
  return out;
}

http_server serve(stride::http_handler handler = echo, http_server_settings settings = {},
                  const std::string& address = "127.0.0.1:0") {
  auto made = http_server::listen(address, std::move(handler), std::move(settings));
  if (!made) throw std::runtime_error(made.error().message);
  return std::move(*made);
}

/// Bytes in which a lost, doubled or swapped block shows.
std::string pattern(std::size_t size) {
  std::string out(size, '\0');
  std::uint32_t state = 1;
  for (char& c : out) {
    state = state * 1664525u + 1013904223u;
    c = static_cast<char>(state >> 24);
  }
  return out;
}

/// A socket without any HTTP, for peers that do not keep to it.
class raw_socket {
 public:
  explicit raw_socket(int descriptor) : descriptor_(descriptor) {
    // Not an assertion of Catch2: those are for the test's own thread.
    if (descriptor_ < 0) throw std::runtime_error("no socket");
    const timeval patience{20, 0};
    setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  }
  raw_socket(raw_socket&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  ~raw_socket() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }

  static raw_socket to(std::uint16_t port) {
    raw_socket out(::socket(AF_INET, SOCK_STREAM, 0));
    const auto at = loopback(port);
    REQUIRE(::connect(out.descriptor_, reinterpret_cast<const sockaddr*>(&at), sizeof at) == 0);
    return out;
  }

  static sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_port = htons(port);
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return at;
  }

  int descriptor() const { return descriptor_; }

  bool send(std::string_view bytes) const {
    while (!bytes.empty()) {
      const auto n = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (n <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(n));
    }
    return true;
  }

  /// Reads until `end` was seen or the peer closes.
  std::string read_until(std::string_view end) const {
    std::string out;
    char block[4096];
    while (out.find(end) == std::string::npos) {
      const auto n = ::recv(descriptor_, block, sizeof block, 0);
      if (n <= 0) break;
      out.append(block, static_cast<std::size_t>(n));
    }
    return out;
  }

  /// Reads until the peer closes.
  std::string read_all() const { return read_until("\x01 never sent \x01"); }

  /// Makes `close` tear the connection down instead of ending it.
  void will_reset() const {
    const linger now{1, 0};
    setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  }

 private:
  int descriptor_;
};

/// A hub that does what a test says with each connection, in the order in which they come.
class odd_hub {
 public:
  explicit odd_hub(std::vector<std::function<void(raw_socket&)>> acts) : listener_(::socket(AF_INET, SOCK_STREAM, 0)) {
    auto at = raw_socket::loopback(0);
    REQUIRE(::bind(listener_.descriptor(), reinterpret_cast<const sockaddr*>(&at), sizeof at) == 0);
    REQUIRE(::listen(listener_.descriptor(), 8) == 0);
    socklen_t size = sizeof at;
    REQUIRE(::getsockname(listener_.descriptor(), reinterpret_cast<sockaddr*>(&at), &size) == 0);
    url_ = "http://127.0.0.1:" + std::to_string(ntohs(at.sin_port));
    thread_ = std::thread([this, acts = std::move(acts)] {
      for (const auto& act : acts) {
        const int got = ::accept(listener_.descriptor(), nullptr, nullptr);
        if (got < 0) return;
        raw_socket client(got);
        ++connections_;
        act(client);
      }
    });
  }
  ~odd_hub() {
    ::shutdown(listener_.descriptor(), SHUT_RDWR);
    thread_.join();
  }

  const std::string& url() const { return url_; }
  int connections() const { return connections_; }

 private:
  raw_socket listener_;
  std::string url_{};
  std::atomic<int> connections_{0};
  std::thread thread_{};
};

constexpr std::string_view small_answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

/// Opens once from any thread.
class gate {
 public:
  void open() {
    const std::lock_guard lock(mutex_);
    is_open_ = true;
    changed_.notify_all();
  }
  bool wait(std::chrono::seconds patience = 20s) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, patience, [this] { return is_open_; });
  }

 private:
  std::mutex mutex_{};
  std::condition_variable changed_{};
  bool is_open_{false};
};

void is_transient(const syncline::result<http_response>& answer, std::string_view words) {
  REQUIRE(!answer.has_value());
  INFO(answer.error().message);
  CHECK(answer.error().code == error_code::unreachable);
  CHECK(answer.error().severity == error_class::transient);
  CHECK(answer.error().phase == syncline::phase::transport);
  CHECK(answer.error().message.find(words) != std::string::npos);
}

}  // namespace

TEST_CASE("a request reaches the handler with all its parts and the answer comes back with all its parts") {
  http_request seen;
  auto server = serve([&seen](const http_request& request) {
    seen = request;
    auto answer = text(201, "made");
    answer.headers["Retry-After"] = "7";
    return answer;
  });
  http_client client(server.url(), "a.b.c");
  auto request = post(std::string("zero \0 and more", 15), "/sync/a b/\xc3\xa9");
  request.query = {{"since", "activities:7&goals=3+1"}, {"empty", ""}};
  request.content_encoding = "zstd";
  request.accept = "application/json";
  request.accept_encoding = "gzip";
  request.headers["X-Trace"] = "42";

  const auto answer = client.exchange(request);
  REQUIRE(answer.has_value());
  CHECK(answer->status == 201);
  CHECK(answer->content_type == "text/plain");
  CHECK(answer->body == "made");
  CHECK(answer->headers.at("retry-after") == "7");
  CHECK(answer->headers.contains("Date"));

  server.stop();
  CHECK(seen.method == "POST");
  CHECK(seen.path == request.path);
  CHECK(seen.query == request.query);
  CHECK(seen.content_type == "application/octet-stream");
  CHECK(seen.content_encoding == "zstd");
  CHECK(seen.accept == "application/json");
  CHECK(seen.accept_encoding == "gzip");
  CHECK(seen.authorization == "Bearer a.b.c");
  CHECK(stride::bearer_token(seen) == "a.b.c");
  CHECK(seen.headers.at("x-trace") == "42");
  CHECK(seen.body == request.body);
}

TEST_CASE("an answer without a body and the answer to HEAD leave the connection usable") {
  auto server = serve([](const http_request& request) {
    return request.path == "/nothing" ? text(204, "") : text(200, "five!");
  });
  http_client client(server.url(), "");
  http_request head;
  head.method = "HEAD";
  http_request nothing;
  nothing.path = "/nothing";
  for (int i = 0; i < 3; ++i) {
    const auto first = client.exchange(head);
    REQUIRE(first.has_value());
    CHECK(first->body.empty());
    CHECK(first->headers.at("content-length") == "5");
    const auto second = client.exchange(nothing);
    REQUIRE(second.has_value());
    CHECK(second->status == 204);
    const auto third = client.exchange(http_request{});
    REQUIRE(third.has_value());
    CHECK(third->body == "five!");
  }
  CHECK(server.connections_accepted() == 1);
}

TEST_CASE("a hundred requests of one client share one connection") {
  auto server = serve();
  http_client client(server.url(), "");
  for (int i = 0; i < 100; ++i) {
    const auto answer = client.exchange(post(std::to_string(i)));
    REQUIRE(answer.has_value());
    CHECK(answer->body == std::to_string(i));
  }
  CHECK(server.connections_accepted() == 1);
  CHECK(client.connections_made() == 1);
}

TEST_CASE("a client counts the bytes that went over the wire") {
  std::string received;
  odd_hub hub({[&received](raw_socket& client) {
    received = client.read_until("0123456789");
    client.send(small_answer);
    client.read_all();
  }});
  http_client client(hub.url(), "");
  REQUIRE(client.exchange(post("0123456789")).has_value());
  client.close();
  CHECK(client.bytes_sent() == received.size());
  CHECK(client.bytes_received() == small_answer.size());
}

TEST_CASE("two requests are in the handler at the same time") {
  std::mutex mutex;
  std::condition_variable changed;
  int inside = 0;
  auto server = serve([&](const http_request& request) {
    std::unique_lock lock(mutex);
    ++inside;
    changed.notify_all();
    const bool both = changed.wait_for(lock, 20s, [&inside] { return inside == 2; });
    return text(both ? 200 : 500, request.body);
  });
  const auto ask = [&server](std::string body) {
    http_client client(server.url(), "");
    const auto answer = client.exchange(post(body));
    return answer.has_value() && answer->status == 200 && answer->body == body;
  };
  auto other = std::async(std::launch::async, ask, "one");
  CHECK(ask("two"));
  CHECK(other.get());
  CHECK(server.connections_accepted() == 2);
}

TEST_CASE("many clients at once each get their own answers") {
  auto server = serve();
  std::vector<std::future<int>> clients;
  for (int c = 0; c < 16; ++c) {
    clients.push_back(std::async(std::launch::async, [&server, c] {
      http_client client(server.url(), "");
      int right = 0;
      for (int i = 0; i < 25; ++i) {
        const auto body = std::to_string(c * 1000 + i);
        const auto answer = client.exchange(post(body));
        right += answer.has_value() && answer->body == body ? 1 : 0;
      }
      return right;
    }));
  }
  for (auto& client : clients) CHECK(client.get() == 25);
  CHECK(server.connections_accepted() == 16);
  CHECK(server.requests_answered() == 16 * 25);
}

TEST_CASE("a body of 9 MB arrives unchanged in both directions") {
  auto server = serve();
  http_client client(server.url(), "");
  const auto body = pattern(9'000'000);
  const auto answer = client.exchange(post(body));
  REQUIRE(answer.has_value());
  CHECK(answer->status == 200);
  CHECK((answer->body == body));
}

TEST_CASE("a body of 11 MB is answered with 413 and the next request is served") {
  std::atomic<int> calls{0};
  auto server = serve([&calls](const http_request& request) {
    ++calls;
    return echo(request);
  });
  http_client client(server.url(), "");
  const auto refused = client.exchange(post(pattern(11'000'000)));
  REQUIRE(refused.has_value());
  CHECK(refused->status == 413);
  CHECK(refused->content_type == "application/problem+json");
  CHECK(stride::problem_detail(*refused).find("10000000 bytes") != std::string::npos);
  CHECK(calls == 0);
  const auto answer = client.exchange(post("small"));
  REQUIRE(answer.has_value());
  CHECK(answer->body == "small");
}

TEST_CASE("a body in chunks is read, and its limit holds without a length said in advance") {
  http_server_settings settings;
  settings.max_body_bytes = 8;
  auto server = serve(echo, settings);
  const auto ask = [&server](std::string_view chunks) {
    const auto line = raw_socket::to(server.port());
    line.send("POST / HTTP/1.1\r\nHost: h\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n");
    line.send(chunks);
    return line.read_all();
  };
  CHECK(ask("4\r\nabcd\r\n4\r\nefgh\r\n0\r\n\r\n").ends_with("\r\n\r\nabcdefgh"));
  CHECK(ask("4\r\nabcd\r\n5\r\nefghi\r\n0\r\n\r\n").starts_with("HTTP/1.1 413 "));
}

TEST_CASE("a client that asks first is told to go on, or refused before it sends") {
  auto server = serve();
  {
    const auto line = raw_socket::to(server.port());
    line.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");
    CHECK(line.read_until("\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n");
    line.send("abc");
    CHECK(line.read_until("abc").starts_with("HTTP/1.1 200 OK\r\n"));
  }
  const auto line = raw_socket::to(server.port());
  line.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 11000000\r\nExpect: 100-continue\r\n\r\n");
  CHECK(line.read_until("\r\n\r\n").starts_with("HTTP/1.1 413 "));
}

TEST_CASE("two requests sent in one go are both answered, in order") {
  auto server = serve();
  const auto line = raw_socket::to(server.port());
  line.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\none"
            "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nConnection: close\r\n\r\ntwo");
  const auto answers = line.read_all();
  const auto first = answers.find("\r\n\r\none");
  REQUIRE(first != std::string::npos);
  CHECK(answers.find("\r\n\r\ntwo") > first);
  CHECK(answers.ends_with("\r\n\r\ntwo"));
}

TEST_CASE("bytes that are no HTTP request get a 400 and the server goes on") {
  auto server = serve();
  for (const std::string_view wrong :
       {std::string_view("\x16\x03\x01\x02\x00\x01\x00 hello over TLS\r\n\r\n", 26), std::string_view("GET\r\n\r\n"),
        std::string_view("GET / HTTP/9.9\r\n\r\n"), std::string_view("GET / HTTP/1.1\r\nno colon\r\n\r\n"),
        std::string_view("POST / HTTP/1.1\r\nContent-Length: many\r\n\r\n"),
        std::string_view("POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"),
        std::string_view("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"),
        std::string_view("GET /%zz HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"),
        std::string_view("GET /%00 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")}) {
    INFO(wrong);
    const auto line = raw_socket::to(server.port());
    line.send(wrong);
    const auto answer = line.read_all();
    CHECK(answer.starts_with("HTTP/1.1 400 Bad Request\r\n"));
    CHECK(answer.find("application/problem+json") != std::string::npos);
  }
  http_client client(server.url(), "");
  CHECK(client.exchange(post("fine")).has_value());
}

TEST_CASE("headers beyond the limit get a 431") {
  auto server = serve();
  const auto line = raw_socket::to(server.port());
  line.send("GET / HTTP/1.1\r\nHost: h\r\nX-Long: " + std::string(20'000, 'x') + "\r\n\r\n");
  CHECK(line.read_all().starts_with("HTTP/1.1 431 "));
}

TEST_CASE("a client goes away in the middle of its request and nobody minds") {
  std::atomic<int> calls{0};
  auto server = serve([&calls](const http_request& request) {
    ++calls;
    return echo(request);
  });
  raw_socket::to(server.port()).send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\nhalf");
  {
    const auto line = raw_socket::to(server.port());
    line.will_reset();
    line.send("POST / HT");
  }
  http_client client(server.url(), "");
  CHECK(client.exchange(post("fine")).has_value());
  CHECK(calls == 1);
}

TEST_CASE("a server that was restarted between two requests is found again without an error") {
  auto first = serve();
  const auto address = first.address();
  http_client client(first.url(), "");
  REQUIRE(client.exchange(post("before")).has_value());
  first.stop();
  CHECK(first.connections_accepted() == 1);

  auto second = serve(echo, {}, address);
  const auto answer = client.exchange(post("after"));
  REQUIRE(answer.has_value());
  CHECK(answer->body == "after");
  CHECK(second.connections_accepted() == 1);
  CHECK(client.connections_made() == 2);
}

TEST_CASE("a kept connection that the hub resets under the second request is renewed once") {
  odd_hub hub({[](raw_socket& client) {
                 client.read_until("one");
                 client.send(small_answer);
                 client.read_until("two");
                 client.will_reset();
               },
               [](raw_socket& client) {
                 client.read_until("two");
                 client.send(small_answer);
                 client.read_all();
               }});
  http_client client(hub.url(), "");
  CHECK(client.exchange(post("one")).has_value());
  CHECK(client.exchange(post("two")).has_value());
  client.close();
  CHECK(hub.connections() == 2);
}

TEST_CASE("a new connection that closes without an answer is an error and not tried again") {
  odd_hub hub({[](raw_socket& client) { client.read_until("one"); },
               [](raw_socket& client) { client.send(small_answer); }});
  http_client client(hub.url(), "");
  is_transient(client.exchange(post("one")), "closed the connection before it answered");
  CHECK(client.connections_made() == 1);
  CHECK(hub.connections() == 1);
}

TEST_CASE("nobody listening is a transient error that says where and what to do") {
  std::string url;
  {
    const auto server = serve();
    url = server.url();
  }
  http_client client(url, "");
  const auto answer = client.exchange(http_request{});
  is_transient(answer, "connection refused");
  CHECK(answer.error().message ==
        "could not reach the hub at " + url + ": connection refused; is `stride hub serve` running there?");
  CHECK(client.bytes_sent() == 0);
}

TEST_CASE("a hub that dies in the middle of its answer is a transient error and the request is not repeated") {
  for (const bool resets : {false, true}) {
    INFO("by a reset: " << resets);
    const auto half = [resets](raw_socket& client) {
      client.read_until("two");
      client.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf of it");
      // A reset may overtake what was sent, and then no byte came and the client may rightly try again.
      if (resets) {
        std::this_thread::sleep_for(200ms);
        client.will_reset();
      }
    };
    odd_hub hub({[&half](raw_socket& client) {
                   client.read_until("one");
                   client.send(small_answer);
                   half(client);
                 },
                 [](raw_socket& client) { client.send(small_answer); }});
    http_client client(hub.url(), "");
    REQUIRE(client.exchange(post("one")).has_value());
    is_transient(client.exchange(post("two")), "in the middle of its answer");
    CHECK(client.connections_made() == 1);
  }
}

TEST_CASE("a hub that never answers is given up on after the time that was set") {
  gate done;
  odd_hub hub({[&done](raw_socket&) { done.wait(); }});
  http_client_settings settings;
  settings.answer_timeout = 100ms;
  http_client client(hub.url(), "", settings);
  is_transient(client.exchange(post("x")), "did not answer within 100 ms");
  done.open();
}

TEST_CASE("what does not speak HTTP is called that, and an answer beyond the limit is refused") {
  odd_hub ssh({[](raw_socket& client) {
    client.read_until("x");
    client.send("SSH-2.0-OpenSSH_9.2\r\n\r\n");
  }});
  const auto odd = http_client(ssh.url(), "").exchange(post("x"));
  REQUIRE(!odd.has_value());
  CHECK(odd.error().code == error_code::malformed);
  CHECK(odd.error().message.find("does not answer in HTTP") != std::string::npos);

  auto server = serve([](const http_request&) { return text(200, std::string(2'000, 'x')); });
  http_client_settings settings;
  settings.max_answer_bytes = 1'999;
  const auto large = http_client(server.url(), "", settings).exchange(http_request{});
  REQUIRE(!large.has_value());
  CHECK(large.error().code == error_code::too_large);
  CHECK(large.error().message.find("larger than the 1999 bytes") != std::string::npos);
}

TEST_CASE("a client that drips its request byte by byte is closed, and others are served meanwhile") {
  http_server_settings settings;
  settings.request_timeout = 300ms;
  settings.workers = 1;
  auto server = serve(echo, settings);
  const auto slow = raw_socket::to(server.port());
  REQUIRE(slow.send("GET / HTTP/1.1\r\nX-Slow: "));
  http_client client(server.url(), "");
  CHECK(client.exchange(post("quick")).has_value());
  bool was_closed = false;
  for (int i = 0; i < 400 && !was_closed; ++i) {
    std::this_thread::sleep_for(50ms);
    was_closed = !slow.send("x");
  }
  CHECK(was_closed);
  CHECK(client.exchange(post("still quick")).has_value());
}

TEST_CASE("a body that comes too slowly is closed") {
  http_server_settings settings;
  settings.request_timeout = 200ms;
  settings.min_bytes_per_s = 1'000'000;
  auto server = serve(echo, settings);
  const auto slow = raw_socket::to(server.port());
  slow.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000\r\n\r\nonly this");
  CHECK(slow.read_all().empty());
}

TEST_CASE("a connection without requests is closed after a while and the client makes another") {
  http_server_settings settings;
  settings.idle_timeout = 100ms;
  auto server = serve(echo, settings);
  const auto idle = raw_socket::to(server.port());
  CHECK(idle.read_all().empty());

  http_client client(server.url(), "");
  REQUIRE(client.exchange(post("one")).has_value());
  std::this_thread::sleep_for(400ms);
  CHECK(client.exchange(post("two")).has_value());
  CHECK(client.connections_made() == 2);
}

TEST_CASE("more connections than allowed wait until there is room") {
  http_server_settings settings;
  settings.max_connections = 1;
  auto server = serve(echo, settings);
  http_client first(server.url(), "");
  REQUIRE(first.exchange(post("one")).has_value());
  auto second = std::async(std::launch::async, [&server] {
    http_client client(server.url(), "");
    return client.exchange(post("two")).has_value();
  });
  CHECK(second.wait_for(200ms) == std::future_status::timeout);
  first.close();
  CHECK(second.get());
}

TEST_CASE("a handler that throws or answers nonsense gives a 500, is logged, and the server goes on") {
  std::mutex mutex;
  std::vector<std::string> log;
  http_server_settings settings;
  settings.log = [&](std::string_view line) {
    const std::lock_guard lock(mutex);
    log.emplace_back(line);
  };
  auto server = serve(
      [](const http_request& request) -> http_response {
        if (request.path == "/throw") throw std::runtime_error("a secret of the hub");
        if (request.path == "/throw-int") throw 7;
        auto answer = text(request.path == "/status" ? 1000 : 200, "fine");
        if (request.path == "/header") answer.headers["X-A"] = "1\r\nX-B: 2";
        return answer;
      },
      settings);
  http_client client(server.url(), "");
  for (const std::string path : {"/throw", "/throw-int", "/status", "/header"}) {
    INFO(path);
    const auto answer = client.exchange(post("", path));
    REQUIRE(answer.has_value());
    CHECK(answer->status == 500);
    CHECK(answer->content_type == "application/problem+json");
    CHECK(answer->body.find("secret") == std::string::npos);
  }
  const auto answer = client.exchange(post("", "/fine"));
  REQUIRE(answer.has_value());
  CHECK(answer->status == 200);
  CHECK(server.connections_accepted() == 1);
  server.stop();
  REQUIRE(log.size() == 4);
  CHECK(log[0] == "the handler of POST /throw failed: a secret of the hub");
}

TEST_CASE("stopping lets a request in flight finish and closes who waits") {
  gate begun;
  gate may_end;
  auto server = serve([&](const http_request& request) {
    begun.open();
    return text(may_end.wait() ? 200 : 500, request.body);
  });
  const auto idle = raw_socket::to(server.port());
  auto asked = std::async(std::launch::async, [&server] {
    http_client client(server.url(), "");
    return client.exchange(post("in flight"));
  });
  REQUIRE(begun.wait());
  auto stopped = std::async(std::launch::async, [&server] { server.stop(); });
  CHECK(idle.read_all().empty());
  CHECK(stopped.wait_for(50ms) == std::future_status::timeout);
  may_end.open();
  stopped.get();
  const auto answer = asked.get();
  REQUIRE(answer.has_value());
  CHECK(answer->status == 200);
  CHECK(answer->body == "in flight");
  server.stop();
  is_transient(http_client(server.url(), "").exchange(http_request{}), "connection refused");
}

TEST_CASE("stopping does not wait for ever for a client that sends half a request") {
  http_server_settings settings;
  settings.stop_timeout = 100ms;
  auto server = serve(echo, settings);
  const auto half = raw_socket::to(server.port());
  half.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");
  half.read_until("\r\n\r\n");
  const auto before = std::chrono::steady_clock::now();
  server.stop();
  CHECK(std::chrono::steady_clock::now() - before < settings.request_timeout);
}

TEST_CASE("a handler may ask its own server to stop, and a signal ends the wait for it") {
  http_server* running = nullptr;
  auto server = serve([&running](const http_request&) {
    running->stop();
    return text(200, "bye");
  });
  running = &server;
  auto asked = std::async(std::launch::async, [&server] {
    http_client client(server.url(), "");
    return client.exchange(http_request{});
  });
  CHECK(server.run_until_signal() == 0);
  const auto answer = asked.get();
  REQUIRE(answer.has_value());
  CHECK(answer->body == "bye");

  auto second = serve();
  CHECK(second.run_until_signal([] { ::kill(::getpid(), SIGTERM); }) == SIGTERM);
  is_transient(http_client(second.url(), "").exchange(http_request{}), "connection refused");
}

TEST_CASE("an address that cannot be listened on is refused with what to do") {
  const auto refused = [](const std::string& address, error_code code, std::string_view words) {
    const auto made = http_server::listen(address, echo);
    INFO(address);
    REQUIRE(!made.has_value());
    INFO(made.error().message);
    CHECK(made.error().code == code);
    CHECK(made.error().message.find(words) != std::string::npos);
  };
  const auto server = serve();
  refused(server.address(), error_code::busy, "another program listens there");
  refused("192.0.2.1:0", error_code::usage, "this machine does not have that address");
  refused("", error_code::usage, "expected ADDR:PORT");
  refused("8080", error_code::usage, "expected ADDR:PORT");
  refused(":8080", error_code::usage, "expected ADDR:PORT");
  refused("127.0.0.1:", error_code::usage, "the port is not a number");
  refused("127.0.0.1:65536", error_code::usage, "the port is not a number");
  refused("127.0.0.1:80a", error_code::usage, "the port is not a number");
  refused("::1:0", error_code::usage, "stands in brackets");
  // Containers often let everybody listen everywhere.
  int first_free_port = 0;
  std::ifstream("/proc/sys/net/ipv4/ip_unprivileged_port_start") >> first_free_port;
  if (::geteuid() != 0 && first_free_port > 80) {
    refused("127.0.0.1:80", error_code::not_allowed, "choose a port above 1023");
  }
}

TEST_CASE("a server on a named host or on every address says a URL that reaches it") {
  for (const std::string address : {"localhost:0", "0.0.0.0:0"}) {
    INFO(address);
    auto server = serve(echo, {}, address);
    CHECK(http_client(server.url(), "").exchange(post("x")).has_value());
  }
  auto server = serve();
  CHECK(server.url() == "http://127.0.0.1:" + std::to_string(server.port()));
  CHECK(http_client("http://localhost:" + std::to_string(server.port()), "").exchange(post("x")).has_value());
}

TEST_CASE("a hub's URL is taken apart, and a wrong one is refused with what is wrong") {
  using stride::hub_address;
  const auto is = [](const std::string& url, const hub_address& expected) {
    INFO(url);
    const auto found = stride::parse_hub_url(url);
    REQUIRE(found.has_value());
    CHECK((*found == expected));
  };
  is("http://hub.example", {"hub.example", 80, ""});
  is("http://127.0.0.1:8080/", {"127.0.0.1", 8080, ""});
  is("http://[::1]:8080/stride/", {"::1", 8080, "/stride"});

  const auto refused = [](const std::string& url, std::string_view words) {
    const auto answer = http_client(url, "").exchange(http_request{});
    INFO(url);
    REQUIRE(!answer.has_value());
    INFO(answer.error().message);
    CHECK(answer.error().code == error_code::usage);
    CHECK(answer.error().message.find(words) != std::string::npos);
  };
  refused("https://hub.example", "does not speak TLS yet");
  refused("hub.example:8080", "expected http://HOST:PORT");
  refused("http://", "it names no host");
  refused("http://hub:0", "the port is not a number");
  refused("http://hub:99999", "the port is not a number");
  refused("http://ada@hub", "a user name");
  refused("http://hub\r\nX: y", "a control character");
  refused("http://[::1", "never closed");
  refused("http://::1", "in brackets");
}

TEST_CASE("a request that would become another one on the wire is not sent") {
  auto server = serve();
  http_client client(server.url(), "");
  auto header = post("");
  header.headers["X-A"] = "1\r\nX-B: 2";
  auto method = post("");
  method.method = "GET / HTTP/1.1\r\n";
  auto accept = post("");
  accept.accept = "a\nb";
  for (const auto& request : {header, method, accept, post("", "no slash")}) {
    const auto answer = client.exchange(request);
    REQUIRE(!answer.has_value());
    CHECK(answer.error().code == error_code::usage);
  }
  client.set_token("a\r\nb");
  CHECK(!client.exchange(post("")).has_value());
  CHECK(server.connections_accepted() == 0);
}

TEST_CASE("a base path stands in front of every path") {
  std::string seen;
  auto server = serve([&seen](const http_request& request) {
    seen = request.path;
    return text(200, "");
  });
  REQUIRE(http_client(server.url() + "/stride/", "").exchange(post("", "/sync/check")).has_value());
  server.stop();
  CHECK(seen == "/stride/sync/check");
}

TEST_CASE("a target is taken apart and put together") {
  http_request request;
  REQUIRE(stride::set_target(request, "/a%20b/c?since=activities%3A7&x=1+2&flag&x=3&").has_value());
  CHECK(request.path == "/a b/c");
  CHECK(request.query == std::map<std::string, std::string>{{"since", "activities:7"}, {"x", "1 2"}, {"flag", ""}});
  CHECK(stride::target_of(request) == "/a%20b/c?flag=&since=activities%3A7&x=1%202");
  REQUIRE(stride::set_target(request, "http://hub.example:8080/x?y=z").has_value());
  CHECK(request.path == "/x");
  CHECK(request.query == std::map<std::string, std::string>{{"y", "z"}});
  for (const std::string_view wrong : {"/%", "/%4", "/%4g", "/?a=%zz", "relative", "/%0a"}) {
    INFO(wrong);
    CHECK(!stride::set_target(request, wrong).has_value());
    CHECK(request.path == "/x");
  }
}

TEST_CASE("a problem is JSON whatever its words are, and can be read back") {
  const auto made = stride::problem(409, "Stale \"cursor\"", "line one\nline two \\ \xc3\xa9");
  CHECK(made.status == 409);
  CHECK(made.content_type == "application/problem+json");
  CHECK(made.body == "{\"type\":\"about:blank\",\"title\":\"Stale \\\"cursor\\\"\",\"status\":409,"
                     "\"detail\":\"line one\\nline two \\\\ \xc3\xa9\"}");
  CHECK(stride::problem_detail(made) == "line one\nline two \\ \xc3\xa9");
  CHECK(stride::problem_detail(stride::problem(404, "Not found", "")) == "Not found");
  CHECK(stride::problem_detail(text(404, made.body)).empty());
  auto broken = made;
  broken.body.pop_back();
  CHECK(stride::problem_detail(broken).empty());
  broken.body = R"({"inner":{"detail":"not this"},"list":["detail"],"title":"this"})";
  CHECK(stride::problem_detail(broken) == "this");
}

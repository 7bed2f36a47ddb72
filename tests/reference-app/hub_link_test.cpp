// SPDX-License-Identifier: BSL-1.0
// The link to a hub keeps the laws of a transport, over real sockets.
#include "transport/hub_link.hpp"
#include "transport/http_server.hpp"
#include "transport/hub_paths.hpp"

#include <syncline/sync/protocol.hpp>
#include <syncline/testing/check_transport_laws.hpp>
#include <syncline/wire/frame.hpp>

#include <catch2/catch_test_macros.hpp>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace {

using namespace syncline;
using stride::http_request;
using stride::http_response;
using stride::http_server;

// What the law's peer has seen, and what it does now; shared with the server's threads.
struct peer_state {
  std::mutex mutex{};
  transport_law_mode mode = transport_law_mode::answer;
  std::vector<std::string> messages{};
};

// The laws speak of any bytes, the link of framed messages: the law's bytes travel as the body of a frame.
constexpr std::size_t frame_header_size = 13;
constexpr std::size_t most = max_message_size - frame_header_size;

// The law's link: frames what it is given and takes the answer's frame off again.
struct framing_link {
  stride::hub_link link;

  result<std::string> exchange(std::string_view message) {
    auto answer = link.exchange(frame(static_cast<std::uint8_t>(message_kind::upload), message));
    if (!answer) return answer.error();
    auto opened = unframe(*answer);
    if (!opened) return opened.error();
    return std::string(opened->body);
  }
};

class pair_over_http {
 public:
  pair_over_http() : state_(std::make_unique<peer_state>()) { listen("127.0.0.1:0"); }

  framing_link& link() {
    if (!link_) {
      link_ = std::make_unique<framing_link>(stride::hub_link("http://" + address_, "token"));
    }
    return *link_;
  }
  std::size_t max_message_size() const { return most; }
  std::vector<std::string> messages() const {
    const std::lock_guard lock(state_->mutex);
    return state_->messages;
  }
  void set_mode(transport_law_mode mode) {
    {
      const std::lock_guard lock(state_->mutex);
      state_->mode = mode;
    }
    const bool was_absent = !server_;
    if (mode == transport_law_mode::absent) {
      server_.reset();
    } else if (was_absent) {
      listen(address_);
    }
  }

 private:
  void listen(const std::string& address) {
    stride::http_server_settings settings;
    settings.max_body_bytes = syncline::max_message_size;
    auto made = http_server::listen(address, [state = state_.get()](const http_request& request) { return answer(*state, request); }, settings);
    if (!made) throw std::runtime_error(made.error().message);
    server_ = std::move(*made);
    address_ = server_->address();
  }

  static http_response answer(peer_state& state, const http_request& request) {
    const std::lock_guard lock(state.mutex);
    const auto opened = unframe(request.body);
    if (!opened) return stride::problem(400, "bad request", opened.error().message);
    state.messages.emplace_back(opened->body);
    if (state.mode == transport_law_mode::refuse) return stride::problem(409, "refused", "the hub does not take this message");
    // The nearest that a handler comes to a cut link: an answer that no hub gives, and that says to try again.
    if (state.mode == transport_law_mode::drop_answer) return stride::problem(503, "gone", "the answer was lost on the way");
    http_response response;
    response.content_type = stride::syncline_media_type;
    response.body = frame(static_cast<std::uint8_t>(message_kind::uploaded),
                          state.mode == transport_law_mode::answer_more ? std::string(most + 1, 'x') : transport_law_answer(opened->body));
    return response;
  }

  std::unique_ptr<peer_state> state_;
  std::optional<http_server> server_{};
  std::string address_{};
  std::unique_ptr<framing_link> link_{};
};

TEST_CASE("the link to a hub keeps every law of a transport") {
  int claims = 0;
  check_transport_laws([] { return pair_over_http(); },
                       [&](bool holds, std::string_view what) {
                         ++claims;
                         INFO(what);
                         CHECK(holds);
                       });
  CHECK(claims > 30);
}

std::string a_message() { return frame(static_cast<std::uint8_t>(message_kind::upload), "payload"); }

TEST_CASE("a message beyond 10 MiB is refused before it is sent, and one of 10 MiB passes") {
  std::size_t seen = 0;
  stride::http_server_settings settings;
  settings.max_body_bytes = syncline::max_message_size;
  auto server = http_server::listen("127.0.0.1:0", [&seen](const http_request& request) {
    seen = request.body.size();
    http_response response;
    response.content_type = stride::syncline_media_type;
    response.body = "ok";
    return response;
  }, settings);
  REQUIRE(server.has_value());
  stride::hub_link link(server->url(), "token");
  const auto refused = link.exchange(std::string(max_message_size + 1, 'x'));
  REQUIRE(!refused.has_value());
  CHECK(refused.error().code == error_code::too_large);
  CHECK(link.bytes_sent() == 0);
  const std::string largest = frame(static_cast<std::uint8_t>(message_kind::upload), std::string(max_message_size - frame_header_size, 'x'));
  REQUIRE(largest.size() == max_message_size);
  const auto passed = link.exchange(largest);
  INFO((passed ? std::string() : passed.error().message));
  CHECK(passed.has_value());
  CHECK(seen == max_message_size);
}

TEST_CASE("what a status says about trying again, and which words reach the person") {
  struct expectation {
    unsigned status;
    error_class severity;
    const char* words;
  };
  for (const expectation& each : {expectation{401, error_class::fatal, "get one with `stride hub token`"},
                                  expectation{403, error_class::fatal, "get one with `stride hub token`"},
                                  expectation{404, error_class::fatal, "because of the test"},
                                  expectation{413, error_class::fatal, "because of the test"},
                                  expectation{429, error_class::transient, "because of the test"},
                                  expectation{500, error_class::transient, "because of the test"},
                                  expectation{503, error_class::transient, "because of the test"}}) {
    INFO(each.status);
    auto server = http_server::listen("127.0.0.1:0", [&](const http_request&) { return stride::problem(each.status, "no", "because of the test"); });
    REQUIRE(server.has_value());
    stride::hub_link link(server->url(), "token");
    for (const bool is_complete : {false, true}) {
      error found = make_error(error_code::usage, phase::local, "");
      if (is_complete) {
        const auto said = link.complete();
        REQUIRE(!said.has_value());
        found = said.error();
      } else {
        const auto answer = link.exchange(a_message());
        REQUIRE(!answer.has_value());
        found = answer.error();
      }
      CHECK(found.severity == each.severity);
      CHECK(found.phase == phase::transport);
      CHECK(found.message.find(each.words) != std::string::npos);
    }
    CHECK(!link.is_up());
  }
}

TEST_CASE("an answer that is no hub's is called that") {
  auto server = http_server::listen("127.0.0.1:0", [](const http_request&) {
    http_response page;
    page.content_type = "text/html";
    page.body = "<h1>Welcome to this router</h1>";
    return page;
  });
  REQUIRE(server.has_value());
  const auto answer = stride::hub_link(server->url(), "token").exchange(a_message());
  REQUIRE(!answer.has_value());
  CHECK(answer.error().severity == error_class::fatal);
  CHECK(answer.error().message.find("what answers there is not a hub: it sent 'text/html'") != std::string::npos);
}

// A peer that takes a request and cuts the line in the place of an answer.
TEST_CASE("a line that is cut before the answer is a transient error, and the next exchange finds the hub again") {
  const int listening = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof at;
  REQUIRE(::bind(listening, reinterpret_cast<sockaddr*>(&at), sizeof at) == 0);
  REQUIRE(::listen(listening, 4) == 0);
  REQUIRE(::getsockname(listening, reinterpret_cast<sockaddr*>(&at), &size) == 0);
  std::thread peer([listening] {
    for (const std::string_view answer : {std::string_view(), std::string_view("HTTP/1.1 200 OK\r\nContent-Type: application/vnd.syncline\r\nContent-Length: 2\r\n\r\nok")}) {
      const int client = ::accept(listening, nullptr, nullptr);
      std::string seen;
      for (char room[4096]; seen.find("payload") == std::string::npos;) {
        const auto got = ::recv(client, room, sizeof room, 0);
        if (got <= 0) break;
        seen.append(room, static_cast<std::size_t>(got));
      }
      if (!answer.empty()) static_cast<void>(::send(client, answer.data(), answer.size(), MSG_NOSIGNAL));
      ::close(client);
    }
  });
  stride::hub_link link("http://127.0.0.1:" + std::to_string(ntohs(at.sin_port)), "token");
  const auto lost = link.exchange(a_message());
  const auto found = link.exchange(a_message());
  peer.join();
  ::close(listening);
  REQUIRE(!lost.has_value());
  CHECK(lost.error().severity == error_class::transient);
  CHECK(lost.error().phase == phase::transport);
  INFO((found ? std::string() : found.error().message));
  REQUIRE(found.has_value());
  CHECK(*found == "ok");
}

}  // namespace

// SPDX-License-Identifier: BSL-1.0
// Sessions over real sockets, and a link that is cut again and again.
#include "device/run_session.hpp"
#include "transport/http_server.hpp"
#include "transport/hub_paths.hpp"

#include <syncline/stream/split.hpp>
#include <syncline/sync.hpp>
#include <syncline/testing/memory_store.hpp>
#include <syncline/testing/random.hpp>

#include <catch2/catch_test_macros.hpp>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace syncline;

struct ride {
  static constexpr record_info sync{.table = "rides"};
  key<std::string> id{};
  lww<std::string> name{};
  chunked<std::int64_t, points<4000>> power{};
};

using store = memory_store<ride>;

// Passes bytes on to a port of this machine; closes each connection when so many came from the client.
class cutting_proxy {
 public:
  cutting_proxy(std::uint16_t to, std::size_t bytes) : to_(to), bytes_(bytes), listening_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in at = address(0);
    REQUIRE(bind(listening_, reinterpret_cast<sockaddr*>(&at), sizeof at) == 0);
    REQUIRE(listen(listening_, 8) == 0);
    socklen_t size = sizeof at;
    REQUIRE(getsockname(listening_, reinterpret_cast<sockaddr*>(&at), &size) == 0);
    port_ = ntohs(at.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  cutting_proxy(const cutting_proxy&) = delete;
  cutting_proxy& operator=(const cutting_proxy&) = delete;
  ~cutting_proxy() {
    ends_ = true;
    thread_.join();
    close(listening_);
  }

  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  std::size_t passed() const { return passed_; }
  std::size_t cuts() const { return cuts_; }

 private:
  static sockaddr_in address(std::uint16_t port) {
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_port = htons(port);
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return at;
  }

  void serve() {
    while (!ends_) {
      pollfd waits{listening_, POLLIN, 0};
      if (poll(&waits, 1, 20) != 1) continue;
      const int client = accept(listening_, nullptr, nullptr), hub = socket(AF_INET, SOCK_STREAM, 0);
      sockaddr_in at = address(to_);
      if (connect(hub, reinterpret_cast<sockaddr*>(&at), sizeof at) == 0) pass(client, hub);
      close(client);
      close(hub);
    }
  }

  void pass(int client, int hub) {
    std::array<char, 16'384> room;
    for (std::size_t left = bytes_; !ends_;) {
      pollfd both[]{{client, POLLIN, 0}, {hub, POLLIN, 0}};
      if (poll(both, 2, 20) <= 0) continue;
      if (both[1].revents != 0) {
        const auto got = read(hub, room.data(), room.size());
        if (got <= 0 || !all(client, room.data(), static_cast<std::size_t>(got))) return;
      }
      if (both[0].revents == 0) continue;
      const auto got = read(client, room.data(), std::min(room.size(), left));
      if (got <= 0 || !all(hub, room.data(), static_cast<std::size_t>(got))) return;
      passed_ += static_cast<std::size_t>(got);
      left -= static_cast<std::size_t>(got);
      if (left == 0) {
        ++cuts_;
        return;
      }
    }
  }

  static bool all(int to, const char* from, std::size_t size) {
    while (size > 0) {
      const auto sent = send(to, from, size, MSG_NOSIGNAL);
      if (sent <= 0) return false;
      from += sent;
      size -= static_cast<std::size_t>(sent);
    }
    return true;
  }

  std::uint16_t to_, port_ = 0;
  std::size_t bytes_;
  int listening_;
  std::atomic<bool> ends_ = false;
  std::atomic<std::size_t> passed_ = 0, cuts_ = 0;
  std::thread thread_{};
};

timestamp now() { return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()); }

// A hub behind HTTP that notes what comes: of each message its kind, and how large it was.
struct served_hub {
  store kept{};
  hub<store, ride> engine{kept};
  std::mutex one_at_a_time{};
  std::vector<std::pair<message_kind, std::size_t>> came{};
  result<stride::http_server> server = stride::http_server::listen(
      "127.0.0.1:0",
      [this](const stride::http_request& request) {
        const std::lock_guard lock(one_at_a_time);
        const std::string message = stride::message_in(request).value();
        came.emplace_back(static_cast<message_kind>(message.front()), message.size());
        stride::http_response response;
        response.content_type = stride::syncline_media_type;
        response.body = engine.handle("s", stride::bearer_token(request), message, now());
        return response;
      },
      {.max_body_bytes = max_message_size});

  std::uint16_t port() const {
    const std::string url = server->url();
    return static_cast<std::uint16_t>(std::stoi(url.substr(url.rfind(':') + 1)));
  }
  std::size_t chunks() {
    auto tx = kept.begin("s");
    return tx->list("have", {}, 1000)->size();
  }
};

struct phone {
  store kept{};
  replica<store, ride> engine = *replica<store, ride>::open(kept, "s", "phone", 1);
  std::size_t largest = 0, all = 0, count = 0;

  explicit phone(std::size_t chunks) {
    random_source random(3);
    std::vector<std::int64_t> points(4000 * chunks);
    for (std::int64_t& each : points) each = static_cast<std::int64_t>(random());
    const auto series = split(the<&ride::power>, points);
    std::vector<std::string> bytes;
    for (const auto& each : series.chunks) {
      bytes.push_back(each.bytes);
      largest = std::max(largest, each.bytes.size());
      all += each.bytes.size();
    }
    count = bytes.size();
    ride made{.id{"a"}};
    made.power = series.parts;
    REQUIRE(engine.create(made, now(), bytes).has_value());
  }
};

result<void> run(phone& device, const std::string& records_at, const std::string& chunks_at, const std::function<bool()>& stop = {}) {
  stride::hub_link records(records_at, "phone"), chunks(chunks_at, "phone");
  return stride::run_session(device.engine, records, chunks, now, [] { return std::uint64_t{1}; }, stop);
}

TEST_CASE("a link for chunks that is cut again and again wastes at most one chunk for each cut, in one session") {
  served_hub hub;
  REQUIRE(hub.server.has_value());
  phone device(40);
  cutting_proxy proxy(hub.port(), 5 * device.largest / 2);
  const auto done = run(device, hub.server->url(), proxy.url());
  INFO((done ? std::string() : done.error().message));
  REQUIRE(done.has_value());
  CHECK(hub.chunks() == device.count);
  CHECK(device.engine.report().chunks_sent == device.count);
  CHECK(proxy.cuts() >= 15);
  constexpr std::size_t heads = 1000;  // of a request
  CHECK(proxy.passed() <= device.all + proxy.cuts() * device.largest + 8 * heads * (device.count + proxy.cuts()));
  const auto whole = std::count_if(hub.came.begin(), hub.came.end(), [](const auto& each) { return each.first == message_kind::chunk; });
  CHECK(whole >= static_cast<std::ptrdiff_t>(device.count));
  CHECK(whole <= static_cast<std::ptrdiff_t>(device.count + proxy.cuts()));  // one that the hub had not come to when it was asked
}

TEST_CASE("a record that is written while chunks are on their way reaches the hub before the next few chunks do") {
  served_hub hub;
  REQUIRE(hub.server.has_value());
  phone device(40);
  std::size_t chunks_before = 0, asked = 0;
  const auto done = run(device, hub.server->url(), hub.server->url(), [&] {
    const std::lock_guard lock(hub.one_at_a_time);
    if (++asked == 30) {
      REQUIRE(device.engine.edit<ride>("a", now(), [](auto& e) { e[the<&ride::name>] = "hilly"; }).has_value());
      chunks_before = hub.came.size();
    }
    return false;
  });
  REQUIRE(done.has_value());
  REQUIRE(chunks_before > 0);
  const auto first = hub.came.begin() + static_cast<std::ptrdiff_t>(chunks_before);
  const auto upload = std::find_if(first, hub.came.end(), [](const auto& each) { return each.first == message_kind::upload; });
  REQUIRE(upload != hub.came.end());
  CHECK(upload - first <= static_cast<std::ptrdiff_t>(replica_settings{}.chunks_in_flight));
  CHECK(hub.chunks() == device.count);
}

TEST_CASE("a link for chunks that carries nothing ends the session, and the next one sends them") {
  served_hub hub;
  REQUIRE(hub.server.has_value());
  phone device(5);
  {
    cutting_proxy proxy(hub.port(), 100);
    const auto cut = run(device, hub.server->url(), proxy.url());
    REQUIRE(!cut.has_value());
    CHECK(cut.error().severity == error_class::transient);
    CHECK(hub.chunks() == 0);
    CHECK((*hub.engine.find<ride>("s", "a")).has_value());  // the record waits for no chunk
  }
  REQUIRE(run(device, hub.server->url(), hub.server->url()).has_value());
  CHECK(hub.chunks() == 5);
}

}  // namespace

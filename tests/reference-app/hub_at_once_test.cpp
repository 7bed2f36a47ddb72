// SPDX-License-Identifier: BSL-1.0
// Devices that come to one hub at once, each from a thread of its own, while the hub's own writes go on.
#include "domain/goal.hpp"
#include "hub/hub_service.hpp"
#include "temporary_folder.hpp"
#include "transport/http_server.hpp"
#include "transport/hub_link.hpp"

#include <syncline/sync.hpp>
#include <syncline/testing/memory_store.hpp>

#include <catch2/catch_test_macros.hpp>

#include <atomic>
#include <chrono>
#include <map>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace syncline;
using stride::goal;

using store = memory_store<goal>;

timestamp now() { return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()); }

// A device with one of the hub's tables. It keeps to itself what went wrong, since tests are told by one thread only.
class athlete {
 public:
  athlete(std::string name, std::string url, std::string token, std::uint64_t incarnation)
      : name_(std::move(name)), link_(std::move(url), std::move(token)) {
    auto opened = replica<store, goal>::open(store_, "ada", name_, incarnation, {.batch = 3, .page = 4});
    if (opened) replica_.emplace(std::move(*opened));
    else problem_ = opened.error().message;
  }

  void work(int goals) {
    for (int i = 0; i < goals && problem_.empty(); ++i) {
      goal made;
      made.id = name_ + "-" + std::to_string(i);
      made.title = "Goal " + std::to_string(i);
      note(replica_->create(made, now()));
      note(replica_->edit<goal>("shared", now(), [&](auto& open) { open[the<&goal::note>] = name_ + std::to_string(i); }));
      if (i % 3 == 0) sync();
    }
    sync();
  }

  void sync() {
    replica_->begin_session();
    while (problem_.empty()) {
      auto message = replica_->next_message(now());
      note(message);
      if (!message || !*message) return;
      auto answer = link_.exchange(**message);
      note(answer);
      if (answer) note(replica_->receive(*answer, now(), ++random_));
    }
  }

  std::map<std::string, std::string> goals() {
    std::map<std::string, std::string> all;
    auto tx = store_.begin("ada");
    auto rows = tx->scan<goal>({}, 1000);
    for (const auto& each : *rows) all[*each.value.id] = json_text(*each.value.title) + json_text(*each.value.note);
    return all;
  }

  const std::string& problem() const { return problem_; }

 private:
  template <class Result>
  void note(const Result& outcome) {
    if (!outcome && problem_.empty()) problem_ = outcome.error().message;
  }

  std::string name_;
  store store_{};
  std::optional<replica<store, goal>> replica_{};
  stride::hub_link link_;
  std::string problem_{};
  std::uint64_t random_ = 0;
};

TEST_CASE("devices that come to a hub at once end with the same records, and none of their own is lost") {
  test::temporary_folder folder;
  auto hub = stride::hub_service::open(folder.path() / "hub");
  REQUIRE(hub.has_value());
  REQUIRE(hub->put("ada", "goals", {{"id", "shared"}, {"title", "Everybody's"}}).has_value());
  auto server = stride::http_server::listen(
      "127.0.0.1:0", [&](const stride::http_request& request) { return hub->answer(request); },
      {.workers = 4, .max_body_bytes = max_message_size});
  REQUIRE(server.has_value());

  constexpr int count = 4, each = 10;
  std::vector<std::unique_ptr<athlete>> athletes;
  for (int i = 0; i < count; ++i) {
    const std::string name = "device-" + std::to_string(i);
    auto token = hub->token("ada", name, 600);
    REQUIRE(token.has_value());
    athletes.push_back(std::make_unique<athlete>(name, server->url(), *token, static_cast<std::uint64_t>(2 * i + 1)));
    athletes.back()->sync();
    REQUIRE(athletes.back()->problem() == "");
  }
  std::vector<std::thread> threads;
  for (auto& device : athletes) threads.emplace_back([&device] { device->work(each); });
  std::vector<std::string> problems;
  for (int i = 0; i < each; ++i) {
    auto put = hub->put("ada", "goals", {{"id", "from-the-hub-" + std::to_string(i)}, {"title", "Advice"}});
    if (!put) problems.push_back(put.error().message);
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(problems == std::vector<std::string>{});

  for (auto& device : athletes) {
    device->sync();
    CHECK(device->problem() == "");
  }
  const auto first = athletes.front()->goals();
  CHECK(first.size() == count * each + each + 1);
  for (auto& device : athletes) CHECK(device->goals() == first);
  auto at_hub = hub->list("ada", "goals");
  REQUIRE(at_hub.has_value());
  CHECK(at_hub->size() == first.size());
}

}  // namespace

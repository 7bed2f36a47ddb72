// SPDX-License-Identifier: BSL-1.0
// 10,000 edited records from one device's SQLite over HTTP into the hub's SQLite, and from there into another device's,
// beside what SQLite alone takes to write as many rows.

#include "activity.hpp"
#include "interleave.hpp"
#include "storage/sqlite_store.hpp"
#include "transport/http_server.hpp"
#include "transport/hub_link.hpp"
#include "transport/hub_paths.hpp"

#include <syncline/sync.hpp>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <mutex>
#include <string>
#include <unistd.h>

namespace {

using bench::activity;
using store = stride::sqlite_store<activity>;
using replica = syncline::replica<store, activity>;
using hub = syncline::hub<store, activity>;
using syncline::the;
using steady = std::chrono::steady_clock;

constexpr std::uint64_t records = 10'000;

template <class T>
T must(syncline::result<T> outcome) {
  if (outcome) return std::move(*outcome);
  std::fprintf(stderr, "end_to_end: %s\n", outcome.error().message.c_str());
  std::exit(1);
}
void must(syncline::result<void> outcome) {
  if (outcome) return;
  std::fprintf(stderr, "end_to_end: %s\n", outcome.error().message.c_str());
  std::exit(1);
}

syncline::timestamp now() { return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()); }

double milliseconds_since(steady::time_point began) {
  return std::chrono::duration<double, std::milli>(steady::now() - began).count();
}

double session(replica& device, stride::hub_link& link) {
  const auto began = steady::now();
  device.begin_session();
  while (auto message = must(device.next_message(now()))) {
    must(device.receive(must(link.exchange(*message)), now(), 1));
  }
  return milliseconds_since(began);
}

struct round_times {
  double local, push, pull, sqlite;
  std::uint64_t sent, received;
};

round_times one_round(const std::filesystem::path& folder, std::uint64_t round) {
  std::filesystem::create_directories(folder);
  store hub_store = must(store::open(folder / "hub.db"));
  store first_store = must(store::open(folder / "first.db"));
  store second_store = must(store::open(folder / "second.db"));
  hub engine(hub_store);
  std::mutex one_at_a_time;
  auto server = must(stride::http_server::listen("127.0.0.1:0", [&](const stride::http_request& request) {
    const std::lock_guard lock(one_at_a_time);
    stride::http_response response;
    response.content_type = stride::syncline_media_type;
    response.body = engine.handle("bench", stride::bearer_token(request), must(stride::message_in(request)), now());
    return response;
  }, {.max_body_bytes = syncline::max_message_size}));
  replica first = must(replica::open(first_store, "bench", "first", 2 * round + 1, {.batch = 1000, .page = 2000}));
  replica second = must(replica::open(second_store, "bench", "second", 2 * round + 2, {.batch = 1000, .page = 2000}));
  stride::hub_link first_link(server.url(), "first"), second_link(server.url(), "second");

  // Both devices have all records; the first then edits three fields of each.
  for (std::uint64_t i = 0; i < records; ++i) must(first.create(bench::base_of(i), now()));
  session(first, first_link);
  session(second, second_link);
  const auto began = steady::now();
  for (std::uint64_t i = 0; i < records; ++i) {
    must(first.edit<activity>(*bench::base_of(i).id, now(), [&](auto& e) {
      e[the<&activity::name>] = "Renamed " + std::to_string(i);
      e[the<&activity::rpe>] = 8;
      e[the<&activity::calories>] = static_cast<int>(i);
    }));
  }
  round_times times{};
  times.local = milliseconds_since(began);
  const std::uint64_t sent = first_link.bytes_sent(), received = second_link.bytes_received();
  times.push = session(first, first_link);
  times.pull = session(second, second_link);
  times.sent = first_link.bytes_sent() - sent;
  times.received = second_link.bytes_received() - received;
  if (*must(second.find<activity>(*bench::base_of(records - 1).id))->calories != static_cast<int>(records - 1)) {
    std::fprintf(stderr, "end_to_end: the second device does not have the edits\n");
    std::exit(1);
  }

  store alone = must(store::open(folder / "alone.db"));
  for (int turn = 0; turn < 2; ++turn) {  // the second turn updates the rows, as the sessions do
    const auto wrote = steady::now();
    auto tx = must(alone.begin("bench"));
    for (std::uint64_t i = 0; i < records; ++i) {
      activity changed = bench::base_of(i);
      changed.calories = turn + static_cast<int>(i);
      must(tx.save<activity>({changed, false, std::string(60, 'x')}));
    }
    must(tx.commit());
    times.sqlite = milliseconds_since(wrote);
  }
  return times;
}

}  // namespace

int main() {
  std::string pattern = (std::filesystem::temp_directory_path() / "syncline-bench-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) return 1;
  bench::samples local, push, pull, sqlite;
  round_times last{};
  for (std::uint64_t round = 0; round < 5; ++round) {
    last = one_round(std::filesystem::path(pattern) / std::to_string(round), round);
    local.add(last.local);
    push.add(last.push);
    pull.add(last.pull);
    sqlite.add(last.sqlite);
  }
  std::filesystem::remove_all(pattern);
  std::printf("10,000 records of 28 fields, 3 edited in each; SQLite with full synchronization; medians of 5 rounds\n");
  std::printf("  edited on the device, one transaction each    %8.0f ms\n", local.median());
  std::printf("  pushed to the hub over HTTP and committed     %8.0f ms, %.2f MB\n", push.median(), static_cast<double>(last.sent) / 1e6);
  std::printf("  pulled into the other device's SQLite         %8.0f ms, %.2f MB\n", pull.median(), static_cast<double>(last.received) / 1e6);
  std::printf("  SQLite alone: as many rows in one transaction %8.0f ms\n", sqlite.median());
}

// SPDX-License-Identifier: BSL-1.0
#pragma once
// Three versions of a record, and devices and hubs of any of them over stores that all of them can open.

#include <syncline/resolve/counter.hpp>
#include <syncline/resolve/set_edits.hpp>
#include <syncline/sync.hpp>
#include <syncline/testing/memory_store.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cmath>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace lineages {

using namespace syncline;

/// As it was: a distance in kilometres, a colour that later nobody wants.
struct trip_1 {
  static constexpr record_info sync{.table = "trips", .version = 1};

  key<std::string> id{};
  lww<std::string> title{};
  lww<double> distance_km{};
  lww<std::string> colour{};
  merge<int, counter> stops{};
  server<std::int32_t> score{};
  lww<std::string> guide{};
};

/// Metres, a mood, tags; the hub owns who guides.
struct trip_2 {
  static constexpr record_info sync{.table = "trips", .version = 2};
  using previous = trip_1;

  key<std::string> id{};
  lww<std::string> mood{std::string("plain")};
  lww<std::int64_t> distance_m{};
  merge<int, counter> stops{};
  lww<std::string> title{};
  merge<std::set<std::string>, set_edits> tags{};
  server<std::int64_t> score{};
  server<std::string> guided_by{};
};
inline void carry(const trip_1& from, trip_2& to) {
  to.distance_m = std::llround(*from.distance_km * 1000);
  to.guided_by = *from.guide;
}
inline void carry(const trip_2& from, trip_1& to) {
  to.distance_km = std::round(static_cast<double>(*from.distance_m) / 100) / 10;  // an older app shows one decimal
  to.score = static_cast<std::int32_t>(*from.score);
  to.guide = *from.guided_by;
}

/// One more field, and no step.
struct trip_3 {
  static constexpr record_info sync{.table = "trips", .version = 3};
  using previous = trip_2;

  key<std::string> id{};
  lww<std::string> title{};
  lww<std::optional<std::string>> mood{};
  lww<std::int64_t> distance_m{};
  merge<int, counter> stops{};
  merge<std::set<std::string>, set_edits> tags{};
  server<std::int64_t> score{};
  server<std::string> guided_by{};
  lww<std::int32_t> stars{3};
};
inline void carry(const trip_3& from, trip_2& to) { to.mood = from.mood->value_or("plain"); }

using store_type = memory_store<trip_3>;

inline timestamp at(std::int64_t seconds) { return timestamp{std::chrono::seconds{1'700'000'000 + seconds}}; }

template <class R>
using hub_of = hub<store_type, R>;
template <class R>
using replica_of = replica<store_type, R>;

template <class R>
replica_of<R> open(store_type& store, std::string_view name) {
  auto opened = replica_of<R>::open(store, "s", name, checksum(name), {.batch = 3});
  INFO((opened ? std::string() : opened.error().message));
  REQUIRE(opened.has_value());
  return std::move(*opened);
}

/// What happens to a message: it and its answer arrive, the answer is lost, or the message itself is.
enum class fate_of { arrives, loses_answer, is_lost };
using weather = std::function<fate_of(message_kind)>;

/// A session up to its end, or the first loss, or the first error, which is returned.
template <class Hub, class Replica>
result<void> sync(Hub& hub, Replica& device, std::int64_t now = 0, const weather& fate = {}) {
  device.begin_session();
  for (int messages = 0; messages < 1000; ++messages) {
    auto message = device.next_message(at(now));
    if (!message) return message.error();
    if (!*message) return {};
    const fate_of how = fate ? fate(static_cast<message_kind>((*message)->front())) : fate_of::arrives;
    if (how == fate_of::is_lost) return device.interrupted(), result<void>{};
    const std::string answer = hub.handle("s", device.state().device, **message, at(now));
    if (how == fate_of::loses_answer) return device.interrupted(), result<void>{};
    if (auto taken = device.receive(answer, at(now), 1000 + static_cast<std::uint64_t>(messages)); !taken) return taken;
  }
  FAIL("the session does not end");
  return {};
}

template <class R, class Replica>
R seen(Replica& device, const std::string& key) {
  auto found = device.template find<R>(key);
  REQUIRE(found.has_value());
  REQUIRE(found->has_value());
  return **found;
}
template <class R, class Hub>
R at_hub(Hub& hub, const std::string& key) {
  auto found = hub.template find<R>("s", key);
  REQUIRE(found.has_value());
  REQUIRE(found->has_value());
  return **found;
}

#define REQUIRE_DONE(...)                                \
  do {                                                   \
    const auto done = __VA_ARGS__;                       \
    INFO((done ? std::string() : done.error().message)); \
    REQUIRE(done.has_value());                           \
  } while (false)

inline std::vector<conflict_entry> conflicts(store_type& store) {
  std::vector<conflict_entry> all;
  auto tx = store.begin("s");
  const auto entries = tx->list("conflict", {}, 1000).value();
  for (const entry& each : entries) all.push_back(decode<conflict_entry>(each.bytes).value());
  return all;
}

}  // namespace lineages

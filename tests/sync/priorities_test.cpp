// SPDX-License-Identifier: BSL-1.0
// What goes first: priorities in both directions, dependencies across envelopes, and what a budget lets go.
#include <syncline/stream/split.hpp>
#include <syncline/sync/hub.hpp>
#include <syncline/sync/replica.hpp>
#include <syncline/sync/waiting.hpp>
#include <syncline/testing/memory_store.hpp>

#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace {

using namespace syncline;
using namespace std::chrono_literals;

struct article {
  static constexpr record_info sync{.table = "articles", .priority = priority_class::reference_data};
  key<std::string> id{};
  lww<std::string> text{};
};

struct ride {
  static constexpr record_info sync{.table = "rides"};
  key<std::string> id{};
  lww<std::string> name{};
  chunked<std::int64_t, points<2>> power{};
};

/// A post about a ride, which it names.
struct post {
  static constexpr record_info sync{.table = "posts"};
  key<std::string> id{};
  lww<std::string> ride_id{};
};

std::vector<record_reference> depends_on(const post& p) { return {reference_to<ride>(p.ride_id)}; }

// The device keeps it, and two devices together break it, so the hub has to refuse one.
std::string violation(const ride& r) { return r.name == "refused" ? "a ride is not called so" : ""; }

using store_type = memory_store<article, ride, post>;
using hub_type = hub<store_type, article, ride, post>;
using replica_type = replica<store_type, article, ride, post>;

struct world {
  store_type hub_store{}, store{};
  hub_type the_hub{hub_store};
  replica_settings settings{};
  timestamp now{std::chrono::hours{480'000}};
  std::optional<replica_type> device{};
  std::vector<std::string> sent{};  // tables, by envelope; "chunk" for a chunk

  explicit world(replica_settings with = {}) : settings(with) {
    device.emplace(replica_type::open(store, "s", "phone", 7, settings).value());
  }
  // A whole session.
  void sync(const send_budget& budget = {}) {
    now += 1s;
    device->begin_session(comparing::nothing, budget);
    while (true) {
      const auto message = device->next_message(now).value();
      if (!message) break;
      note(*message);
      const std::string answer = the_hub.handle("s", "phone", *message, now);
      REQUIRE(device->receive(answer, now, 1).has_value());
    }
  }
  void note(const std::string& message) {
    const auto framed = unframe(message);
    if (framed->kind == static_cast<std::uint8_t>(message_kind::chunk)) sent.push_back("chunk");
    if (framed->kind != static_cast<std::uint8_t>(message_kind::upload)) return;
    std::string tables;
    const auto upload = unpack<upload_message>(*framed).value();
    for (const change_group& group : upload.groups) {
      for (const record_change& each : group.changes) tables += (tables.empty() ? "" : " ") + catalog<article, ride, post>::declarations()[each.table].table;
    }
    sent.push_back(tables);
  }
  template <class R>
  void create(const R& draft, const std::vector<std::string>& chunks = {}) {
    const auto made = device->create(draft, now, chunks);
    INFO((made ? std::string() : made.error().message));
    REQUIRE(made.has_value());
  }
  template <class R>
  waiting waits(const std::string& id, const send_budget& budget = {}) {
    const auto record = device->find_record<R>(id).value();
    REQUIRE(record.has_value());
    return device->read([&](auto& tx) { return waiting_of<catalog<article, ride, post>>(tx, *record, now, budget); }).value();
  }
};

using sent_tables = std::vector<std::string>;

}  // namespace

TEST_CASE("records of user content leave before reference data that was written earlier") {
  world w({.batch = 2});
  for (const char* id : {"a", "b", "c"}) w.create(article{.id = {id}});
  w.create(ride{.id = {"r"}});
  w.sync();
  CHECK(w.sent == sent_tables{"rides articles", "articles articles"});
}

TEST_CASE("each eighth envelope takes what has waited longest, so that nothing waits for ever") {
  world w({.batch = 1});
  w.create(article{.id = {"a"}});
  for (int i = 0; i < 20; ++i) w.create(ride{.id = {"r" + std::to_string(i)}});
  w.sync();
  REQUIRE(w.sent.size() == 21);
  CHECK(w.sent[7] == "articles");
}

TEST_CASE("a page has user content before a large table of reference data, which goes on all the same") {
  world w;
  for (int i = 0; i < 40; ++i) REQUIRE(w.the_hub.create("s", article{.id = {"a" + std::to_string(i)}}, w.now).has_value());
  for (int i = 0; i < 20; ++i) REQUIRE(w.the_hub.create("s", ride{.id = {"r" + std::to_string(i)}}, w.now).has_value());
  w.device->begin_session();
  const auto page_of = [&](std::uint64_t articles, std::uint64_t rides) {
    const download_message asked{.incarnation = 1, .cursors = {{"articles", articles}, {"rides", rides}}, .limit = 16, .whole = {}, .versions = {}};
    return unpack<page_message>(*unframe(w.the_hub.handle("s", "phone", pack(asked), w.now))).value();
  };
  const page_message first = page_of(0, 0);
  std::size_t rides = 0;
  for (const updated_record& each : first.records) rides += each.table == 1;
  CHECK(rides == 14);
  CHECK(first.records.size() == 16);
  CHECK(first.records.front().table == 1);
  CHECK(first.ranges[0].table == "articles");
  CHECK(first.ranges[1].table == "rides");
  CHECK(first.more);
  const page_message last = page_of(first.ranges[0].up_to, 60);
  CHECK(last.records.size() == 16);
  CHECK(last.records.front().table == 0);
}

TEST_CASE("a record that names another is sent after it, in a later envelope", "[rule-3]") {
  world w;
  w.create(ride{.id = {"r"}});
  w.create(post{.id = {"p"}, .ride_id = {"r"}});
  w.create(ride{.id = {"other"}});
  CHECK(w.waits<post>("p").sentence("it") == "record 'r' of table 'rides', which goes to the hub before it");
  w.sync();
  CHECK(w.sent == sent_tables{"rides rides", "posts"});
  CHECK(w.waits<post>("p").kind == waiting_kind::nothing);
}

TEST_CASE("a caller may say that a write comes after another record") {
  world w;
  w.create(ride{.id = {"r"}});
  REQUIRE(w.device->create(article{.id = {"a"}}, w.now, {}, {reference_to<ride>("r")}).has_value());
  w.sync();
  CHECK(w.sent == sent_tables{"rides", "articles"});
}

TEST_CASE("chunks of a record that the hub does not know are sent after those of others") {
  world w;
  std::vector<std::int64_t> one{1, 2}, two{3, 4};
  const auto early = split<points<2>>("power", one), known = split<points<2>>("power", two);
  w.create(ride{.id = {"known"}, .power = {known.parts}}, {known.chunks[0].bytes});
  w.device->begin_session();
  // Only its record gets to the hub.
  for (int i = 0; i < 2; ++i) {
    const auto message = w.device->next_message(w.now).value();
    REQUIRE(w.device->receive(w.the_hub.handle("s", "phone", *message, w.now), w.now, 1).has_value());
  }
  w.device->interrupted();
  w.create(ride{.id = {"early"}, .power = {early.parts}}, {early.chunks[0].bytes});
  using tx_type = transaction_of<store_type>;
  auto tx = w.store.begin("s").value();
  const auto next = replica_chunks<tx_type>::next_chunk(tx, {}).value();
  REQUIRE(next.has_value());
  CHECK(next->name == digest_name(known.chunks[0].entry.digest));
}

TEST_CASE("on a metered network user content goes, and all else says what it waits for") {
  world w;
  std::vector<std::int64_t> samples{1, 2};
  const auto series = split<points<2>>("power", samples);
  w.create(article{.id = {"a"}});
  w.create(ride{.id = {"r"}, .power = {series.parts}}, {series.chunks[0].bytes});
  const send_budget metered = budget_of({.network = network_kind::metered});
  w.sync(metered);
  CHECK(w.sent == sent_tables{"rides"});
  CHECK(w.waits<article>("a", metered).sentence("it") == "an unmetered network, to send it");
  w.sync();
  CHECK(w.sent == sent_tables{"rides", "articles", "chunk"});
  w.create(article{.id = {"b"}});
  w.sync(budget_of({.network = network_kind::offline}));
  CHECK(w.sent.size() == 3);
}

TEST_CASE("an outbox that is full refuses a new record at the door, and loses nothing") {
  world w({.waiting = {.items = 2}});
  w.create(ride{.id = {"r"}});
  w.create(ride{.id = {"s"}});
  const auto refused = w.device->create(ride{.id = {"t"}}, w.now);
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().code == error_code::too_large);
  CHECK_FALSE(w.device->find<ride>("t").value().has_value());
  REQUIRE(w.device->edit<ride>("r", w.now, [](auto& e) { e[the<&ride::name>] = "longer"; }).has_value());
  w.sync();
  w.create(ride{.id = {"t"}});
}

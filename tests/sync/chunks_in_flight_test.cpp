// SPDX-License-Identifier: BSL-1.0
// PROTOCOL 27: chunks flow beside records, several at once, each sent again on its own.
#include "regressions/world.hpp"

#include <syncline/stream/split.hpp>

#include <catch2/catch_test_macros.hpp>

#include <string>
#include <vector>

namespace {

using namespace regressions;

struct ride {
  static constexpr record_info sync{.table = "rides"};
  key<std::string> id{};
  lww<std::string> name{};
  chunked<std::int64_t, points<2>> power{};
};

message_kind kind_of_message(const std::string& message) { return static_cast<message_kind>(message.front()); }

struct trip {
  world<ride> hub{};
  device<ride> phone{"phone", 1, {.chunks_in_flight = 3}};

  explicit trip(std::size_t chunks) {
    std::vector<std::int64_t> series;
    for (std::size_t i = 0; i < 2 * chunks; ++i) series.push_back(static_cast<std::int64_t>(7 * i));
    const auto parts = split(the<&ride::power>, series);
    REQUIRE(parts.chunks.size() == chunks);
    ride made{.id{"a"}};
    made.power = parts.parts;
    std::vector<std::string> bytes;
    for (const auto& each : parts.chunks) bytes.push_back(each.bytes);
    REQUIRE(phone.engine.create(made, at(1), bytes).has_value());
  }

  /// The session up to its first chunk, and as many further ones as the window takes.
  std::vector<std::string> take_off() {
    std::vector<std::string> sent{phone.sync(hub, message_kind::chunk)};
    for (auto further = phone.engine.next_chunk(at(0)); further && *further; further = phone.engine.next_chunk(at(0))) {
      sent.push_back(**further);
    }
    return sent;
  }
  std::string answer(const std::string& message) { return hub.answer("phone", message); }
  std::size_t stored_at_hub() {
    auto tx = hub.hub_store.begin("s");
    REQUIRE(tx.has_value());
    return tx->list("have", {}, 100)->size();
  }
};

TEST_CASE("several chunks are on their way at once, up to the window, and their answers come in any order") {
  trip t(7);
  const auto sent = t.take_off();
  REQUIRE(sent.size() == 3);
  CHECK(t.phone.engine.chunks_in_flight() == 3);
  CHECK((sent[0] != sent[1] && sent[1] != sent[2] && sent[0] != sent[2]));
  t.phone.take(t.answer(sent[2]));
  CHECK(t.phone.engine.chunks_in_flight() == 2);
  CHECK(t.phone.next() == sent[0]);  // asked without a further chunk, it is the oldest again
  t.phone.take(t.answer(sent[0]));
  t.phone.take(t.answer(sent[1]));
  t.phone.go_on(t.hub);
  CHECK(t.phone.engine.report().chunks_sent == 7);
  CHECK(t.stored_at_hub() == 7);
}

TEST_CASE("after a cut the hub is asked for what was on its way, and only what it lacks is sent again") {
  trip t(5);
  const auto sent = t.take_off();
  REQUIRE(sent.size() == 3);
  t.answer(sent[0]);  // arrives, and its answer does not; the others are cut off
  t.phone.engine.chunks_lost();
  CHECK(t.phone.engine.chunks_in_flight() == 0);
  std::size_t asked = 0;
  std::vector<std::string> again;
  while (true) {
    auto message = t.phone.engine.next_message(at(0));
    REQUIRE(message.has_value());
    if (!*message) break;
    asked += kind_of_message(**message) == message_kind::has_chunk;
    if (kind_of_message(**message) == message_kind::chunk) again.push_back(**message);
    t.phone.take(t.answer(**message));
  }
  CHECK(asked == 3);
  CHECK(again.size() == 4);
  CHECK(std::count(again.begin(), again.end(), sent[0]) == 0);
  CHECK(std::count(again.begin(), again.end(), sent[1]) == 1);
  CHECK(t.phone.engine.report().chunks_sent == 5);
  CHECK(t.stored_at_hub() == 5);
}

TEST_CASE("what a session left on its way is asked for by the next one") {
  trip t(2);
  const auto sent = t.take_off();
  REQUIRE(sent.size() == 2);
  t.answer(sent[0]);
  t.answer(sent[1]);
  t.phone.engine.interrupted();
  CHECK(t.phone.sync(t.hub, message_kind::chunk).empty());
  CHECK(t.phone.engine.report().chunks_sent == 2);
}

TEST_CASE("a record that becomes due goes out before further chunks, and waits for none of those on their way") {
  trip t(6);
  const auto sent = t.take_off();
  REQUIRE(sent.size() == 3);
  CHECK(*t.phone.engine.only_chunks_wait(at(0)));
  REQUIRE(t.phone.engine.edit<ride>("a", at(2), [](auto& e) { e[the<&ride::name>] = "hilly"; }).has_value());
  CHECK(!*t.phone.engine.only_chunks_wait(at(0)));
  t.phone.take(t.answer(sent[1]));
  CHECK(!*t.phone.engine.next_chunk(at(0)));  // there is room, and the record goes first
  const std::string upload = t.phone.next();
  REQUIRE(kind_of_message(upload) == message_kind::upload);
  t.phone.take(t.answer(sent[0]));  // in the middle of it
  t.phone.take(t.answer(upload));
  CHECK(*(*t.hub.the_hub.find<ride>("s", "a"))->name == "hilly");
  CHECK(t.phone.engine.chunks_in_flight() == 1);
  t.phone.go_on(t.hub);
  CHECK(t.phone.engine.report().chunks_sent == 6);
  CHECK(t.stored_at_hub() == 6);
}

TEST_CASE("a refusal is about the chunk that it names, and about no other that is on its way") {
  trip t(3);
  std::string damaged;
  {
    auto tx = t.phone.store.begin("s");
    REQUIRE(tx.has_value());
    damaged = tx->list("chunk", {}, 1)->front().name;
    REQUIRE(tx->put("chunk", damaged, "not what it was").has_value());
    REQUIRE(tx->commit().has_value());
  }
  const auto sent = t.take_off();
  REQUIRE(sent.size() == 3);
  std::string refusal;
  for (const std::string& each : sent) {
    if (kind_of_message(t.answer(each)) == message_kind::refusal) refusal = t.answer(each);
  }
  REQUIRE(!refusal.empty());
  t.phone.take(refusal);
  CHECK(t.phone.engine.report().chunks_refused == 1);
  CHECK(t.phone.engine.chunks_in_flight() == 2);
  CHECK(!t.phone.engine.receive(refusal, at(0), 7).has_value());  // once more, and late: it ends the session
  CHECK(t.phone.engine.report().chunks_refused == 1);
  t.phone.sync(t.hub);
  CHECK(t.stored_at_hub() == 2);
}

}  // namespace

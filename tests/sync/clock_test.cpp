// SPDX-License-Identifier: BSL-1.0
// Clocks that are hours wrong, stand still or step back: no device wins by them, and none loses its own later edits.

#include <syncline/resolve/conflict.hpp>
#include <syncline/sync.hpp>
#include <syncline/testing/memory_store.hpp>
#include <syncline/testing/random.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace syncline;
using namespace std::chrono_literals;

struct note {
  static constexpr record_info sync{.table = "notes"};
  key<std::string> id{};
  lww<std::string> title{};
  lww<std::string> text{};
  lww<std::string> tag{};
};

std::string violation(const note& n) { return n.title == "refused" && n.text == "refused" ? "the hub refuses it" : ""; }

using store_type = memory_store<note, conflict>;
using hub_type = hub<store_type, note, conflict>;
using replica_type = replica<store_type, note, conflict>;
using commit_type = hub_commit<transaction_of<store_type>>;

/// The time, as the hub's clock has it.
struct hub_with_clock {
  explicit hub_with_clock(hub_settings settings = {}) : engine(store, settings) {}

  timestamp now{std::chrono::hours{480'000}};
  store_type store{};
  hub_type engine;

  hub_record<note> record(const std::string& id) {
    auto tx = store.begin("s");
    auto commit = commit_type::begin(*tx, now);
    return commit->load<note>(id)->record;
  }
  std::string title(const std::string& id) { return *record(id).value.title; }
};

/// A device whose clock is wrong by `wrong`, or stands still.
struct device_with_clock {
  device_with_clock(hub_with_clock& with, std::string called, std::chrono::milliseconds wrong_by = {}, std::size_t batch = 5)
      : hub(with), name(std::move(called)), wrong(wrong_by), settings{.batch = batch} {
    open();
  }

  void open() {
    auto opened = replica_type::open(store, "s", name, checksum(name), settings);
    REQUIRE(opened.has_value());
    engine = std::make_unique<replica_type>(std::move(*opened));
  }
  timestamp now() const { return stands_at != timestamp{} ? stands_at : hub.now + wrong; }

  void create(const std::string& id) {
    hub.now += 1s;
    REQUIRE(engine->create(note{.id = {id}}, now()).has_value());
  }
  template <class Tag>
  void write(const std::string& id, Tag field, const std::string& value) {
    hub.now += 1s;
    const auto written = engine->edit<note>(id, now(), [&](auto& e) { e[field] = value; });
    INFO((written ? std::string() : written.error().message));
    REQUIRE(written.has_value());
  }
  void title(const std::string& id, const std::string& value) { write(id, the<&note::title>, value); }
  void text(const std::string& id, const std::string& value) { write(id, the<&note::text>, value); }
  replica_record<note> record(const std::string& id) { return **engine->find_record<note>(id); }
  std::string seen_title(const std::string& id) { return *record(id).seen().title; }

  /// The next message, and the hub's answer to it; empty at the end of the session.
  std::string message() {
    auto next = engine->next_message(now());
    REQUIRE(next.has_value());
    return next->value_or(std::string());
  }
  std::string answer(const std::string& to) { return hub.engine.handle("s", name, to, hub.now); }
  void take(const std::string& said) {
    const auto taken = engine->receive(said, now(), 4711);
    INFO((taken ? std::string() : taken.error().message));
    REQUIRE(taken.has_value());
  }
  /// A session, up to its end or to its first message of kind `until`, which is returned unsent.
  std::string sync(message_kind until = {}) {
    engine->begin_session();
    return go_on(until);
  }
  std::string go_on(message_kind until = {}) {
    for (int i = 0; i < 200; ++i) {
      const std::string next = message();
      if (next.empty() || static_cast<message_kind>(next.front()) == until) return next;
      take(answer(next));
    }
    FAIL("the session does not end");
    return {};
  }

  hub_with_clock& hub;
  std::string name;
  std::chrono::milliseconds wrong;
  timestamp stands_at{};
  replica_settings settings;
  store_type store{};
  std::unique_ptr<replica_type> engine;
};

constexpr std::size_t at_title = 1, at_text = 2;

std::uint64_t ticks(timestamp t) { return hybrid_time::at(t).ticks; }

TEST_CASE("an undo made by a clock that is ahead can be taken back, on any device") {
  hub_with_clock hub;
  device_with_clock ahead(hub, "z"), right(hub, "a");
  ahead.create("n"), ahead.sync(), right.sync();
  ahead.title("n", "mine"), right.title("n", "hers");
  for (int i = 0; i < 2; ++i) ahead.sync(), right.sync();
  REQUIRE(hub.title("n") == "hers");
  const auto log = ahead.engine->list<conflict>().value();
  REQUIRE(log.size() == 1);
  ahead.wrong = 10h;
  REQUIRE(ahead.engine->undo(*log[0].id, ahead.now()).has_value());
  for (int i = 0; i < 3; ++i) ahead.sync(), right.sync();
  CHECK(hub.title("n") == "mine");
  const auto undone = *right.engine->find<conflict>(undo_of(*log[0].id));
  REQUIRE(undone.has_value());
  CHECK(undone->values->front().kept_at == hub.record("n").times[at_title].ticks);
  CHECK(right.engine->undo(undo_of(*log[0].id), right.now()).has_value());
  for (int i = 0; i < 2; ++i) right.sync(), ahead.sync();
  CHECK(hub.title("n") == "hers");
}

}  // namespace

TEST_CASE("a device whose clock is hours ahead loses against a later write by a right clock", "[rule-16]") {
  hub_with_clock hub;
  device_with_clock ahead(hub, "z", 3h), right(hub, "a");
  ahead.create("n");
  ahead.sync(), right.sync();
  ahead.title("n", "from tomorrow");
  ahead.sync();
  right.title("n", "later");  // had not seen the other
  right.sync(), ahead.sync();
  CHECK(hub.title("n") == "later");
  CHECK(ahead.seen_title("n") == "later");
  right.title("n", "later again");
  ahead.text("n", "of another field");
  right.sync(), ahead.sync(), right.sync();
  CHECK(hub.title("n") == "later again");
  CHECK(right.record("n").seen().text == "of another field");
}

TEST_CASE("an envelope that is ahead is shifted as a whole: the latest stamp becomes the hub's time, distances stay", "[rule-16]") {
  hub_with_clock hub;
  device_with_clock ahead(hub, "z", 3h);
  ahead.create("n");
  ahead.title("n", "first");
  hub.now += 90min;
  ahead.text("n", "second");
  const auto before = ahead.record("n").pending->times;
  ahead.sync();
  const hub_record<note> stored = hub.record("n");
  CHECK(stored.times[at_text].ticks == ticks(hub.now));
  CHECK(stored.times[at_text].ticks - stored.times[at_title].ticks == before[at_text].ticks - before[at_title].ticks);
  const replica_record<note> adopted = ahead.record("n");
  CHECK(adopted.base_stamps == stored.stamps());
  CHECK(ahead.engine->state().clock == ticks(hub.now));
}

TEST_CASE("so much may a clock be ahead as the hub tolerates, and not a millisecond more", "[rule-16]") {
  for (const std::chrono::milliseconds tolerance : {std::chrono::milliseconds{5min}, std::chrono::milliseconds{2h}}) {
    for (const std::chrono::milliseconds more : {0ms, 1ms}) {
      hub_with_clock hub({.tolerance = tolerance});
      device_with_clock ahead(hub, "z", tolerance + more);
      ahead.create("n");
      ahead.title("n", "x");
      ahead.sync();
      CHECK(hub.record("n").times[at_title].ticks == ticks(more == 0ms ? hub.now + tolerance : hub.now));
      CHECK(ahead.engine->state().ahead == (more == 0ms ? 0ms : tolerance + more));
    }
  }
  CHECK(hub_settings{}.tolerance == 5min);
}

TEST_CASE("after a shift the next stamps are not ahead, and when the clock is repaired they go with it") {
  hub_with_clock hub;
  device_with_clock ahead(hub, "z", 30h);
  ahead.create("n");
  ahead.sync();
  for (int i = 0; i < 3; ++i) {
    hub.now += 10min;
    ahead.title("n", std::to_string(i));
    CHECK(ahead.record("n").pending->times[at_title].ticks == ticks(hub.now));
    ahead.open();  // the correction is durable
    ahead.sync();
    CHECK(hub.record("n").times[at_title].ticks == ticks(hub.now));
  }
  ahead.wrong = 0ms;
  ahead.sync();
  hub.now += 10min;
  ahead.title("n", "repaired");
  CHECK(ahead.record("n").pending->times[at_title].ticks == ticks(hub.now));
  ahead.wrong = 7h;  // and wrong again before the hub can say so
  hub.now += 1min;
  ahead.title("n", "wrong again");
  ahead.sync();
  CHECK(hub.record("n").times[at_title].ticks == ticks(hub.now));
}

TEST_CASE("an edit made while its predecessor was shifted comes back with it, and takes its place") {
  hub_with_clock hub;
  device_with_clock ahead(hub, "z", 3h), right(hub, "a");
  ahead.create("n");
  ahead.title("n", "first");
  const std::string envelope = ahead.sync(message_kind::upload);
  const auto sent = ahead.record("n").sent->times[at_title];
  ahead.title("n", "second");
  const auto then = ahead.record("n").pending->times[at_title];
  const auto reason_before = ahead.record("n").reasons;
  ahead.take(ahead.answer(envelope));
  const replica_record<note> adopted = ahead.record("n");
  CHECK(adopted.base_stamps[at_title].time == hub.record("n").times[at_title]);
  REQUIRE(adopted.pending.has_value());
  CHECK(adopted.pending->times[at_title].ticks - adopted.base_stamps[at_title].time.ticks == then.ticks - sent.ticks);
  CHECK(adopted.pending->at == adopted.pending->times[at_title]);
  for (const field_reason& each : adopted.reasons) {
    if (each.field == at_title) CHECK(each.at == adopted.pending->times[at_title].ticks);
  }
  right.sync();
  right.title("n", "by somebody who saw the first, and before the second comes");
  right.sync();
  ahead.sync(), right.sync();
  CHECK(hub.title("n") == right.seen_title("n"));
  CHECK(ahead.seen_title("n") == right.seen_title("n"));
  ahead.title("n", "third");
  ahead.sync();
  CHECK(hub.title("n") == "third");
}

TEST_CASE("what waits in later envelopes is shifted with the first: deletions, creations") {
  hub_with_clock hub;
  device_with_clock ahead(hub, "z", 3h, 1);
  ahead.create("0"), ahead.create("gone");
  ahead.sync();
  ahead.wrong += 5h;
  ahead.title("0", "sent first");
  REQUIRE(ahead.engine->remove<note>("gone", ahead.now()).has_value());
  ahead.create("new");
  ahead.title("new", "x");
  const std::string envelope = ahead.sync(message_kind::upload);
  const auto deletion = ahead.record("gone").pending->at, creation = ahead.record("new").pending->at;
  const auto sent = ahead.record("0").sent->at;
  ahead.take(ahead.answer(envelope));
  const auto shift = sent.ticks - ahead.record("0").base_stamps[at_title].time.ticks;
  REQUIRE(shift > ticks(timestamp{4h}));
  CHECK(ahead.record("gone").pending->at.ticks == deletion.ticks - shift);
  CHECK(ahead.record("new").pending->at.ticks == creation.ticks - shift);
  REQUIRE(ahead.record("new").reasons.size() == 1);
  CHECK(ahead.record("new").reasons[0].at == ahead.record("new").pending->times[at_title].ticks);
  ahead.go_on();
  CHECK(hub.record("gone").deleted());
  CHECK(hub.record("gone").life.time.ticks <= ticks(hub.now + 5min));
  CHECK(hub.record("new").life.time > hub.record("gone").life.time);
}

TEST_CASE("a dead letter is shifted too") {
  hub_with_clock hub;
  device_with_clock ahead(hub, "z"), other(hub, "a");
  ahead.create("dead"), ahead.create("n");
  ahead.sync(), other.sync();
  other.text("dead", "refused");
  other.sync();
  ahead.wrong = 3h;
  ahead.title("dead", "refused");
  const std::string envelope = ahead.sync(message_kind::upload);
  ahead.take(ahead.answer(envelope));  // both together are refused
  REQUIRE(ahead.engine->report().refused == 1);
  const auto settled = ahead.record("dead").pending->times[at_title];
  CHECK(settled.ticks <= ticks(hub.now));
  ahead.go_on();
  ahead.wrong = 20h;
  ahead.title("n", "x");
  ahead.sync();
  CHECK(ahead.record("dead").pending->times[at_title] < settled);
}

TEST_CASE("a repeated envelope gets the same answer, and what is adopted is adopted once", "[rule-1]") {
  hub_with_clock hub;
  device_with_clock ahead(hub, "z", 3h);
  ahead.create("n");
  ahead.title("n", "first");
  const std::string envelope = ahead.sync(message_kind::upload);
  const std::string answer = ahead.answer(envelope);
  hub.now += 2h;
  CHECK(ahead.answer(envelope) == answer);
  ahead.title("n", "second");
  ahead.take(answer);
  const auto once = ahead.record("n").pending->times[at_title];
  ahead.take(answer);
  CHECK(ahead.record("n").pending->times[at_title] == once);
  CHECK(once > ahead.record("n").base_stamps[at_title].time);
}

TEST_CASE("an answer that is gone still says by how much the envelope was shifted") {
  hub_with_clock hub;
  device_with_clock ahead(hub, "z", 3h), right(hub, "a");
  ahead.create("n"), ahead.create("m");
  ahead.title("n", "first");
  const std::string envelope = ahead.sync(message_kind::upload);
  ahead.answer(envelope);  // is lost
  const auto stored = hub.record("n").times[at_title];
  const auto sent = ahead.record("n").sent->times[at_title];
  ahead.title("n", "second");
  const auto then = ahead.record("n").pending->times[at_title];
  hub.now += 24h * 9;
  right.create("o");
  right.sync();
  // Answers are forgotten when the same incarnation is answered again, so this one's is taken away by hand.
  {
    auto tx = hub.store.begin("s");
    const auto kept = tx->list("answer", {}, 10).value();
    for (const entry& each : kept) REQUIRE(tx->remove("answer", each.name).has_value());
    REQUIRE(tx->commit().has_value());
  }
  ahead.wrong = 0ms;
  ahead.take(ahead.answer(envelope));
  CHECK(ahead.record("n").pending->times[at_title].ticks == then.ticks - (sent.ticks - stored.ticks));
  ahead.go_on();
  ahead.sync();
  CHECK(hub.title("n") == "second");
  CHECK(ahead.record("n").base_stamps == hub.record("n").stamps());
  CHECK(hub.record("n").times[at_title] > stored);
}

TEST_CASE("shifted below what it replaces, an edit on a seen value stands with a later stamp") {
  hub_with_clock hub;
  device_with_clock ahead(hub, "z"), right(hub, "a");
  ahead.create("n"), ahead.create("m");
  ahead.sync(), right.sync();
  hub.now += 1h;
  right.title("n", "seen");
  right.sync(), ahead.sync();
  const auto seen = hub.record("n").times[at_title];
  ahead.title("n", "on top of it");
  ahead.wrong = 48h;  // the same envelope holds a stamp that is far later
  ahead.title("m", "from tomorrow");
  ahead.sync();
  CHECK(hub.title("n") == "on top of it");
  CHECK(hub.record("n").times[at_title] > seen);
  CHECK(hub.record("n").stamps() == ahead.record("n").base_stamps);
  right.sync();
  CHECK(right.seen_title("n") == "on top of it");
}

TEST_CASE("a record that is made anew has later stamps than it had, also where they were shifted before those") {
  hub_with_clock hub;
  device_with_clock ahead(hub, "z");
  ahead.create("n"), ahead.create("m");
  ahead.title("n", "first life");
  ahead.sync();
  const auto old = hub.record("n").times[at_title];
  REQUIRE(ahead.engine->remove<note>("n", ahead.now()).has_value());
  ahead.sync();
  REQUIRE(ahead.engine->create(note{.id = {"n"}, .title = {"second life"}}, ahead.now()).has_value());
  ahead.wrong = 40h;
  ahead.title("m", "from tomorrow");
  ahead.sync();
  CHECK(hub.title("n") == "second life");
  CHECK(hub.record("n").times[at_title] > old);
  CHECK(ahead.record("n").base_stamps == hub.record("n").stamps());
}

TEST_CASE("a shift brings a device's clock back, but not below what it has read") {
  hub_with_clock hub;
  device_with_clock ahead(hub, "a"), right(hub, "z", 4min);
  right.create("n"), right.create("m");
  right.sync();
  right.title("n", "seen");
  right.sync(), ahead.sync();
  ahead.wrong = 40h;
  ahead.title("m", "from tomorrow");
  ahead.sync();
  ahead.title("n", "on top of it");
  CHECK(ahead.record("n").pending->times[at_title] > ahead.record("n").base_stamps[at_title].time);
  ahead.sync(), right.sync();
  CHECK(right.seen_title("n") == "on top of it");

  // Nor below what it wrote itself, and the hub took as it was.
  right.text("n", "tolerated");
  right.sync();
  right.wrong = 40h;
  right.title("m", "from tomorrow");
  right.sync();
  right.text("n", "on top of it");
  CHECK(right.record("n").pending->times[at_text] > right.record("n").base_stamps[at_text].time);
}

TEST_CASE("a clock that is behind, stands still or steps back loses no edit on top of what it has seen", "[rule-15]") {
  hub_with_clock hub;
  device_with_clock wrong(hub, "a"), right(hub, "z");
  right.create("n");
  right.sync(), wrong.sync();
  std::string last;
  const auto exchange = [&](const std::string& of) {
    for (int i = 0; i < 3; ++i) {
      right.title("n", of + ", seen " + std::to_string(i));
      right.sync(), wrong.sync();
      const auto seen = hub.record("n").times[at_title];
      wrong.title("n", of + " " + std::to_string(i) + ", first");
      wrong.title("n", of + " " + std::to_string(i) + ", then");
      const std::string envelope = wrong.sync(message_kind::upload);
      wrong.title("n", last = of + " " + std::to_string(i) + ", last");
      wrong.take(wrong.answer(envelope));
      wrong.go_on();
      wrong.sync(), right.sync();
      CHECK(hub.title("n") == last);
      CHECK(right.seen_title("n") == last);
      CHECK(hub.record("n").times[at_title] > seen);
    }
  };
  wrong.wrong = -26h;
  exchange("behind");
  wrong.stands_at = wrong.now();
  exchange("frozen");
  wrong.stands_at = hub.now + 3h;
  exchange("frozen ahead");
  wrong.stands_at = {};
  wrong.wrong = 5h;
  exchange("ahead");
  wrong.wrong = -5h;
  exchange("stepped back");
  wrong.wrong = 0ms;
  exchange("repaired");
  // 1970: what a watch says whose battery was empty.
  wrong.stands_at = timestamp{1ms};
  exchange("reset");
}

TEST_CASE("edits from 1970 keep their place before those of the far future, and both come to the hub") {
  hub_with_clock hub;
  device_with_clock reset(hub, "z");
  reset.stands_at = timestamp{1h};
  reset.create("n");
  reset.title("n", "old");
  reset.stands_at = timestamp{std::chrono::hours{24 * 366 * 8000}};
  reset.text("n", "of the future");
  reset.sync();
  CHECK(hub.title("n") == "old");
  CHECK(hub.record("n").times[at_title].is_set());
  CHECK(hub.record("n").times[at_title] < hub.record("n").times[at_text]);
  CHECK(hub.record("n").times[at_text].ticks == ticks(hub.now));
  reset.title("n", "newer");
  reset.sync();
  CHECK(hub.title("n") == "newer");
}

TEST_CASE("the answer to an older check says nothing about the clock") {
  hub_with_clock hub;
  device_with_clock phone(hub, "a", 40h);
  phone.create("n");
  phone.engine->begin_session();
  const std::string old_check = phone.message();
  CHECK(phone.message() == old_check);
  hub.now += 1s;
  CHECK(phone.message() == old_check);  // asking again gives the same message
  const std::string old_answer = phone.answer(old_check);
  phone.engine->interrupted();
  phone.wrong = 0ms;
  phone.engine->begin_session();
  CHECK(phone.message() != old_check);
  phone.take(old_answer);
  CHECK(phone.engine->state().ahead == 0ms);
}

TEST_CASE("an entry of the conflict log names the stamps that the hub stored, so that it can be undone") {
  for (const std::size_t batch : {1u, 5u}) {
    hub_with_clock hub;
    device_with_clock ahead(hub, "z", 0h, batch), right(hub, "a");
    ahead.create("n");
    ahead.sync(), right.sync();
    right.title("n", "hers");
    right.sync();
    const std::string download = ahead.sync(message_kind::download);
    ahead.wrong = 40h;
    ahead.title("n", "his");
    ahead.take(ahead.answer(download));  // decided and logged by the device itself
    REQUIRE(ahead.engine->report().conflicts == 1);
    for (int i = 0; i < 2; ++i) ahead.go_on(), ahead.sync(), right.sync();
    CHECK(hub.title("n") == "his");
    const auto log = right.engine->list<conflict>().value();
    REQUIRE(log.size() == 1);
    const superseded& value = log[0].values->front();
    CHECK(value.kept_by == "z");
    CHECK(value.kept_at == hub.record("n").times[at_title].ticks);
    CHECK(*log[0].decided_at <= hub.now + 40h);
    REQUIRE(right.engine->undo(*log[0].id, right.now()).has_value());
    right.sync(), ahead.sync();
    CHECK(ahead.seen_title("n") == "hers");
  }
}

namespace {

/// Device `ahead` decides on its own, against what `right` wrote, and logs it; `right` comes to have the entry.
struct decided_by_a_clock_that_is_ahead {
  hub_with_clock hub{};
  device_with_clock ahead, right{hub, "a"};

  explicit decided_by_a_clock_that_is_ahead(std::size_t batch) : ahead(hub, "z", 0h, batch) {
    ahead.create("n"), ahead.create("m");
    ahead.sync(), right.sync();
  }
  void decide(std::chrono::milliseconds by_right = {}) {
    right.wrong = by_right;
    right.title("n", "hers");
    right.sync();
    const std::string download = ahead.sync(message_kind::download);
    ahead.wrong = 40h;
    ahead.title("n", "his");
    ahead.take(ahead.answer(download));
    REQUIRE(ahead.engine->report().conflicts == 1);
  }
  conflict entry(device_with_clock& on) {
    const auto log = on.engine->list<conflict>().value();
    REQUIRE(log.size() == 1);
    return log[0];
  }
  void check_undo() {
    right.wrong = 0h;
    for (int i = 0; i < 3; ++i) ahead.go_on(), ahead.sync(), right.sync();
    REQUIRE(hub.title("n") == "his");
    CHECK(entry(right).values->front().kept_at == hub.record("n").times[at_title].ticks);
    CHECK(entry(ahead).values->front().kept_at == hub.record("n").times[at_title].ticks);
    const auto undone = right.engine->undo(entry(right).id, right.now());
    INFO((undone ? std::string() : undone.error().message));
    CHECK(undone.has_value());
    right.sync(), ahead.sync();
    CHECK(ahead.seen_title("n") == "hers");
  }
};

}  // namespace

TEST_CASE("an entry that is shifted in a later envelope than its value still names the stored stamp") {
  decided_by_a_clock_that_is_ahead of(1);
  of.decide();
  const std::string envelope = of.ahead.go_on(message_kind::upload);
  of.ahead.take(of.ahead.answer(envelope));  // the value
  of.ahead.wrong = 90h;
  REQUIRE(of.ahead.engine->settle(of.entry(of.ahead).id, of.ahead.now()).has_value());
  of.check_undo();
}

TEST_CASE("an entry that left before its value names the stamp that the value came to have") {
  decided_by_a_clock_that_is_ahead of(1);
  of.decide();
  const std::vector<record_reference> entry_first{reference_to<conflict>(of.entry(of.ahead).id)};
  const auto tag = [](auto& e) { e[the<&note::tag>] = "waits"; };
  REQUIRE(of.ahead.engine->edit<note>("n", of.ahead.now(), tag, {}, entry_first).has_value());
  const std::string envelope = of.ahead.go_on(message_kind::upload);
  of.ahead.take(of.ahead.answer(envelope));  // the entry
  of.ahead.wrong = 90h;
  of.ahead.text("n", "from further ahead");
  of.check_undo();
}

TEST_CASE("an entry about a value that was stored as later than it was written names the stored stamp") {
  for (const std::size_t batch : {1u, 5u}) {
    decided_by_a_clock_that_is_ahead of(batch);
    of.decide(4min);
    of.ahead.wrong = 90h;  // the shift of this brings the other one below what it replaced
    of.ahead.text("n", "from further ahead");
    of.check_undo();
  }
}

TEST_CASE("an undo that two devices made, each without knowing, can be taken back on any device") {
  for (const bool ahead_first : {false, true}) {
    decided_by_a_clock_that_is_ahead of(5);
    of.decide();
    for (int i = 0; i < 3; ++i) of.ahead.go_on(), of.ahead.sync(), of.right.sync();
    const std::string id = of.entry(of.right).id;
    REQUIRE(of.right.engine->undo(id, of.right.now()).has_value());
    REQUIRE(of.ahead.engine->undo(id, of.ahead.now()).has_value());
    for (int i = 0; i < 3; ++i) ahead_first ? of.ahead.sync() : of.right.sync(), ahead_first ? of.right.sync() : of.ahead.sync();
    REQUIRE(of.hub.title("n") == "hers");
    REQUIRE(of.right.engine->undo(undo_of(id), of.right.now()).has_value());
    for (int i = 0; i < 2; ++i) of.right.sync(), of.ahead.sync();
    CHECK(of.hub.title("n") == "his");
  }
}

TEST_CASE("a revival by a clock that is ahead is not taken back over a later write") {
  hub_with_clock hub;
  device_with_clock ahead(hub, "z"), right(hub, "a");
  ahead.create("n"), ahead.sync(), right.sync();
  ahead.title("n", "mine");
  REQUIRE(right.engine->remove<note>("n", right.now()).has_value());
  right.sync();
  for (int i = 0; i < 2; ++i) ahead.sync(), right.sync();
  const std::string id = ahead.engine->list<conflict>().value().at(0).id;
  ahead.wrong = 10h;
  REQUIRE(ahead.engine->undo(id, ahead.now()).has_value());
  for (int i = 0; i < 2; ++i) ahead.sync(), right.sync();
  REQUIRE(hub.title("n") == "mine");
  SECTION("nobody wrote") {
    CHECK(right.engine->undo(undo_of(id), right.now()).has_value());
  }
  SECTION("somebody wrote") {
    right.title("n", "later");
    const auto refused = right.engine->undo(undo_of(id), right.now());
    REQUIRE(!refused.has_value());
    CHECK(refused.error().message.find("later changes") != std::string::npos);
  }
}

TEST_CASE("while a clock is wrong, what it decides can be undone for as long as anything else") {
  hub_with_clock hub;
  device_with_clock ahead(hub, "z", 40h), right(hub, "a");
  ahead.create("n");
  ahead.sync(), right.sync();
  right.title("n", "hers");
  right.sync();
  const std::string download = ahead.sync(message_kind::download);
  ahead.title("n", "his");
  ahead.take(ahead.answer(download));
  ahead.go_on(), ahead.sync(), right.sync();
  const auto log = right.engine->list<conflict>().value();
  REQUIRE(log.size() == 1);
  CHECK(*log[0].decided_at == std::chrono::floor<std::chrono::milliseconds>(hub.now));
  hub.now += 23h;
  CHECK(ahead.engine->undo(*log[0].id, ahead.now()).has_value());
}

TEST_CASE("a log that is no record type is shifted with the values that it names") {
  using store = memory_store<note>;
  store hub_store, phone_store, other_store;
  hub<store, note> the_hub(hub_store);
  const timestamp start{std::chrono::hours{480'000}};
  auto phone = replica<store, note>::open(phone_store, "s", "z", 1).value();
  auto other = replica<store, note>::open(other_store, "s", "a", 2).value();
  const auto go_on = [&](auto& device, std::string_view name, std::chrono::milliseconds wrong, message_kind until) {
    for (;;) {
      const auto next = device.next_message(start + wrong).value();
      if (!next || static_cast<message_kind>(next->front()) == until) return next.value_or("");
      REQUIRE(device.receive(the_hub.handle("s", name, *next, start), start + wrong, 7).has_value());
    }
  };
  REQUIRE(phone.create(note{.id = {"n"}}, start).has_value());
  phone.begin_session(), go_on(phone, "z", 0ms, {});
  other.begin_session(), go_on(other, "a", 0ms, {});
  REQUIRE(other.edit<note>("n", start, [](auto& e) { e[the<&note::title>] = "hers"; }).has_value());
  other.begin_session(), go_on(other, "a", 0ms, {});
  phone.begin_session();
  const std::string download = go_on(phone, "z", 0ms, message_kind::download);
  REQUIRE(phone.edit<note>("n", start + 9h, [](auto& e) { e[the<&note::title>] = "his"; }).has_value());
  REQUIRE(phone.receive(the_hub.handle("s", "z", download, start), start + 9h, 7).has_value());
  go_on(phone, "z", 9h, {});
  const auto entries = phone.read([](auto& tx) { return tx.list("conflict", {}, 10); }).value();
  REQUIRE(entries.size() == 1);
  const conflict_entry entry = decode<conflict_entry>(entries[0].bytes).value();
  CHECK(entry.kept_by == "z");
  CHECK(entry.kept_at == (*phone.find_record<note>("n"))->base_stamps[at_title].time.ticks);
  CHECK(entry.kept_at <= ticks(start));
}

TEST_CASE("the hub's own write is later than what it replaces, also where that was stored later than it was written") {
  hub_with_clock hub;
  device_with_clock ahead(hub, "z", 4min), behind(hub, "y", -1h);
  ahead.create("n"), ahead.create("m");
  ahead.sync(), behind.sync();
  ahead.text("m", "x"), ahead.title("n", "x");
  ahead.sync();
  behind.sync();
  // In one envelope with a stamp that is far later, so that its own one comes before what it replaces.
  behind.title("n", "on top of it");
  behind.wrong = 40h;
  behind.text("m", "from tomorrow");
  behind.sync();
  const auto stored = hub.record("n").times[at_title];
  REQUIRE(stored.ticks > ticks(hub.now));
  REQUIRE(hub.engine.edit<note>("s", "n", hub.now, [](auto& e) { e[the<&note::title>] = "by the server"; }).has_value());
  CHECK(hub.record("n").times[at_title] > stored);
}

// The bound, by induction over the commits: a stamp is at most the hub's time and the tolerance, or one tick more than one
// that it replaced; so none is further ahead than by the tolerance and as many ticks as there were changes.
TEST_CASE("whatever clocks do, no stamp at the hub or from it is ahead by more than the bound") {
  random_source random(16);
  for (int world = 0; world < 12; ++world) {
    hub_with_clock hub;
    std::vector<std::unique_ptr<device_with_clock>> devices;
    for (const char* name : {"a", "b", "c"}) devices.push_back(std::make_unique<device_with_clock>(hub, name, 0ms, 1 + random.below(3)));
    for (const char* id : {"1", "2", "3"}) devices[0]->create(id);
    for (auto& each : devices) each->sync();
    std::uint64_t changes = 3;
    timestamp latest_now = hub.now;
    for (int step = 0; step < 150; ++step) {
      device_with_clock& d = *devices[random.below(3)];
      hub.now += std::chrono::milliseconds(random.below(2000));
      if (random.chance(0.05)) hub.now -= 10min;
      if (random.chance(0.1)) d.wrong = std::chrono::minutes(static_cast<int>(random.below(6000)) - 3000);
      if (random.chance(0.1)) d.stands_at = random.chance(0.5) ? timestamp{} : d.now();
      const std::string id(1, static_cast<char>('1' + random.below(3)));
      if (random.chance(0.6)) {
        random.chance(0.5) ? d.title(id, std::to_string(step)) : d.text(id, std::to_string(step));
        ++changes;
      } else {
        d.sync();
      }
      latest_now = std::max(latest_now, hub.now);
      const std::uint64_t bound = ticks(latest_now + hub_settings{}.tolerance + 1ms) + changes;
      for (const char* each : {"1", "2", "3"}) {
        for (const hybrid_time t : hub.record(each).times) REQUIRE(t.ticks <= bound);
      }
      for (auto& each : devices) REQUIRE(each->engine->state().observed <= bound);
    }
    for (int i = 0; i < 3; ++i) {
      for (auto& each : devices) each->sync();
    }
    for (const char* id : {"1", "2", "3"}) {
      for (auto& each : devices) CHECK(each->seen_title(id) == hub.title(id));
    }
  }
}

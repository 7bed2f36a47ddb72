// SPDX-License-Identifier: BSL-1.0
#include <syncline/queue/outbox.hpp>
#include <syncline/testing/memory_store.hpp>
#include <syncline/testing/random.hpp>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace {

using namespace syncline;
using namespace std::chrono_literals;
using kind = change_kind;
using milliseconds = std::chrono::milliseconds;

using store = memory_store<>;
using schedule = at_most<3, fixed_delays<1, 5, 15>>;
using box = outbox<store::transaction, schedule>;

static_assert(entry_transaction<store::transaction>);
static_assert(codable<outbox_item>);

constexpr timestamp start{std::chrono::milliseconds{1'700'000'000'000}};

error unreachable() { return make_error(error_code::unreachable, phase::transport, "nobody answers"); }
error overloaded() { return {error_code::refused, error_class::retryable, phase::upload, "come back later"}; }
error refusal() { return make_error(error_code::refused, phase::upload, "the hub does not take it"); }

// The value, or a failed test.
template <class T>
T must(const result<T>& made) {
  if (!made) FAIL(made.error().message);
  if constexpr (!std::is_void_v<T>) return *made;
}

std::vector<std::string> keys(const std::vector<outbox_item>& items) {
  std::vector<std::string> names;
  for (const outbox_item& item : items) names.push_back(item.key.bytes);
  return names;
}

using names = std::vector<std::string>;

}  // namespace

TEST_CASE("records leave in the order in which they were queued, and stay until they are done") {
  store disk;
  auto open = disk.begin("me").value();
  box waiting(open);
  for (const char* key : {"c", "a", "b"}) must(waiting.enqueue("rides", key, kind::created));
  CHECK(*waiting.size() == 3);
  const auto batch = *waiting.take_batch(start, 2);
  CHECK(keys(batch) == names{"c", "a"});
  CHECK(*waiting.take_batch(start, 2) == batch);
  CHECK(keys(*waiting.take_batch(start, 100)) == names{"c", "a", "b"});
  CHECK(waiting.take_batch(start, 0)->empty());
  for (const auto& item : batch) must(waiting.done(item));
  CHECK(keys(*waiting.take_batch(start, 2)) == names{"b"});
  CHECK(*waiting.size() == 1);
}

TEST_CASE("a lower priority number goes first, and in each priority the first in") {
  store disk;
  auto open = disk.begin("me").value();
  box waiting(open);
  must(waiting.enqueue("content", "static", kind::updated, 200));
  must(waiting.enqueue("advice", "hint", kind::updated, 1));
  must(waiting.enqueue("rides", "z", kind::updated));
  must(waiting.enqueue("rides", "y", kind::updated));
  CHECK(keys(*waiting.take_batch(start, 9)) == names{"z", "y", "hint", "static"});
}

TEST_CASE("a record that waits already keeps its place, and its kind is what both edits come to") {
  const auto [first, then, both] = GENERATE(
      std::tuple{kind::created, kind::updated, kind::created}, std::tuple{kind::created, kind::deleted, kind::deleted},
      std::tuple{kind::updated, kind::updated, kind::updated}, std::tuple{kind::updated, kind::deleted, kind::deleted},
      std::tuple{kind::deleted, kind::created, kind::created});
  store disk;
  auto open = disk.begin("me").value();
  box waiting(open);
  const auto sequence = *waiting.enqueue("rides", "a", first);
  must(waiting.enqueue("rides", "b", kind::updated));
  CHECK(*waiting.enqueue("rides", "a", then) == sequence);
  const auto batch = *waiting.take_batch(start, 9);
  CHECK(keys(batch) == names{"a", "b"});
  CHECK(batch[0].kind == both);
  CHECK(*waiting.size() == 2);
}

TEST_CASE("keys and tables do not run into each other, whatever bytes a key has") {
  store disk;
  auto open = disk.begin("me").value();
  box waiting(open);
  const std::string zeros("\0\0a", 3), high("\xff\xfe", 2);
  for (const auto& [table, key] : std::vector<std::pair<std::string, std::string>>{
           {"rides", "x"}, {"ride", "sx"}, {"rides", zeros}, {"rides", high}, {"rides", ""}, {"ride", ""}}) {
    must(waiting.enqueue(table, key, kind::created));
  }
  CHECK(*waiting.size() == 6);
  CHECK((*waiting.find("rides", high))->item.key.bytes == high);
  CHECK_FALSE(*waiting.find("ride", "x"));
  CHECK(waiting.enqueue(std::string_view("ride\0s", 6), "x", kind::created).error().code == error_code::usage);
  CHECK(waiting.enqueue("\xff", "x", kind::created).error().code == error_code::usage);
}

TEST_CASE("an edit made while its record is on its way stays queued") {
  store disk;
  auto open = disk.begin("me").value();
  box waiting(open);
  must(waiting.enqueue("rides", "a", kind::created));
  const outbox_item sent = waiting.take_batch(start, 1)->front();
  must(waiting.enqueue("rides", "a", kind::updated));
  must(waiting.done(sent));
  const auto left = *waiting.take_batch(start, 9);
  REQUIRE(left.size() == 1);
  CHECK(left[0].kind == kind::updated);  // the hub has the creation
  must(waiting.done(sent));              // a repeat of the old answer
  CHECK(*waiting.size() == 1);
  must(waiting.done(left[0]));
  CHECK(*waiting.size() == 0);
  CHECK_FALSE(*waiting.find("rides", "a"));
}

TEST_CASE("a record made anew while its deletion is on its way is still a creation") {
  store disk;
  auto open = disk.begin("me").value();
  box waiting(open);
  must(waiting.enqueue("rides", "a", kind::deleted));
  const outbox_item sent = waiting.take_batch(start, 1)->front();
  must(waiting.enqueue("rides", "a", kind::created));
  must(waiting.done(sent));
  CHECK(waiting.take_batch(start, 1)->front().kind == kind::created);
}

TEST_CASE("a late answer about a settled item does not take out a newer one of the same record") {
  store disk;
  auto open = disk.begin("me").value();
  box waiting(open);
  must(waiting.enqueue("rides", "a", kind::created));
  const outbox_item old = waiting.take_batch(start, 1)->front();
  must(waiting.done(old));
  must(waiting.enqueue("rides", "a", kind::updated));
  must(waiting.done(old));
  CHECK(waiting.failed(old, refusal(), start, 0)->what == fate::gone);
  CHECK(*waiting.size() == 1);
  CHECK(waiting.take_batch(start, 1)->front().last_error.empty());
}

TEST_CASE("a failed item waits as its schedule says while others go on, and is a dead letter after three attempts") {
  store disk;
  auto open = disk.begin("me").value();
  box waiting(open);
  must(waiting.enqueue("rides", "a", kind::created));
  must(waiting.enqueue("rides", "b", kind::created));
  timestamp now = start;
  for (const auto delay : {1s, 5s}) {
    const outbox_item item = waiting.take_batch(now, 1)->front();
    REQUIRE(item.key.bytes == "a");
    CHECK(*waiting.failed(item, overloaded(), now, 0) == after_failure{fate::waits, now + delay});
    CHECK(keys(*waiting.take_batch(now + delay - 1ms, 9)) == names{"b"});
    CHECK(keys(*waiting.take_batch(timestamp::max(), 9)) == names{"a", "b"});
    now += delay;
    CHECK(keys(*waiting.take_batch(now, 9)) == names{"a", "b"});
  }
  CHECK(waiting.failed(waiting.take_batch(now, 1)->front(), overloaded(), now, 0)->what == fate::dead);
  CHECK(keys(*waiting.take_batch(timestamp::max(), 9)) == names{"b"});
  const auto letters = *waiting.dead_letters();
  REQUIRE(letters.size() == 1);
  CHECK(letters[0].key.bytes == "a");
  CHECK(letters[0].attempts == 3);
  CHECK(letters[0].last_error == "come back later");
  CHECK(letters[0].severity == error_class::retryable);
  CHECK((*waiting.find("rides", "a"))->is_dead);
  CHECK((*waiting.size() == 1 && *waiting.dead_size() == 1));
  CHECK(waiting.failed(letters[0], overloaded(), now, 0)->what == fate::dead);
}

TEST_CASE("an unreachable hub makes no dead letters, a refusal makes one at once") {
  store disk;
  auto open = disk.begin("me").value();
  box waiting(open);
  must(waiting.enqueue("rides", "a", kind::created));
  timestamp now = start;
  for (int i = 0; i < 50; ++i) {
    const auto next = *waiting.failed(waiting.take_batch(now, 1)->front(), unreachable(), now, 0);
    REQUIRE(next.what == fate::waits);
    CHECK(next.next_attempt - now <= 15s);
    now = next.next_attempt;
  }
  CHECK(waiting.take_batch(now, 1)->front().attempts == 0);
  CHECK(waiting.failed(waiting.take_batch(now, 1)->front(), refusal(), now, 0)->what == fate::dead);
}

TEST_CASE("a hub that asks for a longer delay gets it") {
  store disk;
  auto open = disk.begin("me").value();
  box waiting(open);
  must(waiting.enqueue("rides", "a", kind::created));
  const auto item = waiting.take_batch(start, 1)->front();
  CHECK(waiting.failed(item, unreachable(), start, 0, 120s)->next_attempt == start + 120s);
  CHECK(waiting.failed(item, unreachable(), start, 0, 1ms)->next_attempt == start + 5s);
}

TEST_CASE("a clock that was set back keeps nothing waiting") {
  store disk;
  auto open = disk.begin("me").value();
  box waiting(open);
  must(waiting.enqueue("rides", "a", kind::created));
  must(waiting.failed(waiting.take_batch(start, 1)->front(), unreachable(), start, 0));
  CHECK(waiting.take_batch(start, 1)->empty());
  const timestamp year_before = start - std::chrono::hours{24 * 365};
  CHECK(waiting.take_batch(year_before, 1)->size() == 1);
  CHECK(*waiting.next_due(year_before) == year_before);
}

TEST_CASE("a refusal of what was sent is not the end of an edit made meanwhile") {
  store disk;
  auto open = disk.begin("me").value();
  box waiting(open);
  must(waiting.enqueue("rides", "a", kind::created));
  const outbox_item sent = waiting.take_batch(start, 1)->front();
  must(waiting.enqueue("rides", "a", kind::updated));
  CHECK(*waiting.failed(sent, refusal(), start, 0) == after_failure{fate::waits, start});
  const auto left = *waiting.take_batch(start, 1);
  REQUIRE(left.size() == 1);
  CHECK(left[0].attempts == 0);
  CHECK(left[0].kind == kind::created);
  CHECK(waiting.failed(left[0], refusal(), start, 0)->what == fate::dead);
}

TEST_CASE("dead letters go back to their old place by hand, by rule or by a new edit") {
  store disk;
  auto open = disk.begin("me").value();
  box waiting(open);
  for (const char* key : {"a", "b", "c", "d"}) must(waiting.enqueue("rides", key, kind::created));
  for (const auto& item : *waiting.take_batch(start, 3)) {
    const bool tired = item.key.bytes == "b";
    REQUIRE(waiting.failed(item, refusal(), start, 0)->what == fate::dead);
    if (tired) {
      REQUIRE(*waiting.revive(item.sequence));
      for (int i = 0; i < 3; ++i) {
        const auto again = (*waiting.find("rides", "b"))->item;
        CHECK(again.attempts == static_cast<std::uint32_t>(i));
        must(waiting.failed(again, overloaded(), start, 0));
      }
    }
  }
  CHECK(keys(*waiting.dead_letters()) == names{"a", "b", "c"});
  CHECK(keys(*waiting.dead_letters(1, 1)) == names{"b"});
  CHECK(waiting.dead_letters(3)->empty());

  CHECK(*waiting.revive_if([](const outbox_item& item) { return item.severity == error_class::retryable; }) == 1);
  CHECK(keys(*waiting.take_batch(start, 9)) == names{"b", "d"});
  must(waiting.enqueue("rides", "a", kind::updated));
  const auto batch = *waiting.take_batch(start, 9);
  CHECK(keys(batch) == names{"a", "b", "d"});
  CHECK((batch[0].kind == kind::created && batch[0].attempts == 0 && batch[0].last_error.empty()));
  CHECK_FALSE(*waiting.revive(batch[0].sequence));
  CHECK(*waiting.revive(3));
  CHECK(*waiting.dead_size() == 0);
  CHECK(keys(*waiting.take_batch(start, 9)) == names{"a", "b", "c", "d"});
}

TEST_CASE("a dead letter that turns out to have arrived is done, but not an edit that came after it") {
  store disk;
  auto open = disk.begin("me").value();
  box waiting(open);
  must(waiting.enqueue("rides", "a", kind::created));
  const outbox_item sent = waiting.take_batch(start, 1)->front();
  REQUIRE(waiting.failed(sent, refusal(), start, 0)->what == fate::dead);
  SECTION("nothing came after it") {
    must(waiting.done(sent));
    CHECK((*waiting.dead_size() == 0 && *waiting.size() == 0));
  }
  SECTION("an edit came after it, and died as well") {
    must(waiting.enqueue("rides", "a", kind::updated));
    REQUIRE(waiting.failed(waiting.take_batch(start, 1)->front(), refusal(), start, 0)->what == fate::dead);
    must(waiting.done(sent));
    CHECK((*waiting.dead_size() == 0 && *waiting.size() == 1));
    CHECK(waiting.take_batch(start, 1)->front().kind == kind::updated);
  }
}

TEST_CASE("several that are done at once are counted as if one by one") {
  store disk;
  auto open = disk.begin("me").value();
  box waiting(open);
  for (const char* const name : {"a", "b", "c", "d"}) must(waiting.enqueue("rides", name, kind::created));
  const auto taken = *waiting.take_batch(start, 3);
  must(waiting.enqueue("rides", "b", kind::updated));  // while it was on its way
  REQUIRE(waiting.failed(taken[2], refusal(), start, 0)->what == fate::dead);
  must(waiting.done(taken));
  CHECK((*waiting.size() == 2 && *waiting.dead_size() == 0));
  const auto left = *waiting.take_batch(start, 9);
  CHECK(keys(left) == names{"b", "d"});
  CHECK(left[0].kind == kind::updated);
  must(waiting.done(taken));  // again: none of them was expected
  CHECK(*waiting.size() == 2);
}

TEST_CASE("a record can be taken out, waiting or dead") {
  store disk;
  auto open = disk.begin("me").value();
  box waiting(open);
  must(waiting.enqueue("rides", "a", kind::created));
  must(waiting.enqueue("rides", "b", kind::created));
  must(waiting.failed(waiting.take_batch(start, 1)->front(), refusal(), start, 0));
  CHECK(*waiting.forget("rides", "a"));
  CHECK(*waiting.forget("rides", "b"));
  CHECK_FALSE(*waiting.forget("rides", "b"));
  CHECK((*waiting.size() == 0 && *waiting.dead_size() == 0));
  for (const char* space : {"outbox", "dead", "waiting"}) CHECK(open.list(space, "", 9)->empty());
}

TEST_CASE("when something is due: at once, at the earliest time, or never") {
  store disk;
  auto open = disk.begin("me").value();
  box waiting(open);
  CHECK_FALSE(*waiting.next_due(start));
  must(waiting.enqueue("rides", "a", kind::created));
  must(waiting.enqueue("rides", "b", kind::created));
  CHECK(*waiting.next_due(start) == start);
  const auto batch = *waiting.take_batch(start, 2);
  must(waiting.failed(batch[0], unreachable(), start + 2s, 0));
  must(waiting.failed(batch[1], unreachable(), start + 1s, 0));
  CHECK(*waiting.next_due(start + 2s) == start + 2s);  // b is due
  must(waiting.failed(batch[1], unreachable(), start + 2s, 0));
  CHECK(*waiting.next_due(start + 2s) == start + 3s);
}

TEST_CASE("a queue of any length is walked to its end") {
  store disk;
  auto open = disk.begin("me").value();
  box waiting(open);
  for (int i = 0; i < 200; ++i) must(waiting.enqueue("rides", std::to_string(i), kind::created));
  const auto all = *waiting.take_batch(start, 1000);
  REQUIRE(all.size() == 200);
  for (int i = 0; i < 200; ++i) CHECK(all[static_cast<std::size_t>(i)].key.bytes == std::to_string(i));
  for (int i = 0; i < 130; ++i) must(waiting.failed(all[static_cast<std::size_t>(i)], unreachable(), start, 0));
  CHECK(keys(*waiting.take_batch(start, 2)) == names{"130", "131"});
  for (int i = 0; i < 130; ++i) must(waiting.failed(all[static_cast<std::size_t>(i)], refusal(), start, 0));
  const auto letters = *waiting.dead_letters(0, 1000);
  REQUIRE(letters.size() == 130);
  CHECK(letters.back().key.bytes == "129");
  CHECK(*waiting.revive_if([](const outbox_item&) { return true; }) == 130);
  CHECK(*waiting.size() == 200);
}

TEST_CASE("an error text of any bytes leaves the item readable") {
  store disk;
  auto open = disk.begin("me").value();
  box waiting(open);
  must(waiting.enqueue("rides", "a", kind::created));
  const error why{error_code::refused, error_class::fatal, phase::upload, "no \xff\xc3 thanks"};
  must(waiting.failed(waiting.take_batch(start, 1)->front(), why, start, 0));
  CHECK(waiting.dead_letters()->front().last_error == "no ?? thanks");
}

TEST_CASE("a lost write is an error and not a shorter queue") {
  store disk;
  auto open = disk.begin("me").value();
  box waiting(open);
  must(waiting.enqueue("rides", "a", kind::created));
  const auto item = waiting.take_batch(start, 1)->front();
  SECTION("an item without bytes that make sense") {
    must(open.put("outbox", open.list("outbox", "", 1)->front().name, "\x01"));
    CHECK(waiting.take_batch(start, 1).error().code == error_code::malformed);
    CHECK(waiting.next_due(start).error().code == error_code::malformed);
  }
  SECTION("an item that is in the index only") {
    must(open.remove("outbox", open.list("outbox", "", 1)->front().name));
    CHECK(waiting.done(item).error().code == error_code::not_found);
    CHECK(waiting.failed(item, refusal(), start, 0).error().code == error_code::not_found);
    CHECK(waiting.enqueue("rides", "a", kind::updated).error().code == error_code::not_found);
  }
}

namespace {

// The same outbox, as simple as can be: one list of everything, scanned each time.
struct naive_outbox {
  struct item {
    std::uint64_t sequence, edition;
    std::uint8_t priority;
    std::string key;
    change_kind kind;
    std::uint32_t attempts, interruptions;
    timestamp failed_at, next;
    bool is_dead;
  };
  std::vector<item> items;
  std::uint64_t last = 0;

  static constexpr std::chrono::seconds delays[]{1s, 5s, 15s};
  static milliseconds delay(std::uint32_t n) { return delays[std::min(n, 3u) - 1]; }
  static void refresh(item& i) {
    i.attempts = i.interruptions = 0;
    i.failed_at = i.next = {};
    i.is_dead = false;
  }
  item* at(const std::string& key) {
    for (item& i : items) {
      if (i.key == key) return &i;
    }
    return nullptr;
  }
  item* at(const outbox_item& taken) {
    item* i = at(taken.key.bytes);
    return i != nullptr && i->sequence == taken.sequence ? i : nullptr;
  }
  void erase(const std::string& key) {
    std::erase_if(items, [&](const item& i) { return i.key == key; });
  }

  void enqueue(const std::string& key, change_kind made, std::uint8_t priority) {
    if (item* i = at(key)) {
      ++i->edition;
      if (!(i->kind == kind::created && made == kind::updated)) i->kind = made;
      if (i->is_dead) refresh(*i);
    } else {
      items.push_back({++last, 1, priority, key, made, 0, 0, {}, {}, false});
    }
  }
  void done(const outbox_item& taken) {
    item* i = at(taken);
    if (i == nullptr) return;
    if (i->edition == taken.edition) return erase(i->key);
    if (taken.kind != kind::deleted && i->kind == kind::created) i->kind = kind::updated;
    refresh(*i);
  }
  void failed(const outbox_item& taken, error_class severity, timestamp now) {
    item* i = at(taken);
    if (i == nullptr || i->is_dead) return;
    i->failed_at = now;
    if (severity == error_class::transient) {
      i->next = now + delay(++i->interruptions);
      return;
    }
    i->interruptions = 0;
    ++i->attempts;
    if (severity == error_class::retryable && i->attempts < 3) {
      i->next = now + delay(i->attempts);
    } else {
      i->next = now;
      if (i->edition == taken.edition) {
        i->is_dead = true;
      } else {
        i->attempts = 0;
      }
    }
  }

  std::vector<item> list(bool dead) const {
    std::vector<item> some;
    for (const item& i : items) {
      if (i.is_dead == dead) some.push_back(i);
    }
    std::sort(some.begin(), some.end(), [&](const item& a, const item& b) {
      return std::pair(dead ? 0 : a.priority, a.sequence) < std::pair(dead ? 0 : b.priority, b.sequence);
    });
    return some;
  }
};

void check_same(const box& waiting, const naive_outbox& model, timestamp now) {
  const auto same = [](const std::vector<outbox_item>& found, const std::vector<naive_outbox::item>& expected) {
    REQUIRE(found.size() == expected.size());
    for (std::size_t i = 0; i < found.size(); ++i) {
      const outbox_item& a = found[i];
      const naive_outbox::item& b = expected[i];
      REQUIRE(a.key.bytes == b.key);
      REQUIRE((a.sequence == b.sequence && a.edition == b.edition && a.priority == b.priority && a.kind == b.kind));
      REQUIRE((a.attempts == b.attempts && a.interruptions == b.interruptions));
      REQUIRE((a.failed_at == b.failed_at && a.next_attempt == b.next));
    }
  };
  const auto all = model.list(false), dead = model.list(true);
  same(*waiting.take_batch(timestamp::max(), 1000), all);
  same(*waiting.dead_letters(0, 1000), dead);
  REQUIRE((*waiting.size() == all.size() && *waiting.dead_size() == dead.size()));

  std::vector<naive_outbox::item> due;
  std::optional<timestamp> next;
  for (const auto& i : all) {
    const bool is_due = i.next <= now || i.failed_at > now;
    if (is_due && due.size() < 5) due.push_back(i);
    const timestamp when = is_due ? now : i.next;
    next = next ? std::min(*next, when) : when;
  }
  same(*waiting.take_batch(now, 5), due);
  REQUIRE(*waiting.next_due(now) == next);
}

}  // namespace

TEST_CASE("under random use, crashes and late answers the outbox is what a plain list would be, and loses nothing") {
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    INFO("seed " << seed);
    random_source random(seed);
    store disk;
    int operations_left = -1;   // until the store fails; none if negative
    bool is_committed = false;  // also if the store fails before anybody hears of it
    disk.before_operation = [&](std::string_view operation) {
      is_committed = is_committed || operation == "committed";
      return operations_left < 0 || operations_left-- > 0;
    };

    naive_outbox model;
    timestamp now = start;
    std::vector<outbox_item> taken;                  // answers may come at any time, and more than once
    std::map<std::string, std::uint64_t> unsettled;  // by key: edits that neither `done` nor `forget` took out
    int crashes = 0, deaths = 0;
    for (int step = 0; step < 400; ++step) {
      now += milliseconds{static_cast<std::int64_t>(random.below(4000))};
      if (random.chance(0.01)) now -= std::chrono::seconds{random.below(100)};
      naive_outbox expected = model;
      auto unsettled_then = unsettled;
      is_committed = false;
      {
        auto open = disk.begin("me").value();
        box waiting(open);
        operations_left = random.chance(0.2) ? static_cast<int>(random.below(12)) : -1;
        bool is_fine = true;
        for (std::uint64_t left = 1 + random.below(3); left > 0 && is_fine; --left) {
          const char letter = static_cast<char>('a' + random.below(9));
          const std::string key(1 + random.below(2), letter);
          const auto draw = random.below(12);
          if (draw < 4) {
            const auto made = static_cast<change_kind>(random.below(3));
            const auto priority = static_cast<std::uint8_t>(random.below(3));
            expected.enqueue(key, made, priority);
            unsettled_then[key] = expected.at(key)->edition;
            is_fine = waiting.enqueue("rides", key, made, priority).has_value();
          } else if (draw < 5) {
            expected.erase(key);
            unsettled_then.erase(key);
            is_fine = waiting.forget("rides", key).has_value();
          } else if (draw < 6) {
            const auto letters = waiting.dead_letters();
            is_fine = letters.has_value();
            if (is_fine && !letters->empty()) {
              const auto& chosen = (*letters)[random.below(letters->size())];
              naive_outbox::refresh(*expected.at(chosen));
              is_fine = waiting.revive(chosen.sequence).has_value();
            }
          } else if (draw < 8 || taken.empty()) {
            const auto batch = waiting.take_batch(now, 1 + random.below(4));
            is_fine = batch.has_value();
            if (is_fine) taken.insert(taken.end(), batch->begin(), batch->end());
          } else {
            // Mostly one of the last answers, and sometimes a very old one.
            const std::size_t back =
                random.chance(0.8) ? random.below(std::min<std::size_t>(taken.size(), 4)) : random.below(taken.size());
            const outbox_item item = taken[taken.size() - 1 - back];
            if (draw < 9) {
              const auto* kept = expected.at(item);
              if (kept != nullptr && kept->edition == item.edition) unsettled_then.erase(item.key.bytes);
              expected.done(item);
              is_fine = waiting.done(item).has_value();
            } else {
              const error why = draw == 9 ? unreachable() : draw == 10 ? overloaded() : refusal();
              expected.failed(item, why.severity, now);
              const auto outcome = waiting.failed(item, why, now, random());
              is_fine = outcome.has_value();
              deaths += is_fine && outcome->what == fate::dead;
            }
          }
        }
        if (is_fine && !random.chance(0.1)) is_fine = open.commit().has_value();
        crashes += !is_fine;
      }
      operations_left = -1;
      auto again = disk.begin("me").value();
      if (is_committed) {
        model = expected;
        unsettled = unsettled_then;
      }
      check_same(box(again), model, now);
      for (const auto& [key, edition] : unsettled) {
        const auto found = *box(again).find("rides", key);
        REQUIRE(found);
        REQUIRE(found->item.edition == edition);
      }
    }
    CHECK(crashes > 10);
    CHECK(deaths > 5);
  }
}

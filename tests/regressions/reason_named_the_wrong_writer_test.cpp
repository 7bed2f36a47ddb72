// SPDX-License-Identifier: BSL-1.0
// What a device said of a field: the writer of the value that had been there was named as the one who deleted the record;
// the time was that of the decision; a value that won at the hub while its device was away, and a field that a new creation
// had emptied, were said to have been changed by nobody else.
#include "world.hpp"

#include <algorithm>

namespace {

using namespace regressions;

struct note {
  static constexpr record_info sync{.table = "notes"};
  key<std::string> id{};
  lww<std::string> title{};
  lww<std::string> text{};
};

using phone_type = regressions::device<note>;

struct scene {
  world<note> with{};
  phone_type phone{"phone", 1}, laptop{"laptop", 2};

  void make() {
    REQUIRE(phone.engine.create(note{.id{"n"}, .title{"first"}, .text{"words"}}, at(1)).has_value());
    phone.sync(with);
    laptop.sync(with);
  }
  static void write(phone_type& device, const std::string& title, timestamp when) {
    REQUIRE(device.engine.edit<note>("n", when, [&](auto& e) { e[the<&note::title>] = title; }).has_value());
  }
  static field_reason reason(phone_type& device, std::size_t field) {
    const auto record = device.engine.find_record<note>("n");
    REQUIRE((record.has_value() && record->has_value()));
    const auto& all = (*record)->reasons;
    const auto found = std::find_if(all.begin(), all.end(), [&](const auto& r) { return r.field == field; });
    REQUIRE(found != all.end());
    return *found;
  }
  static std::string lost(const field_reason& why) {
    REQUIRE(why.dropped.has_value());
    return decode<std::string>(why.dropped->bytes).value();
  }
};

constexpr std::size_t title = the<&note::title>.index, text = the<&note::text>.index;

std::uint64_t ticks(timestamp when) { return hybrid_time::at(when).ticks; }

TEST_CASE("of an edit that a deletion beat, the deleting device is named, and when it deleted") {
  for (const bool pending : {false, true}) {
    INFO("the edit waits while the deletion is downloaded: " << pending);
    scene all;
    all.make();
    REQUIRE(all.laptop.engine.remove<note>("n", at(20)).has_value());
    all.laptop.sync(all.with);
    if (pending) all.phone.sync(all.with, message_kind::download);
    scene::write(all.phone, "lost", at(30));
    pending ? all.phone.go_on(all.with) : all.phone.sync(all.with);
    const field_reason why = scene::reason(all.phone, title);
    CHECK(why.why == rule::deleted);
    CHECK(why.winner == side::remote);
    CHECK(why.by == "laptop");
    CHECK(why.at == ticks(at(20)));
    CHECK(why.decided_at == ticks(at(0)));
    CHECK(scene::lost(why) == "lost");
    if (pending) continue;
    all.laptop.sync(all.with);  // the deleting device hears what its deletion beat
    const field_reason there = scene::reason(all.laptop, title);
    CHECK(there.why == rule::deleted);
    CHECK(there.winner == side::local);
    CHECK(there.by == "laptop");
    CHECK(there.at == ticks(at(20)));
    CHECK(scene::lost(there) == "lost");
  }
}

TEST_CASE("of a conflict both devices say the same, whoever came to the hub first, with the time of the write") {
  for (const bool winner_first : {true, false}) {
    INFO("the later write reaches the hub first: " << winner_first);
    scene all;
    all.make();
    scene::write(all.phone, "early", at(100));
    scene::write(all.laptop, "late", at(200));
    for (phone_type* each : winner_first ? std::array{&all.laptop, &all.phone} : std::array{&all.phone, &all.laptop}) each->sync(all.with);
    all.phone.sync(all.with);
    all.laptop.sync(all.with);
    for (phone_type* each : {&all.phone, &all.laptop}) {
      INFO("on " << each->name);
      const field_reason why = scene::reason(*each, title);
      CHECK(why.why == rule::later_write);
      CHECK(why.winner == (each == &all.laptop ? side::local : side::remote));
      CHECK(why.by == "laptop");
      CHECK(why.at == ticks(at(200)));
      CHECK(scene::lost(why) == "early");
    }
  }
}

TEST_CASE("a conflict that was decided is not told of a value that was replaced since, nor over an edit that waits") {
  scene all;
  all.make();
  scene::write(all.phone, "early", at(100));
  scene::write(all.laptop, "late", at(200));
  all.laptop.sync(all.with);
  all.phone.sync(all.with);
  SECTION("replaced") {
    scene::write(all.phone, "last", at(300));
    all.phone.sync(all.with);
    all.laptop.sync(all.with);
    const field_reason why = scene::reason(all.laptop, title);
    CHECK(why.why == rule::seen);
    CHECK(why.by == "phone");
    CHECK(!why.dropped);
  }
  SECTION("edited, not sent") {
    all.laptop.sync(all.with, message_kind::download);
    scene::write(all.laptop, "newest", at(250));
    all.laptop.go_on(all.with);
    CHECK(scene::reason(all.laptop, title).at == ticks(at(250)));
    CHECK(scene::reason(all.laptop, title).why == rule::seen);
  }
}

TEST_CASE("a value written over one that was seen is said to be, also once the hub has it") {
  scene all;
  all.make();
  scene::write(all.laptop, "second", at(10));
  CHECK(scene::reason(all.laptop, title).why == rule::seen);
  all.laptop.sync(all.with);
  all.phone.sync(all.with);
  CHECK(scene::reason(all.laptop, title).why == rule::seen);
  CHECK(scene::reason(all.phone, title).why == rule::seen);
}

TEST_CASE("two devices that wrote the same hear that they did") {
  scene all;
  all.make();
  scene::write(all.phone, "alike", at(100));
  scene::write(all.laptop, "alike", at(200));
  all.phone.sync(all.with);
  all.laptop.sync(all.with);
  CHECK(scene::reason(all.laptop, title).why == rule::same_value);
}

TEST_CASE("a field that a new creation emptied is said to be, with who made the record anew, and when") {
  scene all;
  all.make();
  REQUIRE(all.phone.engine.remove<note>("n", at(20)).has_value());
  all.phone.sync(all.with);
  all.laptop.sync(all.with);
  REQUIRE(all.phone.engine.create(note{.id{"n"}, .title{"second"}}, at(30)).has_value());
  CHECK(scene::reason(all.phone, text).why == rule::made_anew);
  all.phone.sync(all.with);
  all.laptop.sync(all.with);
  for (phone_type* each : {&all.phone, &all.laptop}) {
    INFO("on " << each->name);
    const field_reason why = scene::reason(*each, text);
    CHECK(why.why == rule::made_anew);
    CHECK(why.winner == (each == &all.phone ? side::local : side::remote));
    CHECK(why.by == "phone");
    CHECK(why.at == ticks(at(30)));
    CHECK(!why.dropped);
    CHECK(scene::reason(*each, title).by == "phone");
  }
}

TEST_CASE("what the server deletes is said to be deleted by the hub") {
  scene all;
  all.make();
  REQUIRE(all.with.the_hub.remove<note>("s", "n", at(50)).has_value());
  scene::write(all.phone, "lost", at(60));
  all.phone.sync(all.with);
  CHECK(scene::reason(all.phone, title).by == hub_name);
  CHECK(scene::reason(all.phone, title).at == ticks(at(50)));
}

}  // namespace

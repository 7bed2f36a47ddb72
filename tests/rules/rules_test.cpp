// SPDX-License-Identifier: BSL-1.0
// The rules of PROTOCOL.md that one interleaving shows: each test plays the one that needs its rule, with the rule and
// without it, by the flaw that takes it out. This file is the only one of its program, since with the flaws the engines
// are other code. The other rules' tests carry the same tags, [rule-N], where their subject is tested.
#define SYNCLINE_PLANT_FLAWS

#include "regressions/series.hpp"
#include "regressions/world.hpp"

#include <syncline/resolve/counter.hpp>

#include <catch2/catch_test_macros.hpp>

#include <string>

namespace {

using namespace regressions;

struct note {
  static constexpr record_info sync{.table = "notes"};
  key<std::string> id{};
  lww<std::string> title{};
  lww<std::string> text{};
  server<int> size{};
  merge<int, counter> reads{};
};

using phone_of_notes = device<note, conflict>;

const timestamp eight_days_later = at(8 * 24 * 60 * 60);

/// A hub and two devices that have the note "n".
struct scene {
  world<note, conflict> hub{};
  phone_of_notes a{"a", 1, {.page = 1}}, b{"b", 2, {.page = 1}};

  scene() {
    create(a, "n");
    a.sync(hub), b.sync(hub);
  }
  static void create(phone_of_notes& on, std::string id, int size = 0, std::string text = "old") {
    REQUIRE(on.engine.create(note{.id = {std::move(id)}, .title = {"old"}, .text = {std::move(text)}, .size = {size}}, at(1)).has_value());
  }
  static void title(phone_of_notes& on, std::string value, int when, std::string id = "n") {
    REQUIRE(on.engine.edit<note>(id, at(when), [&](auto& e) { e[the<&note::title>] = value; }).has_value());
  }
  static void text(phone_of_notes& on, std::string value, int when) {
    REQUIRE(on.engine.edit<note>("n", at(when), [&](auto& e) { e[the<&note::text>] = value; }).has_value());
  }
  static void erase(phone_of_notes& on, int when, std::string id = "n") {
    REQUIRE(on.engine.remove<note>(id, at(when)).has_value());
  }
  static std::optional<note> seen(phone_of_notes& on, std::string id = "n") { return *on.engine.find<note>(id); }
  std::optional<note> stored(std::string id = "n") { return *hub.the_hub.find<note>("s", id); }
  void converge() {
    for (int i = 0; i < 3; ++i) a.sync(hub), b.sync(hub);
  }
};

/// `play` tells whether what the rule promises came out: it has to with the rule, and not without it.
template <class Play>
void needs(flaw without, Play play) {
  CHECK(play());
  planted_flaw = without;
  const bool holds = play();
  planted_flaw = flaw::none;
  INFO("without the rule: " << flaw_names[static_cast<std::size_t>(without)]);
  CHECK_FALSE(holds);
}

TEST_CASE("rule 1: an increment whose answer was lost counts once, however late it is sent again", "[rule-1]") {
  needs(flaw::apply_repeats, [] {
    scene s;
    REQUIRE(s.a.engine.edit<note>("n", at(2), [](auto& e) { e[the<&note::reads>] += 5; }).has_value());
    const std::string envelope = s.a.sync(s.hub, message_kind::upload);
    s.hub.answer("a", envelope);  // lost
    s.a.take(s.hub.the_hub.handle("s", "a", envelope, eight_days_later));
    s.a.go_on(s.hub);
    return s.stored()->reads == 5 && s.seen(s.a)->reads == 5;
  });
}

TEST_CASE("rule 2: what was sent is sent again byte for byte, and what was edited meanwhile after it", "[rule-2]") {
  needs(flaw::rebuild_sent_bytes, [] {
    scene s;
    s.title(s.a, "first", 2);
    const std::string envelope = s.a.sync(s.hub, message_kind::upload);
    s.title(s.a, "second", 3);
    const bool same = s.a.sync(s.hub, message_kind::upload) == envelope;
    s.a.take(s.hub.answer("a", envelope));
    s.a.sync(s.hub);
    return same && *s.stored()->title == "second";
  });
  needs(flaw::clear_pending_on_answer, [] {
    scene s;
    s.title(s.a, "first", 2);
    const std::string envelope = s.a.sync(s.hub, message_kind::upload);
    s.text(s.a, "meanwhile", 3);
    s.a.take(s.hub.answer("a", envelope));
    s.a.sync(s.hub);
    return *s.stored()->text == "meanwhile";
  });
}

TEST_CASE("rule 3: what a hub answered it has, and a value that did not stand is in the log", "[rule-3]") {
  needs(flaw::acknowledge_before_commit, [] {
    scene s;
    for (int i = 2; i <= 8; ++i) {  // the flaw is in every eighth envelope
      s.title(s.a, std::to_string(i), i);
      s.a.take(s.hub.answer("a", s.a.sync(s.hub, message_kind::upload)));
    }
    return *s.stored()->title == "8";
  });
  needs(flaw::drop_the_loser, [] {
    scene s;
    s.title(s.b, "hers, later", 3);
    s.b.sync(s.hub);
    s.a.sync(s.hub, message_kind::download);
    s.title(s.a, "mine", 2);
    s.a.go_on(s.hub);
    s.converge();
    return s.a.engine.list<conflict>()->size() == 1 && s.b.engine.list<conflict>()->size() == 1;
  });
}

TEST_CASE("rule 4: an answer brings what is newer than the base, and moves no cursor", "[rule-4]") {
  needs(flaw::answer_without_news, [] {
    scene s;
    s.text(s.b, "by a peer", 2);
    s.b.sync(s.hub);
    s.title(s.a, "mine", 3);
    s.a.take(s.hub.answer("a", s.a.sync(s.hub, message_kind::upload)));
    return *s.seen(s.a)->text == "by a peer";
  });
  needs(flaw::move_cursor_on_answer, [] {
    scene s;
    s.create(s.b, "m");
    s.b.sync(s.hub);
    s.title(s.a, "mine", 3);
    s.a.sync(s.hub);
    return s.seen(s.a, "m").has_value();
  });
}

TEST_CASE("rule 5: a hub that does not answer uses up no attempts", "[rule-5]") {
  scene s;
  s.title(s.a, "new", 2);
  for (int i = 0; i < 50; ++i) {
    s.a.sync(s.hub, message_kind::upload);
    s.a.engine.interrupted();
  }
  s.a.sync(s.hub);
  CHECK(*s.stored()->title == "new");
}

TEST_CASE("rule 6: a commit bears the number that it was given inside its transaction", "[rule-6]") {
  needs(flaw::number_in_advance, [] {
    scene s;
    s.title(s.a, "new", 2);
    s.a.sync(s.hub), s.b.sync(s.hub);
    const auto seen = s.seen(s.b);
    return seen && *seen->title == "new";
  });
}

TEST_CASE("rule 7: a field keeps when it was written, so that a late writer does not beat a later one", "[rule-7]") {
  needs(flaw::forget_a_stamp, [] {
    scene s;
    s.title(s.a, "earlier", 2), s.title(s.b, "later", 3);
    s.b.sync(s.hub), s.a.sync(s.hub);
    s.converge();
    return *s.stored()->title == "later";
  });
}

TEST_CASE("rule 8: a page has every record that bears a number of its range, and a cursor is where it ended", "[rule-8]") {
  needs(flaw::page_by_latest_number, [] {
    scene s;
    s.create(s.a, "m");
    s.a.sync(s.hub), s.b.sync(s.hub);
    s.title(s.a, "new", 2);
    s.a.sync(s.hub);
    s.title(s.a, "new", 3, "m");
    s.a.sync(s.hub);
    s.text(s.a, "new", 4);
    s.a.sync(s.hub);
    s.b.sync(s.hub);  // page by page, of one record
    return *s.seen(s.b)->title == "new" && *s.seen(s.b)->text == "new";
  });
  needs(flaw::cursor_past_the_page, [] {
    scene s;
    for (const char* id : {"k", "l", "m"}) {
      s.create(s.a, id);
      s.a.sync(s.hub);
    }
    s.b.sync(s.hub);
    return s.seen(s.b, "k") && s.seen(s.b, "l") && s.seen(s.b, "m");
  });
}

TEST_CASE("rule 11: what is seen is the base, then what was sent, then what waits", "[rule-11]") {
  scene s;
  s.title(s.a, "sent", 2), s.text(s.a, "sent", 2);
  const std::string envelope = s.a.sync(s.hub, message_kind::upload);
  s.text(s.a, "waiting", 3);
  CHECK(*s.seen(s.a)->title == "sent");
  CHECK(*s.seen(s.a)->text == "waiting");
  s.a.take(s.hub.answer("a", envelope));
  CHECK(*s.seen(s.a)->title == "sent");
  CHECK(*s.seen(s.a)->text == "waiting");
}

TEST_CASE("rule 12: a creation that left is not annihilated by a deletion", "[rule-12]") {
  needs(flaw::annihilate_what_left, [] {
    scene s;
    s.create(s.a, "m");
    const std::string envelope = s.a.sync(s.hub, message_kind::upload);
    s.hub.answer("a", envelope);  // lost
    s.erase(s.a, 2, "m");
    s.a.sync(s.hub);
    s.a.sync(s.hub);
    return !s.stored("m");
  });
}

TEST_CASE("rule 13: a download moves the base, and what waits is merged onto it", "[rule-13]") {
  needs(flaw::overwrite_pending, [] {
    scene s;
    s.title(s.b, "earlier", 2);
    s.b.sync(s.hub);
    s.a.sync(s.hub, message_kind::download);
    s.title(s.a, "later", 3);
    s.a.go_on(s.hub);
    s.a.sync(s.hub);
    return *s.seen(s.a)->title == "later" && *s.stored()->title == "later";
  });
}

TEST_CASE("rule 14: an edit and its place in the outbox are one transaction", "[rule-14]") {
  needs(flaw::outbox_outside, [] {
    scene s;
    int commits = 0;
    s.a.store.before_operation = [&](std::string_view operation) { return operation != "commit" || ++commits == 1; };
    static_cast<void>(s.a.engine.edit<note>("n", at(2), [](auto& e) { e[the<&note::title>] = "new"; }));  // the process dies
    s.a.store.before_operation = {};
    s.a.engine = phone_of_notes::open(s.a.store, "a", 1, {});
    s.a.sync(s.hub);
    return *s.seen(s.a)->title == *s.stored()->title;
  });
}

TEST_CASE("rule 15: whoever had seen the other's value wins, and else the later", "[rule-15]") {
  needs(flaw::drop_the_base, [] {
    scene s;
    s.title(s.a, "earlier, unseen", 2), s.title(s.b, "later", 3);
    s.b.sync(s.hub), s.a.sync(s.hub);
    s.converge();
    return *s.stored()->title == "later";
  });
  scene s;  // and with a clock that is behind
  s.title(s.b, "seen", 30);
  s.b.sync(s.hub), s.a.sync(s.hub);
  s.title(s.a, "on top of it", 2);
  s.a.sync(s.hub);
  s.converge();
  CHECK(*s.stored()->title == "on top of it");
}

TEST_CASE("rule 16: a clock that is hours ahead does not win over a later write", "[rule-16]") {
  needs(flaw::believe_every_clock, [] {
    scene s;
    s.title(s.a, "hours ahead", 10 * 60 * 60), s.title(s.b, "later", 60);
    s.a.sync(s.hub), s.b.sync(s.hub);
    s.converge();
    return *s.stored()->title == "later";
  });
}

TEST_CASE("rule 18: a second creation of one key is an update, and proposes nothing any more", "[rule-18]") {
  needs(flaw::trust_the_client, [] {
    scene s;
    s.create(s.a, "m", 7), s.create(s.b, "m", 9);
    s.a.sync(s.hub), s.b.sync(s.hub);
    return s.stored("m")->size == 7;
  });
}

TEST_CASE("rule 19: who had not seen a deletion does not take it back", "[rule-19]") {
  needs(flaw::revive_on_edit, [] {
    scene s;
    s.erase(s.a, 2);
    s.title(s.b, "too late", 3);
    s.a.sync(s.hub), s.b.sync(s.hub);
    return !s.stored();
  });
  needs(flaw::revive_unseen, [] {
    scene s;
    s.create(s.a, "m");
    s.a.sync(s.hub);
    s.create(s.b, "m");
    const std::string envelope = s.b.sync(s.hub, message_kind::upload);
    s.erase(s.a, 2, "m");
    s.a.sync(s.hub);
    s.b.take(s.hub.answer("b", envelope));
    return !s.stored("m");
  });
}

/// A phone that passes on what a watch says; the hub is away until the phone's errands.
struct relayed_scene : scene {
  phone_of_notes &phone = a, &watch = b;
  relay<phone_of_notes::store_type, note, conflict> link{phone.store, "s"};

  /// The watch's next envelope, which the phone keeps.
  std::string keep() {
    const std::string envelope = watch.sync(hub, message_kind::upload);
    REQUIRE(link.take("b", envelope).has_value());
    watch.engine.interrupted();
    return envelope;
  }
  void run_errands() {
    for (std::string after;;) {
      const auto errand = link.next_errand(after);
      if (!*errand) return;
      REQUIRE(link.answered("b", (*errand)->framed, hub.answer("a", (*errand)->for_hub)).has_value());
    }
  }
};

TEST_CASE("rule 11: what was relayed is shown, and is not the phone's own", "[rule-11]") {
  needs(flaw::overlay_is_dirty, [] {
    relayed_scene s;
    REQUIRE(s.watch.engine.edit<note>("n", at(2), [](auto& e) { e[the<&note::reads>] += 5; }).has_value());
    s.keep();
    const bool is_shown = s.seen(s.phone)->reads == 5;
    s.phone.sync(s.hub);
    s.run_errands();
    s.converge();
    return is_shown && s.stored()->reads == 5;
  });
}

TEST_CASE("rule 11: what was relayed is shown no longer than until the hub's word comes", "[rule-11]") {
  needs(flaw::keep_the_overlay, [] {
    relayed_scene s;
    s.title(s.watch, "from the watch", 2);
    s.keep();
    s.run_errands();
    REQUIRE(s.hub.the_hub.edit<note>("s", "n", at(3), [](auto& e) { e[the<&note::title>] = "by the server"; }).has_value());
    s.converge();
    return s.seen(s.phone)->title == "by the server";
  });
}

TEST_CASE("rule 11: an edit on top of what was relayed has seen that", "[rule-11]") {
  needs(flaw::forget_the_dependency, [] {
    relayed_scene s;
    s.title(s.watch, "from the watch", 60);
    s.keep();
    s.title(s.phone, "seen and changed", 2);
    s.phone.sync(s.hub);  // leaves nothing at the hub that has not seen what was relayed
    const bool waits = s.stored()->title == "old";
    s.run_errands();
    s.converge();
    return waits && s.stored()->title == "seen and changed";
  });
}

TEST_CASE("rule 2: what is relayed is the very bytes, so the hub knows a repeat by another way", "[rule-2]") {
  needs(flaw::rebuild_relayed_bytes, [] {
    relayed_scene s;
    REQUIRE(s.watch.engine.edit<note>("n", at(2), [](auto& e) { e[the<&note::reads>] += 5; }).has_value());
    s.keep();
    s.run_errands();
    s.converge();
    return s.stored()->reads == 5;
  });
}

TEST_CASE("rule 26: a chunk that completes a series leaves a job, which outlasts a death", "[rule-26]") {
  needs(flaw::forget_the_job, [] {
    world<ride> hub;
    device<ride> a("a", 1);
    make_ride(a, "r", series_of({1, 2, 3}));
    a.sync(hub);
    static_cast<void>(do_jobs(hub));
    return (*hub.the_hub.find<ride>("s", "r"))->size == 1;
  });
}

}  // namespace

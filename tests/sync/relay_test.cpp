// SPDX-License-Identifier: BSL-1.0
// A phone that passes a watch's messages on, and shows what they do. The watch may reach the hub by itself as well.

#include "regressions/world.hpp"

#include <syncline/resolve/counter.hpp>
#include <syncline/resolve/manual.hpp>

#include <catch2/generators/catch_generators.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using namespace regressions;

struct lap {
  static constexpr record_info sync{.table = "laps"};
  key<std::string> id{};
  lww<std::string> name{};
  lww<std::string> note{};
  merge<int, counter> beats{};
  manual<std::string> place{};
};

/// Two devices together break the rule that each of them keeps.
std::string violation(const lap& l) { return *l.name == "no" && *l.note == "no" ? "a lap needs a name or a note" : ""; }

using device_of_laps = device<lap, conflict>;
using relay_of_laps = relay<device_of_laps::store_type, lap, conflict>;

enum class fate_of : std::uint8_t { arrives, hub_is_away, answer_is_lost_at_hub, answer_is_lost_at_phone };

struct laps {
  world<lap, conflict> hub{};
  device_of_laps phone{"phone", 1}, watch{"watch", 2};
  relay_of_laps link{phone.store, "s"};

  laps() {
    create(phone, "a");
    converge();
  }

  static void create(device_of_laps& on, std::string id, std::string name = "old", int when = 1) {
    REQUIRE(on.engine.create(lap{.id = {std::move(id)}, .name = {std::move(name)}}, at(when)).has_value());
  }
  static void name(device_of_laps& on, std::string value, int when, std::string id = "a") {
    REQUIRE(on.engine.edit<lap>(id, at(when), [&](auto& e) { e[the<&lap::name>] = value; }).has_value());
  }
  static void note(device_of_laps& on, std::string value, int when, std::string id = "a") {
    REQUIRE(on.engine.edit<lap>(id, at(when), [&](auto& e) { e[the<&lap::note>] = value; }).has_value());
  }
  static void beat(device_of_laps& on, int by = 1) {
    REQUIRE(on.engine.edit<lap>("a", at(2), [&](auto& e) { e[the<&lap::beats>] += by; }).has_value());
  }
  static void erase(device_of_laps& on, std::string id = "a") { REQUIRE(on.engine.remove<lap>(id, at(9)).has_value()); }
  static std::optional<lap> seen(device_of_laps& on, std::string id = "a") { return *on.engine.find<lap>(id); }
  std::optional<lap> stored(std::string id = "a") { return *hub.the_hub.find<lap>("s", id); }
  std::size_t waiting(device_of_laps& on) {
    return *on.engine.read([](auto& tx) { return outbox<std::remove_cvref_t<decltype(tx)>>(tx).size(); });
  }
  std::size_t kept() {
    return phone.engine.read([](auto& tx) { return tx.list("relayed", {}, 100); })->size();
  }

  /// What the watch is answered; nothing where the answer is lost.
  std::optional<std::string> by_relay(std::string_view message, fate_of how = fate_of::arrives) {
    auto step = link.take("watch", message);
    if (!step) return std::nullopt;
    if (!step->answer.empty()) return step->answer;
    if (how == fate_of::hub_is_away) return link.unanswered(message).value();
    const std::string answer = hub.answer("phone", step->for_hub);
    if (how == fate_of::answer_is_lost_at_hub) return link.unanswered(message).value();
    auto taken = link.answered("watch", message, answer);
    return taken && how == fate_of::arrives ? std::optional(*taken) : std::nullopt;
  }

  /// A session of the watch by way of the phone; upload fares as it is said, and all else too where the hub is away.
  void watch_by_relay(fate_of how = fate_of::arrives) {
    watch.engine.begin_session();
    for (int messages = 0; messages < 100; ++messages) {
      auto message = watch.engine.next_message(at(0));
      REQUIRE(message.has_value());
      if (!*message) return;
      const bool is_upload = static_cast<message_kind>((*message)->front()) == message_kind::upload;
      auto answer = by_relay(**message, is_upload || how == fate_of::hub_is_away ? how : fate_of::arrives);
      if (!answer) return watch.engine.interrupted();
      watch.take(*answer);
    }
    FAIL("the session does not end");
  }

  /// The phone delivers what it kept.
  void run_errands(bool answers_are_lost = false) {
    for (std::string after;;) {
      auto errand = link.next_errand(after);
      REQUIRE(errand.has_value());
      if (!*errand) return;
      const std::string answer = hub.answer("phone", (*errand)->for_hub);
      if (!answers_are_lost) REQUIRE(link.answered((*errand)->device, (*errand)->framed, answer).has_value());
    }
  }
  void phone_syncs() {
    run_errands();
    phone.sync(hub);
  }
  void converge() {
    for (int i = 0; i < 3; ++i) phone_syncs(), watch.sync(hub);
  }
  void check_converged() {
    converge();
    for (auto* each : {&phone, &watch}) {
      CHECK(waiting(*each) == 0);
      const auto mine = seen(*each), hubs = stored();
      REQUIRE(mine.has_value() == hubs.has_value());
      if (mine) CHECK(is_same_value(*mine, *hubs));
      const auto record = each->engine.find_record<lap>("a");
      if (*record) CHECK((*record)->foreign.empty());
    }
    CHECK(kept() <= 1);  // the answer that the watch had from the hub itself
  }
};

TEST_CASE("what a watch wrote shows on the phone at once, while the hub is away, and is not the phone's own", "[rule-11]") {
  laps of;
  laps::name(of.watch, "from the watch", 10);
  laps::create(of.watch, "b", "new", 11);
  of.watch_by_relay(fate_of::hub_is_away);
  CHECK(of.watch.engine.report().is_kept);
  CHECK(of.watch.engine.state().unanswered);
  CHECK(*laps::seen(of.phone)->name == "from the watch");
  CHECK(*laps::seen(of.phone, "b")->name == "new");
  CHECK(of.phone.engine.list<lap>()->size() == 2);
  CHECK(of.waiting(of.phone) == 0);
  CHECK(*of.stored()->name == "old");

  of.phone.sync(of.hub);  // it sends nothing of it as its own
  CHECK(*of.stored()->name == "old");
  CHECK(*laps::seen(of.phone)->name == "from the watch");

  of.run_errands();
  CHECK(*of.stored()->name == "from the watch");
  CHECK(*of.stored("b")->name == "new");
  CHECK(*laps::seen(of.phone)->name == "from the watch");  // until a page says so, too
  of.phone.sync(of.hub);
  CHECK((*of.phone.engine.find_record<lap>("a"))->foreign.empty());
  CHECK((*of.phone.engine.find_record<lap>("b"))->foreign.empty());
  CHECK(*laps::seen(of.phone)->name == "from the watch");
  CHECK(of.kept() == 1);

  of.watch_by_relay(fate_of::hub_is_away);  // the answer waited for it
  CHECK(of.waiting(of.watch) == 0);
  CHECK_FALSE(of.watch.engine.state().unanswered);
  of.watch_by_relay();
  CHECK(of.kept() == 0);
  of.check_converged();
}

TEST_CASE("a watch that is told that its envelope is kept sends the very same bytes again", "[rule-2]") {
  laps of;
  laps::name(of.watch, "one", 10);
  of.watch_by_relay(fate_of::hub_is_away);
  const std::string first = of.link.next_errand(*std::make_unique<std::string>())->value().framed;
  laps::name(of.watch, "two", 11);
  CHECK(of.watch.sync(of.hub, message_kind::upload) == first);
  of.check_converged();
  CHECK(*of.stored()->name == "two");
}

TEST_CASE("a creation by relay that a deletion overtook does not revive", "[rule-1]") {
  laps of;
  laps::create(of.watch, "b", "short-lived", 5);
  of.watch_by_relay(fate_of::hub_is_away);
  REQUIRE(laps::seen(of.phone, "b").has_value());
  of.watch.sync(of.hub);  // the hub itself has the creation, and then its deletion
  laps::erase(of.watch, "b");
  of.watch.sync(of.hub);
  REQUIRE_FALSE(of.stored("b").has_value());
  of.run_errands();
  CHECK_FALSE(of.stored("b").has_value());
  of.phone.sync(of.hub);
  CHECK_FALSE(laps::seen(of.phone, "b").has_value());
  of.check_converged();
}

TEST_CASE("an increment that goes both ways, in any order, counts once", "[rule-1]") {
  using step = std::function<void(laps&)>;
  static const std::vector<step> steps{
      [](laps& of) { laps::beat(of.watch); },
      [](laps& of) { laps::beat(of.phone, 100); },
      [](laps& of) { of.watch.sync(of.hub); },
      [](laps& of) {
        const std::string envelope = of.watch.sync(of.hub, message_kind::upload);
        if (!envelope.empty()) of.hub.answer("watch", envelope);  // and the answer is lost
        of.watch.engine.interrupted();
      },
      [](laps& of) { of.watch_by_relay(); },
      [](laps& of) { of.watch_by_relay(fate_of::hub_is_away); },
      [](laps& of) { of.watch_by_relay(fate_of::answer_is_lost_at_hub); },
      [](laps& of) { of.watch_by_relay(fate_of::answer_is_lost_at_phone); },
      [](laps& of) { of.run_errands(); },
      [](laps& of) { of.run_errands(true); },
      [](laps& of) { of.phone.sync(of.hub); },
  };
  const auto first = GENERATE(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
  for (std::size_t second = 0; second < steps.size(); ++second) {
    for (std::size_t third = 0; third < steps.size(); ++third) {
      laps of;
      int by_watch = 1, by_phone = 0;
      laps::beat(of.watch);
      for (const std::size_t each : {static_cast<std::size_t>(first), second, third, std::size_t{5}, second}) {
        by_watch += each == 0;
        by_phone += each == 1;
        steps[each](of);
      }
      CAPTURE(first, second, third);
      of.check_converged();
      CHECK(*of.stored()->beats == by_watch + 100 * by_phone);
    }
  }
}

TEST_CASE("an edit on top of a relayed one stands, for its writer had seen that", "[rule-11][rule-15]") {
  laps of;
  const auto place = [](device_of_laps& on, std::string value, int when) {
    REQUIRE(on.engine.edit<lap>("a", at(when), [&](auto& e) { e[the<&lap::place>] = value; }).has_value());
  };
  place(of.watch, "hill", 100);
  laps::name(of.watch, "from the watch", 100);
  of.watch_by_relay(fate_of::hub_is_away);
  place(of.phone, "lake", 50);  // by a clock that is behind
  laps::name(of.phone, "from the phone", 50);
  laps::create(of.phone, "other");
  CHECK(*laps::seen(of.phone)->name == "from the phone");

  of.phone.sync(of.hub);  // others do not wait for it
  CHECK(of.stored("other").has_value());
  CHECK(*of.stored()->name == "old");
  CHECK(of.waiting(of.phone) == 1);

  of.phone_syncs();
  CHECK(of.waiting(of.phone) == 0);
  CHECK(*of.stored()->name == "from the phone");
  CHECK(**of.stored()->place == "lake");
  CHECK_FALSE(in_conflict(*of.stored()));
  of.check_converged();
}

TEST_CASE("an edit that was there before a relayed one had not seen it, and the later one stands", "[rule-11][rule-15]") {
  const bool phone_is_later = GENERATE(false, true);
  laps of;
  laps::name(of.phone, "from the phone", phone_is_later ? 30 : 10);
  laps::name(of.watch, "from the watch", 20);
  laps::note(of.watch, "seen", 20);
  of.watch_by_relay(fate_of::hub_is_away);
  CHECK(*laps::seen(of.phone)->name == "from the phone");  // pending comes last
  CHECK(*laps::seen(of.phone)->note == "seen");
  const bool edits_more = GENERATE(false, true);
  if (edits_more) laps::note(of.phone, "and answered", 5);
  of.phone_syncs();
  CHECK(*of.stored()->name == (phone_is_later ? "from the phone" : "from the watch"));
  CHECK(*of.stored()->note == (edits_more ? "and answered" : "seen"));
  of.check_converged();
}

TEST_CASE("a record that a watch made can be changed and deleted on the phone before the hub has it", "[rule-11]") {
  const bool is_deleted = GENERATE(false, true);
  laps of;
  laps::create(of.watch, "b", "new", 5);
  of.watch_by_relay(fate_of::hub_is_away);
  if (is_deleted) {
    laps::erase(of.phone, "b");
  } else {
    laps::note(of.phone, "steep", 6, "b");
  }
  CHECK(laps::seen(of.phone, "b").has_value() == !is_deleted);
  of.phone.sync(of.hub);
  CHECK_FALSE(of.stored("b").has_value());
  of.phone_syncs();
  CHECK(of.stored("b").has_value() == !is_deleted);
  if (!is_deleted) {
    CHECK(*of.stored("b")->name == "new");
    CHECK(*of.stored("b")->note == "steep");
  }
  of.check_converged();
  CHECK(laps::seen(of.watch, "b").has_value() == !is_deleted);
}

TEST_CASE("a record that a watch deleted can be made anew on the phone", "[rule-11]") {
  laps of;
  laps::erase(of.watch);
  of.watch_by_relay(fate_of::hub_is_away);
  CHECK_FALSE(laps::seen(of.phone).has_value());
  CHECK(of.phone.engine.list<lap>()->empty());
  laps::create(of.phone, "a", "again", 3);
  of.check_converged();
  REQUIRE(of.stored().has_value());
  CHECK(*of.stored()->name == "again");
}

TEST_CASE("what the hub refuses of a relayed envelope is shown no more, and what stood on it goes on", "[rule-3][rule-11]") {
  laps of;
  laps::name(of.phone, "no", 5);
  of.phone.sync(of.hub);
  laps::note(of.watch, "no", 6);
  of.watch_by_relay(fate_of::hub_is_away);
  CHECK(*laps::seen(of.phone)->note == "");  // it would break the record's rule, here as there
  laps::create(of.watch, "b", "fine", 7);
  of.run_errands();
  of.phone.sync(of.hub);
  CHECK(*of.stored()->note == "");
  CHECK(*of.stored()->name == "no");
  of.watch_by_relay();
  CHECK(of.watch.engine.report().refused == 1);
  of.watch_by_relay();
  CHECK(of.stored("b").has_value());
}

TEST_CASE("the overlay goes with the hub's word though the hub's value is another", "[rule-11]") {
  laps of;
  device_of_laps tablet{"tablet", 3};
  laps::name(of.watch, "from the watch", 10);
  of.watch_by_relay(fate_of::hub_is_away);
  tablet.sync(of.hub);
  laps::name(tablet, "from the tablet", 20);
  tablet.sync(of.hub);
  of.phone.sync(of.hub);
  CHECK(*laps::seen(of.phone)->name == "from the watch");
  of.run_errands();
  of.phone.sync(of.hub);
  CHECK(*laps::seen(of.phone)->name == "from the tablet");
  of.check_converged();
}

TEST_CASE("a phone that dies at any operation of its store loses nothing that it kept, and counts nothing twice", "[rule-1][rule-14]") {
  for (const bool hub_is_away : {true, false}) {
    bool was_reached = true;
    for (int deadly = 1; was_reached; ++deadly) {
      REQUIRE(deadly < 400);
      laps of;
      laps::beat(of.watch);
      laps::create(of.watch, "b", "new", 5);
      int operations = 0;
      of.phone.store.before_operation = [&](std::string_view) { return ++operations != deadly; };
      of.watch.engine.begin_session();
      const auto go = [&](fate_of how) {
        for (int messages = 0; messages < 20; ++messages) {
          auto message = of.watch.engine.next_message(at(0));
          if (!message || !*message) return;
          auto step = of.link.take("watch", **message);
          if (!step) return of.watch.engine.interrupted();
          std::string answer = step->answer;
          if (answer.empty()) {
            auto said = how == fate_of::hub_is_away ? of.link.unanswered(**message)
                                                    : of.link.answered("watch", **message, of.hub.answer("phone", step->for_hub));
            if (!said) return of.watch.engine.interrupted();
            answer = *said;
          }
          if (!of.watch.engine.receive(answer, at(0), 7)) return of.watch.engine.interrupted();
        }
      };
      go(hub_is_away ? fate_of::hub_is_away : fate_of::arrives);
      for (std::string after;;) {
        auto errand = of.link.next_errand(after);
        if (!errand || !*errand) break;
        static_cast<void>(of.link.answered((*errand)->device, (*errand)->framed, of.hub.answer("phone", (*errand)->for_hub)));
      }
      of.phone.engine.begin_session();
      for (int messages = 0; messages < 20; ++messages) {
        auto message = of.phone.engine.next_message(at(0));
        if (!message || !*message) break;
        if (!of.phone.engine.receive(of.hub.answer("phone", **message), at(0), 7)) break;
      }
      of.phone.store.before_operation = {};
      was_reached = operations >= deadly;
      of.phone.engine = device_of_laps::open(of.phone.store, "phone", 1, {});
      of.watch.engine = device_of_laps::open(of.watch.store, "watch", 2, {});
      CAPTURE(hub_is_away, deadly);
      of.check_converged();
      CHECK(*of.stored()->beats == 1);
      CHECK(of.stored("b").has_value());
      CHECK(laps::seen(of.phone, "b").has_value());
    }
  }
}

TEST_CASE("a phone that lost what it had kept costs the watch nothing", "[rule-2]") {
  laps of;
  laps::beat(of.watch);
  const auto before = of.phone.store;
  of.watch_by_relay(fate_of::hub_is_away);
  of.phone.store = before;  // restored from a backup
  of.phone.engine = device_of_laps::open(of.phone.store, "phone", 1, {});
  CHECK(*laps::seen(of.phone)->beats == 0);
  of.watch_by_relay(fate_of::hub_is_away);
  CHECK(*laps::seen(of.phone)->beats == 1);
  of.check_converged();
  CHECK(*of.stored()->beats == 1);
}

TEST_CASE("two copies of a watch's folder that write one envelope each through one phone are told apart", "[rule-1]") {
  laps of;
  const auto copy = of.watch.store;
  laps::beat(of.watch, 1);
  of.watch_by_relay(fate_of::hub_is_away);
  of.watch.store = copy;
  of.watch.engine = device_of_laps::open(of.watch.store, "watch", 2, {});
  laps::beat(of.watch, 10);
  of.watch_by_relay(fate_of::hub_is_away);
  CHECK_FALSE(of.watch.engine.report().is_kept);  // the phone keeps the other one
  of.check_converged();
  CHECK(*of.stored()->beats == 11);
}

TEST_CASE("a relay passes on for the device whose link it is, and the hub takes one relay", "[rule-2]") {
  laps of;
  laps::beat(of.watch);
  const std::string envelope = of.watch.sync(of.hub, message_kind::upload);
  const auto refused = of.link.take("another", envelope);
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().message ==
        "the message says it comes from device 'watch' but the link belongs to 'another': each device has a link of its own");
  CHECK(of.kept() == 0);

  const auto said_to = [&](const std::string& device, const std::string& framed) {
    const auto answer = unpack<refusal_message>(*unframe(of.hub.answer("phone", pack(forwarded_message{device, {framed}}))));
    return answer ? answer->message : std::string("it was taken");
  };
  CHECK(said_to("another", envelope).find("it comes from device 'watch' but the link belongs to 'another'") != std::string::npos);
  CHECK(said_to("hub", envelope).find("the hub's own name") != std::string::npos);
  CHECK(said_to("watch", pack(forwarded_message{"watch", {envelope}})) == "a relay passed on what another relay passed on: one is the most");
  CHECK_FALSE(of.link.take("watch", pack(forwarded_message{"watch", {envelope}})).has_value());
  CHECK_FALSE(of.link.take("watch", envelope.substr(0, envelope.size() - 1)).has_value());
  CHECK(*of.stored()->beats == 0);
  CHECK(said_to("watch", envelope) == "it was taken");
  CHECK(*of.stored()->beats == 1);
}

TEST_CASE("an overloaded hub is as good as none: what was kept stays", "[rule-5]") {
  laps of;
  laps::beat(of.watch);
  const std::string envelope = of.watch.sync(of.hub, message_kind::upload);
  REQUIRE(of.link.take("watch", envelope).has_value());
  const auto answer = of.link.answered(
      "watch", envelope, pack(refusal_message{error_code::unreachable, error_class::transient, "come back later", 0}));
  REQUIRE(answer.has_value());
  const auto said = unpack<kept_message>(*unframe(*answer));
  REQUIRE(said.has_value());
  CHECK(said->number == of.watch.engine.state().envelope);
  CHECK(*laps::seen(of.phone)->beats == 1);
  of.check_converged();
}

}  // namespace

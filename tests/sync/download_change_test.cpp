// SPDX-License-Identifier: BSL-1.0
// What a page or an answer brings of a large value that changed, and what becomes of it where a device has another one.

#include "regressions/world.hpp"

#include <syncline/resolve.hpp>
#include <syncline/testing/generate.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstdint>
#include <cstdio>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace syncline;
using regressions::at;

// ---- a plan of twelve weeks, which is the hub's

enum class kind : std::uint8_t { rest, easy, tempo, long_run };

struct step {
  std::string what{};
  std::int32_t seconds{};
};

struct workout {
  std::string id{};
  std::int32_t day{};
  kind effort{};
  std::string title{};
  std::vector<step> steps{};
};

struct season {
  std::string goal{};
  std::map<std::string, std::vector<workout>> phases{};
};

struct plan {
  static constexpr record_info sync{.table = "plans"};
  key<std::string> id{};
  server<std::vector<workout>> days{};
  server<std::map<std::string, workout>> by_name{};
  server<season> whole_season{};
  server<std::set<std::string>> places{};
  server<std::string> text{};
  lww<std::string> name{};
  lww<std::vector<workout>> own_days{};
  merge<std::string, text_merge<words>> notes{};
};

using hub_type = regressions::world<plan>;
using device = regressions::device<plan>;

constexpr int days_in_plan = 84, tempo_day = 38;

workout workout_on(int day) {
  workout made{"day " + std::to_string(day), day, static_cast<kind>(day % 4), day % 4 == 2 ? "Tempo run" : "Run", {}};
  for (int i = 0; i < 8; ++i) {
    made.steps.push_back({"Step " + std::to_string(i) + " of day " + std::to_string(day) +
                              ": keep the cadence, breathe through the nose and look well ahead",
                          60 * i + day});
  }
  return made;
}

std::vector<workout> twelve_weeks() {
  std::vector<workout> all;
  for (int day = 0; day < days_in_plan; ++day) all.push_back(workout_on(day));
  return all;
}

std::string long_text() {
  std::string text;
  for (int i = 0; i < 6000; ++i) text += "word " + std::to_string(i) + " ";
  return text;
}

void create(hub_type& hub, const plan& made) { REQUIRE(hub.the_hub.create("s", made, at(1)).has_value()); }

template <class MakeChanges>
void edit(hub_type& hub, MakeChanges&& make_changes) {
  REQUIRE(hub.the_hub.edit<plan>("s", "p", at(2), make_changes).has_value());
}

void make_easy(hub_type& hub, int day) {
  edit(hub, [&](auto& e) { e[the<&plan::days>][static_cast<std::size_t>(day)].effort = kind::easy; });
}

plan at_hub(hub_type& hub) { return **hub.the_hub.find<plan>("s", "p"); }
plan seen(device& on) { return **on.engine.find<plan>("p"); }

// The sizes of the answers of one kind in a session of `on`.
std::vector<std::size_t> session(hub_type& hub, device& on, message_kind of = message_kind::page) {
  std::vector<std::size_t> sizes;
  on.engine.begin_session();
  for (int messages = 0; messages < 100; ++messages) {
    auto message = on.engine.next_message(at(0));
    REQUIRE(message.has_value());
    if (!*message) return sizes;
    const std::string answer = hub.answer(on.name, **message);
    if (static_cast<message_kind>(answer.front()) == of) sizes.push_back(answer.size());
    on.take(answer);
  }
  FAIL("the session does not end");
  return sizes;
}

// The size of the one page in a session of `on`, which asks for nothing again.
std::size_t page(hub_type& hub, device& on) {
  const auto pages = session(hub, on);
  CHECK(pages.size() == 1);
  return pages.front();
}

void check_equal(hub_type& hub, device& on) { CHECK(is_same_value(seen(on), at_hub(hub))); }

// The bytes of the page that brings one edit of `made` by the hub.
template <class MakeChanges>
std::size_t bytes_of_edit(const plan& made, MakeChanges&& make_changes) {
  CHECK(encode(made).size() > 50'000);
  hub_type hub;
  create(hub, made);
  device phone("phone", 1);
  CHECK(page(hub, phone) > 50'000);
  edit(hub, make_changes);
  const std::size_t bytes = page(hub, phone);
  check_equal(hub, phone);
  return bytes;
}

void check_small(const char* what, std::size_t bytes) {
  std::printf("one workout of 84 from Tempo to Easy at the hub, %-34s a page of %4zu bytes\n", what, bytes);
  CHECK(bytes < 200);
}

TEST_CASE("one workout of the hub's plan of twelve weeks goes from Tempo to Easy in less than 200 bytes") {
  const auto change = [](workout& w) {
    REQUIRE(w.effort == kind::tempo);
    w.effort = kind::easy;
    w.title = "Easy run";
  };
  plan made{.id{"p"}, .days{twelve_weeks()}};
  check_small("a list:", bytes_of_edit(made, [&](auto& e) { change(e[the<&plan::days>][tempo_day]); }));
  made = {.id{"p"}};
  for (const workout& each : twelve_weeks()) value_of(made.by_name).emplace(each.id, each);
  check_small("a map:", bytes_of_edit(made, [&](auto& e) { change(e[the<&plan::by_name>].at("day 38")); }));
  made = {.id{"p"}};
  value_of(made.whole_season).phases["build"] = twelve_weeks();
  check_small("a list in a map in an aggregate:",
              bytes_of_edit(made, [&](auto& e) { change(e[the<&plan::whole_season>].phases.at("build")[tempo_day]); }));
  made = {.id{"p"}};
  for (int i = 0; i < 5000; ++i) value_of(made.places).insert("a place " + std::to_string(i));
  check_small("a set:", bytes_of_edit(made, [&](auto& e) { e[the<&plan::places>].insert("one more"); }));
  made = {.id{"p"}, .text{long_text()}};
  check_small("a text:", bytes_of_edit(made, [&](auto& e) { e[the<&plan::text>].replace(1000, 4, "idea"); }));
}

TEST_CASE("what changed often while a device was away comes change by change") {
  hub_type hub;
  create(hub, {.id{"p"}, .days{twelve_weeks()}});
  device phone("phone", 1), tablet("tablet", 2);
  session(hub, phone);
  session(hub, tablet);
  for (int day = 0; day < 10; ++day) {
    make_easy(hub, day);
    if (day == 4) session(hub, tablet);  // has some of them
  }
  const std::size_t all = page(hub, phone), half = page(hub, tablet);
  CHECK(all < 500);
  CHECK(half < all);
  check_equal(hub, phone);
  check_equal(hub, tablet);
  CHECK(page(hub, phone) < 60);  // and nothing twice
}

TEST_CASE("a device that is further behind than the changes reach gets the value whole") {
  hub_type hub;
  create(hub, {.id{"p"}, .text{long_text()}});
  device away("away", 1), near("near", 2);
  session(hub, away);
  const std::size_t size = encode(at_hub(hub)).size();
  for (int i = 0; i < 40; ++i) {
    if (i == 38) session(hub, near);
    edit(hub, [&](auto& e) {
      std::string& text = e[the<&plan::text>];
      text.replace(1000 * static_cast<std::size_t>(i), 2000, std::string(2000, static_cast<char>('a' + i % 26)));
    });
    auto tx = hub.hub_store.begin("s");
    const auto kept = tx->get("differences", record_name<plan>("p"));
    REQUIRE(kept.has_value());
    CHECK((*kept)->size() < size + 100);
  }
  const std::size_t small = page(hub, near);
  CHECK(small > 2 * 2000);
  CHECK(small < 5 * 2000);
  CHECK(page(hub, away) > size - 100);
  check_equal(hub, near);
  check_equal(hub, away);
}

TEST_CASE("a value that became small, or was made anew, is told whole, and nothing is kept of it") {
  hub_type hub;
  create(hub, {.id{"p"}, .days{twelve_weeks()}});
  device phone("phone", 1);
  session(hub, phone);
  const auto kept = [&] { return (*hub.hub_store.begin("s")->get("differences", record_name<plan>("p"))).has_value(); };
  CHECK(!kept());
  make_easy(hub, 2);
  CHECK(kept());
  edit(hub, [](auto& e) { e[the<&plan::days>].resize(1), e[the<&plan::days>][0].steps.clear(); });
  CHECK(!kept());
  session(hub, phone);
  check_equal(hub, phone);
  edit(hub, [](auto& e) { e[the<&plan::days>] = twelve_weeks(); });
  CHECK(!kept());  // the change is as large as the value
  make_easy(hub, 2);
  CHECK(kept());
  REQUIRE(hub.the_hub.remove<plan>("s", "p", at(3)).has_value());
  create(hub, {.id{"p"}, .days{twelve_weeks()}});
  CHECK(!kept());
  session(hub, phone);
  check_equal(hub, phone);
}

TEST_CASE("small values leave nothing at the hub") {
  hub_type hub;
  create(hub, {.id{"p"}, .text{"a text"}, .name{"a name"}});
  for (int i = 0; i < 5; ++i) edit(hub, [&](auto& e) { e[the<&plan::text>] += " that grows"; });
  CHECK(!(*hub.hub_store.begin("s")->get("differences", record_name<plan>("p"))).has_value());
}

TEST_CASE("an answer tells of a large value what changed since the change was made") {
  hub_type hub;
  create(hub, {.id{"p"}, .days{twelve_weeks()}, .notes{long_text()}});
  device phone("phone", 1), tablet("tablet", 2);
  session(hub, phone);
  session(hub, tablet);
  make_easy(hub, tempo_day);
  REQUIRE(phone.engine.edit<plan>("p", at(3), [](auto& e) { e[the<&plan::name>] = "Marathon"; }).has_value());
  CHECK(session(hub, phone, message_kind::uploaded).front() < 200);
  check_equal(hub, phone);

  REQUIRE(phone.engine.edit<plan>("p", at(4), [](auto& e) { e[the<&plan::notes>] += "at the end"; }).has_value());
  REQUIRE(tablet.engine.edit<plan>("p", at(5), [](auto& e) { e[the<&plan::notes>] = "First. " + *e.record().notes; }).has_value());
  session(hub, phone);
  const auto answers = session(hub, tablet, message_kind::uploaded);  // the hub asks for the base, and merges
  CHECK(answers.size() == 2);
  CHECK(answers.back() < 300);
  check_equal(hub, tablet);
  CHECK(at_hub(hub).notes->starts_with("First. "));
  CHECK(at_hub(hub).notes->ends_with("at the end"));
  session(hub, phone);
  check_equal(hub, phone);
}

TEST_CASE("a page leaves out what an answer brought of a value before") {
  hub_type hub;
  create(hub, {.id{"p"}, .own_days{twelve_weeks()}});
  device phone("phone", 1), tablet("tablet", 2);
  session(hub, phone);
  session(hub, tablet);
  const auto make_easy_on = [](device& on, std::size_t day) {
    REQUIRE(on.engine.edit<plan>("p", at(3), [&](auto& e) { e[the<&plan::own_days>][day].effort = kind::easy; }).has_value());
  };
  make_easy_on(phone, 2);
  phone.take(hub.answer("phone", phone.sync(hub, message_kind::upload)));  // the answer is here, the page is not
  session(hub, tablet);
  make_easy_on(tablet, 6);
  session(hub, tablet);
  CHECK(page(hub, phone) < 250);
  check_equal(hub, phone);
}

TEST_CASE("where an answer builds on another value than the device has, it asks for the record whole, and is well again") {
  hub_type hub;
  create(hub, {.id{"p"}, .days{twelve_weeks()}});
  device phone("phone", 1);
  session(hub, phone);
  {
    auto tx = phone.store.begin("s");
    auto row = *tx->load<plan>("p");
    value_of(row->value.days)[3].title = "another";
    REQUIRE(tx->save<plan>(*row).has_value());
    REQUIRE(tx->commit().has_value());
  }
  make_easy(hub, tempo_day);
  REQUIRE(phone.engine.edit<plan>("p", at(3), [](auto& e) { e[the<&plan::name>] = "mine"; }).has_value());
  const std::string envelope = phone.sync(hub, message_kind::upload);
  const std::string answer = hub.answer("phone", envelope);
  CHECK(answer.size() < 200);
  phone.take(answer);
  CHECK(*seen(phone).name == "mine");
  phone.go_on(hub);
  session(hub, phone);
  check_equal(hub, phone);
  CHECK(*seen(phone).name == "mine");
  make_easy(hub, 6);
  CHECK(page(hub, phone) < 200);
  check_equal(hub, phone);
}

TEST_CASE("where a page builds on another value, the record stays as it was until it comes whole") {
  hub_type hub;
  create(hub, {.id{"p"}, .days{twelve_weeks()}});
  device phone("phone", 1);
  session(hub, phone);
  {
    auto tx = phone.store.begin("s");
    auto row = *tx->load<plan>("p");
    value_of(row->value.days)[3].title = "another";
    REQUIRE(tx->save<plan>(*row).has_value());
    REQUIRE(tx->commit().has_value());
  }
  make_easy(hub, tempo_day);
  edit(hub, [](auto& e) { e[the<&plan::name>] = "new"; });
  phone.take(hub.answer("phone", phone.sync(hub, message_kind::download)));
  CHECK(seen(phone).name->empty());
  edit(hub, [](auto& e) { e[the<&plan::name>] = "newer"; });  // a part of it that builds on what is missing
  phone.go_on(hub);
  check_equal(hub, phone);
}

TEST_CASE("a peer that takes no differences gets values whole") {
  hub_type hub;
  create(hub, {.id{"p"}, .days{twelve_weeks()}});
  make_easy(hub, tempo_day);
  const download_message asked{.incarnation = 9, .cursors = {{"plans", 1}}, .limit = 10, .whole = {}, .versions = {}};
  CHECK(hub.answer("other", pack(asked)).size() < 200);
  const std::string whole = hub.the_hub.handle("s", "other", pack(asked), at(0), value_form::whole);
  const auto told = unpack<page_message>(*unframe(whole));
  record_update<plan> update;
  REQUIRE(decode_into(told->records.at(0).bytes.bytes, update).has_value());
  CHECK(update.differences.empty());
  CHECK(is_same_value(*update.value.days, *at_hub(hub).days));

  change<plan> renamed{.kind = change_kind::updated, .base = 1};
  plan named{.id{"p"}};
  named.name = {"named"};
  renamed.what = diff(plan{.id{"p"}}, named);
  stamp_fields(renamed, hybrid_time::at(at(5)));
  upload_message envelope{"other", 9, 1, catalog<plan>::declarations(), {{{{0, {}}}}}};
  encode_to<plan>(envelope.groups[0].changes[0].bytes.bytes, "p", renamed);
  const std::string answer = hub.the_hub.handle("s", "other", pack(envelope), at(5), value_form::whole);
  const auto uploaded = unpack<uploaded_message>(*unframe(answer));
  REQUIRE(decode_into(uploaded->records.at(0).bytes.bytes, update).has_value());
  CHECK(update.differences.empty());
  CHECK(is_same_value(*update.value.days, *at_hub(hub).days));
}

TEST_CASE("where the hub's store fails nothing is written, and the chain is whole afterwards") {
  for (int fails_at = 1; fails_at < 100; ++fails_at) {
    hub_type hub;
    create(hub, {.id{"p"}, .days{twelve_weeks()}});
    device phone("phone", 1);
    session(hub, phone);
    make_easy(hub, 2);
    int operations = 0;
    hub.hub_store.before_operation = [&](std::string_view) { return ++operations != fails_at; };
    const bool written = hub.the_hub
                             .edit<plan>("s", "p", at(3),
                                         [](auto& e) { e[the<&plan::days>][tempo_day].effort = kind::easy; })
                             .has_value();
    hub.hub_store.before_operation = {};
    make_easy(hub, 6);
    CHECK(page(hub, phone) < 300);
    check_equal(hub, phone);
    if (!written) continue;
    CHECK(fails_at > 5);
    return;
  }
  FAIL("an edit that never succeeds");
}

TEST_CASE("an update with differences that are not its own is refused or asked for whole, and harms nobody") {
  generator from(7);
  hub_type hub;
  create(hub, {.id{"p"}, .days{twelve_weeks()}, .text{long_text()}});
  make_easy(hub, 2);
  make_easy(hub, 6);
  const download_message asked{.incarnation = 9, .cursors = {{"plans", 1}}, .limit = 10, .whole = {}, .versions = {}};
  const auto told = unpack<page_message>(*unframe(hub.answer("other", pack(asked))));
  const std::string& bytes = told->records.at(0).bytes.bytes;
  const plan base{.id{"p"}, .days{twelve_weeks()}};
  record_update<plan> update;
  REQUIRE(decode_into(bytes, update).has_value());
  REQUIRE(update.differences.size() == 1);
  CHECK(update.differences[0].changes.size() == 2);
  CHECK(take_differences(update, base, 1));
  CHECK(is_same_value(*update.value.days, *at_hub(hub).days));
  for (int i = 0; i < 2000; ++i) {
    std::string damaged = bytes;
    char& hit = damaged[static_cast<std::size_t>(from.random.below(bytes.size()))];
    hit = static_cast<char>(hit ^ 1 << from.random.below(8));
    if (!decode_into(damaged, update)) continue;
    const field_set<plan> fields = update.fields;
    if (take_differences(update, base, 1) && fields.contains(1)) {
      CHECK(is_same_value(*update.value.days, *at_hub(hub).days));
    }
  }
}

// ---- the same, whether told whole or by difference

struct notebook {
  static constexpr record_info sync{.table = "notebooks"};
  key<std::string> id{};
  client<std::vector<workout>> laps{};
  lww<std::map<std::string, std::vector<std::int32_t>>> series{};
  server<std::set<std::string>> badges{};
  server<std::optional<season>> seasons{};
  merge<std::set<std::string>, set_edits> tags{};
  merge<std::vector<workout>, list_edits> track{};
  merge<std::string, text_merge<words>> text{};
};

// One hub and three devices, of which each does the same as in another world with the same seed.
struct story {
  using device_type = regressions::device<notebook>;

  story(std::uint64_t seed, value_form told) : from(seed), form(told) {
    for (std::uint64_t i = 0; i < 3; ++i) devices.push_back(std::make_unique<device_type>("device " + std::to_string(i), 2 * i + 1));
  }

  void run() {
    for (int i = 0; i < 60; ++i) {
      now = at(10 * i);
      device_type& d = *devices[static_cast<std::size_t>(from.random.below(3))];
      const std::string id(1, static_cast<char>('a' + from.random.below(2)));
      const std::uint64_t what = from.random.below(10);
      if (what < 4) {
        session(d);
      } else if (what < 8) {
        write(d, id, what == 7 && from.random.chance(0.3));
      } else {
        write_at_hub(id, what == 9 && from.random.chance(0.2));
      }
    }
    for (int round = 0; round < 2; ++round) {
      for (auto& d : devices) session(*d);
    }
  }

  void write(device_type& d, const std::string& id, bool removes) {
    const auto present = d.engine.find<notebook>(id);
    if (!present->has_value()) {
      notebook next = from.edited(notebook{}, 0.7);
      value_of(next.id) = id;
      next.badges = {}, next.seasons = {};
      (void)d.engine.create(next, now);
    } else if (removes) {
      (void)d.engine.remove<notebook>(id, now);
    } else {
      const notebook edited = from.edited(**present, 0.4);
      (void)d.engine.edit<notebook>(id, now, [&](auto& e) {
        e[the<&notebook::laps>] = *edited.laps;
        e[the<&notebook::series>] = *edited.series;
        e[the<&notebook::tags>] = *edited.tags;
        e[the<&notebook::track>] = *edited.track;
        e[the<&notebook::text>] = *edited.text;
      });
    }
  }

  void write_at_hub(const std::string& id, bool removes) {
    const auto present = hub.the_hub.find<notebook>("s", id);
    if (!present->has_value()) return;
    if (removes) return void(hub.the_hub.remove<notebook>("s", id, now));
    const notebook edited = from.edited(**present, 0.4);
    (void)hub.the_hub.edit<notebook>("s", id, now, [&](auto& e) {
      e[the<&notebook::badges>] = *edited.badges;
      e[the<&notebook::seasons>] = *edited.seasons;
      e[the<&notebook::series>] = *edited.series;
    });
  }

  void session(device_type& d) {
    d.engine.begin_session();
    for (int messages = 0; messages < 100; ++messages) {
      auto message = d.engine.next_message(now);
      REQUIRE(message.has_value());
      if (!*message) return;
      if (const auto download = unpack<download_message>(*unframe(**message))) asked_whole += download->whole.size();
      const std::string answer = hub.the_hub.handle("s", d.name, **message, now, form);
      bytes += answer.size();
      if (const auto page = unpack<page_message>(*unframe(answer))) count(page->records);
      if (const auto uploaded = unpack<uploaded_message>(*unframe(answer))) count(uploaded->records);
      const auto taken = d.engine.receive(answer, now, 7);
      INFO((taken ? std::string() : taken.error().message));
      REQUIRE(taken.has_value());
    }
    FAIL("the session does not end");
  }

  void count(const std::vector<updated_record>& records) {
    for (const updated_record& each : records) {
      record_update<notebook> update;
      REQUIRE(decode_into(each.bytes.bytes, update).has_value());
      differences += update.differences.size();
    }
  }

  generator from;
  value_form form;
  timestamp now{};
  regressions::world<notebook> hub{};
  std::vector<std::unique_ptr<device_type>> devices{};
  std::size_t bytes = 0, differences = 0, asked_whole = 0;
};

TEST_CASE("all devices come to the same states as if every value were told whole") {
  std::size_t differences = 0, bytes = 0, whole_bytes = 0;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    story told(seed, value_form::by_difference), whole(seed, value_form::whole);
    told.run();
    whole.run();
    INFO("seed " << seed);
    for (const std::string id : {"a", "b"}) {
      const auto there = told.hub.the_hub.find<notebook>("s", id), as_whole = whole.hub.the_hub.find<notebook>("s", id);
      REQUIRE(there->has_value() == as_whole->has_value());
      if (there->has_value()) REQUIRE(is_same_value(**there, **as_whole));
      for (std::size_t i = 0; i < 3; ++i) {
        const auto here = told.devices[i]->engine.find<notebook>(id);
        REQUIRE(here->has_value() == there->has_value());
        if (here->has_value()) REQUIRE(is_same_value(**here, **there));
      }
    }
    CHECK(whole.differences == 0);
    CHECK(told.asked_whole == whole.asked_whole);  // every difference fitted
    differences += told.differences;
    bytes += told.bytes;
    whole_bytes += whole.bytes;
  }
  std::printf("%zu values by difference in 100 stories: %zu bytes of answers, %zu if whole\n", differences, bytes, whole_bytes);
  CHECK(differences > 500);
  CHECK(bytes < whole_bytes);
}

}  // namespace

// SPDX-License-Identifier: BSL-1.0
// What an envelope carries of a change of large values, and what becomes of it where the hub has other ones.

#include "laws/records.hpp"
#include "regressions/world.hpp"

#include <syncline/resolve.hpp>
#include <syncline/sync/sent_change.hpp>
#include <syncline/testing/generate.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace syncline;
using regressions::at;
using regressions::device;
using regressions::world;

// ---- a plan of twelve weeks

enum class kind : std::uint8_t { rest, easy, tempo, long_run };

struct step {
  std::string what{};
  std::int32_t seconds{};
  std::optional<std::int32_t> heart_rate{};
};

struct workout {
  std::string id{};
  std::int32_t day{};
  kind effort{};
  std::string title{};
  std::int32_t minutes{};
  std::vector<step> steps{};
};

using workouts = std::vector<workout>;

struct merged_plan {
  static constexpr record_info sync{.table = "plans"};
  key<std::string> id{};
  lww<std::string> name{};
  merge<workouts, list_edits> days{};
};
struct plain_plan {
  static constexpr record_info sync{.table = "plans"};
  key<std::string> id{};
  lww<std::string> name{};
  lww<workouts> days{};
};
struct keyed_plan {
  static constexpr record_info sync{.table = "plans"};
  key<std::string> id{};
  lww<std::string> name{};
  lww<std::map<std::string, workout>> days{};
};
struct keyed_merged_plan {
  static constexpr record_info sync{.table = "plans"};
  key<std::string> id{};
  lww<std::string> name{};
  merge<std::map<std::string, workout>, map_edits> days{};
};
struct season {  // an aggregate with the list inside
  std::string goal{};
  std::map<std::string, workouts> phases{};
};
struct nested_plan {
  static constexpr record_info sync{.table = "plans"};
  key<std::string> id{};
  lww<std::string> name{};
  client<season> days{};
};

std::string id_of(int day) { return "week " + std::to_string(1 + day / 7) + ", day " + std::to_string(1 + day % 7); }

workout workout_on(int day) {
  workout made{
      id_of(day), day, static_cast<kind>(day % 4), day % 4 == 2 ? "Tempo run" : "Run no. " + std::to_string(day),
      30 + day,   {}};
  for (int i = 0; i < 8; ++i) {
    made.steps.push_back({"Step " + std::to_string(i) + " of " + id_of(day) +
                              ": keep the cadence, breathe through the nose and look ahead",
                          60 * i + day, 120 + i});
  }
  return made;
}

void add(workouts& all, int day) { all.push_back(workout_on(day)); }
void add(std::map<std::string, workout>& all, int day) { all.emplace(id_of(day), workout_on(day)); }
void add(season& all, int day) { add(all.phases[day < 42 ? "base" : "build"], day); }

workout& find(workouts& all, int day) {
  return *std::find_if(all.begin(), all.end(), [&](const workout& each) { return each.id == id_of(day); });
}
workout& find(std::map<std::string, workout>& all, int day) { return all.at(id_of(day)); }
workout& find(season& all, int day) { return find(all.phases.at(day < 42 ? "base" : "build"), day); }

constexpr int tempo_day = 38;

// Sends a change of a plan, and gives the bytes of the envelope and of its answer.
template <class R, class Change>
std::pair<std::size_t, std::size_t> bytes_to_send(Change&& change) {
  world<R> hub;
  device<R> phone("phone", 1), tablet("tablet", 2);
  R made{.id{"p"}, .name{"Marathon"}};
  for (int day = 0; day < 84; ++day) add(value_of(made.days), day);
  CHECK(encode(made).size() > 50'000);
  REQUIRE(phone.engine.create(made, at(1)).has_value());
  phone.sync(hub);
  tablet.sync(hub);
  REQUIRE(phone.engine.template edit<R>("p", at(2), [&](auto& e) { change(e[the<&R::days>]); }).has_value());
  const std::string envelope = phone.sync(hub, message_kind::upload);
  const std::string answer = hub.answer("phone", envelope);
  phone.take(answer);
  phone.go_on(hub);
  change(value_of(made.days));
  CHECK(is_same_value(*(*hub.the_hub.template find<R>("s", "p"))->days, *made.days));
  tablet.sync(hub);
  CHECK(is_same_value(*(*tablet.engine.template find<R>("p"))->days, *made.days));
  CHECK(is_same_value(*(*phone.engine.template find<R>("p"))->days, *made.days));
  return {envelope.size(), answer.size()};
}

template <class R>
void check_small(std::string_view what) {
  const auto change = [](auto& days) {
    workout& tempo = find(days, tempo_day);
    REQUIRE(tempo.effort == kind::tempo);
    tempo.effort = kind::easy;
    tempo.title = "Easy run";
  };
  const auto [envelope, answer] = bytes_to_send<R>(change);
  std::printf("one workout of 84 from Tempo to Easy, %-34.*s %4zu bytes, answer %4zu\n", static_cast<int>(what.size()),
              what.data(), envelope, answer);
  CHECK(envelope < 200);
  CHECK(answer < 200);
}

TEST_CASE("one workout of a plan of twelve weeks goes from Tempo to Easy in less than 200 bytes") {
  check_small<merged_plan>("a list that is merged:");
  check_small<plain_plan>("a list, last write wins:");
  check_small<keyed_plan>("a map, last write wins:");
  check_small<keyed_merged_plan>("a map that is merged:");
  check_small<nested_plan>("lists in a map in an aggregate:");
}

TEST_CASE("a workout that moves to another place in its list, one that is new and one that is gone cost little") {
  const auto move = [](workouts& days) {
    std::rotate(days.begin() + 10, days.begin() + tempo_day, days.begin() + tempo_day + 1);
    find(days, tempo_day).day = 10;
    days.erase(days.begin() + 70);
  };
  CHECK(bytes_to_send<merged_plan>(move).first < 200);
  CHECK(bytes_to_send<plain_plan>(move).first < 200);
  const auto insert = [](workouts& days) {
    days.insert(days.begin() + 5, workout{"new", 5, kind::easy, "Easy run", 20, {}});
  };
  CHECK(bytes_to_send<merged_plan>(insert).first < 200);
}

// ---- what arrives is what was made

/// Records with what is large in every policy, beside what is not.
struct notebook {
  static constexpr record_info sync{.table = "notebooks"};
  key<std::string> id{};
  once<std::string> title{};
  client<std::vector<laws::lap>> laps{};
  lww<std::map<std::string, std::vector<std::int32_t>>> series{};
  server<std::set<std::string>> badges{};
  std::optional<std::vector<std::string>> lines{};
  merge<std::int32_t, counter> count{};
  merge<std::set<std::string>, set_edits> tags{};
  merge<std::vector<laws::lap>, list_edits> track{};
  merge<std::string, text_merge<words>> text{};
};

template <class R>
void check_laws(std::uint64_t seed, std::size_t& by_difference) {
  generator from(seed);
  for (int i = 0; i < 600; ++i) {
    const R base = from.record<R>();
    change<R> made{.kind = static_cast<change_kind>(from.random.below(3)), .base = 1 + from.random.below(9)};
    if (made.kind == change_kind::deleted) {
      made.at = {from.random()};
    } else {
      made.what = diff(made.kind == change_kind::created ? R{} : base, from.edited(base, 0.5));
      stamp_fields(made, {from.random() >> 1});
      made.what.fields.for_each([&](std::size_t f) {
        made.times[f].ticks -= from.random.chance(0.3) ? from.random.below(made.at.ticks / 2) : 0;
      });
    }
    const auto read = [&](std::string_view bytes, const R& present, change<R>& arrived) -> result<field_set<R>> {
      reader in(bytes);
      typename schema<R>::key_type key{};
      internal::take_change<R>(in, key, arrived);
      if (in.failed()) return in.finish("a change").error();
      const auto differences = take_differences(in, arrived, present);
      if (auto whole = in.finish("a change"); !whole) return whole.error();
      by_difference += differences.fields.size();
      return differences.unknown;
    };
    std::string whole, sent, with_base;
    encode_to<R>(whole, key_of(base), made);
    encode_sent(sent, made, base, false);
    encode_sent(with_base, made, base, true);
    REQUIRE(with_base == whole);
    REQUIRE(sent.size() <= whole.size());
    change<R> arrived;
    auto unknown = read(sent, base, arrived);
    REQUIRE((unknown && unknown->empty()));
    REQUIRE(arrived == made);

    const R other = from.edited(base, 0.3);  // where a value is another one, that is said; else nothing changes
    change<R> elsewhere;
    unknown = read(sent, other, elsewhere);
    REQUIRE(unknown.has_value());
    if (unknown->empty()) REQUIRE(elsewhere == made);
    REQUIRE((*unknown - changed_fields(base, other)).empty());

    const auto end = static_cast<std::size_t>(from.random.below(sent.size()));
    change<R> damaged;
    if (end != whole.size() && sent != whole && read(std::string_view(sent).substr(0, end), base, damaged)) {
      REQUIRE(damaged.what.fields.size() < made.what.fields.size());  // it was cut before the differences
    }
    sent[end] = static_cast<char>(sent[end] ^ 1 << from.random.below(8));
    (void)read(sent, base, damaged);  // any error, and no harm
  }
}

TEST_CASE("a change arrives as it was made, where the values are those that it was made on") {
  std::size_t by_difference = 0;
  check_laws<notebook>(1, by_difference);
  check_laws<laws::workout>(2, by_difference);
  check_laws<laws::everything>(3, by_difference);
  check_laws<laws::tally>(4, by_difference);
  CHECK(by_difference > 500);
}

// ---- rule 17

std::string long_text(std::string_view word) {
  std::string text;
  for (int i = 0; i < 40; ++i) text += std::string(word) + " " + std::to_string(i) + ". ";
  return text;
}

struct story {
  static constexpr record_info sync{.table = "stories"};
  key<std::string> id{};
  merge<std::string, text_merge<words>> text{};
  lww<std::string> summary{};
};

group_verdict verdict_in(std::string_view answer) {
  return unpack<uploaded_message>(*unframe(answer))->groups.at(0).verdict;
}

TEST_CASE("where a peer was faster the hub asks for the base, once, and merges", "[rule-17]") {
  world<story> hub;
  device<story> slow("slow", 1), busy("busy", 2);
  const std::string begin = long_text("word");
  REQUIRE(slow.engine.create(story{.id{"s"}, .text{begin}}, at(1)).has_value());
  slow.sync(hub);
  busy.sync(hub);
  REQUIRE(slow.engine.edit<story>("s", at(2), [](auto& e) { e[the<&story::text>] += "slow end"; }).has_value());
  int turn = 0;
  const auto busy_writes = [&] {
    REQUIRE(busy.engine
                .edit<story>(
                    "s", at(3),
                    [&](auto& e) { e[the<&story::text>] = "Busy " + std::to_string(++turn) + ": " + *e.record().text; })
                .has_value());
    busy.sync(hub);
  };
  busy_writes();
  const std::string first = slow.sync(hub, message_kind::upload);
  CHECK(first.size() < 200);
  busy_writes();
  const std::string asked = hub.answer("slow", first);
  CHECK(verdict_in(asked) == group_verdict::rebase);
  CHECK(hub.answer("slow", first) == asked);  // as often as it comes
  busy_writes();
  slow.take(asked);
  busy_writes();
  const std::string second = slow.next();
  CHECK(second.size() > begin.size());
  busy_writes();
  const std::string answered = hub.answer("slow", second);
  CHECK(verdict_in(answered) == group_verdict::applied);
  slow.take(answered);
  slow.go_on(hub);
  const std::string merged = "Busy 5: Busy 4: Busy 3: Busy 2: Busy 1: " + begin + "slow end";
  CHECK(*(*hub.the_hub.find<story>("s", "s"))->text == merged);
  CHECK(*(*slow.engine.find<story>("s"))->text == merged);

  REQUIRE(slow.engine.edit<story>("s", at(9), [](auto& e) { e[the<&story::text>] += "."; }).has_value());
  CHECK(slow.sync(hub, message_kind::upload).size() < 200);  // the next change goes without its base again
}

TEST_CASE("that the base is asked for is remembered when the process ends, and with what is written meanwhile", "[rule-17]") {
  world<story> hub;
  device<story> slow("slow", 1), busy("busy", 2);
  const std::string begin = long_text("word");
  REQUIRE(slow.engine.create(story{.id{"s"}, .summary{begin}}, at(1)).has_value());
  slow.sync(hub);
  busy.sync(hub);
  REQUIRE(slow.engine.edit<story>("s", at(2), [](auto& e) { e[the<&story::summary>] += "slow"; }).has_value());
  REQUIRE(busy.engine.edit<story>("s", at(3), [](auto& e) { e[the<&story::summary>] += "busy"; }).has_value());
  busy.sync(hub);
  slow.take(hub.answer("slow", slow.sync(hub, message_kind::upload)));
  slow.engine = device<story>::open(slow.store, "slow", 5, {});
  REQUIRE(slow.engine.edit<story>("s", at(4), [](auto& e) { e[the<&story::summary>] += "er"; }).has_value());
  const std::string second = slow.sync(hub, message_kind::upload);
  CHECK(second.size() > begin.size());
  CHECK(verdict_in(hub.answer("slow", second)) == group_verdict::applied);
  slow.go_on(hub);
  CHECK(*(*hub.the_hub.find<story>("s", "s"))->summary == begin + "slower");
}

TEST_CASE("of a record that was deleted meanwhile the base is asked for, and what was written is in the log") {
  world<story> hub;
  device<story> slow("slow", 1), busy("busy", 2);
  REQUIRE(slow.engine.create(story{.id{"s"}, .summary{long_text("word")}}, at(1)).has_value());
  slow.sync(hub);
  busy.sync(hub);
  REQUIRE(slow.engine.edit<story>("s", at(2), [](auto& e) { e[the<&story::summary>] += "slow"; }).has_value());
  REQUIRE(busy.engine.edit<story>("s", at(3), [](auto& e) { e[the<&story::summary>] += "busy"; }).has_value());
  REQUIRE(busy.engine.remove<story>("s", at(4)).has_value());
  busy.sync(hub);
  slow.sync(hub);
  const auto dropped = hub.the_hub.dropped("s", {}, 10);
  REQUIRE(dropped->size() == 1);
  CHECK(*decode<std::string>(dropped->front().second.value.bytes) == long_text("word") + "slow");
  CHECK(!slow.engine.find<story>("s")->has_value());
}

TEST_CASE("of a map that is merged by key both sides' changes stand, though the base is asked for") {
  world<keyed_merged_plan> hub;
  device<keyed_merged_plan> slow("slow", 1), busy("busy", 2);
  keyed_merged_plan made{.id{"p"}};
  for (int day = 0; day < 84; ++day) add(value_of(made.days), day);
  REQUIRE(slow.engine.create(made, at(1)).has_value());
  slow.sync(hub);
  busy.sync(hub);
  const auto make_easy = [&](device<keyed_merged_plan>& on, int day) {
    REQUIRE(on.engine
                .edit<keyed_merged_plan>(
                    "p", at(2), [&](auto& e) { find(e[the<&keyed_merged_plan::days>], day).effort = kind::easy; })
                .has_value());
    find(value_of(made.days), day).effort = kind::easy;
  };
  make_easy(slow, 38);
  make_easy(busy, 42);
  busy.sync(hub);
  CHECK(verdict_in(hub.answer("slow", slow.sync(hub, message_kind::upload))) == group_verdict::rebase);
  slow.go_on(hub);
  CHECK(is_same_value(*(*hub.the_hub.find<keyed_merged_plan>("s", "p"))->days, *made.days));
  CHECK(is_same_value(*(*slow.engine.find<keyed_merged_plan>("p"))->days, *made.days));
}

TEST_CASE("small values carry their base at once") {
  world<story> hub;
  device<story> slow("slow", 1), busy("busy", 2);
  REQUIRE(slow.engine.create(story{.id{"s"}, .text{"a few words"}}, at(1)).has_value());
  slow.sync(hub);
  busy.sync(hub);
  REQUIRE(slow.engine.edit<story>("s", at(2), [](auto& e) { e[the<&story::text>] += " more"; }).has_value());
  REQUIRE(busy.engine.edit<story>("s", at(3), [](auto& e) { e[the<&story::text>] = "just a few words"; }).has_value());
  busy.sync(hub);
  CHECK(verdict_in(hub.answer("slow", slow.sync(hub, message_kind::upload))) == group_verdict::applied);
  CHECK(*(*hub.the_hub.find<story>("s", "s"))->text == "just a few words more");
}

}  // namespace

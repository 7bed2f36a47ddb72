// SPDX-License-Identifier: BSL-1.0
// A nested struct that several sides write, field by field.

#include <syncline/resolve/by_field.hpp>

#include "laws/expect.hpp"
#include "laws/records.hpp"

#include <syncline/change.hpp>
#include <syncline/resolve.hpp>
#include <syncline/testing/check_edit_laws.hpp>
#include <syncline/testing/check_merge_laws.hpp>
#include <syncline/wire/decode.hpp>
#include <syncline/wire/json.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>

using namespace syncline;

namespace {

struct alarm_clock {
  lww<std::uint8_t> hour{};
  bool is_loud{};
  merge<std::int32_t, counter> rung{};
};

/// Every policy that a nested field can have, and structs in it.
struct preferences {
  std::string theme{};
  lww<std::optional<std::int32_t>> font_size{};
  once<std::string> invited_by{};
  once<std::uint8_t> edition{};
  merge<std::int32_t, counter> logins{};
  merge<std::set<std::string>, set_edits> muted{};
  merge<alarm_clock, by_field> wake_up{};
  merge<std::map<std::string, alarm_clock>, map_edits_of<by_field>> alarms{};
  alarm_clock last{};  // as a whole
};

struct account {
  static constexpr record_info sync{.table = "accounts"};

  key<std::string> id{};
  merge<preferences, by_field> prefs{};
  merge<std::map<std::uint8_t, preferences>, map_edits_of<by_field>> of_device{};
  lww<std::string> name{};
};

/// One of its fields needs three values, so it does too.
struct profile {
  std::string nickname{};
  merge<std::int32_t, counter> views{};
  merge<std::optional<std::int32_t>, merge_max> best{};
  once<std::string> origin{};
};

struct twenty {
  std::string a{}, b{}, c{}, d{}, e{}, f{}, g{}, h{}, i{}, j{}, k{}, l{}, m{}, n{}, o{}, p{}, q{}, r{}, s{}, t{};
};
struct wide {
  static constexpr record_info sync{.table = "wide"};

  key<std::string> id{};
  merge<twenty, by_field> all{};
};

static_assert(edit_function<by_field, alarm_clock> && edit_function<by_field, preferences>);
static_assert(edit_function<map_edits_of<by_field>, std::map<std::string, preferences>>);
static_assert(!edit_function<by_field, profile> && three_way_function<by_field, profile>);
static_assert(three_way_function<map_edits_of<by_field>, std::map<int, profile>>);
static_assert(!merge_function<by_field, int> && !merge_function<by_field, std::set<int>>);
static_assert(codable<struct_edit<preferences>> && !is_commutative<by_field> && !is_idempotent<by_field>);
static_assert(field_name<struct_edit<preferences>, 4> == "logins");

// What the hub writes, what people write, and what both write, two deep.
struct zones {
  server<std::int32_t> power{};
  client<std::int32_t> heart_rate{};
  std::string name{};
};
struct metrics {
  server<std::int32_t> load{};
  client<std::string> feeling{};
  std::string note{};
  once<std::string> device{};
  merge<zones, by_field> of{};
  merge<std::int32_t, counter> views{};
};
/// The same, where one field needs three values.
struct bests {
  server<std::int32_t> rank{};
  client<std::string> where{};
  merge<std::optional<std::int32_t>, merge_max> watts{};
  merge<zones, by_field> of{};
};
struct ride {
  static constexpr record_info sync{.table = "rides"};

  key<std::string> id{};
  merge<metrics, by_field> computed{};
  merge<bests, by_field> best{};
  merge<alarm_clock, by_field> alarm{};
};
struct of_server {
  server<int> a{};
  lww<int> b{};
};
struct by_default {
  using default_policy = policy::server;
  int a{};
};
static_assert(edit_function<by_field, metrics> && !edit_function<by_field, bests> && three_way_function<by_field, bests>);
static_assert(has_owners<by_field, metrics> && has_owners<by_field, bests> && has_owners<by_field, by_default>);
static_assert(!has_owners<by_field, preferences> && !has_owners<by_field, profile> && !has_owners<counter, int>);
static_assert(!merge_function<map_edits_of<by_field>, std::map<int, metrics>>);

// The policies of nested fields are part of the declaration.
struct first_a {
  once<int> a{};
};
struct later_a {
  lww<int> a{};
};
template <class S>
struct nests {
  static constexpr record_info sync{.table = "nests"};
  key<int> id{};
  merge<S, by_field> s{};
};
template <class S>
struct nests_map {
  static constexpr record_info sync{.table = "nests"};
  key<int> id{};
  merge<std::map<int, S>, map_edits_of<by_field>> s{};
};
static_assert(schema<nests<first_a>>::fingerprint != schema<nests<later_a>>::fingerprint);
static_assert(schema<nests_map<first_a>>::fingerprint != schema<nests_map<later_a>>::fingerprint);

template <class S>
S combined(const S& base, const S& first, const S& second) {
  S value = base;
  by_field::apply(value, by_field::diff(base, first));
  by_field::apply(value, by_field::diff(base, second));
  return value;
}

// Few values, so that both sides meet in every way.
preferences few(generator& from) {
  preferences made;
  const auto text = [&] { return std::string(from.random.below(3), 'a'); };
  made.theme = text();
  if (from.random.chance(0.5)) made.font_size = static_cast<std::int32_t>(from.random.below(3));
  made.invited_by = text();
  made.edition = static_cast<std::uint8_t>(from.random.below(3));
  made.logins = static_cast<std::int32_t>(from.random.below(4));
  for (const char* each : {"x", "y", "z"}) {
    if (from.random.chance(0.4)) made.muted.value.insert(each);
  }
  made.wake_up.value.hour = static_cast<std::uint8_t>(from.random.below(2));
  made.wake_up.value.rung = static_cast<std::int32_t>(from.random.below(3));
  for (const char* each : {"x", "y"}) {
    if (from.random.chance(0.5)) made.alarms.value[each].rung = static_cast<std::int32_t>(from.random.below(3));
  }
  made.last.is_loud = from.random.chance(0.5);
  return made;
}

// What becomes of `there` when somebody who had `old` and wrote `now` comes later, as one writes it down by hand.
template <class T>
T later(const T& old, const T& now, const T& there) {
  return is_same_value(old, now) ? there : now;
}
template <class T>
T first(const T& old, const T& now, const T& there) {
  if (is_same_value(old, now)) return there;
  return old == T{} && there != T{} ? there : now;
}
std::int32_t sum(std::int32_t old, std::int32_t now, std::int32_t there) {
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(there) + static_cast<std::uint32_t>(now) - static_cast<std::uint32_t>(old));
}
alarm_clock naive(const alarm_clock& old, const alarm_clock& now, const alarm_clock& there) {
  return {{later(*old.hour, *now.hour, *there.hour)},
          later(old.is_loud, now.is_loud, there.is_loud),
          {sum(*old.rung, *now.rung, *there.rung)}};
}
preferences naive(const preferences& old, const preferences& now, const preferences& there) {
  preferences made;
  made.theme = later(old.theme, now.theme, there.theme);
  made.font_size = later(*old.font_size, *now.font_size, *there.font_size);
  made.invited_by = first(*old.invited_by, *now.invited_by, *there.invited_by);
  made.edition = first(*old.edition, *now.edition, *there.edition);
  made.logins = sum(*old.logins, *now.logins, *there.logins);
  for (const char* each : {"x", "y", "z"}) {
    const bool was = old.muted->count(each) == 1, is = now.muted->count(each) == 1, other = there.muted->count(each) == 1;
    if (was == is ? other : is) made.muted.value.insert(each);
  }
  made.wake_up = naive(*old.wake_up, *now.wake_up, *there.wake_up);
  for (const char* each : {"x", "y"}) {
    const auto in = [&](const preferences& p) { return p.alarms->count(each) == 1 ? std::optional(p.alarms->at(each)) : std::nullopt; };
    const auto was = in(old), is = in(now), other = in(there);
    const bool changed = was.has_value() != is.has_value() || (was && !is_same_value(*was, *is));
    if (!changed) {
      if (other) made.alarms.value[each] = *other;
    } else if (is) {
      made.alarms.value[each] = naive(was.value_or(alarm_clock{}), *is, other.value_or(alarm_clock{}));
    }
  }
  made.last = later(old.last, now.last, there.last);
  return made;
}

// What a role makes of a struct with owners, and what of its write does not stand, as one writes it down by hand.
template <class T>
T owned(bool may, const T& old, const T& now, const T& there) {
  return may ? later(old, now, there) : there;
}
zones naive(role who, const zones& old, const zones& now, const zones& there) {
  return {{owned(who == role::server, *old.power, *now.power, *there.power)},
          {owned(who == role::client, *old.heart_rate, *now.heart_rate, *there.heart_rate)},
          later(old.name, now.name, there.name)};
}
metrics naive(role who, const metrics& old, const metrics& now, const metrics& there) {
  return {{owned(who == role::server, *old.load, *now.load, *there.load)},
          {owned(who == role::client, *old.feeling, *now.feeling, *there.feeling)},
          later(old.note, now.note, there.note),
          {first(*old.device, *now.device, *there.device)},
          {naive(who, *old.of, *now.of, *there.of)},
          {sum(*old.views, *now.views, *there.views)}};
}
bests naive(role who, const bests& old, const bests& now, const bests& there) {
  auto watts = *there.watts;
  if (old.watts.value != now.watts.value) watts = old.watts.value == there.watts.value ? *now.watts : std::max(*now.watts, *there.watts);
  return {{owned(who == role::server, *old.rank, *now.rank, *there.rank)},
          {owned(who == role::client, *old.where, *now.where, *there.where)},
          {watts},
          {naive(who, *old.of, *now.of, *there.of)}};
}
// The parts that the other role's edit would have set besides, put on top.
void put_refused(role who, const zones& old, const zones& now, zones& value) {
  if (who == role::client && !is_same_value(*old.power, *now.power)) value.power = now.power;
  if (who == role::server && !is_same_value(*old.heart_rate, *now.heart_rate)) value.heart_rate = now.heart_rate;
}
void put_refused(role who, const metrics& old, const metrics& now, metrics& value) {
  if (who == role::client && *old.load != *now.load) value.load = now.load;
  if (who == role::server && *old.feeling != *now.feeling) value.feeling = now.feeling;
  put_refused(who, *old.of, *now.of, value.of.value);
}
void put_refused(role who, const bests& old, const bests& now, bests& value) {
  if (who == role::client && *old.rank != *now.rank) value.rank = now.rank;
  if (who == role::server && *old.where != *now.where) value.where = now.where;
  put_refused(who, *old.of, *now.of, value.of.value);
}

zones few_zones(generator& from) {
  return {{static_cast<std::int32_t>(from.random.below(2))}, {static_cast<std::int32_t>(from.random.below(2))}, std::string(from.random.below(2), 'a')};
}
metrics few_metrics(generator& from) {
  const auto number = [&] { return static_cast<std::int32_t>(from.random.below(2)); };
  const auto text = [&] { return std::string(from.random.below(2), 'a'); };
  return {{number()}, {text()}, text(), {text()}, {few_zones(from)}, {number()}};
}
bests few_bests(generator& from) {
  bests made{{static_cast<std::int32_t>(from.random.below(2))}, {std::string(from.random.below(2), 'a')}, {}, {few_zones(from)}};
  if (from.random.chance(0.6)) made.watts = static_cast<std::int32_t>(from.random.below(3));
  return made;
}

std::string bytes_of(const auto& change) {
  std::string bytes;
  encode_to(bytes, change);
  return bytes;
}

}  // namespace

TEST_CASE("edits by field obey the laws of an edit function, as deep as they go", "[MERGE-4]") {
  laws::expect expect;
  generator from(191);
  check_edit_laws<by_field, alarm_clock>(from, 3000, expect);
  check_edit_laws<by_field, preferences>(from, 1500, expect);
  check_edit_laws<by_field, preferences>([&] { return few(from); }, 10'000, expect);
  check_edit_laws<by_field, first_a>([&] { return first_a{{static_cast<int>(from.random.below(3))}}; }, 5000, expect);
  check_edit_laws<map_edits_of<by_field>, std::map<std::uint8_t, preferences>>(from, 500, expect);
}

TEST_CASE("where a nested field needs three values, the struct obeys the laws of a three-way function", "[MERGE-4]") {
  laws::expect expect;
  generator from(192);
  check_merge_laws<by_field, profile>(from, 3000, expect);
  check_merge_laws<map_edits_of<by_field>, std::map<std::uint8_t, profile>>(from, 1000, expect);
  const profile base{"ann", {5}, {10}, {}};
  const profile mine{"anna", {7}, {30}, {"web"}}, theirs{"ann", {6}, {20}, {"shop"}};
  const profile both = by_field::merge(base, mine, theirs);
  CHECK((both.nickname == "anna" && both.views == 8 && *both.best == 30 && both.origin == "shop"));
}

TEST_CASE("edits by field say what somebody says who goes through both sides by hand", "[MERGE-4]") {
  generator from(193);
  for (int i = 0; i < 20'000; ++i) {
    const preferences base = few(from), one = few(from), other = few(from);
    REQUIRE(is_same_value(combined(base, one, other), naive(base, other, naive(base, one, base))));
  }
}

TEST_CASE("what two devices did to different nested fields is both there", "[MERGE-4]") {
  account base;
  base.id = "ann";
  base.prefs.value.theme = "light";
  const auto phone = edit<role::client>(base, [](auto& e) {
    e[the<&account::prefs>].theme = "dark";
    e[the<&account::prefs>].logins = 1;
    e[the<&account::prefs>].invited_by = "ben";
  });
  const auto watch = edit<role::client>(base, [](auto& e) {
    e[the<&account::prefs>].wake_up.value.hour = std::uint8_t{7};
    e[the<&account::prefs>].logins = 2;
    e[the<&account::prefs>].invited_by = "cid";
  });
  const account hub = apply(apply(base, phone), watch);
  CHECK(hub.prefs->theme == "dark");
  CHECK(hub.prefs->wake_up->hour == 7);
  CHECK(hub.prefs->logins == 3);
  CHECK(hub.prefs->invited_by == "ben");  // the first
  const auto merged = resolve(base, apply(base, watch), {}, apply(base, phone), {});
  CHECK(is_same_value(merged.value, hub));
  CHECK(merged.how.both == field_set<account>::of(the<&account::prefs>));
}

TEST_CASE("deltas of a record that nests maps of structs associate in what they do", "[MERGE-4][DELTA-1]") {
  generator from(195);
  for (int i = 0; i < 300; ++i) {
    const account a = from.record<account>(), b = from.edited(a, 0.7), c = from.edited(b, 0.7), d = from.edited(c, 0.7);
    const auto ab = diff(a, b), bc = diff(b, c), cd = diff(c, d);
    REQUIRE(is_same_value(apply(a, compose(compose(ab, bc), cd)).of_device, d.of_device));
    REQUIRE(is_same_value(apply(a, compose(ab, compose(bc, cd))).prefs, d.prefs));
    REQUIRE(is_same_value(apply(d, compose(ab, bc)), apply(apply(d, ab), bc)));  // on any value
  }
}

TEST_CASE("deltas of a record with nested structs come back from bytes and JSON, and can be taken back",
          "[MERGE-4][DELTA-1]") {
  generator from(194);
  for (int i = 0; i < 300; ++i) {
    const account a = from.record<account>(), b = from.edited(a, 0.7);
    const auto made = diff(a, b);
    delta<account> read;
    REQUIRE(decode_into(bytes_of(made), read));
    REQUIRE(read == made);
    account onto = a;
    REQUIRE(apply_encoded(bytes_of(made), onto));
    onto.id = b.id;
    REQUIRE(is_same_value(onto, b));
    REQUIRE(is_same_value(apply(b, invert(made, a)).prefs.value, a.prefs.value));
  }
  preferences before, after;
  after.theme = "dark";
  const auto text = json_text(by_field::diff(before, after));
  CHECK(text.starts_with(R"({"theme":{"before":"","after":"dark"},"font_size":null,)"));
  const auto again = from_json<struct_edit<preferences>>(text);
  REQUIRE(again);
  CHECK(is_same_value(*again, by_field::diff(before, after)));
}

TEST_CASE("edits of a struct with owners obey the same laws", "[DECL-6][MERGE-4]") {
  laws::expect expect;
  generator from(196);
  check_edit_laws<by_field, metrics>(from, 2000, expect);
  check_edit_laws<by_field, metrics>([&] { return few_metrics(from); }, 5000, expect);
  check_merge_laws<by_field, bests>(from, 2000, expect);
  check_merge_laws<by_field, bests>([&] { return few_bests(from); }, 5000, expect);
}

TEST_CASE("what a role may not write is cut out of its edit, and the two parts are the edit", "[DECL-6][MERGE-4]") {
  generator from(197);
  for (int i = 0; i < 5000; ++i) {
    const role who = from.random.chance(0.5) ? role::client : role::server;
    const metrics a = few_metrics(from), b = few_metrics(from), x = few_metrics(from);
    const auto whole = by_field::diff(a, b);
    auto allowed = whole;
    const auto refused = by_field::withhold(allowed, who);
    metrics all = x, first_allowed = x, first_refused = x;
    by_field::apply(all, whole);
    by_field::apply(first_allowed, allowed);
    REQUIRE(is_same_value(first_allowed, naive(who, a, b, x)));
    by_field::apply(first_allowed, refused);
    by_field::apply(first_refused, refused);
    by_field::apply(first_refused, allowed);
    REQUIRE(is_same_value(first_allowed, all));
    REQUIRE(is_same_value(first_refused, all));
    auto again = allowed;
    REQUIRE(by_field::is_nothing(by_field::withhold(again, who)));
    REQUIRE(is_same_value(again, allowed));
    // what is the one side's in both of two edits is what is its in their composition
    const auto then = by_field::diff(b, x);
    auto both = whole, then_allowed = then;
    by_field::compose(both, then);
    by_field::withhold(both, who);
    by_field::withhold(then_allowed, who);
    auto composed = allowed;
    by_field::compose(composed, then_allowed);
    REQUIRE(is_same_value(both, composed));
  }
}

TEST_CASE("of a change that arrives each nested field takes what its writer may write, and the rest is told",
          "[DECL-6][MERGE-4]") {
  generator from(198);
  int parts = 0, wholes = 0;
  for (int i = 0; i < 20'000; ++i) {
    const role who = from.random.chance(0.5) ? role::client : role::server;
    ride base, mine, there;
    for (ride* each : {&base, &mine, &there}) each->computed = few_metrics(from), each->best = few_bests(from);
    mine.alarm.value.rung = 3;
    if (from.random.chance(0.3)) there = base;
    change<ride> arriving{change_kind::updated, 1, diff(base, mine), {}, {}};
    stamp_fields(arriving, {5});
    // As it comes from outside: as bytes, or as JSON.
    if (from.random.chance(0.5)) REQUIRE(decode_into(bytes_of(arriving.what), arriving.what));
    else REQUIRE(from_json_into(json_text(diff(base, mine)), arriving.what));
    const field_set<ride> unseen = changed_fields(base, there);
    ride present = there;
    stamps<ride> marks{};
    decisions<ride> how;
    resolve_change(arriving, device_id(), who, unseen, present, marks, how);

    ride expected = there;
    expected.computed = naive(who, *base.computed, *mine.computed, *there.computed);
    expected.best = naive(who, *base.best, *mine.best, *there.best);
    expected.alarm = mine.alarm;
    REQUIRE(is_same_value(present, expected));
    const auto check = [&](auto field, const auto& old, const auto& now, const auto& merged, const auto& lost) {
      auto wanted = merged;
      put_refused(who, old, now, wanted);
      const bool drops = !is_same_value(wanted, merged);
      REQUIRE(how.dropped.contains(field.index) == drops);
      if (!drops) return;
      REQUIRE(is_same_value(lost, wanted));
      REQUIRE(how.loser(field.index) == side::local);
      REQUIRE(how.why_lost(field.index) == (who == role::client ? rule::server_owned : rule::client_owned));
      REQUIRE(!how.local.contains(field.index));
      ++(how.both.contains(field.index) ? parts : wholes);
      if (how.remote.contains(field.index)) REQUIRE(how.rules[field.index] == how.why_lost(field.index));
    };
    check(the<&ride::computed>, *base.computed, *mine.computed, *present.computed, *how.lost.computed);
    check(the<&ride::best>, *base.best, *mine.best, *present.best, *how.lost.best);
    REQUIRE(how.local.contains(the<&ride::alarm>.index));

    // Three values: the device is a client, the hub's side has all that others may have written.
    const auto merged = resolve(base, mine, {}, there, {});
    ride three = expected;
    three.computed = naive(role::client, *base.computed, *mine.computed, *there.computed);
    three.best = naive(role::client, *base.best, *mine.best, *there.best);
    REQUIRE(is_same_value(merged.value, three));
    auto wanted = *three.computed;
    put_refused(role::client, *base.computed, *mine.computed, wanted);
    REQUIRE(merged.how.dropped.contains(the<&ride::computed>.index) == !is_same_value(wanted, *three.computed));
    if (merged.how.dropped.contains(the<&ride::computed>.index)) REQUIRE(is_same_value(*merged.how.lost.computed, wanted));
  }
  CHECK(parts > 1000);
  CHECK(wholes > 100);
}

TEST_CASE("each role opens of a struct what it may write, and the whole where it may write all of it", "[DECL-6]") {
  ride base;
  const auto by_client = edit<role::client>(base, [](auto& e) {
    e[the<&ride::computed>][the<&metrics::feeling>] = "tired";
    e[the<&ride::computed>][the<&metrics::note>] = "wind";
    e[the<&ride::computed>][the<&metrics::views>] = 2;
    e[the<&ride::computed>][the<&metrics::of>][the<&zones::heart_rate>] = 150;
    e[the<&ride::best>][the<&bests::watts>] = 300;
    e[the<&ride::alarm>] = alarm_clock{.hour = {6}, .is_loud = true, .rung = {}};
    e[the<&ride::alarm>].rung = 1;
  });
  const auto by_server = edit<role::server>(base, [](auto& e) {
    e[the<&ride::computed>][the<&metrics::load>] = 88;
    e[the<&ride::computed>][the<&metrics::note>] = "storm";
    e[the<&ride::computed>][the<&metrics::views>] = 3;
    e[the<&ride::computed>][the<&metrics::of>][the<&zones::power>] = 250;
    e[the<&ride::best>][the<&bests::rank>] = 1;
  });
  const ride both = apply(apply(base, by_client), by_server);
  CHECK((both.computed->feeling == "tired" && both.computed->load == 88 && both.computed->note == "storm"));
  CHECK((both.computed->views == 5 && both.computed->of->heart_rate == 150 && both.computed->of->power == 250));
  CHECK((both.best->rank == 1 && both.best->watts.value == 300 && both.alarm->hour == 6 && both.alarm->rung == 1));
  for (const role who : {role::client, role::server}) {
    delta<ride> own = who == role::client ? by_client : by_server;
    CHECK(withhold(own, field_set<ride>::all(), who).empty());
    CHECK(own == (who == role::client ? by_client : by_server));
  }
  delta<ride> stolen = by_client;
  CHECK(withhold(stolen, field_set<ride>::all(), role::server) == field_set<ride>::of(the<&ride::computed>));
  CHECK(stolen.fields == by_client.fields);  // the note and the views are left of it
  const auto whole = edit<role::server>(nests<of_server>{}, [](auto& e) { e[the<&nests<of_server>::s>] = of_server{{1}, {2}}; });
  CHECK(apply(nests<of_server>{}, whole).s->a == 1);
}

TEST_CASE("only the nested fields that changed travel", "[MERGE-4][DELTA-2]") {
  wide before;
  with_fields(before.all.value, [](auto&... texts) { ((texts.assign(100, 'x')), ...); });
  wide after = before;
  after.all.value.f = "tempo";
  const std::string bytes = bytes_of(diff(before, after));
  // the set of fields (1), a bit for each nested field (3), and both values with their lengths
  CHECK(bytes.size() == 1 + 3 + (1 + 100) + (1 + 5));
  CHECK(bytes.size() * 15 < encode(after.all.value).size());
}

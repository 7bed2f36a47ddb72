// SPDX-License-Identifier: BSL-1.0
// Duplicates: what matches, and that the order in which records are joined does not show. Held against a naive model that
// looks at all records of a group at once.

#include <syncline/resolve/counter.hpp>
#include <syncline/resolve/duplicates.hpp>
#include <syncline/resolve/text_merge.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <map>
#include <numeric>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace {

using namespace syncline;
using std::chrono::minutes;

struct sample {
  std::int32_t value{};
  friend bool operator==(const sample&, const sample&) = default;
};

struct ride {
  static constexpr record_info sync{.table = "rides"};
  key<std::string> id{};
  server<std::string> sport{};
  once<timestamp> started_at{};
  server<std::optional<int>> distance_m{};
  server<std::optional<int>> ascent_m{};
  once<std::optional<std::string>> source{};
  client<std::optional<int>> rpe{};
  lww<std::string> name{};
  merge<std::set<std::string>, set_edits> tags{};
  merge<int, counter> kudos{};
  merge<std::string, text_merge<words>> notes{};
  chunked<sample> heart_rate{};
  static constexpr auto duplicates = within<&ride::started_at>(minutes{10}).and_same<&ride::sport>();
};

int evidence(const ride& r) { return *r.source == "fit" ? 2 : *r.source == "watch" ? 1 : 0; }

static_assert(has_duplicates<ride>);

struct plain {
  static constexpr record_info sync{.table = "plain"};
  key<int> id{};
  lww<int> duplicates{};  // a field of that name declares nothing
};
static_assert(!has_duplicates<plain>);

timestamp at(int minute, int ms = 0) { return timestamp{std::chrono::hours{400'000} + minutes{minute} + std::chrono::milliseconds{ms}}; }

ride made(std::string id, std::string sport, timestamp start) {
  ride r{};
  r.id = std::move(id);
  r.sport = std::move(sport);
  r.started_at = start;
  return r;
}

TEST_CASE("two records match that are of one kind and start at most ten minutes apart") {
  const ride a = made("a", "run", at(0));
  CHECK(matches(a, made("b", "run", at(0))));
  CHECK(matches(a, made("b", "run", at(10))));
  CHECK(matches(made("b", "run", at(10)), a));
  CHECK(matches(a, made("b", "run", at(-10))));
  CHECK_FALSE(matches(a, made("b", "run", at(10, 1))));
  CHECK_FALSE(matches(a, made("b", "swim", at(0))));
  CHECK_FALSE(matches(made("a", "run", timestamp{}), made("b", "run", timestamp{})));
  CHECK_FALSE(matches(made("a", "run", timestamp::min()), made("b", "run", timestamp::max())));
}

TEST_CASE("what was measured is of the better evidence, what was said of whoever has it") {
  ride hand = made("hand", "run", at(0)), file = made("file", "run", at(3));
  hand.distance_m = 10'000;
  hand.ascent_m = 80;
  hand.rpe = 7;
  hand.name = "With Eva";
  hand.tags = std::set<std::string>{"long"};
  hand.kudos = 2;
  file.source = "fit";
  file.distance_m = 10'123;
  file.name = "Morning run";
  file.tags = std::set<std::string>{"garmin"};
  file.kudos = 3;
  file.heart_rate.value.chunks.push_back({{{7}}, 5, 5, 5});
  stamps<ride> by_hand{}, by_file{};
  by_hand.fill({{1}, device_id("web")});
  by_file.fill({{2}, device_id("phone")});
  auto group = duplicate_group<ride>::of(hand);
  decisions<ride> how;
  ride both = hand;
  join_duplicates(both, by_hand, group, file, by_file, duplicate_group<ride>::of(file), how);
  CHECK(*both.id == "hand");
  CHECK(*both.distance_m == 10'123);
  CHECK(*both.ascent_m == 80);
  CHECK(*both.started_at == at(3));
  CHECK(*both.source == "fit");
  CHECK(*both.rpe == 7);
  CHECK(*both.name == "Morning run");
  CHECK(*both.tags == std::set<std::string>{"garmin", "long"});
  CHECK(*both.kudos == 5);
  CHECK(both.heart_rate.value == file.heart_rate.value);
  CHECK(how.dropped == field_set<ride>::of(the<&ride::distance_m>, the<&ride::started_at>, the<&ride::name>));
  CHECK(*how.lost.distance_m == 10'000);
  CHECK(*how.lost.name == "With Eva");
  CHECK(how.rules[the<&ride::distance_m>.index] == rule::duplicate);
  REQUIRE(group.members.size() == 2);
  CHECK(group.members[group.recording].key == "file");
}

// One record before it joined anything.
struct single {
  ride value{};
  stamps<ride> written{};
};

struct joined {
  ride value{};
  stamps<ride> written{};
  duplicate_group<ride> group{};
};

joined of(const single& one) { return {one.value, one.written, duplicate_group<ride>::of(one.value)}; }

joined join(joined a, joined b) {
  if (b.group.members.front() < a.group.members.front()) std::swap(a, b);
  decisions<ride> how;
  join_duplicates(a.value, a.written, a.group, b.value, b.written, b.group, how);
  return a;
}

std::vector<single> some_rides(std::mt19937& random) {
  const auto die = [&](int sides) { return static_cast<int>(random() % static_cast<unsigned>(sides)); };
  std::vector<single> all(static_cast<std::size_t>(2 + die(5)));
  for (std::size_t i = 0; i < all.size(); ++i) {
    ride& r = all[i].value;
    r = made(std::string(1, static_cast<char>('a' + i)), die(4) == 0 ? "swim" : "run", at(die(9) * 4));
    if (die(2) == 0) r.source = die(2) == 0 ? "fit" : "watch";
    if (die(2) == 0) r.distance_m = die(4);
    if (die(2) == 0) r.ascent_m = die(4);
    if (die(2) == 0) r.rpe = die(3);
    if (die(2) == 0) r.name = std::string(1, static_cast<char>('k' + die(3)));
    if (die(2) == 0) r.notes = std::string(1, static_cast<char>('x' + die(3)));
    if (die(2) == 0) r.tags = std::set<std::string>{std::to_string(die(4)), std::to_string(die(4))};
    r.kudos = die(3);
    if (die(3) == 0) r.heart_rate.value.chunks.push_back({{{static_cast<std::uint8_t>(i)}}, 1, 1, 1});
    for (stamp& each : all[i].written) each = {{static_cast<std::uint64_t>(1 + die(3))}, device_id(die(2) == 0 ? "p" : "q")};
  }
  return all;
}

// The model: all members of a group side by side, and for each field the best of them.
using members = std::vector<const single*>;

bool least(const single* a, const single* b) {
  return *a->value.started_at != *b->value.started_at ? *a->value.started_at < *b->value.started_at : *a->value.id < *b->value.id;
}
bool better(const single* a, const single* b) {
  return evidence(a->value) != evidence(b->value) ? evidence(a->value) > evidence(b->value) : least(a, b);
}

ride expected(members group) {
  std::sort(group.begin(), group.end(), least);
  ride r = group.front()->value;
  std::sort(group.begin(), group.end(), better);
  const auto measured = [&](auto field) {
    for (const single* each : group) {
      if (each->value.*field != ride{}.*field) return each->value.*field;
    }
    return ride{}.*field;
  };
  r.sport = measured(&ride::sport);
  r.distance_m = measured(&ride::distance_m);
  r.ascent_m = measured(&ride::ascent_m);
  const auto with_points = std::find_if(group.begin(), group.end(), [](const auto* s) { return !s->value.heart_rate->empty(); });
  const single& recording = with_points == group.end() ? *group.front() : **with_points;
  r.started_at = recording.value.started_at;
  r.source = recording.value.source;
  r.heart_rate = recording.value.heart_rate;
  const auto said = [&](auto field, std::size_t index) {
    const single* last = nullptr;
    for (const single* each : group) {
      if (each->value.*field == ride{}.*field) continue;
      const auto rank = [&](const single* s) { return std::tuple(s->written[index], (s->value.*field).value); };
      if (last == nullptr || rank(each) > rank(last)) last = each;
    }
    return last == nullptr ? ride{}.*field : last->value.*field;
  };
  r.rpe = said(&ride::rpe, the<&ride::rpe>.index);
  r.name = said(&ride::name, the<&ride::name>.index);
  r.notes = said(&ride::notes, the<&ride::notes>.index);
  r.tags.value.clear();
  r.kudos = 0;
  for (const single* each : group) {
    r.tags.value.insert(each->value.tags->begin(), each->value.tags->end());
    r.kudos.value += *each->value.kudos;
  }
  return r;
}

TEST_CASE("whatever the order in which records are joined, they become the same one") {
  std::mt19937 random(11);
  int groups = 0;
  for (int round = 0; round < 3000; ++round) {
    const std::vector<single> all = some_rides(random);
    members group;
    for (const single& each : all) group.push_back(&each);
    const ride wanted = expected(group);
    for (int order = 0; order < 4; ++order) {
      std::vector<joined> parts;
      for (const single& each : all) parts.push_back(of(each));
      while (parts.size() > 1) {  // any two, also two groups
        std::shuffle(parts.begin(), parts.end(), random);
        joined last = std::move(parts.back());
        parts.pop_back();
        parts.back() = join(std::move(parts.back()), std::move(last));
      }
      REQUIRE(changed_fields(parts.front().value, wanted).empty());
      REQUIRE(*parts.front().value.id == *wanted.id);
      REQUIRE(parts.front().group.members.size() == all.size());
    }
    ++groups;
  }
  CHECK(groups == 3000);
}

TEST_CASE("nothing is dropped that is not in the decisions") {
  std::mt19937 random(12);
  for (int round = 0; round < 3000; ++round) {
    const std::vector<single> all = some_rides(random);
    joined a = of(all[0]);
    const joined b = of(all[1]), before = a;
    decisions<ride> how;
    join_duplicates(a.value, a.written, a.group, b.value, b.written, b.group, how);
    for_each_field([&]<std::size_t I>(std::integral_constant<std::size_t, I>, const auto& x, const auto& y, const auto& z, const auto& lost) {
      if constexpr (I != schema<ride>::key_index && !internal::is_merged<ride, I>) {
        const auto unset = std::remove_cvref_t<decltype(value_of(x))>{};
        for (const auto* had : {&value_of(x), &value_of(y)}) {
          if (is_same_value(*had, unset) || is_same_value(*had, value_of(z))) continue;
          REQUIRE(how.dropped.contains(I));
          REQUIRE(is_same_value(value_of(lost), *had));
        }
      }
    }, before.value, b.value, a.value, how.lost);
  }
}

}  // namespace

// SPDX-License-Identifier: BSL-1.0
#pragma once
// Rides that may be duplicates, and a naive model of what they become: it looks at all records of a group at once.

#include <syncline/resolve/counter.hpp>
#include <syncline/resolve/duplicates.hpp>
#include <syncline/resolve/text_merge.hpp>

#include <algorithm>
#include <numeric>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <tuple>
#include <vector>

namespace duplicates_model {

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

inline int evidence(const ride& r) { return *r.source == "fit" ? 2 : *r.source == "watch" ? 1 : 0; }

inline timestamp at(int minute, int ms = 0) { return timestamp{std::chrono::hours{400'000} + minutes{minute} + std::chrono::milliseconds{ms}}; }

inline ride made(std::string id, std::string sport, timestamp start) {
  ride r{};
  r.id = std::move(id);
  r.sport = std::move(sport);
  r.started_at = start;
  return r;
}

// One record before it joined anything.
struct single {
  ride value{};
  stamps<ride> written{};
};

inline std::vector<single> some_rides(std::mt19937& random) {
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

inline bool least(const single* a, const single* b) {
  return *a->value.started_at != *b->value.started_at ? *a->value.started_at < *b->value.started_at : *a->value.id < *b->value.id;
}
inline bool better(const single* a, const single* b) {
  return evidence(a->value) != evidence(b->value) ? evidence(a->value) > evidence(b->value) : least(a, b);
}

inline ride expected(members group) {
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

/// The groups of `all`: the connected components of their matches.
inline std::vector<members> groups_of(const std::vector<single>& all) {
  std::vector<std::size_t> group(all.size());
  std::iota(group.begin(), group.end(), std::size_t{0});
  const auto start = [&](std::size_t i) { return *all[i].value.started_at; };
  for (std::size_t i = 0; i < all.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      const auto apart = start(i) < start(j) ? start(j) - start(i) : start(i) - start(j);
      if (apart > minutes{10} || *all[i].value.sport != *all[j].value.sport) continue;
      const std::size_t from = group[i], to = group[j];
      std::replace(group.begin(), group.end(), from, to);
    }
  }
  std::vector<members> found;
  for (std::size_t g = 0; g < all.size(); ++g) {
    members in;
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (group[i] == g) in.push_back(&all[i]);
    }
    if (!in.empty()) found.push_back(std::move(in));
  }
  return found;
}

}  // namespace duplicates_model

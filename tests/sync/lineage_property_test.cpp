// SPDX-License-Identifier: BSL-1.0
// Devices and a hub that are updated at any time, with messages that get lost and stores that fail: nothing is lost.

#include "sync/lineage_world.hpp"

#include <syncline/testing/random.hpp>
#include <syncline/wire/json.hpp>

#include <array>
#include <memory>
#include <variant>
#include <vector>

using namespace lineages;

namespace {

using any_replica = std::variant<std::monostate, replica_of<trip_1>, replica_of<trip_2>, replica_of<trip_3>>;
using any_hub = std::variant<hub_of<trip_1>, hub_of<trip_2>, hub_of<trip_3>>;

template <class Replica>
struct record_of;
template <class R>
struct record_of<replica_of<R>> {
  using type = R;
};

/// What only newer versions know.
struct newer_fields {
  std::string mood{};
  std::set<std::string> tags{};
};
template <class R>
newer_fields newer_of(const R& r) {
  if constexpr (std::is_same_v<R, trip_3>) return {r.mood->value_or("plain"), *r.tags};
  if constexpr (std::is_same_v<R, trip_2>) return {*r.mood, *r.tags};
  return {};
}

template <class R>
R draft(const std::string& key, const std::string& title) {
  R made{.id = {key}};
  made.title = title;
  return made;
}

struct history {
  explicit history(std::uint64_t seed) : random(seed) {}

  struct device {
    std::string name{};
    store_type disk{};
    any_replica engine{};
    int version = 0;
    std::vector<std::string> problems{};
  };

  void start() {
    for (std::size_t i = 0; i < devices.size(); ++i) {
      device& d = devices[i];
      d.name = "device " + std::to_string(i);
      d.version = static_cast<int>(random.below(2)) + hub_version - 1 + (hub_version == 1 ? 1 : 0);
      reopen(d);
    }
    use(devices[0],
        [&]<class R>(std::type_identity<R>, auto& engine) { REQUIRE_DONE(engine.create(R{.id = {"shared"}}, now())); });
    for (device& d : devices) {
      use(d,
          [&]<class R>(std::type_identity<R>, auto& engine) { REQUIRE_DONE(engine.create(R{.id = {d.name}}, now())); });
      meet(d, {});
    }
  }

  template <class Use>
  void use(device& d, Use&& use) {
    std::visit(
        [&](auto& engine) {
          using Engine = std::remove_cvref_t<decltype(engine)>;
          if constexpr (!std::is_same_v<Engine, std::monostate>)
            use(std::type_identity<typename record_of<Engine>::type>{}, engine);
        },
        d.engine);
  }

  timestamp now() { return at(++seconds); }

  // Opens as often as the store fails on the way, as a phone does that runs out of battery during an update.
  void reopen(device& d) {
    d.engine = std::monostate{};
    const auto open_as = [&]<class R>(std::type_identity<R>) {
      for (int tries = 0;; ++tries) {
        if (tries < 3 && random.chance(0.5)) {
          auto left = random.below(60);
          d.disk.before_operation = [left](std::string_view) mutable { return left-- > 0; };
        } else {
          d.disk.before_operation = {};
        }
        auto opened = replica_of<R>::open(d.disk, "s", d.name, checksum(d.name), {.batch = 3});
        d.disk.before_operation = {};
        if (opened) {
          d.engine = std::move(*opened);
          return;
        }
        REQUIRE(opened.error().phase == phase::store);
      }
    };
    if (d.version == 1) open_as(std::type_identity<trip_1>{});
    if (d.version == 2) open_as(std::type_identity<trip_2>{});
    if (d.version == 3) open_as(std::type_identity<trip_3>{});
  }

  template <class R, class Engine>
  static std::optional<R> own(Engine& engine, const std::string& key) {
    auto found = engine.template find<R>(key);
    REQUIRE(found.has_value());
    return *found;
  }

  // What people see of a record of their own is the same after an update.
  void update(device& d) {
    if (d.version == 3) return;
    std::string title;
    int stops = 0;
    newer_fields newer;
    use(d, [&]<class R>(std::type_identity<R>, auto& engine) {
      const auto r = own<R>(engine, d.name);
      title = *r->title;
      stops = *r->stops;
      newer = newer_of(*r);
    });
    const int before = d.version++;
    reopen(d);
    use(d, [&]<class R>(std::type_identity<R>, auto& engine) {
      const auto r = own<R>(engine, d.name);
      CHECK(*r->title == title);
      CHECK(*r->stops == stops);
      if (before > 1) CHECK((newer_of(*r).mood == newer.mood && newer_of(*r).tags == newer.tags));
    });
  }

  void update_hub() {
    if (hub_version == 3) return;
    ++hub_version;
    if (hub_version == 2) the_hub.emplace<1>(hub_disk);
    if (hub_version == 3) the_hub.emplace<2>(hub_disk);
  }

  void meet(device& d, const weather& fate) {
    use(d, [&]<class R>(std::type_identity<R>, auto& engine) {
      std::visit(
          [&](auto& hub) {
            const bool fails = fate && random.chance(0.15);  // the hub's process dies, at any operation of its store
            auto left = random.below(150);
            if (fails) hub_disk.before_operation = [left](std::string_view) mutable { return left-- > 0; };
            const auto done = sync(hub, engine, ++seconds, fate);
            hub_disk.before_operation = {};
            const int apart = d.version - hub_version;
            INFO((done ? std::string() : done.error().message));
            CHECK((done.has_value() || fails || apart == 2 || apart == -2));
            CHECK(engine.report().refused == 0);
          },
          the_hub);
    });
  }

  void write(device& d) {
    use(d, [&]<class R>(std::type_identity<R>, auto& engine) {
      const auto which = random.below(6);
      const std::string key = which < 2   ? "shared"
                              : which < 4 ? d.name
                                          : std::string(1, static_cast<char>('a' + random.below(3)));
      const bool is_mine = key == d.name, is_shared = key == "shared";
      const std::string text = "text " + std::to_string(seconds);
      const auto there = own<R>(engine, key);
      if (!there) {
        if (!is_mine && !is_shared) (void)engine.create(draft<R>(key, text), now());
        return;
      }
      if (!is_mine && !is_shared && random.chance(0.25)) {
        (void)engine.template remove<R>(key, now());
        return;
      }
      const auto done = engine.template edit<R>(key, now(), [&](auto& e) {
        if (random.chance(0.5)) e[the<&R::title>] = text;
        if (random.chance(0.4)) {
          e[the<&R::stops>] += 1;
          if (is_shared) ++increments;
        }
        const auto tenths = static_cast<std::int64_t>(random.below(100));
        if constexpr (std::is_same_v<R, trip_1>) {
          if (random.chance(0.3)) e[the<&R::distance_km>] = static_cast<double>(tenths) / 10;
          if (random.chance(0.1)) e[the<&R::colour>] = text;
        } else {
          if (random.chance(0.3)) e[the<&R::distance_m>] = tenths * 100;
          if (random.chance(0.4)) {
            e[the<&R::mood>] = text;
            if (is_shared) moods.insert(text);
          }
          if (random.chance(0.3)) {
            e[the<&R::tags>].insert(text);
            if (is_shared) tags.insert(text);
          }
        }
      });
      REQUIRE(done.has_value());
    });
  }

  void run(int steps) {
    start();
    for (int i = 0; i < steps; ++i) {
      device& d = devices[random.below(devices.size())];
      const auto what = random.below(100);
      if (what < 55) {
        write(d);
      } else if (what < 92) {
        meet(d, [&](message_kind) {
          return random.chance(0.9) ? fate_of::arrives : random.chance(0.5) ? fate_of::is_lost : fate_of::loses_answer;
        });
      } else if (what < 95) {
        reopen(d);
      } else if (what < 98) {
        update(d);
      } else {
        update_hub();
      }
    }
    finish();
  }

  void finish() {
    while (hub_version < 3) update_hub();
    std::vector<trip_3> mine;
    for (device& d : devices) {
      while (d.version < 3) update(d);
    }
    for (device& d : devices) meet(d, {});
    for (device& d : devices) mine.push_back(*own<trip_3>(std::get<3>(d.engine), d.name));
    for (int round = 0; round < 2; ++round) {
      for (device& d : devices) meet(d, {});
    }
    auto& hub = std::get<2>(the_hub);
    for (std::size_t i = 0; i < devices.size(); ++i) {
      device& d = devices[i];
      auto& engine = std::get<3>(d.engine);
      for (const std::string key : {"shared", "device 0", "device 1", "device 2", "a", "b", "c"}) {
        INFO(d.name << ", record " << key);
        const auto there = *hub.find<trip_3>("s", key), here = *engine.find<trip_3>(key);
        INFO("at the hub: " << (there ? json_text(*there) : "nothing")
                            << "\non the device: " << (here ? json_text(*here) : "nothing"));
        CHECK(there.has_value() == here.has_value());
        if (there && here) {
          CHECK((*there->title == *here->title && *there->mood == *here->mood &&
                 *there->distance_m == *here->distance_m));
          CHECK((*there->stops == *here->stops && *there->tags == *here->tags && *there->stars == *here->stars));
        }
        const auto record = *engine.find_record<trip_3>(key);
        CHECK((!record || !record->dirty()));
      }
      const auto last = at_hub<trip_3>(hub, d.name);
      CHECK((*last.title == *mine[i].title && *last.stops == *mine[i].stops && *last.mood == *mine[i].mood));
      CHECK((*last.tags == *mine[i].tags && *last.distance_m == *mine[i].distance_m));
    }
    const auto shared = at_hub<trip_3>(hub, "shared");
    CHECK(*shared.stops == increments);
    CHECK(*shared.tags == tags);
    CHECK((moods.empty() || moods.contains(shared.mood->value_or("plain"))));
  }

  random_source random;
  std::int64_t seconds = 0;
  store_type hub_disk{};
  int hub_version = 1;
  any_hub the_hub{std::in_place_index<0>, hub_disk};
  std::array<device, 3> devices{};
  int increments = 0;
  std::set<std::string> tags{}, moods{};
};

}  // namespace

namespace {

void run(std::uint64_t first, std::uint64_t last) {
  for (std::uint64_t seed = first; seed <= last; ++seed) {
    INFO("seed " << seed);
    history h(seed);
    if (seed % 2 == 0) h.update_hub();
    h.run(120);
  }
}

}  // namespace

TEST_CASE("whenever devices and the hub are updated, no edit is lost or counted twice, and all come to the same") {
  run(1, 60);
}

TEST_CASE("whenever devices and the hub are updated, no edit is lost, for many histories", "[slow]") {
  run(1000, 3000);
}

// SPDX-License-Identifier: BSL-1.0
// A device that walked all tables, since deletions had been forgotten, deleted every record of a table that the hub did not
// have: a hub that was rolled back to an older program says nothing about it.
#include "world.hpp"

namespace {

using namespace regressions;

struct note {
  static constexpr record_info sync{.table = "notes"};
  key<std::string> id{};
  lww<std::string> title{};
};
struct plan {
  static constexpr record_info sync{.table = "plans"};
  key<std::string> id{};
  lww<std::string> title{};
};

using store_type = memory_store<note, plan>;

struct installed {
  installed(std::string name, std::uint64_t incarnation)
      : called(std::move(name)), engine(replica<store_type, note, plan>::open(store, "s", called, incarnation).value()) {}

  template <class Hub>
  void sync(Hub& with) {
    engine.begin_session();
    for (int i = 0; i < 100; ++i) {
      const auto next = engine.next_message(at(0));
      REQUIRE(next.has_value());
      if (!*next) return;
      REQUIRE(engine.receive(with.handle("s", called, **next, at(0)), at(0), 7).has_value());
    }
    FAIL("the session does not end");
  }

  std::string called;
  store_type store{};
  replica<store_type, note, plan> engine;
};

TEST_CASE("records of a table that the hub has no more stay on the device, with what waits on them") {
  store_type kept;
  hub<store_type, note, plan> full(kept);
  hub<store_type, note> older(kept);
  installed phone("phone", 1), tablet("tablet", 2);
  REQUIRE(phone.engine.create(note{.id = {"n"}}, at(1)).has_value());
  REQUIRE(phone.engine.create(plan{.id = {"p"}, .title = {"of the hub"}}, at(1)).has_value());
  phone.sync(full), tablet.sync(full);
  REQUIRE(tablet.engine.remove<note>("n", at(2)).has_value());
  REQUIRE(phone.engine.edit<plan>("p", at(3), [](auto& e) { e[the<&plan::title>] = "edited offline"; }).has_value());
  tablet.sync(older);
  const timestamp later = at(0) + std::chrono::days{1000};
  REQUIRE(older.collect("s", later).has_value());
  REQUIRE(older.collect("s", later + std::chrono::days{91}).has_value());
  phone.sync(older);
  CHECK(!phone.engine.find<note>("n")->has_value());
  for (int i = 0; i < 2; ++i) phone.sync(full);
  const auto found = phone.engine.find<plan>("p");
  REQUIRE(found->has_value());
  CHECK(*(*found)->title == "edited offline");
}

}  // namespace

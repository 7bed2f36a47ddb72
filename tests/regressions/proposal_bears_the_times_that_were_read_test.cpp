// SPDX-License-Identifier: BSL-1.0
// The simulator's model gave a record that is proposed whole the times of the hub's last version before it was forgotten. The
// device had not read that one: what it proposes are the values that it read, and they are as old as they were.
#include "world.hpp"

namespace {

using namespace regressions;

struct plan {
  static constexpr record_info sync{.table = "plans", .deletes = delete_policy::update_wins};
  key<std::string> id{};
  lww<std::string> title{};
  client<std::string> note{};
};

TEST_CASE("values that are proposed again have the times at which they were read, not those of writes that were not", "[rule-19]") {
  world<plan> hub;
  device<plan> phone{"phone", 1}, tablet{"tablet", 2};
  REQUIRE(tablet.engine.create(plan{.id = {"p"}, .title = {"first"}, .note = {"read"}}, at(1)).has_value());
  tablet.sync(hub);
  phone.sync(hub);
  REQUIRE(tablet.engine.edit<plan>("p", at(2), [](auto& open) { open[the<&plan::note>] = "never read"; }).has_value());
  tablet.sync(hub);
  REQUIRE(tablet.engine.remove<plan>("p", at(3)).has_value());
  tablet.sync(hub);
  const timestamp later = at(0) + std::chrono::days{1000};
  REQUIRE(hub.the_hub.collect("s", later).has_value());
  REQUIRE(*hub.the_hub.collect("s", later + std::chrono::days{91}) == 1);
  REQUIRE(phone.engine.edit<plan>("p", at(4), [](auto& open) { open[the<&plan::title>] = "second"; }).has_value());
  phone.sync(hub);
  tablet.sync(hub);
  const auto record = **tablet.engine.find_record<plan>("p");
  CHECK(*record.base.title == "second");
  CHECK(record.base_stamps[1].time.wall() == at(4));
  CHECK(*record.base.note == "read");
  CHECK(record.base_stamps[2].time.wall() == at(1));
}

}  // namespace

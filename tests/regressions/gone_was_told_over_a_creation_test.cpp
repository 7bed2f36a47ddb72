// SPDX-License-Identifier: BSL-1.0
// A device had asked for a record that the hub then forgot, and made one of that key itself: that it was gone turned the
// creation into an edit of nothing.
#include "world.hpp"

namespace {

using namespace regressions;

struct plan {
  static constexpr record_info sync{.table = "plans", .deletes = delete_policy::update_wins};
  key<std::string> id{};
  lww<std::string> title{};
  lww<std::int32_t> weeks{};
};

TEST_CASE("what a device made stands alone where the record that it had asked for is gone") {
  world<plan> hub;
  device<plan> phone{"phone", 1}, tablet{"tablet", 2};
  REQUIRE(tablet.engine.create(plan{.id = {"p"}, .title = {"of before"}, .weeks = {12}}, at(1)).has_value());
  tablet.sync(hub);
  REQUIRE(tablet.engine.remove<plan>("p", at(2)).has_value());
  tablet.sync(hub);
  const timestamp later = at(0) + std::chrono::days{1000};
  REQUIRE(hub.the_hub.collect("s", later).has_value());
  REQUIRE(*hub.the_hub.collect("s", later + std::chrono::days{91}) == 1);
  {
    auto tx = phone.store.begin("s");
    REQUIRE(tx->put("wanted", record_name<plan>("p"), {}).has_value());
    REQUIRE(tx->commit().has_value());
  }
  phone.engine.begin_session();
  const std::string asks = phone.go_on(hub, message_kind::download);
  REQUIRE(phone.engine.create(plan{.id = {"p"}, .title = {"of now"}}, at(3)).has_value());
  phone.take(hub.answer("phone", asks));
  const auto record = **phone.engine.find_record<plan>("p");
  CHECK(record.number == 0);
  REQUIRE(record.pending.has_value());
  CHECK(record.pending->kind == change_kind::created);
  for (int i = 0; i < 2; ++i) phone.sync(hub), tablet.sync(hub);
  CHECK(*(**tablet.engine.find<plan>("p")).title == "of now");
  CHECK(*(**tablet.engine.find<plan>("p")).weeks == 0);
}

}  // namespace

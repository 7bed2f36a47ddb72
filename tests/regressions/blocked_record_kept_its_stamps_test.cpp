// SPDX-License-Identifier: BSL-1.0
// A device's clock was ahead, and what waited behind another record was left out when the stamps were shifted back. So its
// stamps stayed ahead, and took what was written to it afterwards into the past with them, when the hub shifted them in turn.
#include "world.hpp"

namespace {

using namespace regressions;

struct plan {
  static constexpr record_info sync{.table = "plans"};
  key<std::string> id{};
  lww<std::string> title{};
};

struct task {
  static constexpr record_info sync{.table = "tasks"};
  key<std::string> id{};
  lww<std::string> plan_id{};
  lww<std::string> title{};
  lww<std::string> note{};
};

std::vector<record_reference> depends_on(const task& t) { return {reference_to<plan>(t.plan_id)}; }

TEST_CASE("what waits behind another record is shifted back with it, so that a later write still wins", "[rule-16]") {
  world<plan, task> hub;
  device<plan, task> phone("phone", 1), laptop("laptop", 3);
  task first{};
  first.id = "t";
  first.plan_id = "p";
  REQUIRE(laptop.engine.create(plan{.id{"p"}}, at(0)).has_value());
  REQUIRE(laptop.engine.create(first, at(0)).has_value());
  laptop.sync(hub);
  phone.sync(hub);

  // An hour ahead; the task goes after the plan.
  REQUIRE(phone.engine.edit<plan>("p", at(3600), [](auto& e) { e[the<&plan::title>] = "base"; }).has_value());
  REQUIRE(phone.engine.edit<task>("t", at(3601), [](auto& e) { e[the<&task::title>] = "tempo"; }).has_value());
  const std::string upload = phone.sync(hub, message_kind::upload);
  phone.take(hub.answer("phone", upload));

  // The clock was put right. Each writes without having seen the other's, the phone later.
  REQUIRE(laptop.engine.edit<task>("t", at(10), [](auto& e) { e[the<&task::note>] = "earlier"; }).has_value());
  laptop.sync(hub);
  REQUIRE(phone.engine.edit<task>("t", at(20), [](auto& e) { e[the<&task::note>] = "later"; }).has_value());
  phone.go_on(hub);
  laptop.sync(hub);
  for (auto* each : {&phone, &laptop}) {
    const task seen = each->engine.find<task>("t").value().value();
    CHECK(*seen.title == "tempo");
    CHECK(*seen.note == "later");
  }
}

}  // namespace

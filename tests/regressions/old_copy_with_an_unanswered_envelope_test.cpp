// SPDX-License-Identifier: BSL-1.0
// A restored data folder with an unanswered envelope got its answer, sent what else it had under the number of a later
// envelope that it had forgotten, took a new incarnation, and its increments counted twice.
#include "world.hpp"

#include <syncline/resolve/counter.hpp>

#include <catch2/matchers/catch_matchers_string.hpp>

namespace {

using namespace regressions;

struct tally {
  static constexpr record_info sync{.table = "tallies"};
  key<std::string> id{};
  merge<int, counter> count{};
};

TEST_CASE("an old copy of a data folder that waits for an answer gets it, and sends nothing more") {
  world<tally> hub;
  device<tally> phone("phone", 1), restored("phone", 1);
  const auto one_more = [](auto& open) { open[the<&tally::count>] += 1; };
  REQUIRE(phone.engine.create(tally{.id{"a"}}, at(1)).has_value());
  static_cast<void>(hub.answer("phone", phone.sync(hub, message_kind::upload)));  // which gets lost
  REQUIRE(phone.engine.edit<tally>("a", at(2), one_more).has_value());
  restored.store = phone.store;
  restored.engine = device<tally>::open(restored.store, "phone", 9, {});
  phone.sync(hub);
  CHECK((*hub.the_hub.find<tally>("s", "a"))->count == 1);

  restored.engine.begin_session();
  result<std::optional<std::string>> message = std::optional<std::string>{};
  while ((message = restored.engine.next_message(at(3))) && *message) restored.take(hub.answer("phone", **message));
  REQUIRE(!message.has_value());
  CHECK(message.error().code == error_code::forked);
  CHECK_THAT(message.error().message, Catch::Matchers::ContainsSubstring("the folder is an old copy, and nothing was sent"));
  CHECK(restored.engine.state().incarnation == 1);
  CHECK((*hub.the_hub.find<tally>("s", "a"))->count == 1);
}

}  // namespace

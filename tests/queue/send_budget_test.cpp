// SPDX-License-Identifier: BSL-1.0
#include <syncline/queue/send_budget.hpp>

#include <catch2/catch_test_macros.hpp>

namespace {

using namespace syncline;

constexpr auto everything = send_budget{};

}  // namespace

TEST_CASE("offline nothing is sent, and on an unmetered network everything") {
  CHECK(budget_of({}) == everything);
  const send_budget offline = budget_of({.network = network_kind::offline});
  CHECK_FALSE(offline.allows_session());
  CHECK_FALSE(offline.allows_chunks());
  CHECK_FALSE(offline.allows(priority_class::user_content));
  CHECK(offline.none_goes == send_obstacle::offline);
}

TEST_CASE("on a metered network, or with a low battery, user content goes and what is large waits") {
  for (const send_conditions& now : {send_conditions{.network = network_kind::metered}, send_conditions{.battery_percent = 20}}) {
    const send_budget budget = budget_of(now);
    CHECK(budget.allows_session());
    CHECK(budget.allows(priority_class::user_content));
    CHECK_FALSE(budget.allows(priority_class::recommendations));
    CHECK_FALSE(budget.allows_chunks());
  }
  CHECK(remedy(budget_of({.network = network_kind::metered}).some_wait) == "an unmetered network");
  CHECK(remedy(budget_of({.network = network_kind::metered, .battery_percent = 10}).some_wait) == "a charger, since the battery is low");
  CHECK(budget_of({.battery_percent = 21}).allows_chunks());
}

TEST_CASE("with an empty battery nothing is sent, and what the user chose goes before all but a lacking network") {
  CHECK_FALSE(budget_of({.battery_percent = 5}).allows_session());
  CHECK(budget_of({.network = network_kind::metered, .battery_percent = 1, .choice = send_choice::everything}) == everything);
  CHECK(budget_of({.choice = send_choice::nothing}).none_goes == send_obstacle::by_choice);
  CHECK(budget_of({.network = network_kind::offline, .choice = send_choice::everything}).none_goes == send_obstacle::offline);
}

TEST_CASE("a session's chunks take no more than two percent of a battery, by what the radio takes in its time") {
  // 2 W for 100 s and a tail of 8 s are 216 J, of 3 Wh, which are 10800 J: 2 percent.
  constexpr radio_profile watch{.watts = 2, .bytes_per_second = 1000, .tail_s = 8, .battery_wh = 3};
  CHECK(watch.share_of_time(100) == 0.02);
  CHECK(watch.share_of_bytes(100'000) == 0.02);
  const send_budget budget = budget_of({.battery_percent = 80, .radio = watch});
  CHECK(budget.large_bytes >= 99'999);  // whole bytes, down
  CHECK(budget.large_bytes <= 100'000);
  CHECK(budget_of({.radio = watch}).large_bytes == everything.large_bytes);
  CHECK(budget_of({.battery_percent = 80, .radio = {.watts = 2, .bytes_per_second = 1000, .tail_s = 8, .battery_wh = 0.1}}).large_bytes == 0);
}

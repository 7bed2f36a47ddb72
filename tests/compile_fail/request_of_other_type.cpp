// SPDX-License-Identifier: BSL-1.0
// expect: [syncline] record 'workout' declares a request whose fields are of different types: give all three the same, which can be empty

#include <syncline/resolve/request.hpp>

struct workout {
  static constexpr syncline::record_info sync{.table = "workouts"};

  syncline::key<int> id{};
  syncline::server<int> day{};
  syncline::server<int> superseded_request{};
#ifdef TWIN
  syncline::client<int> requested_day{};
#else
  syncline::client<long> requested_day{};
#endif

  static constexpr auto request = syncline::request_by<&workout::requested_day, &workout::day, &workout::superseded_request>();
};

constexpr bool asks = syncline::state_of_request(workout{}) == syncline::request_state::open;

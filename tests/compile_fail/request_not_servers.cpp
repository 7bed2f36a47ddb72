// SPDX-License-Identifier: BSL-1.0
// expect: [syncline] record 'workout': field 'day' is about a request and not `server`: what is asked for, and what is said to it, are the server's

#include <syncline/resolve/request.hpp>

struct workout {
  static constexpr syncline::record_info sync{.table = "workouts"};

  syncline::key<int> id{};
#ifdef TWIN
  syncline::server<int> day{};
#else
  syncline::lww<int> day{};
#endif
  syncline::server<int> superseded_request{};
  syncline::client<int> requested_day{};

  static constexpr auto request = syncline::request_by<&workout::requested_day, &workout::day, &workout::superseded_request>();
};

constexpr bool asks = syncline::state_of_request(workout{}) == syncline::request_state::open;

// SPDX-License-Identifier: BSL-1.0
// expect: [syncline] record 'workout': field 'requested_day' is a request and not `client`: who asks is the client

#include <syncline/resolve/request.hpp>

struct workout {
  static constexpr syncline::record_info sync{.table = "workouts"};

  syncline::key<int> id{};
  syncline::server<int> day{};
  syncline::server<int> superseded_request{};
#ifdef TWIN
  syncline::client<int> requested_day{};
#else
  syncline::lww<int> requested_day{};
#endif

  static constexpr auto request = syncline::request_by<&workout::requested_day, &workout::day, &workout::superseded_request>();
};

constexpr bool asks = syncline::state_of_request(workout{}) == syncline::request_state::open;

// SPDX-License-Identifier: BSL-1.0
// What two changes of one record become, and what lost.

#include "check.hpp"

#include <syncline/change.hpp>
#include <syncline/record.hpp>
#include <syncline/resolve.hpp>

#include <set>
#include <string>

struct room {
  static constexpr syncline::record_info sync{.table = "rooms"};

  syncline::key<int> number{};
  syncline::lww<std::string> booked_by{};
  syncline::server<int> seats{};
  syncline::merge<int, syncline::counter> visits{};
  syncline::merge<std::set<std::string>, syncline::set_edits> equipment{};
};

struct meeting {
  static constexpr syncline::record_info sync{.table = "meetings"};

  syncline::key<int> id{};
  syncline::manual<std::string> day{};
};

using syncline::rule, syncline::the;

// The policies' decisions are constant expressions: the later write wins, and the hub's word stands.
constexpr syncline::stamp early{{1}, syncline::device_id("tablet")}, late{{2}, syncline::device_id("desk")};
static_assert(syncline::decide<syncline::policy::lww>(1, late, 2, early).why == rule::later_write);
static_assert(syncline::decide<syncline::policy::lww>(1, late, 2, early).winner == syncline::side::local);
static_assert(syncline::decide<syncline::policy::lww>(1, early, 2, late).winner == syncline::side::remote);
static_assert(syncline::decide<syncline::policy::server>(1, late, 2, early).winner == syncline::side::remote);

int main() {
  //! [both-changed]
  const room base{.number = {12}, .booked_by = {"nobody"}, .visits = {40}, .equipment = {{"screen"}}};
  room local = base, remote = base;
  local.booked_by = "Ana";
  local.visits = 41;
  local.equipment = {"screen", "camera"};
  remote.booked_by = "Ben";
  remote.visits = 43;
  remote.equipment = {"whiteboard"};

  syncline::stamps<room> local_stamps{}, remote_stamps{};
  constexpr std::size_t booked_by = the<&room::booked_by>.index;
  local_stamps[booked_by] = late;
  remote_stamps[booked_by] = early;

  const auto merged = syncline::resolve(base, local, local_stamps, remote, remote_stamps);
  check(*merged.value.booked_by == "Ana" && merged.how.rules[booked_by] == rule::later_write);
  check(merged.how.dropped.contains(booked_by) && *merged.how.lost.booked_by == "Ben");  // nothing is lost in silence
  check(*merged.value.equipment == std::set<std::string>{"camera", "whiteboard"});
  //! [both-changed]

  //! [in-place]
  syncline::decisions<room> how;  // used again and again, it keeps its memory
  syncline::resolve_onto(base, local, local_stamps, remote, remote_stamps, how);
  check(syncline::is_same_value(local, merged.value));
  //! [in-place]

  //! [counter]
  check(*merged.value.visits == 44);  // 40, one more here, and three more there
  static_assert(syncline::counter::diff(40, 41) == 1 && syncline::counter::invert(3) == -3);
  //! [counter]

  //! [manual]
  meeting planned{.id = {1}};
  planned.day = "monday";
  meeting mine = planned, theirs = planned;
  mine.day = "tuesday";
  theirs.day = "friday";
  meeting open = syncline::apply(theirs, syncline::diff(planned, mine));  // hers was there first, his had not seen it
  check(**open.day == "friday" && open.day->in_conflict() && open.day->others[0].value == "tuesday");
  open.day = "tuesday";  // whoever sees both decides
  check(**open.day == "tuesday" && !open.day->in_conflict());
  //! [manual]

  for (std::size_t i = 1; i < syncline::schema<room>::size; ++i) {
    const bool decided = (how.local | how.remote | how.both).contains(i);
    const std::string_view why = decided ? to_string(how.rules[i]) : "unchanged";
    std::cout << syncline::schema<room>::names[i] << ": " << why << '\n';
  }
}

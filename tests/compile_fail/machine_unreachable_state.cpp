// SPDX-License-Identifier: BSL-1.0
// expect: [syncline] machine 'door': state 'locked' is left by event 'turn_key', and no event leads to it from 'closed': add a row into it, or take its rows out
#include <syncline/queue/machine.hpp>

enum class door_state { closed, open, locked };
enum class door_event { push, turn_key };

struct door {
  static constexpr auto initial = door_state::closed, resting = door_state::closed;
  static constexpr syncline::transition<door_state, door_event> rows[]{
      {door_state::closed, door_event::push, door_state::open},
      {door_state::open, door_event::push, door_state::closed},
      {door_state::locked, door_event::turn_key, door_state::closed},
#ifdef TWIN
      {door_state::closed, door_event::turn_key, door_state::locked},
#endif
  };
};

int main() { return syncline::machine<door>::contains(door_state::open) ? 0 : 1; }

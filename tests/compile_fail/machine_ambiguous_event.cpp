// SPDX-License-Identifier: BSL-1.0
// expect: [syncline] machine 'door': event 'push' in state 'closed' leads to both 'open' and 'locked': keep one of the two rows
#include <syncline/queue/machine.hpp>

enum class door_state { closed, open, locked };
enum class door_event { push, turn_key };

struct door {
  static constexpr auto initial = door_state::closed, resting = door_state::closed;
  static constexpr syncline::transition<door_state, door_event> rows[]{
      {door_state::closed, door_event::push, door_state::open},
#ifdef TWIN
      {door_state::closed, door_event::turn_key, door_state::locked},
#else
      {door_state::closed, door_event::push, door_state::locked},
#endif
      {door_state::open, door_event::push, door_state::closed},
      {door_state::locked, door_event::turn_key, door_state::closed},
  };
};

int main() { return syncline::machine<door>::contains(door_state::open) ? 0 : 1; }

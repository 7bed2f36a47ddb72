// SPDX-License-Identifier: BSL-1.0
// expect: [syncline] machine 'door': event 'turn_key' leads to 'locked', from where no events lead to the resting state 'closed': add a row out of it, or declare another `resting`
#include <syncline/queue/machine.hpp>

enum class door_state { closed, open, locked };
enum class door_event { push, turn_key };

struct door {
  static constexpr auto initial = door_state::open, resting = door_state::closed;
  static constexpr syncline::transition<door_state, door_event> rows[]{
      {door_state::open, door_event::push, door_state::closed},
      {door_state::closed, door_event::turn_key, door_state::locked},
#ifdef TWIN
      {door_state::locked, door_event::turn_key, door_state::closed},
#endif
  };
};

int main() { return syncline::machine<door>::contains(door_state::open) ? 0 : 1; }

// SPDX-License-Identifier: BSL-1.0
// expect: [syncline] machine 'door': state 'stuck' is declared a failure, and no event leads to it: add a row into it, or take it out of `failures`
#include <syncline/queue/machine.hpp>

#include <array>

enum class door_state { closed, open, stuck };
enum class door_event { push, jam, repair };

struct door {
  static constexpr auto initial = door_state::closed, resting = door_state::closed;
  static constexpr std::array failures{door_state::stuck};
  static constexpr syncline::transition<door_state, door_event> rows[]{
      {door_state::closed, door_event::push, door_state::open},
      {door_state::open, door_event::push, door_state::closed},
#ifdef TWIN
      {door_state::open, door_event::jam, door_state::stuck},
      {door_state::stuck, door_event::repair, door_state::closed},
#endif
  };
};

int main() { return syncline::machine<door>::contains(door_state::open) ? 0 : 1; }

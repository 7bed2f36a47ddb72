// SPDX-License-Identifier: BSL-1.0
// Prints docs/machines.md: every state machine of the framework, from the tables that the engines run on.

#include <syncline/queue/breaker.hpp>
#include <syncline/queue/life_cycle.hpp>
#include <syncline/record.hpp>
#include <syncline/resolve/manual.hpp>
#include <syncline/sync/session_life.hpp>

#include <cstdint>
#include <iostream>
#include <string>
#include <string_view>

namespace {

using syncline::record_info;

struct sample {
  std::uint32_t at{};
  double value{};
};

struct note {
  static constexpr record_info sync{.table = "notes"};
  syncline::key<std::string> id{};
  syncline::lww<std::string> text{};
};

struct plan {
  static constexpr record_info sync{.table = "plans"};
  syncline::key<std::string> id{};
  syncline::manual<std::string> goal{};
};

struct ride {
  static constexpr record_info sync{.table = "rides"};
  syncline::key<std::string> id{};
  syncline::chunked<sample> power{};
};

template <class Machine>
void print(std::string_view title, std::string_view text) {
  std::cout << "\n## " << title << "\n\n" << text << "\n\n```mermaid\n" << syncline::mermaid<typename Machine::table>() << "```\n";
}

}  // namespace

int main() {
  std::cout << "# State machines\n\n"
               "Printed by `examples/machines.cpp` from the tables that the engines run on; a test compares. Each is checked while it\n"
               "compiles: every state can be reached, no event is ambiguous, every failure has an exit, and rest can be reached from\n"
               "everywhere.\n";
  print<syncline::life_cycle<note>>("A record", "`life_cycle<R>` of a record that has neither a series nor a field that waits for a person.");
  print<syncline::life_cycle<plan>>("A record that a person may have to settle", "`life_cycle<R>` where a field is `manual`: there is a state more.");
  print<syncline::life_cycle<ride>>("A record with a series", "`life_cycle<R>` where a field is `chunked`: it is recorded and processed first.");
  print<syncline::chunk_life_cycle>("A chunk of a series", "`chunk_life_cycle`: made once, never changed.");
  print<syncline::session_life>("A session", "`session_life`, of a device with the hub: what `replica` is at, and what leads on.");
  print<syncline::breaker_machine>("A circuit breaker", "`breaker`: who does not answer is left alone for a while, and then asked once.");
}

// SPDX-License-Identifier: BSL-1.0
#include <syncline/queue/machine.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string>

namespace {

enum class import_state : std::uint8_t { initiated, fetching, storing, failed, retrying, completed, never_used };
enum class import_event : std::uint8_t { start, page, fetched, broken, again, stored };

using syncline::machine;
using syncline::transition;

struct import {
  static constexpr auto initial = import_state::initiated;
  static constexpr auto resting = import_state::completed;
  static constexpr std::array failures{import_state::failed};
  static constexpr transition<import_state, import_event> rows[]{
      {import_state::initiated, import_event::start, import_state::fetching},
      {import_state::fetching, import_event::page, import_state::fetching},
      {import_state::fetching, import_event::broken, import_state::failed},
      {import_state::fetching, import_event::fetched, import_state::storing},
      {import_state::storing, import_event::broken, import_state::failed},
      {import_state::failed, import_event::again, import_state::retrying},
      {import_state::retrying, import_event::start, import_state::fetching},
      {import_state::retrying, import_event::page, import_state::fetching},
      {import_state::storing, import_event::stored, import_state::completed},
  };
};

enum class lamp_state : std::uint8_t { off, on };
enum class lamp_event : std::uint8_t { press };

struct lamp {
  static constexpr auto initial = lamp_state::off, resting = lamp_state::off;
  static constexpr std::array rows{
      transition<lamp_state, lamp_event>{lamp_state::off, lamp_event::press, lamp_state::on},
      transition<lamp_state, lamp_event>{lamp_state::on, lamp_event::press, lamp_state::off}};
};

using machine_of_import = machine<import>;

static_assert(machine_of_import::next(import_state::fetching, import_event::broken) == import_state::failed);
static_assert(!machine_of_import::next(import_state::completed, import_event::broken));
static_assert(machine<lamp>::next(lamp_state::on, lamp_event::press) == lamp_state::off);
static_assert(noexcept(machine<lamp>::next(lamp_state::on, lamp_event::press)));

static_assert(syncline::enumerator_name<import_state::retrying> == "retrying");
static_assert(syncline::enumerator_name<static_cast<import_state>(77)> == "");
static_assert(syncline::enumerator_count<import_state> == 7);
static_assert(syncline::name_of(import_event::again) == "again");
static_assert(syncline::name_of(static_cast<import_event>(200)) == "unknown");

}  // namespace

TEST_CASE("a machine answers what its rows say, for every value of state and event") {
  for (int s = 0; s < 256; ++s) {
    for (int e = 0; e < 256; ++e) {
      const auto state = static_cast<import_state>(s);
      const auto event = static_cast<import_event>(e);
      std::optional<import_state> expected;
      for (const auto& row : import::rows) {
        if (row.from == state && row.event == event) expected = row.to;
      }
      if (machine_of_import::next(state, event) != expected) FAIL("state " << s << ", event " << e);
    }
  }
}

TEST_CASE("a machine's states are those that its table names") {
  CHECK(machine_of_import::contains(import_state::initiated));
  CHECK(machine_of_import::contains(import_state::completed));
  CHECK_FALSE(machine_of_import::contains(import_state::never_used));
  CHECK_FALSE(machine_of_import::contains(static_cast<import_state>(255)));
}

TEST_CASE("a machine prints itself as a Mermaid diagram") {
  CHECK(syncline::mermaid<import>() ==
        "stateDiagram-v2\n"
        "    [*] --> initiated\n"
        "    initiated --> fetching : start\n"
        "    fetching --> fetching : page\n"
        "    fetching --> failed : broken\n"
        "    fetching --> storing : fetched\n"
        "    storing --> failed : broken\n"
        "    failed --> retrying : again\n"
        "    retrying --> fetching : start, page\n"
        "    storing --> completed : stored\n"
        "    completed --> [*]\n");
}

TEST_CASE("a resting state that events leave is not drawn as final") {
  CHECK(syncline::mermaid<lamp>() ==
        "stateDiagram-v2\n"
        "    [*] --> off\n"
        "    off --> on : press\n"
        "    on --> off : press\n");
}

// SPDX-License-Identifier: BSL-1.0
// The simulator at the command line: what it counts, that it repeats itself, and how it is called wrongly.
#include "end_to_end/world.hpp"

#include <string>
#include <vector>

namespace {

using namespace stride_test;

// A run of the simulator that has to find nothing.
json_value simulated(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {"--json", "simulate"});
  const finished ended = run(arguments);
  INFO(ended.err);
  INFO(ended.out);
  REQUIRE(ended.status == 0);
  CHECK(ended.err.empty());  // progress is for terminals
  const auto document = parse_json(ended.out);
  REQUIRE(document.has_value());
  return *document;
}

TEST_CASE("`simulate` runs every seed twice, counts operations and faults, and finds nothing broken", "[REL-2]") {
  const json_value told = simulated({"--seeds", "1..12"});
  CHECK(told["seeds"].number == 12);
  CHECK(told["operations"].number >= 12 * 200);
  CHECK(told["twice"].number == 1);
  CHECK(told["violations"].items.empty());
  for (const char* kind : {"message_lost", "answer_lost", "message_delayed", "device_killed", "hub_killed", "clock_stepped_back"}) {
    INFO(kind);
    CHECK(told["faults"][kind].number > 0);
  }
  const json_value again = simulated({"--seeds", "1..12", "--once"});
  CHECK(again["operations"].number == told["operations"].number);
  CHECK(again["twice"].number == 0);
  CHECK(again["faults"]["message_lost"].number == told["faults"]["message_lost"].number);
}

TEST_CASE("`simulate` takes how many devices, steps and records, and which faults do not happen") {
  const json_value few = simulated({"--seeds", "7", "--devices", "12", "--steps", "40", "--records", "2", "--without", "message_lost", "--once"});
  CHECK(few["seeds"].number == 1);
  CHECK(few["operations"].number >= 40);
  CHECK(few["faults"]["message_lost"].number == 0);
  const finished text = run({"simulate", "--seeds", "1..2"});
  CHECK(text.status == 0);
  CHECK(text.out.find("2 seeds, each run twice") == 0);
  CHECK(text.out.find("0 violations") != std::string::npos);
  CHECK(text.out.find("message_lost") != std::string::npos);
}

TEST_CASE("`simulate` that is called wrongly says how in one sentence, with status 2") {
  check_refused(run({"simulate"}), 2, "--seeds");
  for (const char* seeds : {"", "a..b", "5..1", "1..", "..3", "1...3", "-1..3", "1..99999999999999999999", "0..18446744073709551615"}) {
    INFO(seeds);
    check_refused(run({"simulate", std::string("--seeds=") + seeds}), 2, "seeds");
  }
  check_refused(run({"simulate", "--seeds", "1..2", "--devices", "13"}), 2, "--devices");
  check_refused(run({"simulate", "--seeds", "1..2", "--devices", "1"}), 2, "--devices");
  check_refused(run({"simulate", "--seeds", "1..2", "--steps", "0"}), 2, "--steps");
  check_refused(run({"simulate", "--seeds", "1..2", "--without", "rain"}), 2, "there is no kind of fault 'rain'; there are message_lost, ");
}

}  // namespace

// SPDX-License-Identifier: BSL-1.0
// A device's comparison of what it has with what its hub has.

#include "device/device_parts.hpp"
#include "transport/hub_link.hpp"

#include <cstdint>
#include <string>

namespace stride {

namespace {

using syncline::result;

result<void> run_session(device_replica& replica, hub_link& link, syncline::comparing what) {
  replica.begin_session(what);
  while (true) {
    auto message = replica.next_message(now());
    if (!message) return message.error();
    if (!*message) return {};
    auto answer = link.exchange(**message);
    if (!answer) {
      replica.interrupted();
      return answer.error();
    }
    if (auto taken = replica.receive(*answer, now(), random_bits()); !taken) return taken.error();
  }
}

std::string records(std::uint64_t count) { return std::to_string(count) + (count == 1 ? " record" : " records"); }

// What is not as it should be, in one sentence; empty where all is well.
std::string complaint(const std::vector<verified_table>& tables, bool repairs) {
  std::uint64_t damaged = 0, left = 0;
  std::string problem;
  for (const verified_table& each : tables) {
    damaged += each.damaged;
    left += each.differed - each.repaired - each.damaged;
    if (problem.empty() && !each.problem.empty()) problem = "table '" + each.table + "': " + each.problem;
  }
  if (damaged > 0) {
    return records(damaged) + (damaged == 1 ? " is" : " are") +
           " damaged or lost at the hub, and nothing here was changed: restore the hub from a backup, or delete and make " +
           (damaged == 1 ? "it" : "them") + " anew";
  }
  if (!problem.empty()) return problem;
  if (left == 0) return {};
  return repairs ? records(left) + " could not be repaired: run `stride verify --repair` again"
                 : records(left) + (left == 1 ? " is" : " are") + " not as the hub has " + (left == 1 ? "it" : "them") +
                       ": `stride verify --repair` puts that right";
}

}  // namespace

verify_outcome device::verify(bool repairs) {
  verify_outcome outcome;
  if (auto can = can_sync(); !can) {
    outcome.error = can.error().message;
    return outcome;
  }
  hub_link link(config().hub, config().token);
  device_replica& replica = *parts_->replica;
  const auto session = run_session(replica, link, repairs ? syncline::comparing::repair : syncline::comparing::report);
  for (const syncline::table_comparison& each : replica.comparison()) {
    outcome.tables.push_back({each.table, each.compared, each.differed, each.repaired, each.damaged, each.problem});
  }
  outcome.error = session ? complaint(outcome.tables, repairs) : session.error().message;
  outcome.ok = outcome.error.empty();
  return outcome;
}

}  // namespace stride

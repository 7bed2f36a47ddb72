// SPDX-License-Identifier: BSL-1.0

#include "cli/render_simulation.hpp"

#include "domain/characters.hpp"

#include <syncline/wire/json.hpp>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace stride {

namespace {

using syncline::sim_fault, syncline::sim_fault_count;

// 1234567 as "1,234,567".
std::string grouped(std::uint64_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, 1, ',');
  return digits;
}

std::string counted(std::uint64_t number, const std::string& noun) {
  return grouped(number) + " " + noun + (number == 1 ? "" : "s");
}

std::string as_json(const simulation_view& all) {
  std::string text;
  syncline::json_writer out(text);
  out.begin_object().member("seeds", all.seeds).member("operations", all.operations).member("twice", all.twice);
  out.member("seconds", all.seconds).key("faults").begin_object();
  for (std::size_t i = 0; i < sim_fault_count; ++i) out.member(name_of(static_cast<sim_fault>(i)), all.faults[i]);
  out.end_object().key("violations").begin_array();
  for (const violation_view& each : all.violations) {
    out.begin_object().member("seed", each.seed).member("invariant", std::string(to_string(each.broken.invariant)));
    out.member("record", printable(each.broken.record)).member("field", each.broken.field);
    out.member("expected", printable(each.broken.expected)).member("found", printable(each.broken.found));
    out.member("operations", each.operations).member("replay", each.replay).member("trace", printable(each.trace));
    out.end_object();
  }
  out.end_array().end_object();
  return text + '\n';
}

}  // namespace

std::string render(output as, const simulation_view& all) {
  if (as == output::json) return as_json(all);
  std::string text;
  for (const violation_view& each : all.violations) {
    text += "seed " + std::to_string(each.seed) + ": broken: " + std::string(to_string(each.broken.invariant)) + '\n';
    for (const auto& [what, found] : {std::pair{"record", &each.broken.record}, {"field", &each.broken.field},
                                      {"expected", &each.broken.expected}, {"found", &each.broken.found}}) {
      if (!found->empty()) text += "  " + std::string(what) + std::string(10 - std::string_view(what).size(), ' ') + printable(*found) + '\n';
    }
    text += "the smallest world that shows it has " + counted(each.operations, "operation") + ":\n" + printable(each.trace);
    text += "see it again with\n  " + each.replay + "\n\n";
  }
  const auto rate = static_cast<std::uint64_t>(static_cast<double>(all.operations) * (all.twice ? 2 : 1) / std::max(all.seconds, 1e-3));
  text += counted(all.seeds, "seed") + (all.twice ? ", each run twice: " : ": ") + counted(all.operations, "operation") + " at " +
          grouped(rate) + " per second, " + counted(all.violations.size(), "violation") + "\nfaults that fired:\n";
  for (std::size_t i = 0; i < sim_fault_count; ++i) {
    const std::string name = name_of(static_cast<sim_fault>(i)), count = grouped(all.faults[i]);
    text += "  " + name + std::string(name.size() < 30 ? 30 - name.size() : 1, ' ') + std::string(count.size() < 13 ? 13 - count.size() : 1, ' ') + count + '\n';
  }
  return text;
}

std::string progress(seed_range seeds, const simulation_view& all) {
  return grouped(all.seeds) + " of " + counted(seeds.count(), "seed") + ", " + counted(all.operations, "operation") + ", " +
         counted(all.violations.size(), "violation");
}

}  // namespace stride

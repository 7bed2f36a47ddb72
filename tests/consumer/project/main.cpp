// SPDX-License-Identifier: BSL-1.0
// A record type of one's own: a boat's log entry is edited and the change is applied to an older copy.

#include <syncline/change.hpp>
#include <syncline/record.hpp>

#include <cstdio>
#include <string>

struct log_entry {
  static constexpr syncline::record_info sync{.table = "log_entries", .version = 1};

  syncline::key<std::string> id{};
  syncline::lww<std::string> remark{};
  syncline::lww<double> wind_mps{};
};

int main() {
  log_entry old{};
  old.id = std::string("noon");
  log_entry now = old;
  now.remark = std::string("reefed");

  const auto change = syncline::diff(old, now);
  const log_entry applied = syncline::apply(old, change);
  if (change.fields.size() == 1 && *applied.remark == "reefed" && *applied.wind_mps == 0.0) return 0;
  std::puts("the change did not carry over");
  return 1;
}

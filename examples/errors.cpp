// SPDX-License-Identifier: BSL-1.0
// Errors are values that a person can read and a queue can act on.

#include "check.hpp"

#include <syncline/core/error.hpp>
#include <syncline/core/fixed_string.hpp>
#include <syncline/core/result.hpp>

#include <string>

//! [an-error-is-a-value]
syncline::result<int> read_level(const std::string& sensor) {
  if (sensor.empty()) {
    return syncline::make_error(syncline::error_code::unreachable, syncline::phase::transport,
                                "cannot read the level: no sensor answers; connect one and try again");
  }
  return 42;
}

void use_level() {
  if (const auto level = read_level(""); !level) {
    const syncline::error& why = level.error();
    check(why.severity == syncline::error_class::transient);  // try again as it is
    std::cout << to_string(why.phase) << ": " << why << '\n';
  }
  check(*read_level("tank") == 42);
}
//! [an-error-is-a-value]

//! [fixed-string]
template <syncline::fixed_string Name>
struct unit {
  static constexpr std::string_view name = Name.view();
};
static_assert(unit<"litre">::name == "litre");

constexpr std::string_view per = " per ", hour = "hour";
static_assert(syncline::concatenated<unit<"litre">::name, per, hour>() == syncline::fixed_string("litre per hour"));
//! [fixed-string]

int main() { use_level(); }

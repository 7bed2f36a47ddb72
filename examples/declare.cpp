// SPDX-License-Identifier: BSL-1.0
// A declaration, and what the compiler knows from it alone.

#include "check.hpp"

#include <syncline/change.hpp>
#include <syncline/record.hpp>
#include <syncline/resolve.hpp>

#include <optional>
#include <set>
#include <string>

//! [declare]
struct moisture {
  syncline::timestamp at{};
  double percent{};
};

struct bed {
  static constexpr syncline::record_info sync{.table = "beds", .version = 1};

  syncline::key<std::string> id{};                                      // its name in the table
  syncline::once<syncline::timestamp> planted_at{};                     // the first value that reaches the hub
  syncline::server<std::optional<double>> expected_kg{};                // the hub's word
  syncline::client<std::string> note{};                                 // the gardener's word
  syncline::lww<std::string> crop{};                                    // the later write
  syncline::merge<int, syncline::counter> waterings{};                  // every increment counts
  syncline::merge<std::set<std::string>, syncline::set_edits> pests{};  // what both sides added and removed
  syncline::chunked<moisture> soil{};                                   // a long series, beside the record
};
//! [declare]

//! [schema]
using beds = syncline::schema<bed>;
static_assert(beds::size == 8 && beds::table == "beds");
static_assert(beds::names[4] == "crop" && beds::index_of("pests") == 6);
static_assert(std::is_same_v<beds::key_type, std::string>);
static_assert(std::is_same_v<beds::policy_type<4>, syncline::policy::lww>);
//! [schema]

// The table of policies, while compiling: who may write what.
using enum syncline::role;
using syncline::field_set, syncline::the;
static_assert(syncline::editable<bed, client> ==
              field_set<bed>::all() - field_set<bed>::of(the<&bed::id>, the<&bed::expected_kg>));
static_assert(!syncline::editable<bed, server>.contains(the<&bed::note>.index));
static_assert(syncline::editable<bed, server>.contains(the<&bed::expected_kg>.index));
static_assert(syncline::creatable<bed, client> == field_set<bed>::all());
static_assert(syncline::stamped<bed> == field_set<bed>::of(the<&bed::note>, the<&bed::crop>, the<&bed::soil>));
static_assert(syncline::merged<bed> == field_set<bed>::of(the<&bed::waterings>, the<&bed::pests>));

int main() {
  bed north{.id = {"north"}, .crop = {"beans"}};  // a value of the struct is just a value
  north.waterings = 3;  // and a field reads and writes like what it holds
  check(north.crop->starts_with("bean") && north.waterings + 1 == 4);
  for (const std::string_view name : beds::names) std::cout << name << '\n';
}

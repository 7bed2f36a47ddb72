// SPDX-License-Identifier: BSL-1.0
// A struct of another library, declared beside it; and a record that says once what most of its fields are.

#include "check.hpp"

#include <syncline/change.hpp>
#include <syncline/record.hpp>
#include <syncline/resolve.hpp>

#include <optional>
#include <set>
#include <string>

//! [vendor]
namespace vendor {

struct ride {
  std::string id{};
  double distance_m{};
  std::optional<int> rpe{};
  std::set<std::string> tags{};
  std::string name{};
};

}  // namespace vendor
//! [vendor]

//! [beside]
template <>
struct syncline::policies_of<vendor::ride> {
  static constexpr record_info sync{.table = "rides"};

  policy::key id;
  policy::server distance_m;
  policy::client rpe;
  policy::merge<set_edits> tags;  // `name` is not named: the later write
};
//! [beside]

//! [default]
struct forecast {
  static constexpr syncline::record_info sync{.table = "forecasts"};
  using default_policy = syncline::policy::server;

  syncline::key<std::string> place{};
  double wind_m_s{};
  double rain_mm{};
  std::string summary{};
  syncline::client<bool> is_pinned{};
};
//! [default]

// The tables of policies, while compiling.
using enum syncline::role;
using syncline::field_set, syncline::the, vendor::ride;
using rides = syncline::schema<ride>;
static_assert(rides::table == "rides" && rides::names[rides::key_index] == "id");
static_assert(std::is_same_v<rides::policy_type<1>, syncline::policy::server>);
static_assert(std::is_same_v<rides::policy_type<4>, syncline::policy::lww>);
static_assert(syncline::editable<ride, client> ==
              field_set<ride>::of(the<&ride::rpe>, the<&ride::tags>, the<&ride::name>));
static_assert(syncline::stamped<ride> == field_set<ride>::of(the<&ride::rpe>, the<&ride::name>));
static_assert(syncline::merged<ride> == field_set<ride>::of(the<&ride::tags>));

static_assert(syncline::editable<forecast, client> == field_set<forecast>::of(the<&forecast::is_pinned>));
static_assert(syncline::editable<forecast, server> ==
              field_set<forecast>::of(the<&forecast::wind_m_s>, the<&forecast::rain_mm>, the<&forecast::summary>));

int main() {
  ride before;
  before.id = "commute";
  before.tags = {"wet"};

  //! [edit]
  const auto change = syncline::edit<client>(before, [](auto& e) {
    e[the<&ride::rpe>] = 7;
    e[the<&ride::tags>].insert("hilly");  // e[the<&ride::distance_m>] does not compile: it is the server's
  });
  const ride after = syncline::apply(before, change);
  check(after.rpe == 7 && after.tags == std::set<std::string>{"hilly", "wet"});
  //! [edit]
  change.fields.for_each([](std::size_t field) { std::cout << rides::names[field] << " changed\n"; });
}

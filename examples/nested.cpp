// SPDX-License-Identifier: BSL-1.0
// A struct in a record, whose fields have policies of their own.

#include "check.hpp"

#include <syncline/change.hpp>
#include <syncline/record.hpp>
#include <syncline/resolve.hpp>
#include <syncline/wire/encode.hpp>

#include <map>
#include <set>
#include <string>

//! [declare]
struct preferences {
  std::string theme{};                                                  // plain: the later edit of this field
  syncline::once<std::string> invited_by{};                             // the first value
  syncline::merge<int, syncline::counter> logins{};                     // every increment counts
  syncline::merge<std::set<std::string>, syncline::set_edits> muted{};  // what both sides added and removed
};

struct account {
  static constexpr syncline::record_info sync{.table = "accounts"};

  syncline::key<std::string> id{};
  syncline::merge<preferences, syncline::by_field> all{};
  syncline::merge<std::map<std::string, preferences>, syncline::map_edits_of<syncline::by_field>> of_device{};
};
//! [declare]

using syncline::the, syncline::role;
static_assert(syncline::edit_function<syncline::by_field, preferences>);
static_assert(syncline::merged<account> ==
              syncline::field_set<account>::of(the<&account::all>, the<&account::of_device>));

int main() {
  account base;
  base.id = "ann";
  base.all = preferences{.theme = "light", .invited_by = {}, .logins = {10}, .muted = {}};

  //! [merge]
  const auto phone = syncline::edit<role::client>(base, [](auto& e) {
    e[the<&account::all>].theme = "dark";
    e[the<&account::all>].logins = 11;
  });
  const auto watch = syncline::edit<role::client>(base, [](auto& e) {
    e[the<&account::all>].logins = 12;
    e[the<&account::all>].muted.value.insert("ben");
  });
  const account both = syncline::apply(syncline::apply(base, phone), watch);
  check(both.all->theme == "dark" && both.all->logins == 13 && both.all->muted->contains("ben"));
  //! [merge]

  std::string bytes;
  syncline::encode_to(bytes, watch);  // the two fields that the watch changed, and nothing of the theme
  std::cout << "the watch sends " << bytes.size() << " bytes\n";
  check(bytes.find("light") == std::string::npos);
}

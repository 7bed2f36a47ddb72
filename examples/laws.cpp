// SPDX-License-Identifier: BSL-1.0
// A merge function of one's own, and the line that tests it. In Catch2: CHECK(check_merge_laws<highest_offer, int>());

#include "check.hpp"

#include <syncline/resolve.hpp>
#include <syncline/testing/check_edit_laws.hpp>
#include <syncline/testing/check_merge_laws.hpp>

#include <array>
#include <set>
#include <string>

//! [merge-function]
// Of two different offers the higher one stands. The claims are what the checker holds it to, beyond the laws of all.
struct highest_offer {
  static constexpr bool is_commutative = true, is_idempotent = true, is_associative = true;

  static constexpr int merge(int base, int local, int remote) {
    if (local == base) return remote;
    if (remote == base) return local;
    return local > remote ? local : remote;
  }
};
static_assert(highest_offer::merge(10, 12, 15) == 15 && highest_offer::merge(10, 12, 10) == 12);
//! [merge-function]

//! [configured]
// What configures a merge function is its template arguments: it is a type, of which no object is made.
template <int Limit>
struct offer_up_to {
  static constexpr bool is_commutative = true;

  static constexpr int merge(int base, int local, int remote) {
    const int highest = highest_offer::merge(base, local, remote);
    return local != base && remote != base && highest > Limit ? Limit : highest;
  }
};
//! [configured]

struct lot {
  static constexpr syncline::record_info sync{.table = "lots"};

  syncline::key<std::string> id{};
  syncline::merge<int, highest_offer> offer{};
};

int main() {
  //! [merge-laws]
  check(bool{syncline::check_merge_laws<highest_offer, int>()});

  const syncline::law_report report = syncline::check_merge_laws<offer_up_to<100>, int>();
  check(!report);  // two who both offer 101 do not get what they offered
  std::cout << report << '\n';
  check(report.broken.front() == "merge(a, b, b) == b does not hold for a = 0, b = 101: 100 is not 101");
  //! [merge-laws]

  //! [edit-laws]
  check(bool{syncline::check_edit_laws<syncline::set_edits, std::set<std::string>>()});
  check(bool{syncline::check_edits_commute<syncline::counter, int>()});
  //! [edit-laws]

  //! [shrink]
  const auto least = syncline::shrunk(std::array{std::string("easy tempo run"), std::string("easy")},
                                      [](const auto& at) { return at[0].size() > at[1].size(); });
  check(least[0] == "a" && least[1].empty());
  //! [shrink]
}

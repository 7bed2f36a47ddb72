// SPDX-License-Identifier: BSL-1.0
// How two versions of a record differ, and the only door through which it changes.

#include "check.hpp"

#include <syncline/change.hpp>
#include <syncline/record.hpp>

#include <string>

struct book {
  static constexpr syncline::record_info sync{.table = "books"};

  syncline::key<std::string> isbn{};
  syncline::lww<std::string> shelf{};
  syncline::client<std::string> remark{};
  syncline::server<int> times_lent{};
};

using syncline::the;

int main() {
  //! [field-set]
  using fields = syncline::field_set<book>;
  constexpr fields moved = fields::of(the<&book::shelf>);
  constexpr fields described = fields::of(the<&book::shelf>, the<&book::remark>);
  static_assert((described - moved) == fields::of(the<&book::remark>));
  static_assert(described.size() == 2 && described.contains(the<&book::shelf>.index));
  //! [field-set]

  //! [diff]
  const book before{.isbn = {"978-0"}, .shelf = {"A1"}};
  book after = before;
  after.shelf = "B7";

  const syncline::delta<book> change = syncline::diff(before, after);
  check(change.fields == fields::of(the<&book::shelf>));
  check(*syncline::apply(before, change).shelf == "B7");

  const syncline::delta<book> back = syncline::invert(change, before);
  check(*syncline::apply(after, back).shelf == "A1");
  //! [diff]

  //! [edit]
  const syncline::delta<book> edited = syncline::edit<syncline::role::client>(before, [](auto& e) {
    e[the<&book::remark>] = "spine is loose";
    // e[the<&book::times_lent>] = 1;  does not compile: "field 'times_lent' is server<T>, so code that acts for a
    //                                 client cannot write it: let the hub write it (hub.edit), or declare it ..."
  });
  check(edited.fields == fields::of(the<&book::remark>));
  //! [edit]

  const syncline::delta<book> both = syncline::compose(change, edited);
  const book last = syncline::apply(before, both);
  check(*last.shelf == "B7" && *last.remark == "spine is loose");
  syncline::for_each_field([](auto, const auto& field) { std::cout << syncline::value_of(field) << '\n'; }, last);
}

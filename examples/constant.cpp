// SPDX-License-Identifier: BSL-1.0
// What each policy decides, as a table that is proved while compiling: it cannot go wrong unnoticed.

#include "check.hpp"

#include <syncline/change.hpp>
#include <syncline/record.hpp>
#include <syncline/resolve.hpp>

#include <optional>

struct seat {
  static constexpr syncline::record_info sync{.table = "seats"};

  syncline::key<int> number{};
  syncline::server<int> price{};                                       // the box office's word
  syncline::client<int> meal{};                                        // the guest's word
  syncline::lww<int> row{};                                            // the later write
  syncline::once<int> guest{};                                         // whoever came first
  syncline::merge<int, syncline::counter> coffees{};                   // both
  syncline::merge<std::optional<int>, syncline::merge_max> bid{};      // the higher of two
};

using syncline::rule, syncline::side, syncline::the;

//! [policy-table]
// A guest (local) and the box office (remote) both changed every field; the guest wrote later.
constexpr seat base{.number = {7}, .price = {10}, .meal = {1}, .row = {1}, .coffees = {2}};
constexpr seat local{.number = {7}, .price = {5}, .meal = {2}, .row = {2}, .guest = {41}, .coffees = {3}, .bid = {50}};
constexpr seat remote{.number = {7}, .price = {8}, .meal = {3}, .row = {3}, .guest = {42}, .coffees = {6}, .bid = {60}};

constexpr syncline::stamps<seat> written_at(std::uint64_t ticks, const char* device) {
  syncline::stamps<seat> stamps{};
  stamps.fill({{ticks}, syncline::device_id(device)});
  return stamps;
}

constexpr auto merged = syncline::resolve(base, local, written_at(2, "app"), remote, written_at(1, "office"));

template <auto Field>
constexpr bool decided(side winner, rule why, int value) {
  constexpr std::size_t at = the<Field>.index;
  const auto& how = merged.how;
  const side stands = how.both.contains(at) ? side::both : how.local.contains(at) ? side::local : side::remote;
  return stands == winner && how.rules[at] == why && *(merged.value.*Field) == value;
}

static_assert(decided<&seat::price>(side::remote, rule::server_owned, 8));
static_assert(decided<&seat::meal>(side::local, rule::later_write, 2));
static_assert(decided<&seat::row>(side::local, rule::later_write, 2));
static_assert(decided<&seat::guest>(side::remote, rule::first_value, 42));
static_assert(decided<&seat::coffees>(side::both, rule::merged, 7));
static_assert(decided<&seat::bid>(side::both, rule::merged, 60));

// What did not stand is not gone.
static_assert(*merged.how.lost.price == 5 && *merged.how.lost.meal == 3 && *merged.how.lost.guest == 41);
//! [policy-table]

//! [delta-laws]
constexpr syncline::delta<seat> change = syncline::diff(base, local);
static_assert(syncline::is_same_value(syncline::apply(base, change), local));
static_assert(syncline::is_same_value(syncline::apply(local, syncline::invert(change, base)), base));
static_assert(syncline::compose(change, syncline::diff(local, local)) == change);
//! [delta-laws]

int main() {
  for (std::size_t i = 1; i < syncline::schema<seat>::size; ++i) {
    std::cout << syncline::schema<seat>::names[i] << ": " << to_string(merged.how.rules[i]) << '\n';
  }
  check(syncline::changed_fields(base, merged.value).size() == 6);
}

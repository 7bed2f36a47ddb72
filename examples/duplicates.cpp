// SPDX-License-Identifier: BSL-1.0
// One concert, noted on two phones: the two records are found to be the same thing, and become one.

#include "check.hpp"

#include <syncline/record.hpp>
#include <syncline/resolve.hpp>
#include <syncline/sync.hpp>
#include <syncline/testing/memory_store.hpp>

#include <optional>
#include <string>

using namespace std::chrono_literals;

//! [declare]
struct concert {
  static constexpr syncline::record_info sync{.table = "concerts"};

  syncline::key<std::string> id{};
  syncline::server<std::string> hall{};
  syncline::once<syncline::timestamp> began_at{};
  syncline::server<std::optional<int>> loudest_db{};    // measured
  syncline::client<std::optional<std::string>> note{};  // said
  syncline::client<std::optional<int>> stars{};

  static constexpr auto duplicates = syncline::within<&concert::began_at>(10min).and_same<&concert::hall>();
};

// Of two duplicates, the one that was measured is to be believed.
int evidence(const concert& c) { return c.loudest_db->has_value() ? 1 : 0; }
//! [declare]

using store = syncline::memory_store<concert>;
using phone = syncline::replica<store, concert>;
using home = syncline::hub<store, concert>;
using syncline::the;

constexpr syncline::timestamp at(std::chrono::minutes after_eight) {
  using namespace std::chrono;
  return sys_days{2026y / November / 21} + 20h + after_eight;
}

void synchronize(phone& device, home& hub, syncline::timestamp now) {
  device.begin_session();
  while (const auto message = must(device.next_message(now))) {
    must(device.receive(hub.handle("music", device.state().device, *message, now), now, 4));
  }
}

int main() {
  const concert heard{.id = {"ana-1"}, .hall = {"Opera"}, .began_at = {at(4min)}, .loudest_db = {97}};
  const concert noted{.id = {"ben-1"}, .hall = {"Opera"}, .began_at = {at(0min)}, .stars = {5}};

  //! [join]
  check(syncline::matches(heard, noted));
  concert one = noted;  // the earlier one survives
  syncline::stamps<concert> written{};
  auto group = syncline::duplicate_group<concert>::of(noted);
  syncline::decisions<concert> how;
  syncline::join_duplicates(one, written, group, heard, {}, syncline::duplicate_group<concert>::of(heard), how);
  check(*one.id == "ben-1" && *one.loudest_db == 97 && *one.stars == 5);
  check(*one.began_at == at(4min) && *how.lost.began_at == at(0min));  // the measured start; the other is not forgotten
  //! [join]

  store ana_store, ben_store, hub_store;
  phone ana = must(phone::open(ana_store, "music", "ana", 1)), ben = must(phone::open(ben_store, "music", "ben", 3));
  home hub{hub_store};
  must(ana.create(heard, at(120min)));
  must(ben.create(noted, at(121min)));
  synchronize(ana, hub, at(122min));

  //! [alias]
  synchronize(ben, hub, at(123min));  // now the hub has both, and makes them one
  must(ana.edit<concert>("ana-1", at(124min), [](auto& open) { open[the<&concert::note>] = "encore!"; }));  // still offline
  synchronize(ana, hub, at(125min));
  synchronize(ben, hub, at(126min));
  check(must(ana.list<concert>()).size() == 1);
  const auto found = must(ben.find<concert>("ana-1"));  // the id that vanished leads to the record that stands for it
  check(found && *found->id == "ben-1" && *found->note == "encore!" && *found->loudest_db == 97 && *found->stars == 5);
  //! [alias]
  std::cout << "ana-1 is " << *found->id << " now: " << **found->loudest_db << " dB, " << **found->stars << " stars, " << **found->note << '\n';
}

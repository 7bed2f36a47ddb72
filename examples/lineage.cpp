// SPDX-License-Identifier: BSL-1.0
// Two versions of a record: a hub that has the newer one, and a phone whose app was not updated yet.

#include "check.hpp"

#include <syncline/sync.hpp>
#include <syncline/testing/memory_store.hpp>

#include <cmath>
#include <string>

//! [declare]
struct hike_v1 {
  static constexpr syncline::record_info sync{.table = "hikes", .version = 1};

  syncline::key<std::string> id{};
  syncline::lww<std::string> title{};
  syncline::lww<double> distance_km{};
};

struct hike {
  static constexpr syncline::record_info sync{.table = "hikes", .version = 2};
  using previous = hike_v1;

  syncline::key<std::string> id{};
  syncline::lww<std::string> title{};  // carries over by its name
  syncline::lww<long> distance_m{};    // by the steps below
  syncline::lww<std::string> mood{};   // is new
};

void carry(const hike_v1& from, hike& to) { to.distance_m = std::lround(*from.distance_km * 1000); }
void carry(const hike& from, hike_v1& to) { to.distance_km = static_cast<double>(*from.distance_m) / 1000; }
//! [declare]

using store = syncline::memory_store<hike>;  // keeps rows of both versions
using std::chrono::sys_days;

template <class Hub, class Replica>
void sync(Hub& hub, Replica& replica, std::string_view device, syncline::timestamp now) {
  replica.begin_session();
  while (auto message = replica.next_message(now).value()) {
    check(replica.receive(hub.handle("ana", device, *message, now), now, 1).has_value());
  }
}

int main() {
  const syncline::timestamp now = sys_days{std::chrono::year{2026} / 5 / 1};
  using syncline::the;

  //! [carry]
  const hike_v1 old_value{.id = {"a"}, .title = {"Ridge"}, .distance_km = {12.5}};
  const hike new_value = syncline::up<hike>(old_value);
  check(new_value.title == "Ridge" && new_value.distance_m == 12'500);
  check(syncline::down(new_value).distance_km == 12.5);
  //! [carry]

  //! [interoperate]
  store hub_disk, tablet_disk, phone_disk;
  syncline::hub<store, hike> hub(hub_disk);
  auto tablet = syncline::replica<store, hike>::open(tablet_disk, "ana", "tablet", 1).value();
  auto phone = syncline::replica<store, hike_v1>::open(phone_disk, "ana", "phone", 2).value();  // not updated yet

  tablet.create(hike{.id = {"a"}, .title = {"Ridge"}, .distance_m = {12'345}, .mood = {"merry"}}, now).value();
  sync(hub, tablet, "tablet", now);
  sync(hub, phone, "phone", now);
  phone.edit<hike_v1>("a", now, [](auto& e) { e[the<&hike_v1::title>] = "High ridge"; }).value();
  sync(hub, phone, "phone", now);

  const hike there = hub.find<hike>("ana", "a").value().value();
  check(there.title == "High ridge" && there.mood == "merry" && there.distance_m == 12'345);
  //! [interoperate]

  //! [update]
  phone.edit<hike_v1>("a", now, [](auto& e) { e[the<&hike_v1::distance_km>] = 14.0; }).value();
  auto updated = syncline::replica<store, hike>::open(phone_disk, "ana", "phone", 3).value();  // the same folder, a newer app
  check(updated.find<hike>("a").value()->distance_m == 14'000);  // waits to be sent, as before
  sync(hub, updated, "phone", now);
  check(hub.find<hike>("ana", "a").value()->distance_m == 14'000);
  check(updated.find<hike>("a").value()->mood == "merry");
  //! [update]
}

// SPDX-License-Identifier: BSL-1.0
// A conflict log that syncs like everything else, and a decision that is taken back.

#include "check.hpp"

#include <syncline/record.hpp>
#include <syncline/resolve.hpp>
#include <syncline/sync.hpp>
#include <syncline/testing/memory_store.hpp>

#include <chrono>
#include <string>

struct page {
  static constexpr syncline::record_info sync{.table = "pages"};

  syncline::key<std::string> id{};
  syncline::lww<std::string> title{};
};

//! [log]
using store = syncline::memory_store<page, syncline::conflict>;  // an app that lists `conflict` has its log as records
using device = syncline::replica<store, page, syncline::conflict>;
using authority = syncline::hub<store, page, syncline::conflict>;
//! [log]

void sync(device& from, authority& hub, syncline::timestamp now) {
  from.begin_session();
  while (const auto message = must(from.next_message(now))) {
    must(from.receive(hub.handle("wiki", from.state().device, *message, now), now, 7));
  }
}

int main() {
  using syncline::the;
  const syncline::timestamp now{std::chrono::hours{500'000}};
  const auto later = [&](int seconds) { return now + std::chrono::seconds{seconds}; };
  store at_hub, on_phone, on_laptop;
  authority hub(at_hub);
  device phone = must(device::open(on_phone, "wiki", "phone", 1)), laptop = must(device::open(on_laptop, "wiki", "laptop", 2));

  must(phone.create(page{.id = {"home"}, .title = {"Home"}}, now));
  sync(phone, hub, now);
  sync(laptop, hub, now);
  must(phone.edit<page>("home", later(1), [](auto& e) { e[the<&page::title>] = "Start"; }));
  must(laptop.edit<page>("home", later(2), [](auto& e) { e[the<&page::title>] = "Welcome"; }));
  for (device* each : {&phone, &laptop, &phone}) sync(*each, hub, later(3));

  //! [undo]
  const syncline::conflict entry = must(phone.list<syncline::conflict>()).front();
  const syncline::superseded& lost = entry.values->front();
  check(lost.field == "title" && lost.kept_by == "laptop" && lost.why == syncline::rule::later_write);
  check(must(syncline::decode<std::string>(lost.dropped.bytes)) == "Start");

  must(laptop.undo(entry.id, later(60)));  // from any device; a second undo of it says that it was done
  for (device* each : {&laptop, &phone}) sync(*each, hub, later(61));
  check(must(phone.find<page>("home"))->title == "Start");
  check(!phone.undo(entry.id, later(62)));
  //! [undo]
}

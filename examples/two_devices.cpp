// SPDX-License-Identifier: BSL-1.0
// Two phones and a hub in one process: both phones edit one plant while offline, meet at the hub, and say what was
// decided and why.

#include "check.hpp"

#include <syncline/resolve.hpp>
#include <syncline/sync.hpp>
#include <syncline/testing/memory_store.hpp>
#include <syncline/wire/json.hpp>

#include <set>
#include <string>

struct plant {
  static constexpr syncline::record_info sync{.table = "plants"};

  syncline::key<std::string> id{};
  syncline::lww<std::string> spot{};                                     // the later write
  syncline::merge<int, syncline::counter> waterings{};                   // every increment counts
  syncline::merge<std::set<std::string>, syncline::set_edits> labels{};  // what both added and removed
  syncline::server<std::string> advice{};                                // the hub's word
};

using store = syncline::memory_store<plant>;
using phone = syncline::replica<store, plant>;
using home = syncline::hub<store, plant>;
using syncline::the;

constexpr syncline::timestamp at(int minutes) {
  using namespace std::chrono;
  return sys_days{2026y / November / 21} + 8h + std::chrono::minutes{minutes};
}

//! [replica]
// A session: the engines do no I/O, so the caller owns the link, the clock and the random numbers.
void synchronize(phone& device, home& hub, syncline::timestamp now) {
  device.begin_session();
  while (const auto message = must(device.next_message(now))) {
    const std::string answer = hub.handle("garden", device.state().device, *message, now);
    must(device.receive(answer, now, 4));  // chosen by a fair die, once
  }
}
//! [replica]

// What the phone noted when each field was decided.
void explain(phone& device) {
  const auto record = must(device.find_record<plant>("fern"));
  const plant seen = record->seen();
  std::cout << "on " << device.state().device << ":\n";
  for (const syncline::field_reason& reason : record->reasons) {
    syncline::for_each_field(
        [&]<std::size_t I>(std::integral_constant<std::size_t, I>, const auto& field) {
          using value_type = syncline::schema<plant>::value_type<I>;
          if (I != reason.field) return;
          std::cout << "  " << syncline::schema<plant>::names[I] << " = " << syncline::json_text(field) << "  ("
                    << to_string(reason.winner) << ", " << to_string(reason.why);
          if (!reason.by.empty()) std::cout << ", by " << reason.by;
          if (reason.dropped) {
            const auto dropped = must(syncline::decode<value_type>(reason.dropped->bytes));
            std::cout << ", instead of " << syncline::json_text(dropped);
          }
          std::cout << ")\n";
        },
        seen);
  }
}

int main() {
  store hub_disk, ana_disk, ben_disk;
  home hub(hub_disk);
  phone ana = must(phone::open(ana_disk, "garden", "ana's phone", 101));
  phone ben = must(phone::open(ben_disk, "garden", "ben's phone", 102));

  must(ana.create(plant{.id = {"fern"}, .spot = {"window"}, .waterings = {1}, .labels = {{"indoor"}}}, at(0)));
  synchronize(ana, hub, at(1));
  synchronize(ben, hub, at(2));

  // Both go offline, and both write the same fields.
  must(ana.edit<plant>("fern", at(10), [](auto& e) {
    e[the<&plant::spot>] = "kitchen";
    e[the<&plant::waterings>] = *e.record().waterings + 1;
    e[the<&plant::labels>].insert("thirsty");
  }));
  must(ben.edit<plant>("fern", at(11), [](auto& e) {
    e[the<&plant::spot>] = "balcony";
    e[the<&plant::waterings>] = *e.record().waterings + 2;
    e[the<&plant::labels>].erase("indoor");
    // e[the<&plant::advice>] = "none";  does not compile: the field is the server's
  }));

  //! [hub]
  // The hub writes through a door of its own; its word is numbered and travels like any other change.
  must(hub.edit<plant>("garden", "fern", at(12), [](auto& e) { e[the<&plant::advice>] = "repot in spring"; }));
  //! [hub]

  synchronize(ben, hub, at(20));
  synchronize(ana, hub, at(21));  // Ana's spot was written earlier: it does not stand, and she is told
  synchronize(ben, hub, at(22));

  explain(ana);
  explain(ben);

  const auto here = must(ana.find<plant>("fern")), there = must(ben.find<plant>("fern"));
  const auto decided = must(hub.find<plant>("garden", "fern"));
  check(syncline::is_same_value(*here, *decided) && syncline::is_same_value(*there, *decided));
  check(*decided->spot == "balcony" && *decided->waterings == 4 && *decided->advice == "repot in spring");
  check(*decided->labels == std::set<std::string>{"thirsty"});

  const auto lost = must(hub.dropped("garden", {}, 10));
  check(lost.size() == 1 && must(syncline::decode<std::string>(lost.front().second.value.bytes)) == "kitchen");
  check(ana.state().conflicts == 1);
}

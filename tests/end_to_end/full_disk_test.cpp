// SPDX-License-Identifier: BSL-1.0
// Disks that are full while something is imported, written or synced: one sentence, nothing lost, and on it goes with room.
#include "end_to_end/world.hpp"

namespace {

using namespace stride_test;

constexpr std::string_view full = "the disk is full; free some space and try again";

// Files that cannot grow beyond these sizes: from one that leaves no room to open the store to one that leaves some to write.
constexpr rlim_t sizes[] = {4'000, 40'000, 100'000, 250'000, 400'000};

process_settings with_files_up_to(rlim_t size) { return {.largest_file = size}; }

TEST_CASE("an import onto a full disk says so, changes nothing, and works when there is room") {
  const world all;
  const std::string file = all.ride(7, 120).string();
  const place reference = all.device("reference", "eve"), phone = all.device("phone");
  const std::string id = reference.json({"import", file}).items.at(0)["id"].text;
  int failed = 0;
  for (const rlim_t size : sizes) {
    INFO("files of up to " << size << " bytes");
    const finished ended = phone.run({"import", file}, with_files_up_to(size));
    if (ended.status == 0) {
      phone.text({"delete", "activities", id});
      continue;
    }
    ++failed;
    check_refused(ended, 1, full);
    CHECK(phone.json({"list"}).items.empty());
    CHECK(phone.json({"status"})["pending"].count() == 0);
  }
  CHECK(failed >= 3);
  CHECK(phone.json({"import", file}).items.at(0)["status"].text == "imported");
  CHECK(all_series(phone, id) == all_series(reference, id));
}

TEST_CASE("a write onto a full disk says so, changes nothing, and works when there is room") {
  const temporary_folder folder;
  const place phone(folder.path() / "phone");
  check_refused(phone.run({"init", "--user", "ada"}, with_files_up_to(4'000)), 1, "the disk is full");
  phone.text({"init", "--user", "ada"});
  phone.text({"put", "goals", "id=g", "title=old"});
  const std::string before = phone.text({"--json", "show", "g"});
  check_refused(phone.run({"edit", "goals", "g", "title=new"}, with_files_up_to(4'000)), 1, full);
  check_refused(phone.run({"put", "goals", "id=h"}, with_files_up_to(4'000)), 1, full);
  check_refused(phone.run({"delete", "goals", "g"}, with_files_up_to(4'000)), 1, full);
  CHECK(phone.text({"--json", "show", "g"}) == before);
  phone.text({"edit", "goals", "g", "title=new"});
  CHECK(phone.json({"show", "g"})["title"].text == "new");
}

TEST_CASE("sessions of a device or a hub whose disk is full say so, lose nothing, and go on when there is room") {
  world all;
  const place phone = all.device("phone"), laptop = all.device("laptop");
  const std::string id = phone.json({"import", all.ride(8, 120).string()}).items.at(0)["id"].text;
  for (int i = 0; i < 60; ++i) laptop.text({"put", "goals", "id=g" + std::to_string(i), "title=" + std::string(1500, 'x')});
  int failed = 0;
  for (const rlim_t size : sizes) {
    INFO("files of up to " << size << " bytes");
    for (const place* each : {&phone, &laptop}) {
      const finished ended = each->run({"sync"}, with_files_up_to(size));
      if (ended.status != 0) ++failed, check_refused(ended, 1, full);
    }
  }
  CHECK(failed >= 3);
  failed = 0;
  for (const rlim_t size : sizes) {
    INFO("a hub with files of up to " << size << " bytes");
    if (size < 40'000) continue;  // it does not even start
    CHECK(all.hub.stop().status == 0);
    all.hub.restart({}, with_files_up_to(size));
    phone.text({"edit", "activities", id, "rpe=" + std::to_string(failed)});
    for (const place* each : {&phone, &laptop}) {
      const finished ended = each->run({"sync"});
      if (ended.status != 0) ++failed, check_refused(ended, 1, full);
    }
  }
  CHECK(failed >= 3);
  CHECK(all.hub.stop().status == 0);
  all.hub.restart();
  for (const place* each : {&phone, &laptop, &phone, &laptop}) CHECK(each->json({"sync"})["ok"].number == 1);
  for (const char* table : {"goals", "activities"}) {
    const std::string on_hub = all.hub.text({"--json", "hub", "list", "--user", "ada", table});
    CHECK(phone.text({"--json", "list", table}) == on_hub);
    CHECK(laptop.text({"--json", "list", table}) == on_hub);
  }
  CHECK(laptop.json({"list", "goals"}).items.size() == 60);
  CHECK(all_series(laptop, id) == all_series(phone, id));
}

}  // namespace

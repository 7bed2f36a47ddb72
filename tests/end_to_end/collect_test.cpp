// SPDX-License-Identifier: BSL-1.0
// The hub forgets what was deleted long ago, and nobody brings it back.
#include "end_to_end/world.hpp"

namespace {

using namespace stride_test;

TEST_CASE("a device that was away while a deletion was forgotten learns of it, and its own edit is in the log") {
  const world all;
  const place phone = all.device("phone"), laptop = all.device("laptop");
  phone.text({"put", "goals", "id=gone", "title=first"});
  phone.text({"put", "goals", "id=stays", "title=second"});
  phone.text({"sync"});
  laptop.text({"sync"});
  phone.text({"delete", "goals", "gone"});
  phone.text({"sync"});
  CHECK(all.hub.text({"hub", "collect", "--user", "ada"}) == "forgot 0 deleted records\n");  // it is too young
  CHECK(all.hub.json({"hub", "collect", "--user", "ada", "--days", "0"})["collected"].count() == 1);
  laptop.text({"edit", "goals", "gone", "title=edited in vain"});
  laptop.text({"put", "goals", "id=new", "title=made while away"});
  laptop.text({"sync"});
  phone.text({"sync"});
  for (const place* each : {&phone, &laptop}) {
    const json_value goals = each->json({"list", "goals"});
    REQUIRE(goals.items.size() == 2);
    CHECK(goals.items[0]["id"].text == "new");
    CHECK(goals.items[1]["id"].text == "stays");
  }
  CHECK(laptop.text({"conflicts"}).find("edited in vain") != std::string::npos);
  check_refused(all.hub.run({"hub", "collect", "--user", "ada", "--days", "-1"}), 2, "--days");
}

}  // namespace

// SPDX-License-Identifier: BSL-1.0
// What is said of a record that is deleted, before and after the hub knows of it.
#include "end_to_end/world.hpp"

namespace {

using namespace stride_test;

TEST_CASE("show and why say that a record is deleted, and whether its deletion waits to be sent") {
  const world all;
  const place phone = all.device("phone");
  phone.text({"put", "goals", "id=z", "title=a marathon"});
  phone.text({"sync"});
  CHECK(phone.json({"show", "z"})["deleted"].number == 0);
  CHECK(phone.text({"show", "z"}).find("deleted") == std::string::npos);
  CHECK(phone.text({"why", "z"}).find("delet") == std::string::npos);

  phone.text({"delete", "goals", "z"});
  CHECK(phone.json({"show", "z"})["deleted"].number == 1);
  CHECK(phone.json({"show", "z"})["title"].text == "a marathon");
  CHECK(phone.text({"show", "z"}).starts_with("deleted: this is what it was\n"));
  json_value why = phone.json({"why", "z"});
  CHECK(why["deleted"].number == 1);
  CHECK(why["waiting_for"].text == "a session with the hub, to send its deletion: run `stride sync`");
  CHECK(phone.text({"why", "z"}).starts_with("goals z is deleted, and "));

  phone.text({"sync"});
  CHECK(phone.json({"show", "z"})["deleted"].number == 1);
  why = phone.json({"why", "z"});
  CHECK(why["deleted"].number == 1);
  CHECK(why["waiting_for"].text.starts_with("nothing"));

  phone.text({"put", "goals", "id=z", "title=again"});
  CHECK(phone.json({"show", "z"})["deleted"].number == 0);
}

}  // namespace

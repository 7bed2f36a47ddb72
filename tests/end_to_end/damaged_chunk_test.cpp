// SPDX-License-Identifier: BSL-1.0
// A chunk that was damaged on the device before it was sent.
#include "end_to_end/sql.hpp"
#include "end_to_end/world.hpp"

namespace {

using namespace stride_test;

TEST_CASE("a chunk whose stored bytes are damaged is said to be refused, holds up nothing else, and stays counted as failed") {
  const world all;
  const place phone = all.device("phone"), laptop = all.device("laptop");
  const std::string id = phone.json({"import", all.ride(7, 30).string()}).items.at(0)["id"].text;
  const json_value whole = phone.json({"show", id});
  run_sql(phone.folder() / "stride.db",
          "UPDATE entries SET bytes = zeroblob(length(bytes)) WHERE space = 'chunk' AND name = "
          "(SELECT name FROM entries WHERE space = 'chunk_out' ORDER BY name LIMIT 1)");
  const auto [ended, session] = phone.try_json({"sync"});
  check_refused(ended, 1, "1 chunk was refused by the hub: its stored bytes are damaged; delete the activity and import its file again");
  CHECK(ended.err.find("record") == std::string::npos);
  CHECK(session["ok"].number == 0);
  CHECK(session["pushed"].count() == 1);
  std::uint64_t chunks = 0;
  for (const json_value& stream : whole["streams"].items) chunks += stream["chunks"].count();
  CHECK(session["chunks_sent"].count() == chunks - 1);

  const json_value status = phone.json({"status"});
  CHECK(status["failed"].count() == 1);
  CHECK(status["pending"].count() == 0);
  CHECK(status["light"].text == "red");
  std::size_t not_synced = 0;
  const json_value shown = phone.json({"show", id});
  for (const json_value& stream : shown["streams"].items) not_synced += stream["sync_status"].text != "synced";
  CHECK(not_synced == 1);

  laptop.text({"sync"});
  CHECK(laptop.json({"list"}).items.size() == 1);
}

}  // namespace

// SPDX-License-Identifier: BSL-1.0
// Files that are whole, half, broken, none at all, or were imported before.
#include "end_to_end/world.hpp"

namespace {

using namespace stride_test;

TEST_CASE("a file imported twice is a duplicate and changes nothing, whatever it is called") {
  const world all;
  const place phone = all.device("phone");
  const fs::path file = all.ride(7, 10), copy = all.folder.path() / "copy.bin";
  fs::copy_file(file, copy);
  const json_value first = phone.json({"import", file.string()});
  const std::string before = phone.text({"--json", "list"});
  const json_value second = phone.json({"import", copy.string(), file.string()});
  REQUIRE(second.items.size() == 2);
  for (const json_value& each : second.items) {
    CHECK(each["status"].text == "duplicate");
    CHECK(each["id"].text == first.items.at(0)["id"].text);
  }
  CHECK(phone.text({"--json", "list"}) == before);
  CHECK(phone.json({"sync"})["pushed"].count() == 1);
  CHECK(phone.json({"import", file.string()}).items.at(0)["status"].text == "duplicate");
  CHECK(phone.json({"status"})["pending"].count() == 0);
}

TEST_CASE("of a file that was cut off the whole part is imported, and what is wrong is said") {
  const world all;
  const place phone = all.device("phone");
  const std::string whole = read_bytes(all.ride(7, 10));
  const fs::path half = all.folder.path() / "half.fit";
  write_bytes(half, std::string_view(whole).substr(0, whole.size() / 2));
  const json_value outcome = phone.json({"import", half.string()}).items.at(0);
  CHECK(outcome["status"].text == "salvaged");
  CHECK(outcome["error"].text.find("the file ends here") != std::string::npos);
  CHECK(outcome["points"].count() > 250);
  CHECK(outcome["points"].count() < 350);
  CHECK(phone.json({"show", outcome["id"].text})["streams"].items.at(0)["points"].count() == outcome["points"].count());
  CHECK(phone.json({"sync"})["ok"].number == 1);
}

TEST_CASE("a broken file of a real device is salvaged with its error") {
  const fs::path file = fs::path(SHARED_DATA_DIR) / "corrupt" / "strava-android-app-201.10-b1218918.fit";
  if (!fs::exists(file)) SKIP("the real recordings are not here");
  const auto expected = parse_json(read_bytes(file.parent_path() / "expected" / file.filename().replace_extension(".json")));
  REQUIRE(expected.has_value());
  const world all;
  const place phone = all.device("phone");
  const json_value outcome = phone.json({"import", file.string()}).items.at(0);
  CHECK(outcome["status"].text == "salvaged");
  CHECK(outcome["error"].text.size() > 20);
  CHECK((*expected)["summary"]["record_count"].count() > 0);
  CHECK(outcome["points"].count() >= (*expected)["summary"]["record_count"].count());
}

TEST_CASE("what is no activity is refused with one sentence each, and nothing is changed") {
  const world all;
  const place phone = all.device("phone");
  const std::string good = all.ride(7, 10).string();
  const fs::path folder = all.folder.path();
  write_bytes(folder / "empty", "");
  write_bytes(folder / "text.fit", "dear diary, today I went for a ride\n");
  write_bytes(folder / "header", read_bytes(good).substr(0, 14));
  const std::string before = phone.text({"--json", "list"});
  const std::vector<std::pair<fs::path, std::string>> bad{{folder / "empty", "empty"},
                                                          {folder / "text.fit", "text.fit"},
                                                          {folder / "header", "ends here"},
                                                          {folder / "missing.fit", "missing.fit"},
                                                          {folder, "folder"}};
  for (const auto& [file, words] : bad) {
    INFO(file);
    const finished said = phone.run({"import", file.string()});
    check_refused(said, 1, words);
    CHECK(said.out.empty());
    const auto [ended, document] = phone.try_json({"import", file.string()});
    check_refused(ended, 1, words);
    REQUIRE(document.items.size() == 1);
    CHECK(document.items[0]["status"].text == "failed");
    CHECK(document.items[0]["points"].count() == 0);
    CHECK("stride: " + document.items[0]["error"].text + "\n" == ended.err);
  }
  CHECK(phone.text({"--json", "list"}) == before);
  CHECK(phone.json({"status"})["pending"].count() == 0);

  // Of several, the good ones are imported, and the status says that not all were.
  const auto [ended, document] = phone.try_json({"import", (folder / "empty").string(), good, (folder / "missing.fit").string()});
  CHECK(ended.status == 1);
  REQUIRE(document.items.size() == 3);
  CHECK(document.items[0]["status"].text == "failed");
  CHECK(document.items[1]["status"].text == "imported");
  CHECK(document.items[2]["status"].text == "failed");
  CHECK(phone.json({"list"}).items.size() == 1);
}

TEST_CASE("every real recording that can be imported reaches the hub and is the same there") {
  const fs::path folder = fs::path(SHARED_DATA_DIR) / "fit";
  if (!fs::exists(folder)) SKIP("the real recordings are not here");
  const world all;
  const place phone = all.device("phone");
  std::vector<std::string> words{"import"};
  for (const auto& entry : fs::directory_iterator(folder)) {
    // The two largest take most of the time and show nothing new.
    if (entry.is_regular_file() && entry.path().extension() == ".fit" && entry.file_size() < 1'000'000) words.push_back(entry.path().string());
  }
  const auto [imported, document] = phone.try_json(words);
  std::size_t good = 0, failed = 0;
  for (const json_value& each : document.items) (each["status"].text == "failed" ? failed : good) += 1;
  CHECK(document.items.size() >= words.size() - 1);
  CHECK(good >= 24);
  CHECK(imported.status == (failed > 0 ? 1 : 0));
  const auto [synced, session] = phone.try_json({"sync"});
  INFO(synced.err);
  CHECK(session["ok"].number == 1);
  CHECK(session["pushed"].count() == good);
  CHECK(all.hub.text({"--json", "hub", "list", "--user", "ada"}) == phone.text({"--json", "list"}));
}

}  // namespace

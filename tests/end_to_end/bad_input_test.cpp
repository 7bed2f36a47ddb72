// SPDX-License-Identifier: BSL-1.0
// What is asked wrongly, or finds the world not as it should be: one clear sentence, the right exit status, no harm.
#include "end_to_end/sql.hpp"
#include "end_to_end/world.hpp"

namespace {

using namespace stride_test;

// A refusal with --json says the same, and has its sentence in one document on standard output.
void refused(const place& by, std::vector<std::string> arguments, int status, std::string_view words) {
  INFO("stride " << Catch::StringMaker<std::vector<std::string>>::convert(arguments));
  const finished plain = by.run(arguments);
  check_refused(plain, status, words);
  CHECK(plain.out.empty());
  arguments.insert(arguments.begin(), "--json");
  const finished as_json = by.run(arguments);
  check_refused(as_json, status, words);
  const auto document = parse_json(as_json.out);
  REQUIRE(document.has_value());
  const json_value& told = document->items.empty() ? *document : document->items[0];
  CHECK("stride: " + told["error"].text + "\n" == as_json.err);
}

TEST_CASE("a command that is called wrongly says how, with status 2, and does nothing") {
  const temporary_folder folder;
  const place nowhere(folder.path() / "nowhere");
  refused(nowhere, {}, 2, "stride --help");
  refused(nowhere, {"fly"}, 2, "fly");
  refused(nowhere, {"hub", "fly"}, 2, "fly");
  refused(nowhere, {"hub"}, 2, "stride --help");
  refused(nowhere, {"list", "--colour"}, 2, "--colour");
  refused(nowhere, {"list", "activities", "goals"}, 2, "goals");
  refused(nowhere, {"init"}, 2, "--user");
  refused(nowhere, {"init", "--user"}, 2, "--user");
  refused(nowhere, {"import"}, 2, "file");
  refused(nowhere, {"show"}, 2, "id");
  refused(nowhere, {"streams", "x"}, 2, "--type");
  refused(nowhere, {"put", "goals"}, 2, "field=value");
  refused(nowhere, {"put", "goals", "title"}, 2, "'title' is not of the form field=value");
  refused(nowhere, {"put", "goals", "=title"}, 2, "'=title' is not of the form field=value");
  refused(nowhere, {"edit", "goals", "g", "title"}, 2, "'title' is not of the form field=value");
  refused(nowhere, {"hub", "put", "goals", "id=g"}, 2, "--user");
  refused(nowhere, {"hub", "put", "--user", "ada", "goals", "id"}, 2, "'id' is not of the form field=value");
  refused(nowhere, {"hub", "token", "--user", "ada"}, 2, "--device");
  refused(nowhere, {"hub", "token", "--user", "ada", "--device", "d", "--ttl", "soon"}, 2, "soon");
  CHECK(!fs::exists(nowhere.folder()));
}

TEST_CASE("the help says every command and is no failure") {
  const finished help = run({"--help"});
  CHECK(help.status == 0);
  CHECK(help.err.empty());
  for (const char* word : {"init", "import", "list", "show", "streams", "put", "edit", "delete", "sync", "status", "why", "hub", "simulate", "demo"}) {
    INFO(word);
    CHECK(help.out.find(word) != std::string::npos);
  }
}

TEST_CASE("a write that is not allowed or makes no sense is refused, and the record stays as it was") {
  const world all;
  const place phone = all.device("phone");
  phone.text({"put", "activities", "id=a", "type=running", "rpe=5", "started_at=2025-01-01T00:00:00Z"});
  const std::string before = phone.text({"--json", "show", "a"});
  refused(phone, {"put", "nowhere", "id=x"}, 1, "there is no table 'nowhere'; there are");
  refused(phone, {"put", "goals", "id=x", "colour=red"}, 1, "has no field 'colour'; it has");
  refused(phone, {"put", "activities", "id=a", "type=running"}, 1, "already has a record");
  refused(phone, {"put", "activities", "id=b"}, 1, "field 'type'");
  refused(phone, {"put", "goals", "id=\x01"}, 1, "without control characters");
  refused(phone, {"put", "activities", "id=b", "type=running", "position_series=[]"}, 1, "is a series");
  refused(phone, {"edit", "nowhere", "a", "rpe=1"}, 1, "there is no table 'nowhere'");
  refused(phone, {"edit", "activities", "a", "colour=red"}, 1, "has no field 'colour'");
  refused(phone, {"edit", "activities", "a", "rpe=hard"}, 1, "field 'rpe' of table 'activities' does not take 'hard'");
  refused(phone, {"edit", "activities", "a", "rpe=7.5"}, 1, "does not take '7.5'");
  refused(phone, {"edit", "activities", "a", "rpe=11"}, 1, "field 'rpe' of table 'activities' is 11: allowed is 0 to 10");
  refused(phone, {"edit", "activities", "a", "rpe=-1"}, 1, "allowed is 0 to 10");
  refused(phone, {"edit", "activities", "a", "rpe=99999999999999999999"}, 1, "rpe");
  refused(phone, {"edit", "activities", "a", "feeling=0"}, 1, "allowed is 1 to 5");
  refused(phone, {"edit", "activities", "a", "tags=hills"}, 1, "field 'tags'");
  refused(phone, {"edit", "activities", "a", "name=\xff\xfe"}, 1, "field 'name' of table 'activities' takes UTF-8 text, and '\\xff\\xfe' is not");
  refused(phone, {"show", "\xff"}, 2, "id: '\\xff' is not UTF-8 text");
  refused(phone, {"list", "goals\xc3"}, 2, "'goals\\xc3' is not UTF-8 text");
  refused(phone, {"\xff"}, 2, "there is no command '\\xff'");
  refused(phone, {"import", "\xff.fit"}, 1, "could not read \\xff.fit");
  refused(phone, {"edit", "activities", "a", "distance_m=1"}, 1, "'server', which is not yours to write here");
  refused(phone, {"edit", "activities", "a", "id=b"}, 1, "'key', which is not yours to write here");
  refused(phone, {"edit", "activities", "a", "started_at=2026-01-01T00:00:00Z"}, 1, "'started_at' of table 'activities' is set once");
  // Of several fields none is written when one is wrong.
  refused(phone, {"edit", "activities", "a", "rpe=6", "feeling=9"}, 1, "allowed is 1 to 5");
  refused(phone, {"edit", "activities", "b", "rpe=1"}, 1, "has no record 'b'");
  refused(phone, {"delete", "activities", "b"}, 1, "has no record 'b'");
  refused(phone, {"show", "b"}, 1, "there is no record 'b'");
  refused(phone, {"why", "b"}, 1, "there is no record 'b'");
  refused(phone, {"streams", "b", "--type", "power_w"}, 1, "there is no activity 'b'");
  refused(phone, {"streams", "a", "--type", "power_w"}, 1, "has no series 'power_w'");
  refused(phone, {"list", "nowhere"}, 1, "there is no table 'nowhere'");
  CHECK(phone.text({"--json", "show", "a"}) == before);
  CHECK(phone.json({"list"}).items.size() == 1);
  CHECK(phone.json({"list", "goals"}).items.empty());
  CHECK(phone.json({"status"})["pending"].count() == 1);
}

TEST_CASE("a hub that cannot be reached keeps everything as it was, and the sentence says what to do") {
  world all;
  const place phone = all.device("phone");
  phone.text({"put", "goals", "id=g", "title=kept"});
  const std::string before = phone.text({"--json", "show", "g"});
  all.hub.kill();
  const auto [ended, session] = phone.try_json({"sync"});
  check_refused(ended, 1, "could not reach the hub at " + all.hub.url() + ": connection refused; is `stride hub serve` running there?");
  CHECK(session["ok"].number == 0);
  CHECK(session["pushed"].count() == 0);
  CHECK(session["retries"].count() > 0);
  CHECK("stride: " + session["error"].text + "\n" == ended.err);
  CHECK(phone.run({"sync"}).out.empty());
  CHECK(phone.text({"--json", "show", "g"}) == before);
  const json_value status = phone.json({"status"});
  CHECK(status["online"].number == 0);
  CHECK(status["pending"].count() == 1);
  CHECK(status["light"].text == "yellow");
  all.hub.restart();
  CHECK(phone.json({"sync"})["pushed"].count() == 1);
}

TEST_CASE("a device without a hub, or with nonsense for one, says so") {
  const temporary_folder folder;
  const place phone(folder.path() / "phone");
  refused(phone, {"list"}, 1, "there is no device in");
  refused(phone, {"sync"}, 1, "there is no device in");
  CHECK(!fs::exists(phone.folder()));
  phone.text({"init", "--user", "ada"});
  refused(phone, {"sync"}, 1, "this device has no hub: name it with `stride init");
  const auto before = content_of(phone.folder());
  for (const char* url : {"nonsense", "https://hub.example", "http://", "http://hub:99999", "http://a b", "127.0.0.1:8080"}) {
    refused(phone, {"init", "--user", "ada", "--hub", url}, 1, "could not use the hub's URL '" + std::string(url) + "'");
  }
  CHECK(content_of(phone.folder()) == before);
  refused(phone, {"init", "--user", "bob"}, 1, "belongs to device");
  refused(phone, {"init", "--user", "ada", "--device", "another"}, 1, "belongs to device");
  refused(place(folder.path() / "x"), {"init", "--user", "ada", "--device", "a name of more than 24 bytes"}, 1, "24 are the most");
  refused(place(folder.path() / "x"), {"init", "--user", ""}, 1, "needs a user");
  CHECK(content_of(phone.folder()) == before);
}

TEST_CASE("what answers there but is no hub is called that") {
  const world all;
  const place phone = all.device("phone");
  // A path below which the hub has nothing: an answer, but not a hub's.
  phone.text({"init", "--user", "ada", "--hub", all.hub.url() + "/elsewhere"});
  refused(phone, {"sync"}, 1, "there is nothing at /elsewhere/sync/check");
}

TEST_CASE("a false token is refused, nothing is sent, and what waits stays") {
  const world all;
  const place phone = all.device("phone");
  phone.text({"put", "goals", "id=g", "title=ada's"});
  const std::string good = all.hub.token("ada", "phone");
  const auto refused_with = [&](const std::string& token, std::string_view words) {
    phone.text({"init", "--user", "ada", "--token", token});
    refused(phone, {"sync"}, 1, words);
    CHECK(phone.json({"status"})["pending"].count() == 1);
  };
  refused_with("garbage", "this is not a token");
  refused_with("a.b.c", "token");
  std::string changed = good;
  changed[changed.find('.') + 5] ^= 1;
  refused_with(changed, "token");
  // Signed by another hub.
  const hub_place other(all.folder.path() / "other");
  refused_with(other.token("ada", "phone"), "signature is wrong");
  const std::string short_lived = all.hub.token("ada", "phone", 1);
  std::this_thread::sleep_for(std::chrono::milliseconds{2100});
  refused_with(short_lived, "has expired");
  CHECK(all.hub.json({"hub", "list", "--user", "bob", "goals"}).items.empty());
  CHECK(all.hub.json({"hub", "list", "--user", "ada", "goals"}).items.empty());

  phone.text({"init", "--user", "ada", "--token", good});
  CHECK(phone.json({"sync"})["pushed"].count() == 1);
  CHECK(all.hub.json({"hub", "list", "--user", "ada", "goals"}).items.size() == 1);
}

TEST_CASE("a token that no device could use is not made") {
  const world all;
  refused(all.hub, {"hub", "token", "--user", "", "--device", "d"}, 1, "--user");
  refused(all.hub, {"hub", "token", "--user", "ada", "--device", ""}, 1, "--device");
  refused(all.hub, {"hub", "token", "--user", "ada", "--device", "d", "--ttl", "0"}, 1, "at least a second");
  refused(all.hub, {"hub", "token", "--user", "ada", "--device", "a name of more than 24 bytes"}, 1, "24 are the most");
}

// Everything that opens a device's folder.
void nothing_opens(const place& phone, std::string_view words) {
  const auto before = content_of(phone.folder());
  for (const std::vector<std::string>& each : std::vector<std::vector<std::string>>{
           {"list"}, {"put", "goals", "title=x"}, {"sync"}, {"status"}, {"show", "g"}, {"import", "x.fit"}}) {
    refused(phone, each, 1, words);
  }
  CHECK(content_of(phone.folder()) == before);
}

TEST_CASE("a data folder of a newer version is left untouched, byte for byte") {
  const temporary_folder folder;
  const place phone(folder.path() / "phone");
  phone.text({"init", "--user", "ada", "--device", "phone"});
  phone.text({"put", "goals", "id=g", "title=kept"});
  SECTION("its configuration") {
    std::string config = read_bytes(phone.folder() / "device.json");
    const auto at = config.find("\"version\":1");
    REQUIRE(at != std::string::npos);
    config.replace(at, std::string_view("\"version\":1").size(), "\"version\":99");
    write_bytes(phone.folder() / "device.json", config);
    const auto before = content_of(phone.folder());
    refused(phone, {"init", "--user", "ada", "--token", "new"}, 1, "newer stride (folder version 99");
    CHECK(content_of(phone.folder()) == before);
    nothing_opens(phone, "update stride; nothing was changed");
  }
  SECTION("its storage") {
    run_sql(phone.folder() / "stride.db", "UPDATE meta SET value = 99 WHERE name = 'storage_version'");
    const auto before = content_of(phone.folder());
    refused(phone, {"init", "--user", "ada", "--token", "new"}, 1, "storage version 99");
    CHECK(content_of(phone.folder()) == before);
    nothing_opens(phone, "nothing has been changed");
  }
  SECTION("one table's declaration") {
    run_sql(phone.folder() / "stride.db", "UPDATE meta SET value = 99 WHERE name = 'goals.version'");
    nothing_opens(phone, "'goals' was written by version 99");
  }
}

TEST_CASE("a hub's folder of a newer version, or with damage, is left untouched") {
  const temporary_folder folder;
  const place hub(folder.path() / "hub");
  make_hub(hub.folder());
  hub.text({"hub", "put", "--user", "ada", "goals", "id=g", "title=kept"});
  const auto nothing_opens_it = [&](std::string_view words) {
    const auto before = content_of(hub.folder());
    refused(hub, {"hub", "serve", "--listen", "127.0.0.1:0"}, 1, words);
    refused(hub, {"hub", "list", "--user", "ada", "goals"}, 1, words);
    refused(hub, {"hub", "put", "--user", "ada", "goals", "id=h"}, 1, words);
    CHECK(content_of(hub.folder()) == before);
  };
  SECTION("newer") {
    run_sql(hub.folder() / "hub.db", "UPDATE meta SET value = 99 WHERE name = 'storage_version'");
    nothing_opens_it("storage version 99");
  }
  SECTION("no database") {
    write_bytes(hub.folder() / "hub.db", "this is a text, and of some length too, so that it is not taken for an empty one");
    nothing_opens_it("it is not a database");
  }
  SECTION("a damaged secret") {
    write_bytes(hub.folder() / "hub.secret", "short\n");
    nothing_opens_it("hub.secret is damaged");
  }
}

TEST_CASE("only a hub that serves makes a hub's folder, and says so") {
  const temporary_folder folder;
  const place nowhere(folder.path() / "mistyped"), hub(folder.path() / "hub");
  refused(nowhere, {"hub", "list", "--user", "ada"}, 1, "there is no hub in");
  refused(nowhere, {"hub", "put", "--user", "ada", "goals", "id=g"}, 1, "there is no hub in");
  refused(nowhere, {"hub", "edit", "--user", "ada", "goals", "g", "title=x"}, 1, "there is no hub in");
  refused(nowhere, {"hub", "delete", "--user", "ada", "goals", "g"}, 1, "there is no hub in");
  CHECK(!fs::exists(nowhere.folder()));
  const std::vector<std::string> token{"hub", "token", "--user", "ada", "--device", "phone"};
  refused(nowhere, token, 1, "there is no hub in");
  CHECK(hub_place(hub.folder()).stop().err == "made a new hub in " + hub.folder().string() + "\n");
  CHECK(hub_place(hub.folder()).stop().err.empty());
  CHECK(hub.run(token).err.empty());
  CHECK(hub.json({"hub", "list", "--user", "ada"}).items.empty());
}

TEST_CASE("a secret that another program left half-written is not used, and one beside it is of no harm") {
  const temporary_folder folder;
  const place hub(folder.path() / "hub");
  fs::create_directory(hub.folder());
  write_bytes(hub.folder() / "hub.secret.0123", "");  // its maker was killed
  make_hub(hub.folder());
  CHECK(read_bytes(hub.folder() / "hub.secret").size() == 65);
  write_bytes(hub.folder() / "hub.secret", "");
  refused(hub, {"hub", "token", "--user", "ada", "--device", "phone"}, 1, "hub.secret is damaged");
}

TEST_CASE("a damaged data folder is refused and left as it is") {
  const temporary_folder folder;
  const place phone(folder.path() / "phone");
  phone.text({"init", "--user", "ada", "--device", "phone"});
  phone.text({"put", "goals", "id=g", "title=kept"});
  SECTION("its configuration, which init can make again") {
    for (const char* text : {"", "{", "[]", "{\"version\":\"one\"}", "no JSON at all"}) {
      INFO(text);
      write_bytes(phone.folder() / "device.json", text);
      nothing_opens(phone, "device.json is damaged");
    }
    phone.text({"init", "--user", "ada"});
    CHECK(phone.json({"list", "goals"}).items.at(0)["title"].text == "kept");
    CHECK(parse_json(read_bytes(phone.folder() / "device.json")).value()["device"].text == "phone");
    write_bytes(phone.folder() / "device.json", "{");
    const auto before = content_of(phone.folder());
    refused(phone, {"init", "--user", "ada", "--device", "another"}, 1, "belongs to device 'phone'");
    CHECK(content_of(phone.folder()) == before);
  }
  SECTION("its store") {
    write_bytes(phone.folder() / "stride.db", "this is a text, and of some length too, so that it is not taken for an empty one");
    nothing_opens(phone, "it is not a database");
  }
  SECTION("another program's database") {
    fs::remove(phone.folder() / "stride.db");
    run_sql(phone.folder() / "stride.db", "CREATE TABLE recipes(name TEXT)");
    nothing_opens(phone, "another program's database");
  }
}

TEST_CASE("a file in the place of the data folder is refused and left as it is") {
  const temporary_folder folder;
  write_bytes(folder.path() / "file", "mine");
  const place file(folder.path() / "file"), below(folder.path() / "file" / "below");
  for (const place* each : {&file, &below}) {
    refused(*each, {"list"}, 1, "there is no device in");
    refused(*each, {"init", "--user", "ada"}, 1, "could not make the folder");
    refused(*each, {"hub", "serve", "--listen", "127.0.0.1:0"}, 1, "could not make the folder");
  }
  CHECK(read_bytes(folder.path() / "file") == "mine");
}

TEST_CASE("a data folder that may not be written is refused, and nothing is lost") {
  const temporary_folder folder;
  fs::permissions(folder.path(), fs::perms::all);  // so that another user comes through
  const place phone(folder.path() / "phone"), closed(folder.path() / "closed");
  phone.text({"init", "--user", "ada", "--device", "phone"});
  phone.text({"put", "goals", "id=g", "title=kept"});
  fs::create_directory(closed.folder());
  const auto readable = fs::perms::owner_read | fs::perms::owner_exec | fs::perms::group_read | fs::perms::group_exec | fs::perms::others_read | fs::perms::others_exec;
  for (const auto& entry : fs::directory_iterator(phone.folder())) fs::permissions(entry, readable);
  fs::permissions(phone.folder(), readable);
  fs::permissions(closed.folder(), readable);
  // Root may write everywhere, so that it has to be somebody else.
  const process_settings nobody{.environment = {}, .user = ::geteuid() == 0 ? uid_t{65534} : uid_t{0}};
  if (run({"--help"}, nobody).status != 0) SKIP("nobody else may run the program where it is");
  const auto before = content_of(phone.folder());
  check_refused(run(closed.words({"init", "--user", "ada"}), nobody), 1, "may be read and written");
  check_refused(run(place(closed.folder() / "below").words({"init", "--user", "ada"}), nobody), 1, "could not make the folder");
  check_refused(run(phone.words({"init", "--user", "ada", "--token", "new"}), nobody), 1, "permission");
  check_refused(run(phone.words({"put", "goals", "title=x"}), nobody), 1, "permission");
  CHECK(content_of(phone.folder()) == before);
  fs::permissions(phone.folder(), fs::perms::owner_all);
  for (const auto& entry : fs::directory_iterator(phone.folder())) fs::permissions(entry, fs::perms::owner_all);
  CHECK(phone.json({"list", "goals"}).items.size() == 1);
}

TEST_CASE("an address that a hub cannot listen on is refused with what to do") {
  const world all;
  const place second(all.folder.path() / "second");
  refused(second, {"hub", "serve", "--listen", all.hub.address()}, 1, "another program listens there; stop it or choose another port");
  refused(second, {"hub", "serve", "--listen", "nonsense"}, 1, "expected ADDR:PORT");
  refused(second, {"hub", "serve", "--listen", "127.0.0.1:99999"}, 1, "could not listen on '127.0.0.1:99999'");
}

TEST_CASE("output that cannot be written is a failure") {
  const temporary_folder folder;
  const place phone(folder.path() / "phone");
  phone.text({"init", "--user", "ada"});
  if (!fs::exists("/dev/full")) SKIP("there is no /dev/full here");
  const std::string command = "'" STRIDE_PROGRAM "' --data '" + phone.folder().string() + "' --json list >/dev/full 2>'" + (folder.path() / "err").string() + "'";
  CHECK(WEXITSTATUS(std::system(command.c_str())) == 1);
  CHECK(is_one_sentence(read_bytes(folder.path() / "err")));
}

}  // namespace

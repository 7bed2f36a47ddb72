// SPDX-License-Identifier: BSL-1.0
// A phone that is a watch's way to the hub: three processes, of which the hub is away for a while.
#include "end_to_end/world.hpp"

namespace {

using namespace stride_test;

/// `stride relay` on a phone's folder, running.
class relay_process {
 public:
  explicit relay_process(const place& phone) : serving_(phone.start({"relay", "--listen", "127.0.0.1:0"})) {
    const std::string line = serving_.first_line();
    INFO("the relay said: " << line << serving_.err());
    REQUIRE(line.starts_with("listening on http://"));
    url_ = line.substr(std::string_view("listening on ").size());
  }
  const std::string& url() const noexcept { return url_; }

 private:
  process serving_;
  std::string url_{};
};

place watch_behind(const world& all, const std::string& url) {
  place watch(all.folder.path() / "watch");
  watch.text({"init", "--user", "ada", "--device", "watch", "--hub", url, "--token", all.hub.token("ada", "watch")});
  return watch;
}

void look_to(const place& watch, const std::string& url) { watch.text({"init", "--user", "ada", "--hub", url}); }

std::string title_of(const place& on, const std::string& id) { return on.json({"show", id})["title"].text; }

TEST_CASE("what a watch writes while the hub is away is on the phone at once, and everywhere when the hub is back") {
  world all;
  const place phone = all.device("phone");
  const relay_process relay(phone);
  const place watch = watch_behind(all, relay.url());
  phone.text({"put", "goals", "id=g", "title=old", "kind=distance"});
  CHECK(phone.json({"sync"})["ok"].number == 1);
  CHECK(watch.json({"sync"})["ok"].number == 1);
  CHECK(title_of(watch, "g") == "old");

  all.hub.kill();
  watch.text({"edit", "goals", "g", "title=from the watch"});
  const auto imported = watch.json({"import", all.ride().string()});
  const std::string ride = imported.items[0]["id"].text;
  const auto [ended, said] = watch.try_json({"sync"});
  CHECK(ended.status == 1);
  CHECK(said["error"].text.find("kept by the device that passes it on") != std::string::npos);
  CHECK(title_of(phone, "g") == "from the watch");
  CHECK(phone.json({"show", ride})["id"].text == ride);
  CHECK(phone.json({"why", "g"})["waiting_for"].text.find("what 'watch' wrote, which this device passes on") != std::string::npos);
  phone.text({"edit", "goals", "g", "title=from the watch, and seen"});
  CHECK(phone.json({"why", "g"})["waiting_for"].text.find("what 'watch' wrote, on which it stands") != std::string::npos);

  all.hub.restart();
  CHECK(phone.json({"sync"})["ok"].number == 1);
  CHECK(title_of(phone, "g") == "from the watch, and seen");
  CHECK(watch.json({"sync"})["ok"].number == 1);
  CHECK(phone.json({"sync"})["ok"].number == 1);
  for (const std::string table : {"goals", "activities"}) {
    const std::string on_hub = all.hub.text({"--json", "hub", "list", "--user", "ada", table});
    CHECK(phone.text({"--json", "list", table}) == on_hub);
    CHECK(watch.text({"--json", "list", table}) == on_hub);
  }
  for (const place* each : {&phone, &watch}) CHECK(each->json({"status"})["pending"].count() == 0);

  watch.text({"edit", "goals", "g", "title=by the direct way"});
  look_to(watch, all.hub.url());
  CHECK(watch.json({"sync"})["ok"].number == 1);
  CHECK(phone.json({"sync"})["ok"].number == 1);
  CHECK(title_of(phone, "g") == "by the direct way");
  CHECK(phone.json({"conflicts"}).items.empty());
}

TEST_CASE("what went both ways is there once") {
  world all;
  const place phone = all.device("phone");
  const relay_process relay(phone);
  const place watch = watch_behind(all, relay.url());
  CHECK(watch.json({"sync"})["ok"].number == 1);
  all.hub.kill();
  watch.text({"put", "goals", "id=g", "title=short-lived"});
  CHECK(watch.try_json({"sync"}).first.status == 1);
  CHECK(title_of(phone, "g") == "short-lived");
  all.hub.restart();
  look_to(watch, all.hub.url());
  CHECK(watch.json({"sync"})["ok"].number == 1);
  watch.text({"delete", "goals", "g"});
  CHECK(watch.json({"sync"})["ok"].number == 1);
  CHECK(phone.json({"sync"})["ok"].number == 1);
  CHECK(phone.json({"list", "goals"}).items.empty());
  CHECK(all.hub.json({"hub", "list", "--user", "ada", "goals"}).items.empty());
}

TEST_CASE("a relay takes no stranger, and nobody whom the hub has not met") {
  world all;
  const place phone = all.device("phone");
  const relay_process relay(phone);
  place stranger(all.folder.path() / "stranger");
  stranger.text({"init", "--user", "bob", "--device", "watch", "--hub", relay.url(), "--token", all.hub.token("bob", "watch")});
  CHECK(stranger.try_json({"sync"}).second["error"].text.find("not that of another device of user 'ada'") != std::string::npos);
  const place watch = watch_behind(all, relay.url());
  all.hub.kill();
  CHECK(watch.try_json({"sync"}).second["error"].text.find("has not taken this token yet") != std::string::npos);
}

}  // namespace

// SPDX-License-Identifier: BSL-1.0
// Data folders: whose they are, who may read them, and the token that fits.
#include "end_to_end/world.hpp"

#include <sys/stat.h>

namespace {

using namespace stride_test;

constexpr auto others = fs::perms::group_all | fs::perms::others_all;

TEST_CASE("a device and a hub are not made in one folder") {
  const temporary_folder folder;
  const place both(folder.path() / "both");
  SECTION("the device first") {
    both.text({"init", "--user", "ada"});
    const auto before = content_of(both.folder());
    check_refused(both.run({"hub", "serve", "--listen", "127.0.0.1:0"}), 1, "there is a device in");
    check_refused(both.run({"hub", "token", "--user", "ada", "--device", "phone"}), 1, "there is no hub in");
    CHECK(content_of(both.folder()) == before);
  }
  SECTION("the hub first") {
    const hub_place hub(both.folder());
    check_refused(both.run({"init", "--user", "ada"}), 1, "there is a hub in");
    CHECK(!fs::exists(both.folder() / "device.json"));
  }
}

TEST_CASE("a token of another user or device is refused when it is given, and nothing is made") {
  const world all;
  const place phone(all.folder.path() / "phone");
  const std::string laptops = all.hub.token("ada", "laptop"), bobs = all.hub.token("bob", "phone");
  check_refused(phone.run({"init", "--user", "ada", "--device", "phone", "--token", laptops}), 1,
                "the token is that of device 'laptop' of user 'ada', and this is device 'phone' of user 'ada'");
  check_refused(phone.run({"init", "--user", "ada", "--device", "phone", "--token", bobs}), 1, "of user 'bob'");
  check_refused(phone.run({"init", "--user", "ada", "--token", bobs}), 1, "of user 'bob'");
  CHECK(!fs::exists(phone.folder()));

  phone.text({"init", "--user", "ada", "--device", "phone"});
  const auto before = content_of(phone.folder());
  check_refused(phone.run({"init", "--user", "ada", "--token", laptops}), 1, "device 'laptop'");
  CHECK(content_of(phone.folder()) == before);
}

TEST_CASE("a new device without a name takes that of its token") {
  const world all;
  const place phone(all.folder.path() / "phone");
  CHECK(phone.json({"init", "--user", "ada", "--hub", all.hub.url(), "--token", all.hub.token("ada", "my phone")})["device"].text == "my phone");
  CHECK(phone.json({"sync"})["ok"].number == 1);
}

TEST_CASE("what is in a data folder is its owner's alone, whatever the shell's mask is") {
  const ::mode_t before = ::umask(0);
  const world all;
  const place phone = all.device("phone");
  phone.text({"import", all.ride(7, 20).string()});
  phone.text({"sync"});
  ::umask(before);
  for (const fs::path& folder : {phone.folder(), all.hub.folder()}) {
    CHECK((fs::status(folder).permissions() & others) == fs::perms::none);
    for (const auto& file : fs::directory_iterator(folder)) {
      INFO(file.path());
      CHECK((file.status().permissions() & others) == fs::perms::none);
    }
  }
}

}  // namespace

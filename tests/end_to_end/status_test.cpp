// SPDX-License-Identifier: BSL-1.0
// The light of `status`: green only where everything is with the hub, red only where a person has to act.
#include "end_to_end/world.hpp"

#include <netinet/in.h>
#include <sys/socket.h>

namespace {

using namespace stride_test;

void shines(const place& device, const std::string& light, std::string_view reason) {
  const json_value status = device.json({"status"});
  INFO(status["reason"].text);
  CHECK(status["light"].text == light);
  CHECK(status["reason"].text.find(reason) != std::string::npos);
  CHECK(device.text({"status"}).starts_with(light + ": " + status["reason"].text + "; "));
}

TEST_CASE("the light is green once everything is with the hub, and yellow before and while something waits") {
  world all;
  const place phone = all.device("phone");
  shines(phone, "yellow", "has never synced");
  phone.text({"sync"});
  shines(phone, "green", "the hub has everything");
  CHECK(phone.json({"status"})["online"].number == 1);
  CHECK(!phone.json({"status"})["last_attempt"].text.empty());
  phone.text({"put", "goals", "id=g"});
  shines(phone, "yellow", "1 record or chunk waits to be sent");
  phone.text({"sync"});
  all.hub.kill();
  shines(phone, "yellow", "does not answer");
  CHECK(phone.run({"sync"}).status == 1);
  shines(phone, "yellow", "does not answer");
  CHECK(phone.json({"status"})["last_error"].text.find("could not reach the hub") != std::string::npos);
  all.hub.restart();
  shines(phone, "yellow", "the last session failed");
  phone.text({"sync"});
  shines(phone, "green", "the hub has everything");
  CHECK(phone.json({"status"})["last_error"].text.empty());
}

TEST_CASE("the light is yellow on a device that has no hub") {
  const temporary_folder folder;
  const place phone(folder.path() / "phone");
  phone.text({"init", "--user", "ada"});
  shines(phone, "yellow", "this device has no hub");
}

TEST_CASE("the light is red where the hub does not take the token, also before a session found that out") {
  const world all;
  const place phone = all.device("phone");
  phone.text({"sync"});
  phone.text({"init", "--user", "ada", "--token", "garbage"});
  shines(phone, "red", "the hub does not take this device's token");
  CHECK(phone.run({"sync"}).status == 1);
  shines(phone, "red", "the hub does not take this device's token");
  phone.text({"init", "--user", "ada", "--token", all.hub.token("ada", "phone")});
  shines(phone, "yellow", "there was none since `stride init`");
  phone.text({"sync"});
  shines(phone, "green", "the hub has everything");
}

TEST_CASE("what listens and never answers is no hub, and the light does not wait for it") {
  const int listening = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  REQUIRE(::bind(listening, reinterpret_cast<sockaddr*>(&address), size) == 0);
  REQUIRE(::listen(listening, 8) == 0);
  REQUIRE(::getsockname(listening, reinterpret_cast<sockaddr*>(&address), &size) == 0);
  const temporary_folder folder;
  const place phone(folder.path() / "phone");
  phone.text({"init", "--user", "ada", "--hub", "http://127.0.0.1:" + std::to_string(ntohs(address.sin_port))});
  shines(phone, "yellow", "does not answer");
  ::close(listening);
}

}  // namespace

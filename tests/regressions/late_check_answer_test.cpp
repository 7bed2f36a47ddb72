// SPDX-License-Identifier: BSL-1.0
// The answer to a check said how far the hub was before an envelope, and arrived after that envelope's answer. The device
// took it for a hub that had lost a commit, and would not go on.
#include "world.hpp"

namespace {

using namespace regressions;

struct note {
  static constexpr record_info sync{.table = "notes"};
  key<std::string> id{};
  lww<std::string> text{};
};

TEST_CASE("an answer to a check that was overtaken by an upload's answer is no sign of a hub that forgot") {
  world<note> hub;
  device<note> phone("phone", 1);
  REQUIRE(phone.engine.create(note{.id{"n"}}, at(1)).has_value());
  const std::string upload = phone.sync(hub, message_kind::upload);
  phone.engine.begin_session();  // the upload is under way, the session was given up
  const std::string late = hub.answer("phone", phone.next());
  phone.take(hub.answer("phone", upload));

  phone.take(late);
  phone.go_on(hub);
  CHECK(hub.the_hub.find<note>("s", "n")->has_value());
}

}  // namespace

// SPDX-License-Identifier: BSL-1.0
// A chunk whose message was cut within its header, or damaged in its version, was taken for one that the hub does not
// want: it became a dead letter, and its record was never whole.
#include "series.hpp"

namespace {

using namespace regressions;

TEST_CASE("a chunk whose message was damaged on the way is sent again") {
  for (const int damage : {0, 5, 12, -1}) {
    world<ride> hub;
    device<ride> phone("phone", 1);
    make_ride(phone, "a", series_of({1, 2, 3}));
    std::string message = phone.sync(hub, message_kind::chunk);
    if (damage < 0) {
      message[2] = static_cast<char>(message[2] ^ 1);
    } else {
      message.resize(static_cast<std::size_t>(damage));
    }
    CHECK(!phone.engine.receive(hub.answer("phone", message), at(2), 7).has_value());  // the session ends
    phone.sync(hub);
    CHECK(do_jobs(hub) == 1);
  }
}

}  // namespace

// SPDX-License-Identifier: BSL-1.0
// A frame's checksum covered its body and not its kind. One bit turned over made of "the hub lacks this chunk" the answer
// "the hub has this chunk", and the chunk was never sent.
#include "world.hpp"

namespace {

using namespace regressions;

TEST_CASE("a message whose kind was damaged on the way is not taken for another one") {
  for (int bit = 0; bit < 8; ++bit) {
    std::string message = pack(chunk_missing_message{});
    message.front() = static_cast<char>(message.front() ^ 1 << bit);
    CHECK(unframe(message).error().code == error_code::checksum);
  }
}

}  // namespace

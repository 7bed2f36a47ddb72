// SPDX-License-Identifier: BSL-1.0
// Messages: what is packed comes out, in binary and in JSON, and nothing else is taken for one.

#include <syncline/sync/protocol.hpp>

#include <syncline/testing/generate.hpp>
#include <syncline/wire/json.hpp>

#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>

#include <cstdint>
#include <set>
#include <string>

using namespace syncline;

TEMPLATE_TEST_CASE("a message comes out as it was packed, and as it was written in JSON", "", check_message, checked_message,
                   upload_message, uploaded_message, download_message, page_message, chunk_message, chunk_stored_message,
                   want_chunk_message, has_chunk_message, chunk_missing_message, refusal_message, forwarded_message, kept_message) {
  generator from(31);
  for (int i = 0; i < 200; ++i) {
    const auto message = from.template value<TestType>();
    const std::string packed = pack(message);
    const auto framed = unframe(packed);
    REQUIRE(framed.has_value());
    CHECK(framed->kind == static_cast<std::uint8_t>(TestType::kind));
    const auto read = unpack<TestType>(*framed);
    REQUIRE(read.has_value());
    CHECK(pack(*read) == packed);

    const std::string json = json_text(message);
    const auto said = from_json<TestType>(json);
    INFO(json);
    REQUIRE(said.has_value());
    CHECK(pack(*said) == packed);
  }
}

TEST_CASE("no two messages have one kind, and one is not taken for another") {
  std::set<message_kind> kinds;
  const auto add = [&]<class... M>(std::type_identity<M>...) { (kinds.insert(M::kind), ...); };
  add(std::type_identity<check_message>{}, std::type_identity<checked_message>{}, std::type_identity<upload_message>{},
      std::type_identity<uploaded_message>{}, std::type_identity<download_message>{}, std::type_identity<page_message>{},
      std::type_identity<chunk_message>{}, std::type_identity<chunk_stored_message>{}, std::type_identity<want_chunk_message>{},
      std::type_identity<chunk_missing_message>{}, std::type_identity<refusal_message>{}, std::type_identity<has_chunk_message>{},
      std::type_identity<forwarded_message>{}, std::type_identity<kept_message>{});
  CHECK(kinds.size() == 14);
  const std::string packed = pack(chunk_stored_message{});
  CHECK(unpack<chunk_missing_message>(*unframe(packed)).error().code == error_code::malformed);
}

TEST_CASE("every truncation of a message is noticed") {
  generator from(32);
  const std::string packed = pack(from.value<upload_message>());
  for (std::size_t end = 0; end < packed.size(); ++end) CHECK(!unframe(std::string_view(packed).substr(0, end)).has_value());
}

TEST_CASE("a device's id is 1 to 24 bytes of plain text, and not the hub's") {
  for (const char* good : {"a", "phone", "24 bytes are just enough", "Günthers Uhr"}) CHECK(check_device_id(good).has_value());
  for (const char* bad : {"", "25 bytes are one too many", "\xff", "hub"}) {
    const auto refused = check_device_id(bad);
    REQUIRE(!refused.has_value());
    CHECK(refused.error().code == error_code::invalid_value);
    CHECK(refused.error().message.find("choose") != std::string::npos);
  }
  CHECK(!check_device_id(std::string_view("a\0b", 3)).has_value());
}

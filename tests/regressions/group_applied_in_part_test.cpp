// SPDX-License-Identifier: BSL-1.0
// Whether an envelope changes one record twice was asked while a group was being applied, so that a group which does was
// refused with its first changes in place.
#include "world.hpp"

namespace {

using namespace regressions;

struct note {
  static constexpr record_info sync{.table = "notes"};
  key<std::string> id{};
  lww<std::string> text{};
};

record_change creation(const std::string& id) {
  change<note> made{.kind = change_kind::created, .what = create<role::client>(note{.id{id}, .text{"x"}})};
  stamp_fields(made, {5});
  record_change sent{0, {}};
  encode_to<note>(sent.bytes.bytes, id, made);
  return sent;
}

TEST_CASE("a group that changes a record twice, or one of another group, is refused as a whole", "[rule-3]") {
  world<note> hub;
  upload_message envelope{"phone", 1, 1, catalog<note>::declarations(), {}};
  envelope.groups.push_back({{creation("a"), creation("b"), creation("b")}});
  envelope.groups.push_back({{creation("c")}});
  envelope.groups.push_back({{creation("d"), creation("c")}});
  const std::string answer = hub.answer("phone", pack(envelope));
  const auto said = unpack<uploaded_message>(*unframe(answer));
  REQUIRE(said.has_value());
  CHECK(said->groups[0].verdict == group_verdict::refused);
  CHECK(said->groups[1].verdict == group_verdict::applied);
  CHECK(said->groups[2].verdict == group_verdict::refused);
  const auto kept = hub.the_hub.list<note>("s", {}, 10);
  REQUIRE(kept->size() == 1);
  CHECK(kept->front().id == "c");
}

}  // namespace

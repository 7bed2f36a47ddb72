// SPDX-License-Identifier: BSL-1.0
// An edit of a record that the hub has forgotten is proposed whole: it lost the fields that a person had emptied, and could
// not be read again where the device's clock had come back below the stamps of the base.

#include <syncline/sync/replica_record.hpp>

#include <catch2/catch_test_macros.hpp>

#include <optional>
#include <string>

namespace {

using namespace syncline;

struct plan {
  static constexpr record_info sync{.table = "plans"};
  key<std::string> id{};
  lww<std::string> title{};
  lww<std::optional<std::string>> note{};
};

replica_record<plan> edited() {
  replica_record<plan> record;
  record.base = plan{.id = {"p"}, .title = {"by others, later"}, .note = {"to be emptied"}};
  record.base_exists = true;
  record.number = 7;
  record.base_stamps[1] = record.base_stamps[2] = {hybrid_time{2000}, device_id("tablet")};
  change<plan> edit{.kind = change_kind::updated, .base = 7, .what = {}, .times = {}, .at = {}};
  plan emptied = record.base;
  emptied.note = std::nullopt;
  edit.what = diff(record.base, emptied);
  stamp_fields(edit, hybrid_time{1000});
  record.pending = edit;
  return record;
}

TEST_CASE("what a person emptied is proposed empty, and every stamp can be read again") {
  replica_record<plan> record = edited();
  REQUIRE(propose_whole(record, "phone"));
  CHECK(record.pending->kind == change_kind::created);
  CHECK(record.pending->what.fields.contains(2));
  CHECK_FALSE(record.seen().note->has_value());
  CHECK(*record.seen().title == "by others, later");
  CHECK(record.pending->at == hybrid_time{2000});
  const auto kept = from_row(to_row(record));
  REQUIRE(kept.has_value());
  CHECK(kept->pending->times == record.pending->times);
}

}  // namespace

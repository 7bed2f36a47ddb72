// SPDX-License-Identifier: BSL-1.0
// Edits by name: what they change of a record that others write to, and what they refuse.
#include "device/device.hpp"
#include "device/named_tables.hpp"
#include "temporary_folder.hpp"

#include <catch2/catch_test_macros.hpp>

#include <stdlib.h>

#include <algorithm>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace stride;
namespace fs = std::filesystem;

using test::temporary_folder;

std::string value_of(const record_view& record, const std::string& field) {
  const auto found = std::find_if(record.begin(), record.end(), [&](const field_view& each) { return each.name == field; });
  return found == record.end() ? "no such field" : found->json;
}

// A door to a record that somebody else has written since the edit was asked for.
template <syncline::role Who, class R>
auto door_to(const R& present) {
  return [present](const auto& make_changes) -> syncline::result<R> {
    syncline::editor<Who, R> open{present};
    make_changes(open);
    return open.record();
  };
}

TEST_CASE("an edit by name changes the named fields of what the record is inside the door, and no other") {
  goal present;
  present.id = "g";
  present.title = "old";
  present.note = "written meanwhile";
  const auto edited = edit_through<syncline::role::client, goal>(door_to<syncline::role::client>(present), {{"title", "new"}, {"target_value", "3"}});
  REQUIRE(edited.has_value());
  CHECK(*edited->id == "g");
  CHECK(*edited->title == "new");
  CHECK(*edited->target_value == 3.0);
  CHECK(*edited->note == "written meanwhile");

  scheduled_workout workout;
  workout.id = "w";
  workout.requested_day = "2026-11-24";
  const auto by_server = edit_through<syncline::role::server, scheduled_workout>(door_to<syncline::role::server>(workout), {{"day", "2026-11-25"}});
  REQUIRE(by_server.has_value());
  CHECK(*by_server->day == "2026-11-25");
  CHECK(*by_server->requested_day == "2026-11-24");
}

TEST_CASE("an edit by name that cannot be made opens no door") {
  int opened = 0;
  const auto door = [&](const auto&) -> syncline::result<goal> {
    ++opened;
    return goal{};
  };
  for (const std::vector<assignment>& wrong : std::vector<std::vector<assignment>>{{{"colour", "red"}}, {{"title", "t"}, {"target_value", "far"}}, {{"id", "h"}}}) {
    CHECK(!edit_through<syncline::role::client, goal>(door, wrong).has_value());
  }
  CHECK(opened == 0);
}

TEST_CASE("an edit that names a wrong field or value says so, whatever the record is, and writes nothing") {
  const temporary_folder folder;
  REQUIRE(device::init(folder.path(), {.user = "ada"}).has_value());
  auto phone = device::open(folder.path());
  REQUIRE(phone.has_value());
  REQUIRE(phone->put("activities", {{"id", "a"}, {"type", "running"}, {"source", "watch"}}).has_value());
  const auto refused = [&](std::string_view id, const std::vector<assignment>& fields, std::string_view words) {
    const auto edited = phone->edit("activities", id, fields);
    REQUIRE(!edited.has_value());
    INFO(edited.error().message);
    CHECK(edited.error().message.find(words) != std::string::npos);
  };
  refused("a", {{"rpe", "3"}, {"colour", "red"}}, "has no field 'colour'");
  refused("a", {{"rpe", "3"}, {"feeling", "fine"}}, "does not take 'fine'");
  refused("a", {{"rpe", "3"}, {"source", "phone"}}, "is set once");
  refused("b", {{"colour", "red"}}, "has no field 'colour'");
  refused("b", {{"rpe", "3"}}, "has no record 'b'; see `stride list activities`");
  const auto rows = phone->list("activities");
  REQUIRE(rows.has_value());
  CHECK(value_of(rows->at(0), "rpe") == "null");
  CHECK(value_of(rows->at(0), "source") == "\"watch\"");
}

}  // namespace

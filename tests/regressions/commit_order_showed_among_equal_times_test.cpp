// SPDX-License-Identifier: BSL-1.0
// A value that won by its device's id had its stamp raised, so that a third write of the same time lost or won by when it
// arrived.
#include <syncline/resolve.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

namespace {

using namespace syncline;

struct note {
  static constexpr record_info sync{.table = "notes"};
  key<std::string> id{};
  lww<std::string> text{};
};

TEST_CASE("of unseen writes of one time the highest device's stands, in whatever order they arrive", "[rule-15]") {
  std::array<std::string_view, 3> devices{"a", "b", "c"};
  do {
    note present{};
    stamps<note> written{};
    for (const std::string_view device : devices) {
      change<note> arriving{};
      arriving.what.fields.insert(1);
      arriving.what.values.text = std::string(device);
      arriving.times[1] = {5};
      decisions<note> how;
      resolve_change(arriving, device_id(device), role::client, field_set<note>::of(the<&note::text>), present, written, how);
    }
    CHECK(present.text == "c");
    CHECK(written[1] == stamp{{5}, device_id("c")});
  } while (std::next_permutation(devices.begin(), devices.end()));
}

TEST_CASE("of two equal writes the later one counts against a third, in whatever order they arrive") {
  struct write {
    std::string_view device, text;
    std::uint64_t time;
  };
  std::array<write, 3> writes{{{"a", "x", 1}, {"b", "x", 5}, {"c", "y", 3}}};
  do {
    note present{};
    stamps<note> written{};
    for (const write& each : writes) {
      change<note> arriving{};
      arriving.what.fields.insert(1);
      arriving.what.values.text = std::string(each.text);
      arriving.times[1] = {each.time};
      decisions<note> how;
      resolve_change(arriving, device_id(each.device), role::client, field_set<note>::of(the<&note::text>), present, written, how);
    }
    CHECK(present.text == "x");
    CHECK(written[1] == stamp{{5}, device_id("b")});
  } while (std::next_permutation(writes.begin(), writes.end(), [](const write& a, const write& b) { return a.device < b.device; }));
}

}  // namespace

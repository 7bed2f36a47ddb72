// SPDX-License-Identifier: BSL-1.0
// An edit lost under the answer to an earlier one, and its place in the outbox stayed: it was counted as waiting, with nothing
// left to send, and stood behind records that could be refused.
#include "world.hpp"

namespace {

using namespace regressions;

struct ride {
  static constexpr record_info sync{.table = "rides"};
  key<std::string> id{};
  lww<int> up{};
  lww<int> down{};
};

std::string violation(const ride& r) { return r.up + r.down > 10 ? "a ride has at most 10 hills" : ""; }

struct post {
  static constexpr record_info sync{.table = "posts"};
  key<std::string> id{};
  lww<std::string> ride_id{};
  lww<std::string> text{};
};

std::vector<record_reference> depends_on(const post& p) { return {reference_to<ride>(p.ride_id)}; }

struct counts {
  std::size_t waiting{}, dead{};
  friend bool operator==(const counts&, const counts&) = default;
};

template <class Device>
counts outbox_of(Device& on) {
  return on.engine
      .read([](auto& tx) -> result<counts> {
        const outbox<std::remove_cvref_t<decltype(tx)>> items(tx);
        return counts{items.size().value(), items.dead_size().value()};
      })
      .value();
}

TEST_CASE("an edit that comes to nothing under an answer leaves nothing in the outbox, where it was to go after another", "[rule-3]") {
  world<ride, post> hub;
  device<ride, post> phone("phone", 1), laptop("laptop", 3);
  post first{};
  first.id = "p";
  first.ride_id = "r";
  REQUIRE(laptop.engine.create(ride{.id{"r"}}, at(0)).has_value());
  REQUIRE(laptop.engine.create(first, at(0)).has_value());
  laptop.sync(hub);
  phone.sync(hub);
  REQUIRE(laptop.engine.edit<ride>("r", at(1), [](auto& e) { e[the<&ride::down>] = 8; }).has_value());
  REQUIRE(laptop.engine.remove<post>("p", at(1)).has_value());
  laptop.sync(hub);

  REQUIRE(phone.engine.edit<post>("p", at(2), [](auto& e) { e[the<&post::text>] = "first"; }).has_value());
  const std::string upload = phone.sync(hub, message_kind::upload);
  REQUIRE(phone.engine.edit<ride>("r", at(3), [](auto& e) { e[the<&ride::up>] = 8; }).has_value());
  REQUIRE(phone.engine.edit<post>("p", at(4), [](auto& e) { e[the<&post::text>] = "second"; }).has_value());
  CHECK(outbox_of(phone) == counts{2, 0});

  phone.take(hub.answer("phone", upload));  // the post is deleted, and its second edit comes to nothing
  CHECK(outbox_of(phone) == counts{1, 0});
  phone.go_on(hub);  // the ride is refused
  CHECK(outbox_of(phone) == counts{0, 1});
  CHECK(phone.engine.find_record<post>("p").value().value().seen_deleted());
}

}  // namespace

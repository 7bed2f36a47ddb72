// SPDX-License-Identifier: BSL-1.0
// The table of docs/algebra.md, "Who may write": every policy, both roles, through every way in which a value comes into a
// record. What does not compile is under tests/compile_fail/, by the names that the table gives.

#include "regressions/world.hpp"

#include <syncline/resolve.hpp>

#include <cstdint>
#include <string>

namespace ownership {

using namespace regressions;

struct part {
  server<std::int32_t> of_server{};
  client<std::int32_t> of_client{};
  std::int32_t of_both{};
};

/// A field of every policy.
struct thing {
  static constexpr record_info sync{.table = "things"};

  key<std::string> id{};
  server<std::int32_t> a_server{};
  client<std::int32_t> a_client{};
  lww<std::int32_t> a_lww{};
  merge<std::int32_t, counter> a_merge{};
  once<std::int32_t> a_once{};
  manual<std::int32_t> a_manual{};
  chunked<std::int32_t> a_chunked{};
  merge<part, by_field> a_struct{};
};

/// The same, as the version before had it: everybody could write everything.
struct thing_before {
  static constexpr record_info sync{.table = "things"};

  key<std::string> id{};
  lww<std::int32_t> a_server{};
  lww<std::int32_t> a_client{};
  lww<std::int32_t> a_lww{};
  merge<std::int32_t, counter> a_merge{};
  once<std::int32_t> a_once{};
  manual<std::int32_t> a_manual{};
  chunked<std::int32_t> a_chunked{};
  struct all {
    std::int32_t of_server{};
    std::int32_t of_client{};
    std::int32_t of_both{};
  };
  merge<all, by_field> a_struct{};
};
struct newer_thing {
  static constexpr record_info sync{.table = "things", .version = 2};
  using previous = thing_before;

  key<std::string> id{};
  server<std::int32_t> a_server{};
  client<std::int32_t> a_client{};
  lww<std::int32_t> a_lww{};
  merge<std::int32_t, counter> a_merge{};
  once<std::int32_t> a_once{};
  manual<std::int32_t> a_manual{};
  chunked<std::int32_t> a_chunked{};
  merge<part, by_field> a_struct{};
};
void carry(const thing_before& from, newer_thing& to) {
  to.a_struct = part{{from.a_struct->of_server}, {from.a_struct->of_client}, from.a_struct->of_both};
}
void carry(const newer_thing& from, thing_before& to) {
  to.a_struct = thing_before::all{*from.a_struct->of_server, *from.a_struct->of_client, from.a_struct->of_both};
}

/// What the hub computes of a part, which was all that there was in the version before.
struct small_before {
  static constexpr record_info sync{.table = "small"};
  struct all {
    std::int32_t of_both{};
  };
  key<std::string> id{};
  merge<all, by_field> a_struct{};
};
struct small {
  static constexpr record_info sync{.table = "small", .version = 2};
  using previous = small_before;
  key<std::string> id{};
  merge<part, by_field> a_struct{};
};
void carry(const small_before& from, small& to) {
  to.a_struct = part{{2 * from.a_struct->of_both}, {}, from.a_struct->of_both};
}
void carry(const small& from, small_before& to) { to.a_struct = small_before::all{from.a_struct->of_both}; }

template <class R>
auto set_of(auto... names) {
  field_set<R> all;
  (all.insert(schema<R>::index_of(names)), ...);
  return all;
}

/// A value in every field, `n` in most.
template <class R>
R filled(std::int32_t n) {
  R made{.id = {"t"}};
  made.a_server = n;
  made.a_client = n;
  made.a_lww = n;
  made.a_once = n;
  made.a_merge = n;
  made.a_manual.value = n;
  made.a_chunked.value.chunks.push_back({});
  made.a_chunked.value.chunks[0].points = static_cast<std::uint32_t>(n);
  return made;
}
thing with_parts(std::int32_t n) {
  thing made = filled<thing>(n);
  made.a_struct = part{{n}, {n}, n};
  return made;
}

TEST_CASE("who may write what: through a door", "[DECL-6]") {
  using R = thing;
  CHECK(editable<R, role::client> == set_of<R>("a_client", "a_lww", "a_merge", "a_once", "a_manual", "a_chunked", "a_struct"));
  CHECK(editable<R, role::server> == set_of<R>("a_server", "a_lww", "a_merge", "a_once", "a_manual", "a_struct"));
  CHECK(creatable<R, role::client> == field_set<R>::all());
  CHECK(creatable<R, role::server> == set_of<R>("id", "a_server", "a_lww", "a_merge", "a_once", "a_manual", "a_struct"));

  const auto by_client = edit<role::client>(thing{}, [](auto& e) {
    e[the<&R::a_client>] = 1;
    e[the<&R::a_lww>] = 1;
    e[the<&R::a_merge>] = 1;
    e[the<&R::a_once>] = 1;
    e[the<&R::a_manual>] = 1;
    e[the<&R::a_chunked>].chunks.push_back({});
    e[the<&R::a_struct>][the<&part::of_client>] = 1;
    e[the<&R::a_struct>][the<&part::of_both>] = 1;
  });
  CHECK(by_client.fields == editable<R, role::client>);
  const auto by_server = edit<role::server>(thing{}, [](auto& e) {
    e[the<&R::a_server>] = 1;
    e[the<&R::a_lww>] = 1;
    e[the<&R::a_merge>] = 1;
    e[the<&R::a_once>] = 1;
    e[the<&R::a_manual>] = 1;
    e[the<&R::a_struct>][the<&part::of_server>] = 1;
    e[the<&R::a_struct>][the<&part::of_both>] = 1;
  });
  CHECK(by_server.fields == editable<R, role::server>);
}

TEST_CASE("who may write what: while a record is made", "[DECL-6]") {
  // A client proposes what is the server's; the first proposal stands.
  const thing draft = with_parts(1);
  CHECK(create<role::client>(draft).fields == field_set<thing>::all() - set_of<thing>("id"));
  world<thing> hub;
  device<thing> phone("phone", 1);
  thing made = draft;
  made.a_chunked = manifest{};  // its chunk is none
  REQUIRE(phone.engine.create(made, at(1)).has_value());
  phone.sync(hub);
  const thing there = **hub.the_hub.find<thing>("s", "t");
  CHECK((there.a_server == 1 && there.a_client == 1 && there.a_once == 1 && there.a_struct->of_server == 1));

  // The server is refused by name, whichever field is the client's.
  const auto refused = [&](auto set) {
    thing one{.id = {"u"}};
    set(one);
    const auto outcome = hub.the_hub.create(std::string_view("s"), one, at(2));
    return !outcome && outcome.error().code == error_code::not_allowed;
  };
  CHECK(refused([](thing& t) { t.a_client = 1; }));
  CHECK(refused([](thing& t) { t.a_chunked.value.chunks.push_back({}); }));
  CHECK(refused([](thing& t) { t.a_struct.value.of_client = 1; }));
  CHECK(!refused([](thing& t) {
    t.a_server = 1;
    t.a_lww = 1;
    t.a_once = 1;
    t.a_merge = 1;
    t.a_manual.value = 1;
    t.a_struct.value.of_server = 1;
    t.a_struct.value.of_both = 1;
  }));
}

TEST_CASE("who may write what: by a change that arrives, whoever encoded it", "[DECL-6]") {
  for (const role who : {role::client, role::server}) {
    for (const bool seen : {true, false}) {
      const thing base = with_parts(1);
      thing wanted = with_parts(2);
      change<thing> arriving{change_kind::updated, 1, diff(base, wanted), {}, {}};
      stamp_fields(arriving, {100});
      thing present = base;
      stamps<thing> marks{};
      decisions<thing> how;
      resolve_change(arriving, device_id("d"), who, seen ? field_set<thing>{} : field_set<thing>::all(), present, marks, how);
      INFO((who == role::client ? "client, " : "server, ") << (seen ? "seen" : "unseen"));
      const bool is_client = who == role::client;
      CHECK(present.id == "t");
      CHECK(*present.a_server == (is_client ? 1 : 2));
      CHECK(*present.a_client == (is_client ? 2 : 1));
      CHECK(*present.a_lww == 2);
      CHECK(*present.a_merge == 2);
      CHECK(*present.a_once == 1);
      CHECK(present.a_manual.value.visible.value == 2);
      CHECK(present.a_chunked->chunks[0].points == (is_client ? 2u : 1u));
      CHECK(*present.a_struct->of_server == (is_client ? 1 : 2));
      CHECK(*present.a_struct->of_client == (is_client ? 2 : 1));
      CHECK(present.a_struct->of_both == 2);
      // and what did not stand is told, with why
      field_set<thing> refused;  // what was there may lose too, to a later write
      how.dropped.for_each([&](std::size_t i) { if (how.loser(i) == side::local) refused.insert(i); });
      CHECK(refused == (is_client ? set_of<thing>("a_server", "a_once", "a_struct")
                                  : set_of<thing>("a_client", "a_once", "a_chunked", "a_struct")));
      for (const char* name : is_client ? std::initializer_list<const char*>{"a_server", "a_struct"}
                                        : std::initializer_list<const char*>{"a_client", "a_chunked", "a_struct"}) {
        CHECK(how.why_lost(schema<thing>::index_of(name)) == (is_client ? rule::server_owned : rule::client_owned));
      }
      CHECK(how.why_lost(schema<thing>::index_of("a_once")) == rule::first_value);
    }
  }
}

TEST_CASE("who may write what: through a lineage step", "[DECL-6][DECL-7]") {
  thing_before before = filled<thing_before>(1), after = filled<thing_before>(2);
  before.a_struct = thing_before::all{1, 1, 1};
  after.a_struct = thing_before::all{2, 2, 2};
  change<thing_before> made{.base = 1, .what = diff(before, after)};
  stamp_fields(made, {100});
  const auto raised = carry_change<newer_thing>(made, before);
  newer_thing present = up<newer_thing>(before);
  stamps<newer_thing> marks{};
  decisions<newer_thing> how;
  resolve_change(raised, device_id("d"), role::client, {}, present, marks, how);
  CHECK((present.a_server == 1 && present.a_client == 2 && present.a_lww == 2 && present.a_merge == 2 && present.a_once == 1));
  CHECK((present.a_chunked->chunks[0].points == 2 && present.a_manual.value.visible.value == 2));
  CHECK((present.a_struct->of_server == 1 && present.a_struct->of_client == 2 && present.a_struct->of_both == 2));
  CHECK(how.dropped == set_of<newer_thing>("a_server", "a_once", "a_struct"));
  CHECK(how.lost.a_struct->of_server == 2);
  CHECK(how.why_lost(schema<newer_thing>::index_of("a_struct")) == rule::server_owned);
}

TEST_CASE("a part of the server's that only a lineage step computed is not in what a client sends", "[DECL-6][DECL-7]") {
  const small_before before{.a_struct = {{1}}}, after{.a_struct = {{2}}};
  change<small_before> made{.base = 1, .what = diff(before, after)};
  stamp_fields(made, {100});
  auto raised = carry_change<small>(made, before);
  CHECK(withhold(raised.what, field_set<small>::all(), role::client).empty());
  const small there{.a_struct = {part{{70}, {5}, 1}}};
  const small now = apply(there, raised.what);
  CHECK((now.a_struct->of_server == 70 && now.a_struct->of_client == 5 && now.a_struct->of_both == 2));
}

}  // namespace ownership

// SPDX-License-Identifier: BSL-1.0
// Changes of one version of a record as changes of another.

#include <syncline/change/carry_change.hpp>
#include <syncline/resolve/append_log.hpp>
#include <syncline/resolve/counter.hpp>
#include <syncline/resolve/set_edits.hpp>

#include <syncline/testing/generate.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstdint>
#include <set>
#include <string>

using namespace syncline;

namespace {

/// Of two texts the longer one: needs the value that an edit was made on.
struct longer {
  static std::string merge(const std::string& base, const std::string& local, const std::string& remote) {
    if (local == base) return remote;
    if (remote == base) return local;
    return local.size() > remote.size() ? local : remote;
  }
};

struct box_1 {
  static constexpr record_info sync{.table = "boxes", .version = 1};

  key<std::string> id{};
  lww<std::string> label{};
  lww<std::int32_t> width_cm{};
  lww<std::string> dropped{};
  merge<int, counter> opened{};
  merge<std::set<std::string>, set_edits> things{};
  merge<std::string, longer> note{};
  server<std::int32_t> price{};
};
struct box_2 {
  static constexpr record_info sync{.table = "boxes", .version = 2};
  using previous = box_1;

  key<std::string> id{};
  lww<std::int64_t> width_mm{};
  merge<std::string, longer> note{};
  merge<std::set<std::string>, set_edits> things{};
  lww<std::string> label{};
  merge<int, counter> opened{};
  client<std::string> colour{};
  server<std::int32_t> price{};
  server<std::size_t> label_size{};
};
void carry(const box_1& from, box_2& to) {
  to.width_mm = std::int64_t{10} * *from.width_cm;
  to.label_size = from.label->size();
}
void carry(const box_2& from, box_1& to) { to.width_cm = static_cast<std::int32_t>(*from.width_mm / 10); }

constexpr auto of_client = editable<box_1, role::client>;
constexpr auto of_client_2 = editable<box_2, role::client>;

template <class R>
change<R> change_between(const R& before, const R& after, std::uint64_t ticks, generator& from) {
  change<R> made{.base = 7, .what = diff(before, after)};
  made.at = hybrid_time{ticks};
  made.what.fields.for_each([&](std::size_t i) { made.times[i] = hybrid_time{ticks - from.random.below(5)}; });
  return made;
}

template <class R>
bool is_same_for_clients(const R& a, const R& b) {
  return (changed_fields(a, b) & editable<R, role::client>).empty();
}

}  // namespace

TEST_CASE("a change of an older version does in the newer one what it did, and nothing to what it does not know") {
  generator from(71);
  for (int i = 0; i < 2000; ++i) {
    // What the hub has need not be what an older app can see of it.
    const box_2 there = from.record<box_2>();
    const box_1 before = down(there), after = from.edited(before, 0.4, of_client);
    const auto made = change_between(before, after, 1000, from);
    const auto raised = carry_change<box_2>(made, before);
    CHECK(raised.base == 7);
    const box_2 result = apply(there, raised.what);
    CHECK(*result.colour == *there.colour);
    CHECK(*result.price == *there.price);
    CHECK(*result.label_size == *there.label_size);  // no client may write it
    if (!made.what.fields.contains(the<&box_1::width_cm>.index)) CHECK(*result.width_mm == *there.width_mm);
    CHECK(*result.label == *after.label);
    CHECK(*result.opened == *after.opened);
    CHECK(*result.things == *after.things);
    CHECK(*result.note == *after.note);
    if (*after.width_cm < 200'000'000 && *after.width_cm > -200'000'000)
      CHECK(*down(result).width_cm == *after.width_cm);
    CHECK((raised.what.fields - of_client_2).empty());
  }
}

TEST_CASE("applying a carried change is carrying what the change made") {
  generator from(72);
  for (int i = 0; i < 2000; ++i) {
    const box_1 before = from.record<box_1>(), after = from.edited(before, 0.4, of_client);
    const auto made = change_between(before, after, 1000, from);
    CHECK(is_same_for_clients(apply(up<box_2>(before), carry_change<box_2>(made, before).what), up<box_2>(after)));
    change<box_1> creation{.kind = change_kind::created, .what = diff(box_1{}, after)};
    box_2 empty{};
    empty.id = *after.id;
    CHECK(is_same_value(apply(empty, carry_change<box_2>(creation, after).what), up<box_2>(after)));
  }
}

TEST_CASE("each field keeps its time, and one that is made of others has the latest of theirs") {
  change<box_1> made{.what = diff(box_1{}, box_1{.label = {"l"}, .width_cm = {3}, .dropped = {"d"}})};
  made.times[the<&box_1::label>.index] = {90};
  made.times[the<&box_1::width_cm>.index] = {20};
  made.times[the<&box_1::dropped>.index] = {30};
  made.at = {90};
  const auto raised = carry_change<box_2>(made, box_1{});
  CHECK(raised.what.fields == field_set<box_2>::of(the<&box_2::label>, the<&box_2::width_mm>));
  CHECK(raised.times[the<&box_2::label>.index] == hybrid_time{90});
  CHECK(raised.times[the<&box_2::width_mm>.index] == hybrid_time{30});
}

TEST_CASE("a write of the same value stays a write, and edits stay as they were made") {
  box_1 before{.label = {"l"}, .things = {{"a"}}, .note = {"long text"}};
  change<box_1> made{.what = diff(before, box_1{.label = {"m"}, .things = {{"b"}}, .note = {"longer text"}})};
  made.what.values.label = std::string("l");
  const auto raised = carry_change<box_2>(made, before);
  CHECK(raised.what.fields.contains(the<&box_2::label>.index));
  CHECK(raised.what.edit<the<&box_2::things>.index>() == made.what.edit<the<&box_1::things>.index>());
  CHECK(raised.what.edit<the<&box_2::note>.index>() == made.what.edit<the<&box_1::note>.index>());
}

TEST_CASE("a change that is cut for an older hub is whole again with its rest") {
  generator from(73);
  for (int i = 0; i < 2000; ++i) {
    box_2 before = from.record<box_2>(), after = from.edited(before, 0.4, of_client_2);
    before.width_mm = *before.width_mm % 1'000'000;
    after.width_mm = *after.width_mm % 1'000'000;
    auto made = change_between(before, after, 1000, from);
    if (from.random.chance(0.2))
      made = change<box_2>{.kind = change_kind::created, .what = diff(box_2{}, after), .at = {1000}};
    box_2 start = before;
    if (made.kind == change_kind::created) {
      start = box_2{};
      start.id = *before.id;
    }
    const box_2 wanted = apply(start, made.what);
    const auto cut = cut_for_previous(made, before);
    CHECK(is_same_value(apply(apply(start, cut.covered.what), cut.rest.what), wanted));
    auto together = cut.covered;
    compose_into(together, cut.rest);
    CHECK(together.kind == made.kind);
    CHECK(is_same_value(apply(start, together.what), wanted));
    CHECK(*apply(down(start), cut.said.what).label == *wanted.label);
    CHECK(*apply(down(start), cut.said.what).opened == *wanted.opened);
    const bool has_unsaid = *start.colour != *wanted.colour || *wanted.width_mm % 10 != 0;
    if (has_unsaid && made.kind == change_kind::updated)
      CHECK((!cut.rest.what.empty() || *start.width_mm == *wanted.width_mm));
    // Cut again on what the older hub has then, there is nothing left to tell it.
    if (!cut.rest.what.empty()) CHECK(!cut_for_previous(cut.rest, apply(start, cut.covered.what)).is_telling);
  }
}

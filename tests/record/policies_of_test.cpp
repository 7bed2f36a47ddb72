// SPDX-License-Identifier: BSL-1.0
// Policies declared beside a struct, and default policies: the record is what it would be with its fields wrapped.

#include <syncline/record/policies_of.hpp>

#include "laws/delta_laws.hpp"
#include "laws/expect.hpp"
#include "laws/plain_records.hpp"
#include "resolve/cases.hpp"

#include <syncline/change.hpp>
#include <syncline/resolve.hpp>
#include <syncline/wire/decode.hpp>
#include <syncline/wire/json.hpp>

#include <catch2/catch_test_macros.hpp>

#include <type_traits>

using namespace syncline;

namespace {

// The policies of R, one after the other, as a type that can be compared.
template <class... Policies>
struct list {};
template <class R>
auto policies() {
  return []<std::size_t... I>(std::index_sequence<I...>) {
    return list<typename schema<R>::template policy_type<I>...>{};
  }(std::make_index_sequence<schema<R>::size>{});
}

template <class A, class B>
inline constexpr bool are_declared_alike =
    std::is_same_v<decltype(policies<A>()), decltype(policies<B>())> && schema<A>::names == schema<B>::names &&
    schema<A>::table == schema<B>::table && schema<A>::fingerprint == schema<B>::fingerprint &&
    schema<A>::key_index == schema<B>::key_index && editable<A, role::client>.bits() == editable<B, role::client>.bits() &&
    editable<A, role::server>.bits() == editable<B, role::server>.bits() &&
    creatable<A, role::server>.bits() == creatable<B, role::server>.bits() &&
    stamped<A>.bits() == stamped<B>.bits() && merged<A>.bits() == merged<B>.bits() &&
    series_fields<A>.bits() == series_fields<B>.bits();

static_assert(are_declared_alike<vendor::workout, laws::workout>);
static_assert(are_declared_alike<laws::ranking, laws::ranking_in_full>);
static_assert(are_declared_alike<vendor::counts, vendor::counts_in_full>);
static_assert(record<vendor::workout> && record<laws::ranking> && !record<int>);
static_assert(std::is_same_v<schema<vendor::workout>::policy_type<5>, policy::lww>);  // weight_kg, which is not named

// One record's values in the other declaration.
template <class To, class From>
To as(const From& from) {
  To to;
  with_fields(to, [&](auto&... target) {
    with_fields(from, [&](const auto&... source) { ((value_of(target) = value_of(source)), ...); });
  });
  return to;
}

template <class R>
std::string bytes_of(const delta<R>& change) {
  std::string bytes;
  encode_to(bytes, change);
  return bytes;
}

template <class R, class Wrapped>
void behaves_alike(std::uint64_t seed) {
  generator from(seed);
  for (int i = 0; i < 1500; ++i) {
    const auto c = cases::random_conflict<R>(from);
    const Wrapped base = as<Wrapped>(c.base), local = as<Wrapped>(c.local), remote = as<Wrapped>(c.remote);
    stamps<Wrapped> local_stamps{}, remote_stamps{};
    std::copy(c.local_stamps.begin(), c.local_stamps.end(), local_stamps.begin());
    std::copy(c.remote_stamps.begin(), c.remote_stamps.end(), remote_stamps.begin());

    const delta<R> plain = diff(c.base, c.local);
    const delta<Wrapped> wrapped = diff(base, local);
    REQUIRE(bytes_of(plain) == bytes_of(wrapped));
    REQUIRE(json_text(plain) == json_text(wrapped));
    REQUIRE(bytes_of(invert(plain, c.base)) == bytes_of(invert(wrapped, base)));
    std::string direct;
    encode_diff_to(direct, c.base, c.local);
    REQUIRE(direct == bytes_of(wrapped));
    R onto = c.remote;
    Wrapped onto_wrapped = remote;
    REQUIRE(apply_encoded(direct, onto));
    REQUIRE(apply_encoded(direct, onto_wrapped));
    REQUIRE(encode(onto) == encode(onto_wrapped));
    REQUIRE(encode(apply(c.remote, plain)) == encode(onto_wrapped));

    const auto merged = resolve(c.base, c.local, c.local_stamps, c.remote, c.remote_stamps);
    const auto expected = resolve(base, local, local_stamps, remote, remote_stamps);
    REQUIRE(encode(merged.value) == encode(expected.value));
    REQUIRE(std::equal(merged.stamps.begin(), merged.stamps.end(), expected.stamps.begin()));
    REQUIRE(merged.how.local.bits() == expected.how.local.bits());
    REQUIRE(merged.how.dropped.bits() == expected.how.dropped.bits());
    REQUIRE(merged.how.rules == expected.how.rules);

    change<R> arriving{.what = plain};
    change<Wrapped> arriving_wrapped{.what = wrapped};
    stamp_fields(arriving, {2});
    stamp_fields(arriving_wrapped, {2});
    const role who = from.random.chance(0.5) ? role::client : role::server;
    const std::uint64_t unseen = from.random() & changed_fields(c.base, c.remote).bits();
    R present = c.remote;
    Wrapped present_wrapped = remote;
    auto stamps_here = c.remote_stamps;
    auto stamps_there = remote_stamps;
    decisions<R> how{};
    decisions<Wrapped> how_wrapped{};
    resolve_change(arriving, device_id("watch"), who, field_set<R>{unseen}, present, stamps_here, how);
    resolve_change(arriving_wrapped, device_id("watch"), who, field_set<Wrapped>{unseen}, present_wrapped, stamps_there, how_wrapped);
    REQUIRE(encode(present) == encode(present_wrapped));
    REQUIRE(std::equal(stamps_here.begin(), stamps_here.end(), stamps_there.begin()));
    REQUIRE(how.dropped.bits() == how_wrapped.dropped.bits());
    REQUIRE(how.rules == how_wrapped.rules);
  }
}

// Everything can be done while compiling, as with wrapped fields.
struct score {
  static constexpr record_info sync{.table = "scores"};
  using default_policy = policy::server;
  key<std::uint32_t> id{};
  std::int32_t place{};
  merge<std::int32_t, counter> cheers{};
};
constexpr auto rise = diff(score{{7}, 3, {1}}, score{{7}, 2, {4}});
static_assert(rise.fields.bits() == 0b110);
static_assert(apply(score{{7}, 9, {10}}, rise).place == 2 && apply(score{{7}, 9, {10}}, rise).cheers == 13);

}  // namespace

TEST_CASE("a record whose policies stand elsewhere does what it does with its fields wrapped") {
  behaves_alike<vendor::workout, laws::workout>(11);
  behaves_alike<laws::ranking, laws::ranking_in_full>(12);
  behaves_alike<vendor::counts, vendor::counts_in_full>(13);
}

TEST_CASE("diff, apply, compose and invert obey their laws for records whose policies stand elsewhere") {
  laws::expect expect;
  laws::check_delta_laws<vendor::workout>(21, 1500, expect);
  laws::check_delta_laws<laws::ranking>(22, 1500, expect);
  laws::check_delta_laws<vendor::counts>(23, 1500, expect);
}

TEST_CASE("a plain member is read and written through the doors as it is") {
  vendor::workout before;
  before.id = "a";
  const auto made = edit<role::client>(before, [](auto& e) {
    e[the<&vendor::workout::feeling>] = "good";
    e[the<&vendor::workout::tags>].insert("hills");
  });
  CHECK(made.fields == field_set<vendor::workout>::of(the<&vendor::workout::feeling>, the<&vendor::workout::tags>));
  CHECK(key_of(before) == "a");
  CHECK(apply(before, made).tags == std::set<std::string>{"hills"});
  vendor::workout started = before, again = before;
  started.started_at = "noon";
  again.started_at = "one";
  CHECK(keeps_once(before, diff(before, started)));
  CHECK_FALSE(keeps_once(started, diff(started, again)));
}

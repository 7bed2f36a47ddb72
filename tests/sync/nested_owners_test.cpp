// SPDX-License-Identifier: BSL-1.0
// Structs in a record whose fields have owners, from a device's door through the hub to another device.

#include "regressions/world.hpp"

#include <syncline/resolve.hpp>
#include <syncline/wire/json.hpp>

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace {

using namespace regressions;

struct zones {
  server<std::int32_t> power{};
  client<std::int32_t> heart_rate{};
  std::string name{};
};
struct metrics {
  server<std::int32_t> load{};
  client<std::string> feeling{};
  std::string note{};
  merge<zones, by_field> of{};
  merge<std::int32_t, counter> views{};
  std::array<std::string, 40> splits{};  // so much that a change of a few is sent by difference
};
/// One field needs three values, so the struct does.
struct bests {
  server<std::int32_t> rank{};
  client<std::string> where{};
  merge<std::optional<std::int32_t>, merge_max> watts{};
};

template <delete_policy Deletes>
struct ride_of {
  static constexpr record_info sync{.table = "rides", .deletes = Deletes};

  key<std::string> id{};
  merge<metrics, by_field> computed{};
  merge<bests, by_field> best{};
  lww<std::string> name{};
  server<std::int32_t> points{};
  chunked<std::int32_t> heart_rate{};
};
using ride = ride_of<delete_policy::delete_wins>;
using kept_ride = ride_of<delete_policy::update_wins>;

using hub_of_rides = world<ride, conflict>;
using phone_of_rides = device<ride, conflict>;

struct rides {
  hub_of_rides hub{};
  phone_of_rides phone{"phone", 1}, tablet{"tablet", 2};

  explicit rides(metrics made = {}) {
    REQUIRE(phone.engine.create(ride{.id = {"r"}, .computed = {made}, .name = {"Loop"}}, at(1)).has_value());
    converge();
  }
  void converge() {
    for (int i = 0; i < 3; ++i) phone.sync(hub), tablet.sync(hub);
  }
  ride at_hub() { return **hub.the_hub.find<ride>("s", "r"); }
  static ride on(phone_of_rides& device) { return **device.engine.find<ride>("r"); }
  void compute(std::int32_t load, std::int32_t power) {
    REQUIRE(hub.the_hub
                .edit<ride>("s", "r", at(5),
                            [&](auto& e) {
                              e[the<&ride::computed>][the<&metrics::load>] = load;
                              e[the<&ride::computed>][the<&metrics::of>][the<&zones::power>] = power;
                              e[the<&ride::best>][the<&bests::rank>] = load;
                            })
                .has_value());
  }
  std::vector<dropped_value> dropped() {
    std::vector<dropped_value> all;
    for (auto& [name, value] : *hub.the_hub.dropped("s", {}, 100)) all.push_back(std::move(value));
    return all;
  }
  /// The next envelope of the phone, with what it says of the ride replaced by `bytes`.
  std::string envelope_with(std::string bytes) {
    const std::string sent = phone.sync(hub, message_kind::upload);
    auto message = unpack<upload_message>(*unframe(sent));
    REQUIRE(message.has_value());
    REQUIRE(message->groups.size() == 1);
    message->groups[0].changes[0].bytes.bytes = std::move(bytes);
    return pack(*message);
  }
};

// What somebody sends who writes bytes by hand: every part of the record as it is in `wanted`.
change<ride> forged(const ride& base, const ride& wanted, std::uint64_t number) {
  change<ride> made{.base = number, .what = diff(base, wanted)};
  stamp_fields(made, hybrid_time::at(at(50)));
  return made;
}

TEST_CASE("what the hub computes and what people say stand side by side in one struct", "[DECL-6][MERGE-4]") {
  rides of;
  REQUIRE(of.phone.engine
              .edit<ride>("r", at(10),
                          [](auto& e) {
                            e[the<&ride::computed>][the<&metrics::feeling>] = "tired";
                            e[the<&ride::computed>][the<&metrics::views>] = 1;
                            e[the<&ride::best>][the<&bests::watts>] = 300;
                          })
              .has_value());
  REQUIRE(of.tablet.engine
              .edit<ride>("r", at(11),
                          [](auto& e) {
                            e[the<&ride::computed>][the<&metrics::of>][the<&zones::heart_rate>] = 150;
                            e[the<&ride::computed>][the<&metrics::views>] = 1;
                            e[the<&ride::best>][the<&bests::watts>] = 290;
                          })
              .has_value());
  of.compute(88, 250);
  of.converge();
  for (const ride& seen : {of.at_hub(), rides::on(of.phone), rides::on(of.tablet)}) {
    CHECK((*seen.computed->load == 88 && *seen.computed->of->power == 250 && *seen.best->rank == 88));
    CHECK((seen.computed->feeling == "tired" && *seen.computed->of->heart_rate == 150 && *seen.computed->views == 2));
    CHECK(seen.best->watts.value == 300);
  }
  CHECK(of.dropped().empty());
  CHECK(of.phone.engine.list<conflict>()->empty());
}

TEST_CASE("a payload that writes a part that is the server's is refused in that part, and logged", "[DECL-6][MERGE-4]") {
  metrics large;
  large.splits.fill(std::string(30, 's'));
  rides of(large);
  of.compute(88, 250);
  of.converge();
  const ride base = of.at_hub();
  const std::uint64_t number = (*of.phone.engine.find_record<ride>("r"))->number;
  REQUIRE(of.phone.engine.edit<ride>("r", at(40), [](auto& e) { e[the<&ride::name>] = "mine"; }).has_value());
  ride wanted = base;
  const auto send = [&](const std::string& bytes) {
    const auto answer = unpack<uploaded_message>(*unframe(of.hub.answer("phone", of.envelope_with(bytes))));
    REQUIRE(answer.has_value());
    REQUIRE(answer->groups.size() == 1);
    CHECK(answer->groups[0].verdict == group_verdict::applied);
    return *answer;
  };
  const auto encoded = [&](const ride& made) {
    std::string bytes;
    encode_to<ride>(bytes, base.id, forged(base, made, number));
    return bytes;
  };

  SECTION("beside what it may write") {
    wanted.computed.value.load = 999;
    wanted.computed.value.of.value.power = 999;
    wanted.computed.value.note = "windy";
    const auto answer = send(encoded(wanted));
    const ride there = of.at_hub();
    CHECK((*there.computed->load == 88 && *there.computed->of->power == 250 && there.computed->note == "windy"));
    const auto log = of.dropped();
    REQUIRE(log.size() == 1);
    REQUIRE(answer.dropped.size() == 1);
    CHECK(log[0].field == the<&ride::computed>.index);
    CHECK((log[0].winner == side::remote && log[0].why == rule::server_owned && log[0].by == "phone"));
    CHECK(log[0].at == hybrid_time::at(at(50)).ticks);
    // what the struct would be, had it been let
    CHECK(is_same_value(*decode<metrics>(log[0].value.bytes), *wanted.computed));
    auto update = answer.records;
    CHECK(update.size() == 1);  // with the struct as it is: the device must not go on showing what it sent
  }
  SECTION("and nothing else: the field is as if nobody had written it") {
    wanted.computed.value.load = 999;
    wanted.best.value.rank = 999;
    wanted.points = 999;
    send(encoded(wanted));
    CHECK(is_same_value(of.at_hub(), base));
    const auto log = of.dropped();
    REQUIRE(log.size() == 3);
    for (const dropped_value& each : log) CHECK((each.why == rule::server_owned && each.by == "phone"));
    of.tablet.sync(of.hub);
    CHECK(is_same_value(rides::on(of.tablet), base));
  }
  SECTION("by difference") {
    wanted.computed.value.load = 999;
    wanted.computed.value.splits[3] = "new";
    for (int i = 10; i < 20; ++i) wanted.computed.value.splits[static_cast<std::size_t>(i)] = "other";
    std::string bytes;
    encode_sent(bytes, forged(base, wanted, number), base, false);
    CHECK(bytes.size() < encoded(wanted).size());
    send(bytes);
    const ride there = of.at_hub();
    CHECK((*there.computed->load == 88 && there.computed->splits[3] == "new"));
    REQUIRE(of.dropped().size() == 1);
    CHECK(of.dropped()[0].why == rule::server_owned);
  }
  SECTION("with a value before that never was") {
    change<ride> made = forged(base, wanted, number);
    auto& edit = made.what.edit<the<&ride::best>.index>();
    edit.before.rank = 1;
    edit.after.rank = 999;
    made.what.fields.insert(the<&ride::best>.index);
    made.times[the<&ride::best>.index] = made.at;
    std::string bytes;
    encode_to<ride>(bytes, base.id, made);
    send(bytes);
    CHECK(*of.at_hub().best->rank == 88);
    REQUIRE(of.dropped().size() == 1);
    CHECK(decode<bests>(of.dropped()[0].value.bytes)->rank == 999);
  }
  SECTION("as JSON, which becomes the same change") {
    wanted.computed.value.load = 999;
    const auto read = from_json<delta<ride>>(json_text(diff(base, wanted)));
    REQUIRE(read.has_value());
    change<ride> made{.base = number, .what = *read};
    stamp_fields(made, hybrid_time::at(at(50)));
    std::string bytes;
    encode_to<ride>(bytes, base.id, made);
    send(bytes);
    CHECK(*of.at_hub().computed->load == 88);
    CHECK(of.dropped().size() == 1);
  }
}

TEST_CASE("nothing that a device writes through its door has a part of the server's in its bytes", "[DECL-6][MERGE-4]") {
  rides of;
  of.compute(77'777, 250);
  of.converge();
  REQUIRE(of.phone.engine
              .edit<ride>("r", at(10),
                          [](auto& e) {
                            e[the<&ride::computed>][the<&metrics::feeling>] = "tired";
                            e[the<&ride::best>][the<&bests::where>] = "home";
                          })
              .has_value());
  const auto message = unpack<upload_message>(*unframe(of.phone.sync(of.hub, message_kind::upload)));
  REQUIRE(message.has_value());
  change<ride> sent;
  std::string key;
  reader in(message->groups[0].changes[0].bytes.bytes);
  internal::take_change<ride>(in, key, sent);
  REQUIRE(in.finish("a change").has_value());
  CHECK(sent.what.fields == field_set<ride>::of(the<&ride::computed>, the<&ride::best>));
  CHECK(withhold(sent.what, field_set<ride>::all(), role::client).empty());
  CHECK(!std::get<0>(sent.what.edit<the<&ride::computed>.index>().edits));
}

TEST_CASE("of two devices that make one record the second one's proposals for the server's parts are logged", "[DECL-6]") {
  hub_of_rides hub;
  phone_of_rides phone("phone", 1), tablet("tablet", 2);
  ride first{.id = {"r"}, .computed = {{.load = {70}, .feeling = {"good"}}}};
  ride second{.id = {"r"}, .computed = {{.load = {80}, .feeling = {"bad"}}}};
  REQUIRE(phone.engine.create(first, at(1)).has_value());
  phone.sync(hub);
  const auto check = [&](const dropped_value& each) {
    CHECK((each.field == the<&ride::computed>.index && each.why == rule::server_owned && each.by == "tablet"));
    const auto value = decode<metrics>(each.value.bytes);
    REQUIRE(value.has_value());
    CHECK((*value->load == 80 && value->feeling == "bad"));
  };
  SECTION("by the hub, where it is sent before the device knows") {
    REQUIRE(tablet.engine.create(second, at(2)).has_value());
    tablet.sync(hub);
    const auto log = *hub.the_hub.dropped("s", {}, 100);
    REQUIRE(log.size() == 1);
    check(log[0].second);
  }
  SECTION("by the device, where it hears of the record before") {
    const std::string download = tablet.sync(hub, message_kind::download);
    REQUIRE(tablet.engine.create(second, at(2)).has_value());
    tablet.take(hub.answer("tablet", download));
    const ride seen = rides::on(tablet);
    CHECK((*seen.computed->load == 70 && seen.computed->feeling == "bad"));
    const auto log = *tablet.engine.list<conflict>();
    REQUIRE(log.size() == 1);
    const superseded& lost = log[0].values->front();
    check({0, {}, the<&ride::computed>.index, side::remote, lost.why, lost.dropped, lost.dropped_by});
    CHECK((lost.kept_by == "phone" && *decode<metrics>(lost.kept.bytes)->load == 70));
    CHECK(hub.the_hub.dropped("s", {}, 100)->empty());
    tablet.go_on(hub);
    CHECK(hub.the_hub.dropped("s", {}, 100)->empty());  // nothing of it was sent
  }
  for (int i = 0; i < 3; ++i) phone.sync(hub), tablet.sync(hub);
  for (auto* each : {&phone, &tablet}) {
    const ride seen = rides::on(*each);
    CHECK((*seen.computed->load == 70 && seen.computed->feeling == "bad"));
  }
}

TEST_CASE("an entry about the server's part says what stands, and undoing it asks the server", "[DECL-6][MERGE-9]") {
  rides of;
  of.compute(88, 250);
  of.converge();
  const ride base = of.at_hub();
  const std::uint64_t number = (*of.phone.engine.find_record<ride>("r"))->number;
  REQUIRE(of.phone.engine.edit<ride>("r", at(40), [](auto& e) { e[the<&ride::name>] = "mine"; }).has_value());
  ride wanted = base;
  wanted.computed.value.load = 999;
  std::string bytes;
  encode_to<ride>(bytes, base.id, forged(base, wanted, number));
  REQUIRE(unpack<uploaded_message>(*unframe(of.hub.answer("phone", of.envelope_with(bytes)))).has_value());
  of.tablet.sync(of.hub);
  const auto log = *of.tablet.engine.list<conflict>();
  REQUIRE(log.size() == 1);
  REQUIRE(log[0].values->size() == 1);
  const superseded& value = log[0].values->front();
  CHECK((value.field == "computed" && value.why == rule::server_owned && value.dropped_by == "phone"));
  CHECK(value.kept_by == "hub");
  CHECK(*decode<metrics>(value.kept.bytes)->load == 88);
  CHECK(*decode<metrics>(value.dropped.bytes)->load == 999);

  const auto undone = of.tablet.engine.undo(*log[0].id, at(100));
  REQUIRE(undone.has_value());
  CHECK(undone->restored.empty());
  CHECK(undone->asked == std::vector<std::string>{"computed.load"});
  CHECK(*rides::on(of.tablet).computed->load == 88);
  of.tablet.sync(of.hub);
  CHECK(*(**of.hub.the_hub.find<conflict>("s", *log[0].id)).requested_by == "tablet");
  CHECK(*of.at_hub().computed->load == 88);
}

TEST_CASE("the server makes no record with a part that is the clients'", "[DECL-6]") {
  hub_of_rides hub;
  const auto refused = hub.the_hub.create(std::string_view("s"), ride{.id = {"r"}, .computed = {{.feeling = {"good"}}}}, at(1));
  REQUIRE(!refused.has_value());
  CHECK(refused.error().code == error_code::not_allowed);
  CHECK(refused.error().message.find("field 'computed' of table 'rides'") != std::string::npos);
  CHECK(hub.the_hub.create(std::string_view("s"), ride{.id = {"r"}, .computed = {{.load = {5}, .note = "x"}}}, at(1)).has_value());
}

TEST_CASE("a record that comes back keeps the server's parts, whatever the edit says", "[DECL-6][MERGE-5]") {
  world<kept_ride> hub;
  device<kept_ride> phone("phone", 1), tablet("tablet", 2);
  REQUIRE(phone.engine.create(kept_ride{.id = {"r"}, .computed = {{.load = {70}}}}, at(1)).has_value());
  phone.sync(hub);
  tablet.sync(hub);
  REQUIRE(phone.engine.remove<kept_ride>("r", at(2)).has_value());
  phone.sync(hub);
  REQUIRE(tablet.engine.edit<kept_ride>("r", at(3), [](auto& e) { e[the<&kept_ride::computed>][the<&metrics::feeling>] = "good"; }).has_value());
  tablet.sync(hub);
  phone.sync(hub);
  const auto seen = **phone.engine.find<kept_ride>("r");
  CHECK((*seen.computed->load == 70 && seen.computed->feeling == "good"));
}

}  // namespace

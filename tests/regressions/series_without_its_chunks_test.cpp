// SPDX-License-Identifier: BSL-1.0
// A record was made whose series named chunks that were not there: it could never be sent whole.

#include "series.hpp"

namespace regressions {

TEST_CASE("a series comes with its chunks, whole, and with no others") {
  device<ride> phone("phone", 1);
  const split_series series = series_of(std::vector<std::int64_t>(2500, 7)), other = series_of({1, 2});
  std::vector<std::string> chunks;
  for (const auto& chunk : series.chunks) chunks.push_back(chunk.bytes);
  ride made{.id = {"r"}};
  made.power = series.parts;

  const auto refused = [&](const std::vector<std::string>& given) {
    const auto outcome = phone.engine.create(made, at(1), given);
    REQUIRE(!outcome.has_value());
    const auto found = phone.engine.find<ride>("r");
    REQUIRE(found.has_value());
    CHECK(!found->has_value());
    return outcome.error().message;
  };
  CHECK(refused({}).find("neither given nor here") != std::string::npos);
  CHECK(refused({chunks[0]}).find("neither given nor here") != std::string::npos);
  auto damaged = chunks;
  damaged.back().back() ^= 1;
  CHECK(refused(damaged).find("checksum") != std::string::npos);
  auto more = chunks;
  more.push_back(other.chunks[0].bytes);
  CHECK(refused(more).find("does not name") != std::string::npos);
  CHECK(phone.engine.create(made, at(1), chunks).has_value());
}

TEST_CASE("points are appended to a series by its new chunks, also where the old ones are not here", "[rule-27]") {
  world<ride> at_hub;
  device<ride> phone("phone", 1), tablet("tablet", 2);
  std::vector<std::int64_t> points(1500);
  for (std::size_t i = 0; i < points.size(); ++i) points[i] = static_cast<std::int64_t>(i);
  make_ride(phone, "r", series_of(points));
  phone.sync(at_hub);
  points.push_back(1);
  const split_series longer = series_of(points);
  REQUIRE(longer.chunks.size() == 2);
  const auto append = [&](const std::vector<std::string>& given) {
    return phone.engine.edit<ride>("r", at(5), [&](auto& e) { e[the<&ride::power>] = longer.parts; }, given);
  };
  CHECK(!append({}).has_value());
  CHECK(append({longer.chunks[1].bytes}).has_value());
  phone.sync(at_hub);
  tablet.sync(at_hub);
  for (const auto& chunk : longer.chunks) {
    const auto there = tablet.engine.find_chunk(chunk.entry.digest);
    REQUIRE(there.has_value());
    CHECK(there->has_value());
  }
}

}  // namespace regressions

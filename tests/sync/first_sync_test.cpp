// SPDX-License-Identifier: BSL-1.0
// A first sync of many records, cut off at random moments: each message and each transaction stays as small as a page, and a cut
// costs no more than the page that it lost. `benchmarks/first_sync.cpp` is the same with a million records, processes and SQLite.

#include "regressions/world.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <random>
#include <string>

namespace {

using namespace regressions;

struct walk_of_a_dog {
  static constexpr record_info sync{.table = "walks"};
  key<std::int64_t> id{};
  lww<std::string> name{};
  lww<std::int64_t> steps{};
};

constexpr std::int64_t many = 20'000;
constexpr std::uint32_t page = 500;

TEST_CASE("a first sync of many records is cut off again and again, and each step is as small as a page", "[rule-8]") {
  world<walk_of_a_dog> hub;
  {
    device<walk_of_a_dog> writer("writer", 1, {.batch = page});
    for (std::int64_t i = 0; i < many; ++i) {
      REQUIRE(writer.engine.create(walk_of_a_dog{.id = {i * 7919 % many}, .name = {"to the river"}, .steps = {i}}, at(1)).has_value());
    }
    writer.sync(hub);
  }
  device<walk_of_a_dog> reader("reader", 2, {.page = page});
  std::size_t operations = 0, most_operations = 0, largest_message = 0, told = 0, cuts = 0;
  reader.store.before_operation = [&](std::string_view operation) {
    most_operations = std::max(most_operations, ++operations);
    if (operation == "commit") operations = 0;
    return true;
  };
  std::mt19937_64 random(5);
  for (bool done = false; !done;) {
    reader.engine = device<walk_of_a_dog>::open(reader.store, "reader", 2, {.page = page});
    reader.engine.begin_session();
    for (std::size_t left = 1 + random() % 6; !done; --left) {
      operations = 0;
      const auto message = *reader.engine.next_message(at(0));
      done = !message;
      if (done) break;
      const std::string answer = hub.answer("reader", *message);
      largest_message = std::max(largest_message, answer.size());
      if (const auto got = unpack<page_message>(*unframe(answer))) told += got->records.size();
      if (left == 1) break;  // the answer is lost, and so is all that is not in the store
      operations = 0;
      reader.take(answer);
    }
    cuts += !done;
  }
  reader.store.before_operation = {};
  CHECK(cuts >= 8);
  CHECK(told >= std::size_t{many});
  CHECK(told <= many + cuts * page);
  CHECK(largest_message < page * 100);
  CHECK(most_operations < page * 12);

  const auto there = *hub.the_hub.list<walk_of_a_dog>("s", {}, 2 * many), here = *reader.engine.list<walk_of_a_dog>({}, 2 * many);
  REQUIRE(there.size() == std::size_t{many});
  REQUIRE(here.size() == std::size_t{many});
  CHECK(std::equal(there.begin(), there.end(), here.begin(), [](const auto& a, const auto& b) { return is_same_value(a, b); }));
}

}  // namespace

// SPDX-License-Identifier: BSL-1.0
// Sets of fields, and which fields each side may write: the rows of the policy table.

#include <syncline/change/field_set.hpp>

#include "laws/records.hpp"

#include <catch2/catch_test_macros.hpp>

#include <vector>

using namespace syncline;
using laws::workout;

namespace {

using fields = field_set<workout>;

// The algebra of sets, on every pair of subsets of four fields.
constexpr bool obeys_set_algebra() {
  for (std::uint64_t x = 0; x < 16; ++x) {
    for (std::uint64_t y = 0; y < 16; ++y) {
      const fields a{x}, b{y};
      for (std::size_t i = 0; i < 4; ++i) {
        const bool in_a = (x >> i) % 2 == 1, in_b = (y >> i) % 2 == 1;
        if ((a | b).contains(i) != (in_a || in_b)) return false;
        if ((a & b).contains(i) != (in_a && in_b)) return false;
        if ((a - b).contains(i) != (in_a && !in_b)) return false;
      }
      fields c = a;
      c |= b;
      if (c != (a | b)) return false;
      c -= b;
      if (c != a - b) return false;
    }
  }
  return true;
}
static_assert(obeys_set_algebra());
static_assert(fields{}.empty() && fields{}.size() == 0 && !fields::all().empty());
static_assert(fields::all().size() == 10 && fields::all().bits() == 0x3FF);

struct sixty_fields {
  static constexpr record_info sync{.table = "wide"};
  key<int> a{};
  int b0{}, b1{}, b2{}, b3{}, b4{}, b5{}, b6{}, b7{}, b8{}, b9{}, c0{}, c1{}, c2{}, c3{}, c4{}, c5{}, c6{}, c7{}, c8{}, c9{},
      d0{}, d1{}, d2{}, d3{}, d4{}, d5{}, d6{}, d7{}, d8{}, d9{}, e0{}, e1{}, e2{}, e3{}, e4{}, e5{}, e6{}, e7{}, e8{}, e9{},
      f0{}, f1{}, f2{}, f3{}, f4{}, f5{}, f6{}, f7{}, f8{}, f9{}, g0{}, g1{}, g2{}, g3{}, g4{}, g5{}, g6{}, g7{}, g8{};
};
static_assert(field_set<sixty_fields>::all().bits() == (std::uint64_t{1} << 60) - 1);

}  // namespace

TEST_CASE("a set of fields visits them in order of declaration, and forgets what is erased") {
  fields set = fields::of(the<&workout::note>, the<&workout::id>, the<&workout::laps>);
  set.insert(the<&workout::target>.index);
  set.erase(the<&workout::laps>.index);
  std::vector<std::size_t> seen;
  set.for_each([&](std::size_t i) { seen.push_back(i); });
  CHECK(seen == std::vector<std::size_t>{0, 4, 8});
}

TEST_CASE("each side may change what its declaration says") {
  const fields client = fields::all() - fields::of(the<&workout::id>, the<&workout::distance_m>);
  const fields server = fields::all() - fields::of(the<&workout::id>, the<&workout::feeling>, the<&workout::heart_rate>);
  CHECK((editable<workout, role::client>) == client);
  CHECK((editable<workout, role::server>) == server);
}

TEST_CASE("a client may propose everything when it creates a record, a server all but what is the client's") {
  CHECK((creatable<workout, role::client>) == fields::all());
  CHECK((creatable<workout, role::server>) == fields::all() - fields::of(the<&workout::feeling>, the<&workout::heart_rate>));
}

TEST_CASE("stamps are kept where the later write decides, edits where a function merges") {
  CHECK(stamped<workout> ==
        fields::of(the<&workout::feeling>, the<&workout::target>, the<&workout::weight_kg>, the<&workout::heart_rate>));
  CHECK(merged<workout> == fields::of(the<&workout::laps>, the<&workout::tags>, the<&workout::note>));
}

// SPDX-License-Identifier: BSL-1.0
#include <syncline/testing/amend.hpp>
#include <syncline/testing/generate.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace {

using namespace syncline;

struct booking {
  static constexpr record_info sync{.table = "bookings"};

  key<std::string> id{};
  lww<int> seats{};                            // 1 to 4
  lww<std::optional<double>> price{};          // not negative
  server<std::optional<std::string>> day{};    // YYYY-MM-DD
  lww<std::optional<std::string>> kind{};      // "train" or nothing
  lww<std::string> note{};                     // anything
};

std::string violation(const booking& b) {
  if (b.id->find('\0') != std::string::npos) return "id is '" + *b.id + "'";
  if (*b.seats < 1 || *b.seats > 4) return "seats is " + std::to_string(*b.seats);
  if (*b.price && !(**b.price >= 0)) return "price is " + std::to_string(**b.price);
  if (*b.day && ((*b.day)->size() != 10 || (*b.day)->substr(0, 5) != "2025-")) return "day is '" + **b.day + "'";
  if (*b.kind && **b.kind != "train") return "kind is '" + **b.kind + "'";
  return "";
}

TEST_CASE("what a record's own rules object to is amended, and the rest stays") {
  booking wrong;
  wrong.id = "b";
  wrong.seats = -7;
  wrong.price = -2.5;
  wrong.day = "soon";
  wrong.kind = "spaceship";
  wrong.note = "by the window";
  const booking right = amended(wrong, field_set<booking>::all());
  CHECK(violation_of(right).empty());
  CHECK(*right.id == "b");
  CHECK(right.price->has_value());
  CHECK(right.day->has_value());
  CHECK(!right.kind->has_value());
  CHECK(*right.note == "by the window");
}

TEST_CASE("fields that are not given stay as they are, though they break a rule") {
  booking wrong;
  wrong.id = "b";
  wrong.seats = 9;
  wrong.day = "soon";
  field_set<booking> fields = field_set<booking>::all();
  fields.erase(the<&booking::day>.index);
  const booking made = amended(wrong, fields);
  CHECK(*made.seats >= 1);
  CHECK(*made.seats <= 4);
  CHECK(**made.day == "soon");
}

TEST_CASE("most generated records keep their rules once they are amended, and hardly any before") {
  generator from(1);
  int before = 0, after = 0;
  for (int i = 0; i < 200; ++i) {
    const booking made = from.record<booking>();
    before += violation_of(made).empty();
    after += violation_of(amended(made, field_set<booking>::all())).empty();
  }
  CHECK(before < 40);
  CHECK(after > 180);
}

}  // namespace

// SPDX-License-Identifier: BSL-1.0
// A decision for one of the candidates, which adds no value, did nothing and was told to nobody where another value stood.

#include <syncline/resolve/manual.hpp>

#include <catch2/catch_test_macros.hpp>

#include <string>

namespace {

using namespace syncline;

using text = candidates<std::string>;

candidate<std::string> of(std::string value, std::string by) { return {.value = std::move(value), .order = 1, .by = std::move(by)}; }

TEST_CASE("a decision for a candidate that comes too late says so, and for what it was") {
  const text conflict{.visible = of("kitchen", "phone"), .others = {of("balcony", "tablet")}};
  const text decided{.visible = of("kitchen", "phone")};
  const auto edit = keep_candidates::diff(conflict, decided);
  text elsewhere{.visible = of("garden", "hub")};
  CHECK(keep_candidates::apply(elsewhere, edit) == merge_outcome::too_late);
  CHECK(elsewhere.visible.value == "garden");
  CHECK(keep_candidates::wanted(edit).visible.value == "kitchen");
  text same = conflict;
  CHECK(keep_candidates::apply(same, edit) == merge_outcome::merged);
  CHECK(same == decided);
  keep_candidates::apply(same, keep_candidates::invert(edit));
  CHECK(same == conflict);
}

}  // namespace

// SPDX-License-Identifier: BSL-1.0
// The story of two devices and a hub, as people see it and as programs do.
#include "end_to_end/world.hpp"

namespace {

using namespace stride_test;

TEST_CASE("the demo's JSON is one document that tells what was merged and that all converged") {
  const finished ended = run({"--json", "demo"});
  INFO(ended.err);
  CHECK(ended.status == 0);
  const auto told = parse_json(ended.out);
  REQUIRE(told.has_value());
  CHECK((*told)["user"].text == "ada");
  REQUIRE((*told)["devices"].items.size() == 2);
  CHECK((*told)["devices"].items[0].text == "phone");
  CHECK(!(*told)["activity"].text.empty());
  REQUIRE((*told)["edits"].items.size() == 2);
  CHECK((*told)["edits"].items[1]["device"].text == "laptop");
  CHECK((*told)["edits"].items[1]["fields"].items.at(0).text == "name=Sunday ride");
  CHECK((*told)["decisions"]["name"]["value"].text == "Sunday ride");
  CHECK((*told)["decisions"]["name"]["dropped"].text == "Hill repeats");
  CHECK((*told)["decisions"]["tags"]["side"].text == "both");
  CHECK((*told)["converged"].number == 1);
  CHECK((*told)["durations"]["merge_ns"].number > 0);
  CHECK((*told)["durations"]["story_s"].number > 0);
}

TEST_CASE("the demo's story has no escape codes where nobody sees colours") {
  const finished ended = run({"demo"});
  CHECK(ended.status == 0);
  CHECK(ended.out.find("converged: yes") != std::string::npos);
  CHECK(ended.out.find('\033') == std::string::npos);
}

TEST_CASE("a demo of a file without a ride fails with a sentence") {
  const temporary_folder folder;
  write_bytes(folder.path() / "text", "no ride at all");
  for (const std::vector<std::string>& before : {std::vector<std::string>{}, {"--json"}}) {
    std::vector<std::string> arguments = before;
    arguments.insert(arguments.end(), {"demo", (folder.path() / "text").string()});
    const finished ended = run(arguments);
    CHECK(ended.status == 1);
    CHECK(ended.err.find("there is no ride to show in") != std::string::npos);
    if (!before.empty()) CHECK(parse_json(ended.out).value()["error"].text.starts_with("there is no ride to show in"));
  }
}

}  // namespace

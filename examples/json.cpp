// SPDX-License-Identifier: BSL-1.0
// The same declaration as JSON, for people and for other programs.

#include "check.hpp"

#include <syncline/record.hpp>
#include <syncline/wire/json.hpp>

#include <optional>
#include <set>
#include <string>

struct recipe {
  static constexpr syncline::record_info sync{.table = "recipes"};

  syncline::key<std::string> id{};
  syncline::lww<std::string> title{};
  syncline::lww<std::optional<int>> minutes{};
  syncline::lww<std::set<std::string>> tags{};
  syncline::once<syncline::timestamp> added_at{};
};

int main() {
  //! [text]
  recipe soup{.id = {"soup"}, .title = {"Soup"}, .tags = {{"quick", "warm"}}};
  const std::string text = syncline::json_text(soup);
  check(text == R"({"id":"soup","title":"Soup","minutes":null,"tags":["quick","warm"],)"
                R"("added_at":"1970-01-01T00:00:00Z"})");
  check(syncline::json_text(syncline::diff(recipe{}, soup)) == R"({"title":"Soup","tags":["quick","warm"]})");
  //! [text]

  //! [read]
  const auto read = syncline::from_json<recipe>(R"({"id": "pie", "minutes": 45, "tags": ["sweet"]})");
  check(read && *read->minutes == 45);

  const auto wrong = syncline::from_json<recipe>(R"({"id": "pie", "minutes": "long"})");
  check(!wrong);
  std::cout << wrong.error().message << '\n';  // which field, what was found, what is expected
  //! [read]

  //! [time]
  const auto when = must(syncline::parse_time("2026-11-21T09:00:00+01:00"));
  check(syncline::time_text(when) == "2026-11-21T08:00:00Z");
  //! [time]

  //! [writer]
  std::string document;
  syncline::json_writer out(document);
  out.begin_object().key("count").value(2).key("recipes").begin_array();
  out.value(soup).value(*read);
  out.end_array().end_object();
  //! [writer]
  check(document.starts_with(R"({"count":2,"recipes":[{"id":"soup",)") && document.ends_with("]}"));
  std::cout << document << '\n';
}

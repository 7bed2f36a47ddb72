// SPDX-License-Identifier: BSL-1.0
#include "storage/whole_file.hpp"

#include "temporary_folder.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include <sys/resource.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace {

using namespace stride;
namespace fs = std::filesystem;
using Catch::Matchers::ContainsSubstring;

std::string text_in(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::size_t files_in(const fs::path& folder) {
  return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

TEST_CASE("a file is made or replaced whole, for its owner only, and nothing else is left") {
  const test::temporary_folder folder;
  const fs::path file = folder.path() / "a.json";
  REQUIRE(replace_whole(file, "old").has_value());
  REQUIRE(replace_whole(file, "new, and longer").has_value());
  CHECK(text_in(file) == "new, and longer");
  CHECK(fs::status(file).permissions() == (fs::perms::owner_read | fs::perms::owner_write));
  CHECK(!write_whole(file, "other").has_value());
  CHECK(text_in(file) == "new, and longer");
  CHECK(files_in(folder.path()) == 1);
}

TEST_CASE("a file that has no room stays as it was, and what was begun is gone") {
  const test::temporary_folder folder;
  const fs::path file = folder.path() / "a.json";
  REQUIRE(replace_whole(file, "old").has_value());
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  rlimit small = before;
  for (const rlim_t room : {0, 5}) {  // nothing of the text, or its beginning
    small.rlim_cur = room;
    setrlimit(RLIMIT_FSIZE, &small);
    const auto written = replace_whole(file, "new, and longer");
    setrlimit(RLIMIT_FSIZE, &before);
    REQUIRE(!written.has_value());
    CHECK(written.error().code == syncline::error_code::store_failed);
    CHECK_THAT(written.error().message, ContainsSubstring("a.json") && ContainsSubstring("whether the disk is full"));
    CHECK(text_in(file) == "old");
    CHECK(files_in(folder.path()) == 1);
  }
  CHECK(!replace_whole(folder.path() / "nowhere" / "a.json", "new").has_value());
}

}  // namespace

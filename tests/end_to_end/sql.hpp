// SPDX-License-Identifier: BSL-1.0
#pragma once
// A data folder's database in other hands than the program's.

#include "end_to_end/process.hpp"

#include <sqlite3.h>

namespace stride_test {

inline void run_sql(const fs::path& file, const char* sql) {
  sqlite3* connection = nullptr;
  REQUIRE(sqlite3_open(file.c_str(), &connection) == SQLITE_OK);
  char* said = nullptr;
  const int code = sqlite3_exec(connection, sql, nullptr, nullptr, &said);
  INFO((said == nullptr ? "" : said));
  CHECK(code == SQLITE_OK);
  sqlite3_close(connection);
}

}  // namespace stride_test

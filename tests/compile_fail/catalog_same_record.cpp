// SPDX-License-Identifier: BSL-1.0
// expect: [syncline] records 'goal' and 'goal' are both of table 'goals'

#include <syncline/sync/catalog.hpp>

struct goal {
  static constexpr syncline::record_info sync{.table = "goals"};
  syncline::key<std::string> id{};
};

struct target {
  static constexpr syncline::record_info sync{.table = "targets"};
  syncline::key<std::string> id{};
};

#ifdef TWIN
using records = syncline::catalog<goal, target>;
#else
using records = syncline::catalog<goal, target, goal>;
#endif

bool known(std::string_view table) {
  return records::visit(table, [](auto) {});
}

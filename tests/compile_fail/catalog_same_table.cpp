// SPDX-License-Identifier: BSL-1.0
// expect: [syncline] records 'goal' and 'target' are both of table 'goals': give one of them another `record_info::table`

#include <syncline/sync/catalog.hpp>

struct goal {
  static constexpr syncline::record_info sync{.table = "goals"};
  syncline::key<std::string> id{};
};

struct target {
#ifdef TWIN
  static constexpr syncline::record_info sync{.table = "targets"};
#else
  static constexpr syncline::record_info sync{.table = "goals"};
#endif
  syncline::key<std::string> id{};
};

bool known(std::string_view table) {
  return syncline::catalog<goal, target>::visit(table, [](auto) {});
}

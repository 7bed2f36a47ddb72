// SPDX-License-Identifier: BSL-1.0
// expect: [syncline] a catalog needs a record type: catalog<activity, goal>

#include <syncline/sync/catalog.hpp>

struct goal {
  static constexpr syncline::record_info sync{.table = "goals"};
  syncline::key<std::string> id{};
};

#ifdef TWIN
using records = syncline::catalog<goal>;
#else
using records = syncline::catalog<>;
#endif

bool known(std::string_view table) {
  return records::visit(table, [](auto) {});
}

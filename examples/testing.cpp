// SPDX-License-Identifier: BSL-1.0
// Random records of any schema, a store in memory, and the laws of a store of one's own as a test.

#include "check.hpp"

#include <syncline/testing/check_store_laws.hpp>
#include <syncline/testing/generate.hpp>
#include <syncline/testing/memory_store.hpp>

#include <memory>
#include <string>
#include <string_view>

struct lot {
  static constexpr syncline::record_info sync{.table = "lots"};

  syncline::key<std::string> id{};
  syncline::lww<int> offer{};
  syncline::lww<std::string> hall{};
};

void expect(bool holds, std::string_view law) {
  if (!holds) std::cerr << law << '\n';
  check(holds);
}

// Where check_store_laws opens its stores; a SQLite file would be a path.
struct place {
  std::shared_ptr<syncline::store_laws::store_for_laws<syncline::memory_store>> disk =
      std::make_shared<syncline::store_laws::store_for_laws<syncline::memory_store>>();

  auto open() { return disk; }
};

int main() {
  //! [generate]
  syncline::generator from(1);  // a seed
  const lot random = from.record<lot>();
  const lot edited = from.edited(random, 0.5);  // each field but the key, with probability one half
  check(syncline::is_same_value(syncline::key_of(random), syncline::key_of(edited)));
  //! [generate]

  //! [memory-store]
  syncline::memory_store<lot> store;
  {
    auto open = must(store.begin("auction"));
    must(open.save(syncline::row<lot>{.value = {.id = {"7"}, .offer = {15}}}));
    must(open.commit());
  }
  store.before_operation = [](std::string_view operation) { return operation != "commit"; };  // a crash there
  {
    auto open = must(store.begin("auction"));
    must(open.erase<lot>("7"));
    check(!open.commit());
  }
  store.before_operation = {};
  check(must(must(store.begin("auction")).load<lot>("7")).has_value());  // it was rolled back
  //! [memory-store]

  //! [store-laws]
  int claims = 0;
  syncline::check_store_laws([] { return place{}; }, [&](bool holds, std::string_view law) {
    expect(holds, law);
    ++claims;
  });
  std::cout << "the store in memory keeps every law, in " << claims << " claims\n";
  //! [store-laws]
}

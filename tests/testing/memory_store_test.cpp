// SPDX-License-Identifier: BSL-1.0
#include <syncline/testing/check_store_laws.hpp>
#include <syncline/testing/memory_store.hpp>

#include <catch2/catch_test_macros.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using namespace syncline;

struct note {
  static constexpr record_info sync{.table = "notes"};
  key<std::string> id{};
  lww<std::string> text{};
};

row<note> note_row(std::string id, std::string text) {
  return {{.id{std::move(id)}, .text{std::move(text)}}, false, {}};
}

using note_store = memory_store<note>;
static_assert(store_for<note_store, note>);

// The place outlives its stores, as the memory store outlives an engine.
struct memory_place {
  using store_type = store_laws::store_for_laws<memory_store>;
  std::unique_ptr<store_type> store = std::make_unique<store_type>();

  store_type* open() { return store.get(); }
  void set_failing(bool fails) {
    store->before_operation = [fails](std::string_view operation) { return !fails || operation != "save"; };
  }
};

TEST_CASE("the memory store obeys every law of a store") {
  int claims = 0;
  check_store_laws([] { return memory_place{}; },
                   [&](bool holds, std::string_view what) {
                     ++claims;
                     INFO(what);
                     CHECK(holds);
                   });
  CHECK(claims > 300);
}

TEST_CASE("the memory store does what the model does for many seeds", "[slow]") {
  for (std::uint64_t seed = 100; seed < 140; ++seed) {
    memory_place place;
    CHECK(store_laws::check_store_against_model(place, seed, 1000) == "");
  }
}

TEST_CASE("the memory store asks before every operation, by name") {
  note_store store;
  std::vector<std::string> asked;
  store.before_operation = [&](std::string_view operation) {
    asked.emplace_back(operation);
    return true;
  };
  auto t = store.begin("s");
  REQUIRE(t.has_value());
  CHECK(t->save(note_row("a", "1")));
  CHECK(t->load<note>("a").has_value());
  CHECK(t->scan<note>(std::nullopt, 1).has_value());
  CHECK(t->erase<note>("a"));
  CHECK(t->put("x", "n", "1"));
  CHECK(t->get("x", "n").has_value());
  CHECK(t->list("x", "", 1).has_value());
  CHECK(t->remove("x", "n"));
  CHECK(t->commit());
  CHECK(asked == std::vector<std::string>{"begin", "save", "load", "scan", "erase", "put", "get", "list", "remove",
                                          "commit", "committed"});
}

TEST_CASE("a crash before any operation leaves nothing of its transaction, and one after the commit all of it") {
  const auto work = [](note_store& store) -> result<void> {
    auto t = store.begin("s");
    if (!t) return t.error();
    if (auto done = t->save(note_row("a", "new")); !done) return done;
    if (auto done = t->erase<note>("b"); !done) return done;
    if (auto done = t->put("x", "n", "new"); !done) return done;
    return t->commit();
  };
  int crashes = 0;
  for (int at = 0;; ++at) {
    note_store store;
    {
      auto t = store.begin("s");
      REQUIRE(t->save(note_row("a", "old")));
      REQUIRE(t->save(note_row("b", "old")));
      REQUIRE(t->commit());
    }
    std::string crashed_at;
    store.before_operation = [&, left = at](std::string_view operation) mutable {
      if (left-- != 0) return true;
      crashed_at = operation;
      return false;
    };
    const auto done = work(store);
    store.before_operation = nullptr;
    if (done) break;
    ++crashes;
    INFO("crashed at " << crashed_at);
    CHECK(done.error().phase == phase::store);
    CHECK(done.error().code == error_code::store_failed);
    const bool is_kept = crashed_at == "committed";
    auto t = store.begin("s");
    REQUIRE(t.has_value());
    CHECK((**t->load<note>("a")).value.text.value == (is_kept ? "new" : "old"));
    CHECK(t->load<note>("b")->has_value() == !is_kept);
    CHECK(t->get("x", "n")->has_value() == is_kept);
  }
  CHECK(crashes == 6);  // begin, save, erase, put, commit, committed
}

TEST_CASE("a copy of a memory store is a store of its own") {
  note_store store;
  {
    auto t = store.begin("s");
    REQUIRE(t->save(note_row("a", "1")));
    REQUIRE(t->commit());
  }
  note_store copy = store;
  {
    auto t = store.begin("s");
    REQUIRE(t->save(note_row("a", "2")));
    REQUIRE(t->commit());
  }
  auto t = copy.begin("s");
  REQUIRE(t.has_value());
  CHECK((**t->load<note>("a")).value.text.value == "1");
  CHECK(store.begin("s").has_value());  // not locked by the copy's transaction
}

TEST_CASE("transactions on different scopes of a memory store may be open at once") {
  note_store store;
  auto one = store.begin("one"), other = store.begin("other");
  REQUIRE(one.has_value());
  REQUIRE(other.has_value());
  CHECK(one->save(note_row("a", "1")));
  CHECK(other->save(note_row("a", "2")));
  CHECK(other->commit());
  CHECK((**one->load<note>("a")).value.text.value == "1");
}

}  // namespace

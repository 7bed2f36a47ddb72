// SPDX-License-Identifier: BSL-1.0
#include <syncline/testing/check_store_laws.hpp>
#include <syncline/testing/memory_store.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace syncline;
using store_laws::every_kind;
using store_laws::integer_key;

enum class bug {
  none,
  loses_rollback,
  scans_unordered,
  drops_nan,
  drops_negative_zero,
  cuts_text,
  mixes_scopes,
  interleaves,
  forgets_an_entry,
  skips_on_pages
};

// A memory store with one bug.
class broken_store {
  using whole_store = store_laws::store_for_laws<memory_store>;
  using whole_transaction = transaction_of<whole_store>;

 public:
  broken_store(whole_store& store, bug planted) : store_(&store), planted_(planted) {}

  class transaction {
   public:
    transaction(whole_transaction inner, bug planted) : inner_(std::move(inner)), planted_(planted) {}
    transaction(transaction&&) = default;
    ~transaction() {
      if (planted_ == bug::loses_rollback && is_open_) (void)inner_->commit();
    }

    template <class R>
    result<std::optional<row<R>>> load(const typename schema<R>::key_type& key) {
      return inner_->template load<R>(key);
    }
    template <class R>
    result<void> save(row<R> kept) {
      if constexpr (std::is_same_v<R, every_kind>) {
        double& number = kept.value.number.value;
        if (planted_ == bug::drops_nan && std::isnan(number)) number = 0;
        if (planted_ == bug::drops_negative_zero && number == 0) number = 0;
        if (planted_ == bug::cuts_text) kept.value.text.value = kept.value.text.value.c_str();
      }
      return inner_->save(kept);
    }
    template <class R>
    result<void> erase(const typename schema<R>::key_type& key) {
      return inner_->template erase<R>(key);
    }
    template <class R>
    result<std::vector<row<R>>> scan(const std::optional<typename schema<R>::key_type>& after, std::size_t limit) {
      auto rows = inner_->template scan<R>(after, limit);
      if (rows && planted_ == bug::scans_unordered) std::reverse(rows->begin(), rows->end());
      if (rows && planted_ == bug::skips_on_pages && after && rows->size() > 1) rows->erase(rows->begin());
      return rows;
    }
    result<std::optional<std::string>> get(std::string_view space, std::string_view name) {
      return inner_->get(space, name);
    }
    result<void> put(std::string_view space, std::string_view name, std::string_view bytes) {
      return inner_->put(space, name, bytes);
    }
    result<void> remove(std::string_view space, std::string_view name) { return inner_->remove(space, name); }
    result<std::vector<entry>> list(std::string_view space, std::string_view after, std::size_t limit) {
      return inner_->list(space, after, limit);
    }
    result<void> commit() {
      is_open_ = false;
      if (planted_ == bug::forgets_an_entry) (void)inner_->remove("x", "7");
      return inner_->commit();
    }

   private:
    struct flag {
      bool value = true;
      flag() = default;
      flag(flag&& other) noexcept : value(std::exchange(other.value, false)) {}
      flag& operator=(bool v) {
        value = v;
        return *this;
      }
      operator bool() const { return value; }
    };
    std::optional<whole_transaction> inner_;
    bug planted_;
    flag is_open_;
  };

  result<transaction> begin(std::string_view scope) {
    if (planted_ == bug::mixes_scopes && scope == "S") scope = "s";
    auto begun = store_->begin(scope);
    if (!begun && planted_ == bug::interleaves) begun = store_->begin(std::string(scope) + " again");
    if (!begun) return begun.error();
    return transaction(std::move(*begun), planted_);
  }

 private:
  whole_store* store_;
  bug planted_;
};

struct broken_place {
  bug planted;
  std::unique_ptr<store_laws::store_for_laws<memory_store>> store =
      std::make_unique<store_laws::store_for_laws<memory_store>>();

  std::unique_ptr<broken_store> open() { return std::make_unique<broken_store>(*store, planted); }
};

// The claims that did not hold.
std::set<std::string> broken_claims(bug planted) {
  std::set<std::string> broken;
  check_store_laws([planted] { return broken_place{planted}; },
                   [&](bool holds, std::string_view what) {
                     if (!holds) broken.emplace(what);
                   });
  return broken;
}

bool mentions(const std::set<std::string>& claims, std::string_view law) {
  return std::any_of(claims.begin(), claims.end(), [&](const std::string& claim) { return claim.starts_with(law); });
}

TEST_CASE("a store without a bug breaks no law") { CHECK(broken_claims(bug::none).empty()); }

TEST_CASE("a store that keeps what was rolled back breaks law 2") {
  CHECK(mentions(broken_claims(bug::loses_rollback), "law 2: after a rollback"));
}

TEST_CASE("a store that scans in another order breaks law 6") {
  CHECK(mentions(broken_claims(bug::scans_unordered), "law 6: text keys are in order"));
}

TEST_CASE("a store that skips a row on later pages breaks law 6") {
  CHECK(mentions(broken_claims(bug::skips_on_pages), "law 6: text keys are in order"));
}

TEST_CASE("a store that drops NaN, -0.0 or what follows a zero breaks law 4 and says which") {
  CHECK(broken_claims(bug::drops_nan).contains("law 4: comes back bit for bit: NaN"));
  CHECK(broken_claims(bug::drops_negative_zero).contains("law 4: comes back bit for bit: -0.0"));
  CHECK(broken_claims(bug::cuts_text).contains("law 4: comes back bit for bit: text with zeros"));
}

TEST_CASE("a store that takes two scopes for one breaks law 5") {
  CHECK(mentions(broken_claims(bug::mixes_scopes), "law 5: scopes do not see each other"));
}

TEST_CASE("a store that opens two transactions on a scope breaks law 5") {
  CHECK(mentions(broken_claims(bug::interleaves), "law 5: a second begin"));
}

TEST_CASE("a store that loses an entry at commit breaks law 3") {
  CHECK(mentions(broken_claims(bug::forgets_an_entry), "law 3: what was committed is there"));
}

TEST_CASE("the model finds bugs by itself") {
  for (const bug planted : {bug::loses_rollback, bug::scans_unordered, bug::drops_nan, bug::skips_on_pages}) {
    broken_place place{planted};
    CHECK(store_laws::check_store_against_model(place, 1, 400) != "");
  }
}

}  // namespace

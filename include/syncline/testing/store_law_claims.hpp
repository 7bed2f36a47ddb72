// SPDX-License-Identifier: BSL-1.0
#pragma once
// The small steps of the laws of a store, each of which makes its claim and goes on.

#include <syncline/testing/store_law_model.hpp>
#include <syncline/testing/store_law_records.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace syncline::store_laws {

/// Tells `expect` what holds and what does not, with the error's sentence where there is one.
template <class Expect>
class store_law_claims {
 public:
  explicit store_law_claims(Expect& expect) : expect_(expect) {}

  void says(bool is_true, std::string_view what) { expect_(is_true, what); }

  template <class T>
  bool done(const result<T>& r, std::string_view what) {
    if (r) {
      expect_(true, what);
    } else {
      expect_(false, std::string(what) + "; but: " + r.error().message);
    }
    return r.has_value();
  }

  template <class Store>
  bool is_open(const Store& store) {
    const bool opened = static_cast<bool>(store);
    if (!opened) expect_(false, "a store opens");
    return opened;
  }

  template <class Transaction>
  bool begun(const result<Transaction>& t) {
    return done(t, "a transaction begins");
  }

  template <class Transaction>
  void is_busy(const result<Transaction>& t, std::string_view what) {
    says(!t && t.error().code == error_code::busy && t.error().phase == phase::store, what);
  }

  // The row, or nothing; an error is told and is nothing as well.
  template <class Transaction>
  std::optional<row<every_kind>> found_row(Transaction& t, const std::string& key) {
    auto loaded = t.template load<every_kind>(key);
    if (!done(loaded, "load succeeds")) return std::nullopt;
    return std::move(*loaded);
  }

  template <class Transaction>
  std::optional<std::string> got(Transaction& t, std::string_view space, std::string_view name) {
    auto bytes = t.get(space, name);
    if (!done(bytes, "get succeeds")) return std::nullopt;
    return std::move(*bytes);
  }

  template <class Store>
  bool write(Store& store, std::string_view scope, const scope_model& data) {
    auto t = store.begin(scope);
    return begun(t) && done(data.write_to(*t), "what a law starts from is written") &&
           done((*t).commit(), "what a law starts from is committed");
  }

  template <class Store>
  bool reads(Store& store, const store_law_model& model) {
    for (const auto& [scope, data] : model.scopes) {
      auto t = store.begin(scope);
      if (!begun(t) || !data.is_in(*t)) return false;
    }
    return true;
  }

 private:
  Expect& expect_;
};

}  // namespace syncline::store_laws

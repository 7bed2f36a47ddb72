// SPDX-License-Identifier: BSL-1.0
#pragma once
// The laws of a store as a test that any adapter can run, in any test framework.

#include <syncline/port/store.hpp>
#include <syncline/testing/store_law_claims.hpp>
#include <syncline/testing/store_law_model.hpp>
#include <syncline/testing/store_law_records.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace syncline {

namespace store_laws {

/// Runs the laws one by one. Every law gets a place of its own, so that a broken one does not blur the next.
template <class MakePlace, class Expect>
class store_law_checker : private store_law_claims<Expect> {
  using claims = store_law_claims<Expect>;
  using claims::says, claims::done, claims::is_open, claims::begun, claims::is_busy, claims::found_row, claims::got,
      claims::write, claims::reads;

 public:
  store_law_checker(MakePlace& make_place, Expect& expect) : claims(expect), make_place_(make_place) {}

  void check_writes_are_read() {
    auto place = make_place_();
    auto store = place.open();
    if (!is_open(store)) return;
    law_random random(1);
    const auto first = hard_row(random, "a"), second = hard_row(random, "a"), other = hard_row(random, "b");
    {
      auto t = (*store).begin("s");
      if (!begun(t)) return;
      says(!found_row(*t, "a"), "law 1: a row that nobody saved is nothing");
      says(!got(*t, "x", "n"), "law 1: an entry that nobody put is nothing");
      done((*t).template erase<every_kind>("a"), "law 1: erasing a row that is not there succeeds");
      done((*t).remove("x", "n"), "law 1: removing an entry that is not there succeeds");
      done((*t).save(first), "law 1: save succeeds");
      says(is_same_row(found_row(*t, "a"), first), "law 1: what was saved is loaded in the same transaction");
      done((*t).save(second), "law 1: a second save succeeds");
      says(is_same_row(found_row(*t, "a"), second), "law 1: a save replaces the row with the same key");
      done((*t).save(other), "law 1: a save beside another row succeeds");
      says(is_same_row(found_row(*t, "a"), second), "law 1: a save leaves rows with other keys alone");
      done((*t).put("x", "n", "1"), "law 1: put succeeds");
      done((*t).put("y", "n", "2"), "law 1: put in another space succeeds");
      says(got(*t, "x", "n") == "1", "law 1: what was put is got in the same transaction, and spaces are apart");
      done((*t).put("x", "n", "3"), "law 1: a second put succeeds");
      says(got(*t, "x", "n") == "3", "law 1: a put replaces the entry with the same name");
      done((*t).commit(), "law 1: commit succeeds");
    }
    {
      auto t = (*store).begin("s");
      if (!begun(t)) return;
      says(is_same_row(found_row(*t, "a"), second) && is_same_row(found_row(*t, "b"), other),
           "law 1: what was saved is loaded in a later transaction");
      says(got(*t, "x", "n") == "3" && got(*t, "y", "n") == "2", "law 1: what was put is got in a later transaction");
      done((*t).template erase<every_kind>("a"), "law 1: erase succeeds");
      done((*t).remove("x", "n"), "law 1: remove succeeds");
      says(!found_row(*t, "a") && !got(*t, "x", "n"), "law 1: what was erased or removed is gone at once");
      says(is_same_row(found_row(*t, "b"), other) && got(*t, "y", "n") == "2",
           "law 1: erase and remove leave the others alone");
      done((*t).commit(), "law 1: commit after an erase succeeds");
    }
    auto t = (*store).begin("s");
    if (!begun(t)) return;
    says(!found_row(*t, "a") && !got(*t, "x", "n"), "law 1: what was erased or removed stays gone");
  }

  void check_rollback() {
    auto place = make_place_();
    law_random random(2);
    store_law_model model;
    {
      auto store = place.open();
      if (!is_open(store)) return;
      for (const char* const id : {"a", "b", "c"}) model.scopes["s"].save(hard_row(random, id));
      model.scopes["s"].save(row<integer_key>{{.id{-1}, .text{"x"}}, false, "y"});
      model.scopes["s"].spaces["x"] = {{"m", "1"}, {"n", "2"}};
      if (!write(*store, "s", model.scopes["s"])) return;
      auto t = (*store).begin("s");
      if (!begun(t)) return;
      done((*t).save(hard_row(random, "a")), "law 2: save succeeds");
      done((*t).save(hard_row(random, "a")), "law 2: save succeeds");
      done((*t).template erase<every_kind>("b"), "law 2: erase succeeds");
      done((*t).save(hard_row(random, "b")), "law 2: save succeeds");
      done((*t).template erase<every_kind>("c"), "law 2: erase succeeds");
      done((*t).save(hard_row(random, "d")), "law 2: save succeeds");
      done((*t).template erase<every_kind>("d"), "law 2: erase succeeds");
      done((*t).save(hard_row(random, "d")), "law 2: save succeeds");
      done((*t).template erase<integer_key>(-1), "law 2: erase succeeds");
      done((*t).put("x", "m", "9"), "law 2: put succeeds");
      done((*t).remove("x", "n"), "law 2: remove succeeds");
      done((*t).put("x", "o", "9"), "law 2: put succeeds");
      done((*t).put("z", "o", "9"), "law 2: put succeeds");
    }
    {
      auto store = place.open();
      if (!is_open(store)) return;
      says(reads(*store, model), "law 2: after a rollback and a restart everything is as it was before");
      {
        auto t = (*store).begin("s");
        if (!begun(t)) return;
        auto moved = std::move(*t);
        done(moved.save(hard_row(random, "e")), "law 2: save in a transaction that was moved succeeds");
        done(moved.put("x", "m", "9"), "law 2: put in a transaction that was moved succeeds");
      }
      says(reads(*store, model), "law 2: after a rollback everything is as it was before, without a restart too");
    }
  }

  void check_commit_is_durable() {
    auto place = make_place_();
    law_random random(3);
    store_law_model model;
    for (int round = 0; round < 3; ++round) {
      auto store = place.open();
      if (!is_open(store)) return;
      says(reads(*store, model), "law 3: what was committed is there after a restart, all of it");
      for (const char* const scope : {"s", "t"}) {
        for (int i = 0; i < 20; ++i) {
          const std::string id = std::to_string(random.below(30));
          model.scopes[scope].save(hard_row(random, id));
          model.scopes[scope].save(row<natural_key>{{.id{random.next()}, .text{id}}, false, {}});
          model.scopes[scope].spaces["x"][id] = hard_text(random);
        }
        if (!write(*store, scope, model.scopes[scope])) return;
      }
      says(reads(*store, model), "law 3: what was committed is there");
    }
  }

  void check_values() {
    auto place = make_place_();
    auto store = place.open();
    if (!is_open(store)) return;
    for (const hard_value& hard : hard_values()) {
      row<every_kind> kept;
      kept.value.id = std::string("id");
      hard.set(kept.value);
      keeps_row(*store, kept, hard.name);
    }

    auto t = (*store).begin("names");
    if (!begun(t)) return;
    row<every_kind> kept;
    for (const std::string& id : hard_texts()) {
      kept.value.id = id;
      kept.sync = text_with_zeros() + id;
      kept.deleted = !kept.deleted;
      done((*t).save(kept), "law 4: a row with a hard key is saved");
      says(is_same_row(found_row(*t, id), kept), "law 4: keys, the engine's bytes and the deleted mark come back");
    }
    for (const std::string& name : hard_names()) {
      for (const std::string& bytes : {std::string(), text_with_zeros(), std::string(100'000, '\xFE')}) {
        done((*t).put("x", name, bytes), "law 4: an entry with a hard name is put");
        says(got(*t, "x", name) == bytes, "law 4: an entry's bytes come back, empty, with zeros and long");
      }
    }
    done((*t).commit(), "law 4: commit succeeds");
  }

  void check_scopes() {
    auto place = make_place_();
    auto store = place.open();
    if (!is_open(store)) return;
    law_random random(5);
    store_law_model model;
    // Scopes whose names a careless store might take for one another.
    for (const std::string& scope :
         {std::string("s"), std::string("S"), std::string("s\0", 2), std::string("s%"), std::string()}) {
      model.scopes[scope].save(hard_row(random, "a"));
      model.scopes[scope].spaces["x"]["n"] = scope + "!";
      if (!write(*store, scope, model.scopes[scope])) return;
    }
    says(reads(*store, model), "law 5: scopes do not see each other");
    {
      auto t = (*store).begin("s");
      if (!begun(t)) return;
      done((*t).template erase<every_kind>("a"), "law 5: erase succeeds");
      done((*t).remove("x", "n"), "law 5: remove succeeds");
      done((*t).commit(), "law 5: commit succeeds");
      model.scopes["s"] = {};
    }
    says(reads(*store, model), "law 5: erasing in one scope leaves the others alone");

    auto second = place.open();
    if (!is_open(second)) return;
    auto t = (*store).begin("s");
    if (!begun(t)) return;
    const auto kept = hard_row(random, "mine");
    done((*t).save(kept), "law 5: save succeeds");
    is_busy((*store).begin("s"), "law 5: a second begin on a scope is busy while a transaction is open");
    is_busy((*second).begin("s"), "law 5: a begin on a scope is busy while another connection's transaction is open");
    if (auto apart = (*second).begin("elsewhere")) {  // a store may allow it
      says(!found_row(*apart, "mine"), "law 5: a transaction on another scope does not see this one's writes");
    }
    says(is_same_row(found_row(*t, "mine"), kept), "law 5: a refused begin does no harm to the open transaction");
    done((*t).commit(), "law 5: the open transaction commits after others were refused");
    model.scopes["s"].save(kept);
    says(reads(*second, model), "law 5: the next begin is not busy, and sees what was committed");
  }

  void check_order() {
    auto place = make_place_();
    auto store = place.open();
    if (!is_open(store)) return;
    auto t = (*store).begin("s");
    if (!begun(t)) return;
    scans_in_order<every_kind>(*t, hard_texts(), "law 6: text keys are in order, as unsigned bytes");
    scans_in_order<integer_key>(
        *t, {std::numeric_limits<std::int64_t>::min(), -2, -1, 0, 1, 2, 10, std::numeric_limits<std::int64_t>::max()},
        "law 6: integer keys are in order");
    scans_in_order<natural_key>(*t,
                                {0, 1, 2, 10, (std::uint64_t{1} << 63) - 1, std::uint64_t{1} << 63,
                                 (std::uint64_t{1} << 63) + 256, std::numeric_limits<std::uint64_t>::max()},
                                "law 6: natural keys are in order, above 2^63 too");
    scans_in_order<choice_key>(*t, {signed_choice::below, signed_choice::none, signed_choice::above},
                               "law 6: enumeration keys are in order");
    const std::vector<std::string> names = hard_names();
    for (std::size_t i = names.size(); i > 0; --i) done((*t).put("x", names[i - 1], "1"), "law 6: put succeeds");
    done((*t).put("w", names.back(), "2"), "law 6: put succeeds");
    done((*t).put("y", names.front(), "2"), "law 6: put succeeds");
    says(lists(*t, "x", names), "law 6: list gives each entry of its space once, in order of unsigned bytes");
    done((*t).remove("x", names[3]), "law 6: remove succeeds");
    auto rest = (*t).list("x", names[2], 1);
    says(rest && rest->size() == 1 && rest->front().name == names[4], "law 6: list does not see a removed entry");
    rest = (*t).list("x", names[3], 1);
    says(rest && rest->size() == 1 && rest->front().name == names[4],
         "law 6: list begins after a name that is not there as well");
  }

  /// Only for a place with `set_failing(bool)`: while set, its stores fail as a broken disk does.
  void check_failures() {
    if constexpr (requires { make_place_().set_failing(true); }) {
      auto place = make_place_();
      law_random random(7);
      store_law_model model;
      model.scopes["s"].save(hard_row(random, "a"));
      auto store = place.open();
      if (!is_open(store)) return;
      if (!write(*store, "s", model.scopes["s"])) return;
      {
        auto t = (*store).begin("s");
        if (!begun(t)) return;
        place.set_failing(true);
        std::optional<error> failure;
        for (int i = 0; i < 100 && !failure; ++i) {
          if (auto saved = (*t).save(hard_row(random, std::to_string(i))); !saved) failure = saved.error();
        }
        if (!failure) {
          if (auto committed = (*t).commit(); !committed) failure = committed.error();
        }
        place.set_failing(false);
        says(failure && failure->phase == phase::store && failure->message.size() > 20,
             "law 7: a failure is an error of phase store, with a sentence");
        if (!failure) return;
        says(!(*t).save(hard_row(random, "b")) && !(*t).template load<every_kind>("a") && !(*t).put("x", "n", "1") &&
                 !(*t).get("x", "n") && !(*t).commit(),
             "law 7: after a failure the transaction can only be dropped");
      }
      says(reads(*store, model), "law 7: nothing of a failed transaction is seen");
    }
  }

  void check_against_model(std::uint64_t seed, int steps) {
    auto place = make_place_();
    std::string what = check_store_against_model(place, seed, steps);
    says(what.empty(), what.empty() ? std::string_view("laws 1 to 6: the store does what the model does") : what);
  }

 private:
  template <class Store>
  void keeps_row(Store& store, const row<every_kind>& kept, std::string_view name) {
    {
      auto t = store.begin("values");
      if (!begun(t) || !done(t->save(kept), "law 4: a hard value is saved") ||
          !done(t->commit(), "law 4: and committed"))
        return;
    }
    auto t = store.begin("values");
    if (!begun(t)) return;
    const auto loaded = found_row(*t, "id");
    says(is_same_row(loaded, kept), "law 4: comes back bit for bit: " + std::string(name));
    auto scanned = t->template scan<every_kind>(std::nullopt, 1);
    says(scanned && scanned->size() == 1 && is_same_row(scanned->front(), kept),
         "law 4: is scanned bit for bit: " + std::string(name));
  }

  // `keys` are in order.
  template <class R, class Transaction>
  void scans_in_order(Transaction& t, const std::vector<typename schema<R>::key_type>& keys, std::string_view what) {
    std::vector<row<R>> rows;
    for (const auto& key : keys) {
      row<R> made;
      made.value.id = key;
      rows.push_back(std::move(made));
    }
    for (const std::size_t odd :
         {std::size_t{1}, std::size_t{0}}) {  // in an order that is neither theirs nor its reverse
      for (std::size_t i = rows.size(); i-- > 0;) {
        if (i % 2 == odd) done(t.save(rows[i]), "law 6: save succeeds");
      }
    }
    bool is_right = true;
    for (const std::size_t limit :
         {std::size_t{0}, std::size_t{1}, std::size_t{2}, std::size_t{1000}, ~std::size_t{0}}) {
      for (std::size_t from = 0; from <= keys.size(); ++from) {
        auto after = from == 0 ? std::nullopt : std::optional(keys[from - 1]);
        auto page = t.template scan<R>(after, limit);
        if (!done(page, "law 6: scan succeeds")) return;
        const std::size_t size = std::min(limit, keys.size() - from);
        is_right = is_right && page->size() == size &&
                   are_same_rows(*page, {rows.begin() + static_cast<std::ptrdiff_t>(from),
                                         rows.begin() + static_cast<std::ptrdiff_t>(from + size)});
      }
    }
    says(is_right, what);
    done(t.template erase<R>(keys[1]), "law 6: erase succeeds");
    for (const std::size_t from : {std::size_t{0}, std::size_t{1}}) {
      auto page = t.template scan<R>(keys[from], 1);
      says(page && page->size() == 1 && is_same_row(page->front(), rows[2]),
           "law 6: scan does not see an erased row, and begins after a key that is not there as well");
    }
  }

  template <class Transaction>
  bool lists(Transaction& t, std::string_view space, const std::vector<std::string>& names) {
    for (const std::size_t limit : {std::size_t{0}, std::size_t{1}, std::size_t{3}, ~std::size_t{0}}) {
      for (std::size_t from = 0; from <= names.size(); ++from) {
        auto page = t.list(space, from == 0 ? std::string_view() : std::string_view(names[from - 1]), limit);
        if (!page || page->size() != std::min(limit, names.size() - from)) return false;
        for (std::size_t i = 0; i < page->size(); ++i) {
          if ((*page)[i] != entry{names[from + i], "1"}) return false;
        }
      }
    }
    return true;
  }

  MakePlace& make_place_;
};

}  // namespace store_laws

/// Checks every law of a store.
///
/// \param make_place  makes a new, empty place to store in, each time it is called. `place.open()` opens a store of the
///                    records of `store_laws::store_for_laws` there: anything that is true when it went well and whose
///                    `*` is the store, such as a `result`, a pointer or an optional. Destroying what it gave and
///                    opening again is a restart. Several may be open at once, and then one that has to wait gives up
///                    with `busy` within a time that the test can bear. Where the place also has `set_failing(bool)`,
///                    law 7 is checked: while it is set, writes or their commit fail.
/// \param expect      called with whether each claim holds, and the claim: it begins with the law's number
/// \param seed        of the random sequences that are run against a model, so that more can be tried
///
/// \snippet examples/testing.cpp store-laws
/// \see transaction_for
template <class MakePlace, class Expect>
void check_store_laws(MakePlace make_place, Expect expect, std::uint64_t seed = 1) {
  store_laws::store_law_checker<MakePlace, Expect> checker(make_place, expect);
  checker.check_writes_are_read();
  checker.check_rollback();
  checker.check_commit_is_durable();
  checker.check_values();
  checker.check_scopes();
  checker.check_order();
  checker.check_failures();
  for (std::uint64_t i = 0; i < 3; ++i) checker.check_against_model(seed + i, 400);
}

}  // namespace syncline

// SPDX-License-Identifier: BSL-1.0
// Logs that several sides append to.

#include <syncline/resolve/append_log.hpp>

#include "laws/expect.hpp"
#include "laws/records.hpp"

#include <syncline/record/merge_function.hpp>
#include <syncline/testing/check_edit_laws.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

using namespace syncline;
using log_book = std::vector<std::string>;

static_assert(edit_function<append_log, log_book> && edit_function<append_log, std::vector<laws::lap>>);
static_assert(edit_function<append_log, std::vector<bool>>);
static_assert(!merge_function<append_log, std::string> && !merge_function<append_log, std::set<int>>);
static_assert(!is_commutative<append_log> && !is_idempotent<append_log>);

namespace {

// An edit made to a log, as slowly as can be.
log_book slowly(log_book value, const log_edit<log_book>& change) {
  for (const std::string& entry : change.removed) {
    for (std::size_t i = value.size(); i-- > 0;) {
      if (value[i] != entry) continue;
      value.erase(value.begin() + static_cast<std::ptrdiff_t>(i));
      break;
    }
  }
  for (const std::string& entry : change.added) value.push_back(entry);
  return value;
}
template <class Log>
Log applied(Log value, const log_edit<Log>& change) {
  append_log::apply(value, change);
  return value;
}
bool is_prefix(const log_book& part, const log_book& whole) {
  return part.size() <= whole.size() && std::equal(part.begin(), part.end(), whole.begin());
}

}  // namespace

TEST_CASE("an append-only log obeys the laws of an edit function, also where it is cut and rewritten") {
  laws::expect expect;
  generator from(81);
  check_edit_laws<append_log, log_book>(from, 2000, expect);
  check_edit_laws<append_log, std::vector<std::uint8_t>>(from, 2000, expect);
  check_edit_laws<append_log, std::vector<double>>(from, 2000, expect);
  check_edit_laws<append_log, std::vector<bool>>(from, 2000, expect);
  check_edit_laws<append_log, std::vector<laws::lap>>(from, 500, expect);

  const auto few = [&] {  // many equal entries
    std::vector<int> log(from.random.below(9));
    for (int& entry : log) entry = static_cast<int>(from.random.below(3));
    return log;
  };
  check_edit_laws<append_log, std::vector<int>>(few, 10'000, expect);
}

TEST_CASE("the entries of both sides stay, in the order of arrival") {
  const log_book base{"start"};
  const auto ana = append_log::diff(base, {"start", "lap 1", "lap 2"});
  const auto ben = append_log::diff(base, {"start", "puncture"});
  CHECK(ana.removed.empty());
  CHECK(applied(applied(base, ana), ben) == log_book{"start", "lap 1", "lap 2", "puncture"});
  CHECK(applied(applied(base, ben), ana) == log_book{"start", "puncture", "lap 1", "lap 2"});
  CHECK(applied(base, ana) != applied(applied(base, ana), ana));  // why an envelope is applied once
}

TEST_CASE("of logs that only grow, an edit is what was appended, and composing is appending") {
  generator from(82);
  for (int i = 0; i < 2000; ++i) {
    const auto base = from.value<log_book>(), first = from.value<log_book>(), second = from.value<log_book>();
    log_book once = base, twice;
    once.insert(once.end(), first.begin(), first.end());
    twice = once;
    twice.insert(twice.end(), second.begin(), second.end());
    auto edit = append_log::diff(base, once);
    REQUIRE((edit.removed.empty() && edit.added == first));
    append_log::compose(edit, append_log::diff(once, twice));
    REQUIRE(edit == append_log::diff(base, twice));
    const auto there = from.value<log_book>();
    REQUIRE(is_prefix(there, applied(there, edit)));  // nothing that is there moves or goes
  }
}

TEST_CASE("a cut takes the last equal entry and no other") {
  const log_book base{"a", "b", "c"};
  const auto cut = append_log::diff(base, {"a", "x"});  // b and c are gone, x is new
  CHECK(cut == log_edit<log_book>{{"b", "c"}, {"x"}});
  CHECK(applied(log_book{"a", "b", "c", "theirs"}, cut) == log_book{"a", "theirs", "x"});
  CHECK(applied(log_book{"b", "b", "theirs"}, cut) == log_book{"b", "theirs", "x"});

  generator from(83);
  for (int i = 0; i < 5000; ++i) {
    const auto a = from.value<log_book>(), b = from.another(a), c = from.another(b), there = from.another(a);
    auto edit = append_log::diff(a, b);
    REQUIRE(applied(there, edit) == slowly(there, edit));
    append_log::compose(edit, append_log::diff(b, c));
    REQUIRE(applied(there, edit) == slowly(there, edit));
    REQUIRE(applied(c, append_log::invert<log_book>(edit)) == a);  // along a history, composed edits invert too
  }
}

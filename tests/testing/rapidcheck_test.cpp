// SPDX-License-Identifier: BSL-1.0
// The law checkers and the values that they need, within RapidCheck.

#include <syncline/testing/check_edit_laws.hpp>
#include <syncline/testing/check_merge_laws.hpp>

#include <syncline/resolve/extremum.hpp>
#include <syncline/resolve/set_edits.hpp>
#include <syncline/wire/json_write.hpp>

#include <catch2/catch_test_macros.hpp>

#include <rapidcheck.h>

#include <cstdint>
#include <iostream>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <vector>

using namespace syncline;

namespace {

struct stop {
  std::string name{};
  std::optional<int> minutes{};

  friend std::ostream& operator<<(std::ostream& out, const stop& s) { return out << json_text(s); }
};

// The bridge: a generator of RapidCheck's for any codable type, which gives and shrinks what the framework does.
template <codable T>
rc::Gen<T> any() {
  return rc::gen::shrink(rc::gen::map(rc::gen::noShrink(rc::gen::arbitrary<std::uint64_t>()),
                                      [](std::uint64_t seed) { return generator(seed).value<T>(); }),
                         [](const T& value) { return rc::seq::fromContainer(simpler_values(value)); });
}

struct local_always {
  static int merge(int, int local, int) { return local; }
};

// What RapidCheck prints while it lives.
class captured {
 public:
  captured() : before_(std::cerr.rdbuf(text_.rdbuf())) {}
  captured(const captured&) = delete;
  ~captured() { std::cerr.rdbuf(before_); }
  std::string text() const { return text_.str(); }

 private:
  std::ostringstream text_;
  std::streambuf* before_;
};

}  // namespace

TEST_CASE("a law checker is one line in RapidCheck") {
  CHECK(rc::check("the least stands", [](std::uint64_t seed) {
    RC_ASSERT((check_merge_laws<merge_min, int>(seed, 10)));
  }));
  CHECK(rc::check("additions and removals", [](std::uint64_t seed) {
    RC_ASSERT((check_edit_laws<set_edits, std::set<std::string>>(seed, 10)));
  }));
}

TEST_CASE("RapidCheck prints the law that is broken, and the least values that show it") {
  captured printed;
  CHECK_FALSE(rc::check("what is here stands", [] { RC_ASSERT((check_merge_laws<local_always, int>())); }));
  CHECK(printed.text().find("merge(a, a, b) == b does not hold for a = 0, b = 1: 0 is not 1") != std::string::npos);
}

TEST_CASE("RapidCheck makes any codable value by the framework's generator, and shrinks it by its steps") {
  CHECK(rc::check("a value is the same as itself", [] {
    const auto value = *any<std::vector<stop>>();
    RC_ASSERT(is_same_value(value, std::vector<stop>(value)));
  }));
  captured printed;
  std::vector<stop> last;
  CHECK_FALSE(rc::check("trips are short", [&] {
    const auto value = *any<std::vector<stop>>();
    if (value.size() > 1) last = value;
    RC_ASSERT(value.size() < 2u);
  }));
  CHECK(json_text(last) == R"([{"name":"","minutes":null},{"name":"","minutes":null}])");
}

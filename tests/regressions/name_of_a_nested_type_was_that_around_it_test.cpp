// SPDX-License-Identifier: BSL-1.0
// A type inside of a template was called by the template's name, so that messages named the wrong record, and a type
// that a function template declares had another name with each compiler.

#include <syncline/record/reflect.hpp>

#include <catch2/catch_test_macros.hpp>

namespace {

template <class T>
struct outer {
  struct activity {
    T value{};
  };
};

}  // namespace

TEST_CASE("regression: a record inside of a class template has its own name") {
  CHECK(syncline::type_name<outer<int>::activity> == "activity");
  CHECK(syncline::type_name<outer<outer<int>>> == "outer");
}

// SPDX-License-Identifier: BSL-1.0
// Linking fails here if a header defines something twice; running fails if both units do not share one definition.

#include <every_header.hpp>

#include <cstdio>

const syncline::version_info* version_of_second();

int main() {
  if (version_of_second() == &syncline::framework_version) return 0;
  std::puts("two translation units have two copies of syncline::framework_version: is it still 'inline'?");
  return 1;
}

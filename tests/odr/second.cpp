// SPDX-License-Identifier: BSL-1.0
// The other translation unit of first.cpp.

#include <every_header.hpp>

const syncline::version_info* version_of_second() { return &syncline::framework_version; }

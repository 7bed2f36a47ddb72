// SPDX-License-Identifier: BSL-1.0
#pragma once
// The durations and times of std::chrono, without its calendar: in libstdc++ that brings streams and locales, which would be
// more than a quarter of what the headers of records, changes and resolution cost a build.

#if __has_include(<bits/chrono.h>)
#include <bits/chrono.h>
#else
#include <chrono>
#endif

// SPDX-License-Identifier: BSL-1.0
#pragma once
// JSON, for people and for other programs. It needs RapidJSON, and so `wire.hpp` does not include it.

#include <syncline/wire/json_read.hpp>
#include <syncline/wire/json_write.hpp>
#include <syncline/wire/time_text.hpp>

// SPDX-License-Identifier: BSL-1.0
#pragma once
// Floor 4: how does it travel? Bytes, checked on the way in. (JSON is in `wire/json.hpp`, which needs RapidJSON.)

#include <syncline/wire/checksum.hpp>
#include <syncline/wire/decode.hpp>
#include <syncline/wire/difference.hpp>
#include <syncline/wire/encode.hpp>
#include <syncline/wire/frame.hpp>
#include <syncline/wire/reader.hpp>
#include <syncline/wire/writer.hpp>

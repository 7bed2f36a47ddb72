// SPDX-License-Identifier: BSL-1.0
#pragma once
// Floor 5: how do long series travel? In chunks that are coded, checked, sent and fetched each on their own.

#include <syncline/stream/chunk.hpp>
#include <syncline/stream/codec.hpp>
#include <syncline/stream/cutter.hpp>
#include <syncline/stream/plain_codec.hpp>
#include <syncline/stream/split.hpp>

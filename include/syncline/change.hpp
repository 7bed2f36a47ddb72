// SPDX-License-Identifier: BSL-1.0
#pragma once
// Floor 2: how do two versions of a record differ, who made the difference, and when?

#include <syncline/change/change.hpp>
#include <syncline/change/delta.hpp>
#include <syncline/change/edit.hpp>
#include <syncline/change/field_set.hpp>
#include <syncline/change/stamp.hpp>

// SPDX-License-Identifier: BSL-1.0
#pragma once
// Floor 3: what do two changes become? The three-way merge, its rules, and the merge functions that come with it.

#include <syncline/resolve/append_log.hpp>
#include <syncline/resolve/by_field.hpp>
#include <syncline/resolve/conflict.hpp>
#include <syncline/resolve/counter.hpp>
#include <syncline/resolve/decide.hpp>
#include <syncline/resolve/decisions.hpp>
#include <syncline/resolve/duplicates.hpp>
#include <syncline/resolve/extremum.hpp>
#include <syncline/resolve/list_edits.hpp>
#include <syncline/resolve/manual.hpp>
#include <syncline/resolve/map_edits.hpp>
#include <syncline/resolve/prefer_present.hpp>
#include <syncline/resolve/request.hpp>
#include <syncline/resolve/resolve.hpp>
#include <syncline/resolve/set_edits.hpp>
#include <syncline/resolve/set_union.hpp>
#include <syncline/resolve/text_diff.hpp>
#include <syncline/resolve/text_merge.hpp>

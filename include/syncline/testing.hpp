// SPDX-License-Identifier: BSL-1.0
#pragma once
// Floor 10: how do I test my schema? Random values and records, the laws as tests, a store in memory, and a simulation.

#include <syncline/testing/amend.hpp>
#include <syncline/testing/check_edit_laws.hpp>
#include <syncline/testing/check_merge_laws.hpp>
#include <syncline/testing/check_store_laws.hpp>
#include <syncline/testing/check_transport_laws.hpp>
#include <syncline/testing/generate.hpp>
#include <syncline/testing/law_report.hpp>
#include <syncline/testing/memory_store.hpp>
#include <syncline/testing/random.hpp>
#include <syncline/testing/shrink.hpp>
#include <syncline/testing/simulate.hpp>
#include <syncline/testing/smallest_world.hpp>

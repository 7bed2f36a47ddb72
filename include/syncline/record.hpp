// SPDX-License-Identifier: BSL-1.0
#pragma once
// Floor 1: what is a record? The words of a declaration, and the schema that it comes to.

#include <syncline/record/field.hpp>
#include <syncline/record/manifest.hpp>
#include <syncline/record/merge_function.hpp>
#include <syncline/record/owners.hpp>
#include <syncline/record/policies_of.hpp>
#include <syncline/record/policy.hpp>
#include <syncline/record/reflect.hpp>
#include <syncline/record/role.hpp>
#include <syncline/record/sample_time.hpp>
#include <syncline/record/schema.hpp>
#include <syncline/record/steps.hpp>
#include <syncline/record/value_kind.hpp>

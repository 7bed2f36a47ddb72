// SPDX-License-Identifier: BSL-1.0
#pragma once
// Floor 7: is it right, and can we get it back? Digests of sets, by which two sides find what differs.

#include <syncline/assure/digest.hpp>

// SPDX-License-Identifier: BSL-1.0
#pragma once
// Floor 6: what does the outside have to provide? The store and the transport, as concepts with laws.

#include <syncline/port/store.hpp>
#include <syncline/port/transport.hpp>

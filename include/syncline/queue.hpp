// SPDX-License-Identifier: BSL-1.0
#pragma once
// Floor 8: what waits, and what happens when it fails? State machines as tables that are checked while compiling, the
// life cycle of a record, retry schedules as types, a circuit breaker, a rate limiter, and the durable outbox.

#include <syncline/queue/breaker.hpp>
#include <syncline/queue/life_cycle.hpp>
#include <syncline/queue/machine.hpp>
#include <syncline/queue/outbox.hpp>
#include <syncline/queue/rate_limit.hpp>
#include <syncline/queue/retry.hpp>

// SPDX-License-Identifier: BSL-1.0
#pragma once
// Floor 9: who says what to whom? The engines: a replica on each device, a hub, a relay between them, and their messages.

#include <syncline/sync/catalog.hpp>
#include <syncline/sync/hub.hpp>
#include <syncline/sync/protocol.hpp>
#include <syncline/sync/relay.hpp>
#include <syncline/sync/replica.hpp>
#include <syncline/sync/session_progress.hpp>

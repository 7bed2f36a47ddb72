// SPDX-License-Identifier: BSL-1.0
#pragma once
// A device that stays in touch with its hub.

#include "device/device.hpp"

#include <chrono>
#include <functional>
#include <string>

namespace stride {

/// Holds sessions until SIGINT or SIGTERM comes: one now, begun for `trigger`, then one every `every` and one soon after
/// every local write of any process. A session that a signal finds running is cut off between two messages.
///
/// \param told  called after each session with what it did
/// \return the sum of all sessions
sync_outcome watch(device& open, const std::string& trigger, std::chrono::seconds every,
                   const std::function<void(const sync_outcome&)>& told);

}  // namespace stride

// SPDX-License-Identifier: BSL-1.0
#pragma once
// Who acts: which side of the hub a piece of code writes for.

#include <cstdint>

namespace syncline {

/// The side that code acts for. A client is a person's device; the server is the hub's own word (plans, computed
/// metrics, support).
///
/// \see DECL-6
enum class role : std::uint8_t { client, server };

}  // namespace syncline

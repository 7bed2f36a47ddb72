// SPDX-License-Identifier: BSL-1.0
#pragma once
// What the hub computes once all series of an activity have arrived: the objective fields, from the points themselves.

#include "domain/activity.hpp"

#include <syncline/change/edit.hpp>
#include <syncline/core/result.hpp>

#include <functional>
#include <string>

namespace stride {

/// Gives a chunk's bytes by its digest.
using chunk_source = std::function<syncline::result<std::string>(const syncline::chunk_digest&)>;

/// Computes the metrics of `open`'s activity from its series and writes those that there are.
///
/// On failure: the error of the chunk that could not be read, or of one that is not what its manifest says; or that a
/// point has a time that no clock tells. Idempotent.
/// \see PROTOCOL 26, APP-4
syncline::result<void> compute_activity(syncline::editor<syncline::role::server, activity>& open, const chunk_source& read_chunk);

}  // namespace stride

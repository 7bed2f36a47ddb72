// SPDX-License-Identifier: BSL-1.0
#pragma once
// Writes a ride as a FIT file.

#include "domain/ride.hpp"

#include <string>

namespace stride {

/// Makes a FIT activity file: file_id, developer fields, records, laps, one session, activity.
///
/// Values are rounded to what FIT stores: whole seconds, 180 / 2^31 degrees, 0.2 m of altitude, 0.001 m/s, 0.01 m, and
/// whole bpm, rpm, W and degrees Celsius. A value outside of its field's range is written as absent. Names are cut to
/// 254 bytes; of extras, the first 255 are written.
///
/// Guarantee: `read_fit(write_fit(r))` has one ride, which equals `r` where FIT can hold `r`'s values, save that
/// `source` is "fit" and a sport that FIT does not know is "generic". Two files one after the other are a chained file.
/// Complexity: O(points).
std::string write_fit(const ride& r);

}  // namespace stride
